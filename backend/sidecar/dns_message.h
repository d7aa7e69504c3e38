// DNS messages, as far as a forwarding resolver looks into them. All parsing and building is ldns's. Pure
// functions; any thread.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace meshscope {

enum class DnsType : quint16 { A = 1, Aaaa = 28 };

struct DnsQuestion {
    quint16 id = 0;
    QString name;      // lower case, without the last dot
    quint16 type = 0;  // as in the message
};
// Of a query with exactly one question; nothing for anything else.
std::optional<DnsQuestion> dnsQuestion(const QByteArray &message);

struct DnsSummary {
    quint16 id = 0;
    QString name;
    quint16 type = 0;
    int rcode = 0;
    bool isTruncated = false;
    bool isAuthoritative = false;
    QStringList addresses;  // of A and AAAA answers, in their order
    QStringList aliases;    // the names that CNAME answers lead to
    quint32 ttl = 0;        // the smallest of the answers
};
// Of an answer; nothing when it is none or cannot be read.
std::optional<DnsSummary> dnsSummary(const QByteArray &message);

// A query with recursion desired. Empty when the name cannot be one.
QByteArray dnsQuery(quint16 id, const QString &name, DnsType type);
// The authoritative answer to a query: those of the addresses that are of its type.
QByteArray dnsAnswer(const QByteArray &query, const QStringList &addresses, quint32 ttl);
// An answer that says only this; also to what cannot be read, if it is long enough to have an id.
QByteArray dnsFailure(const QByteArray &query, int rcode);
// The same answer, cut for a client that asked by UDP and takes so many bytes: it will ask again by TCP.
QByteArray dnsTruncated(const QByteArray &query);
// How long an answer by UDP may be: what the query's EDNS says, else 512.
int dnsUdpLimit(const QByteArray &query);

// After these codes from Envoy's filter Kuma asks the system's resolvers (fact sheet §1.4).
bool isDnsFallback(int rcode);
QString dnsRcodeName(int rcode);    // "NXDOMAIN"
QString dnsTypeName(quint16 type);  // "AAAA"

constexpr int kDnsFormErr = 1;
constexpr int kDnsServFail = 2;
constexpr int kDnsRefused = 5;

}  // namespace meshscope
