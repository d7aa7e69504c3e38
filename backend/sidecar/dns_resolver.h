// Answers names the way a Kuma sidecar does: from the control plane's records, else from Envoy's DNS filter,
// else, when that one does not know the name, from the system's resolvers (fact sheet §1.4, §1.5). Lives on
// the GUI thread; a lookup is a child object and ends after a few seconds at the latest.
#pragma once

#include "backend/sidecar/dns_message.h"

#include <QDateTime>
#include <QHash>
#include <QHostAddress>
#include <QObject>

#include <functional>
#include <optional>

namespace meshscope {

struct DnsUpstream {
    QHostAddress address;
    quint16 port = 53;
    bool operator==(const DnsUpstream &) const = default;
};

// The nameserver lines of a resolv.conf.
QList<DnsUpstream> systemResolvers(const QString &resolvConf);

// What Envoy's /dns says: {"records":[{"name":…,"ips":[…]}],"ttl":30,"extraLabels":{…}}.
struct DnsRecords {
    QHash<QString, QStringList> addresses;  // by lower-case name without a last dot
    quint32 ttl = 30;
};
std::optional<DnsRecords> dnsRecords(const QByteArray &json);

struct DnsOutcome {
    QByteArray answer;  // never empty
    QString answerer;   // "Envoy's DNS filter"
    QStringList steps;  // what was tried before, one sentence each
};

class DnsResolver : public QObject
{
    Q_OBJECT

public:
    struct Options {
        quint16 envoyPort = 0;  // UDP on 127.0.0.1; 0 = there is none
        QString resolvConf = QStringLiteral("/etc/resolv.conf");
        QList<DnsUpstream> upstreams;  // not empty: instead of what resolvConf says
        int envoyTimeout = 1000;       // milliseconds
        int systemTimeout = 2000;      // for each of them
    };
    static constexpr int kMostLookups = 500;  // at once; what comes beyond is refused

    explicit DnsResolver(Options options, QObject *parent = nullptr);

    void setRecords(DnsRecords records) { m_records = std::move(records); }
    // Calls back once, later, unless the receiver or this is gone before.
    void resolve(const QByteArray &query, bool overTcp, QObject *receiver,
                 std::function<void(const DnsOutcome &)> callback);

private:
    friend class DnsLookup;
    QList<DnsUpstream> upstreams();

    Options m_options;
    DnsRecords m_records;
    QList<DnsUpstream> m_system;
    QDateTime m_systemRead;  // resolv.conf's time when it was read
    int m_running = 0;
};

}  // namespace meshscope
