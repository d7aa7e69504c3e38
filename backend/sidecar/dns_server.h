// The embedded resolver's sockets: UDP and TCP on one port of loopback. Lives on the GUI thread.
#pragma once

#include "backend/core/result.h"
#include "backend/sidecar/dns_resolver.h"

#include <QTcpServer>
#include <QUdpSocket>

namespace meshscope {

class DnsServer : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostConnections = 64;
    static constexpr int kIdleMilliseconds = 10'000;  // after which a TCP connection is closed

    // `resolver` outlives this.
    explicit DnsServer(DnsResolver &resolver, QObject *parent = nullptr);

    // Conflict when the port is taken. Port 0: any that is free for both.
    Result<void> listen(const QHostAddress &address, quint16 port);
    quint16 port() const { return m_tcp.serverPort(); }

Q_SIGNALS:
    void asked(const QString &line);  // "backend.mesh A → NOERROR from Envoy's DNS filter"

private:
    void readDatagrams();
    void takeConnection();
    void report(const QByteArray &query, const DnsOutcome &outcome);

    DnsResolver &m_resolver;
    QUdpSocket m_udp;
    QTcpServer m_tcp;
};

}  // namespace meshscope
