// What runs beside one Envoy without being a mesh proxy itself: the readiness endpoint, the access log pipe,
// the metrics socket, the names. Lives on the GUI thread.
#pragma once

#include "backend/sidecar/access_log_pipe.h"
#include "backend/sidecar/metrics_server.h"
#include "backend/sidecar/name_service.h"
#include "backend/sidecar/ports.h"
#include "backend/sidecar/readiness.h"

#include <QUdpSocket>

#include <memory>
#include <optional>

namespace meshscope {

class Companions : public QObject
{
    Q_OBJECT

public:
    // All of them outlive this.
    Companions(PortAllotment &ports, CoreDnsTool &coreDns, HttpExchange &http, QObject *parent = nullptr);
    ~Companions() override;

    // Before the bootstrap, which tells the control plane the ports: chooses them, and serves readiness.
    std::optional<Explained> prepare(const SidecarSpec &spec);
    quint16 readinessPort() const { return m_readinessPort; }
    quint16 dnsPort() const { return m_dnsPort; }
    quint16 envoyDnsPort() const { return m_envoyDnsPort; }
    quint16 adminPort() const { return m_adminPort; }  // 0 = not ours to choose
    // Those that something of this sidecar will bind.
    std::vector<WantedPort> wantedPorts() const;

    // After it, before Envoy: the access log pipe must be there when Envoy opens it.
    struct Folders {
        QString sockets;
        QString config;
        QString mark;  // marks the children
        QString resolvConf;
    };
    std::optional<Explained> begin(const SidecarSpec &spec, const BootstrapReady &bootstrap,
                                   const Folders &folders);

    void setTerminating();
    NameService &names() { return m_names; }
    const NameService &names() const { return m_names; }
    // Names end too; readiness says TERMINATING until this object is gone.
    void stop(int graceMilliseconds);
    // Everything is gone and the ports are free for others, once names().isAlive() is false.
    void end();

Q_SIGNALS:
    void logged(meshscope::SidecarLogLine::Level level, const QString &text);

private:
    std::optional<Explained> allot(int wished, bool mayMove, const QString &purpose, quint16 &port);
    std::optional<Explained> serveReadiness(const SidecarSpec &spec);

    PortAllotment &m_ports;
    std::vector<quint16> m_taken;                      // from the allotment
    std::vector<std::unique_ptr<QUdpSocket>> m_marks;  // one for each port, see allot()
    quint16 m_readinessPort = 0;
    quint16 m_dnsPort = 0;
    quint16 m_envoyDnsPort = 0;
    quint16 m_dnsMetricsPort = 0;
    quint16 m_adminPort = 0;
    std::unique_ptr<Readiness> m_readiness;
    std::unique_ptr<MetricsServer> m_metrics;
    AccessLogPipe m_accessLogs;
    NameService m_names;
};

}  // namespace meshscope
