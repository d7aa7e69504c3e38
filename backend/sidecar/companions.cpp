#include "backend/sidecar/companions.h"

#include "backend/sidecar/sidecar_sockets.h"

namespace meshscope {

using namespace Qt::StringLiterals;
using Level = SidecarLogLine::Level;

Companions::Companions(PortAllotment &ports, CoreDnsTool &coreDns, HttpExchange &http, QObject *parent)
    : QObject(parent)
    , m_ports(ports)
    , m_names(coreDns, http)
{
    connect(&m_accessLogs, &AccessLogPipe::trouble, this,
            [this](const QString &text) { Q_EMIT logged(Level::Warning, text); });
}

Companions::~Companions() { end(); }

void Companions::end()
{
    stop(0);
    m_names.removeFiles();
    m_readiness.reset();
    m_metrics.reset();
    for (const quint16 port : m_taken)
        m_ports.giveBack(port);
    m_taken.clear();
    m_marks.clear();
}

std::optional<Explained> Companions::allot(int wished, bool mayMove, const QString &purpose, quint16 &port)
{
    if (wished == 0)
        return std::nullopt;
    // CoreDNS and Envoy would share a port with another of their kind without a word, and bind it only some
    // time from now. So each port has a mark that one launcher at a time can set, as long as the sidecar
    // lives.
    const QHostAddress loopback(QHostAddress::LocalHost);
    const QHostAddress markAddress(u"127.127.0.1"_s);
    auto mark = std::make_unique<QUdpSocket>();
    const auto isFree = [&](quint16 candidate) {
        mark->close();
        const bool isMarked = !mark->bind(markAddress, candidate, QAbstractSocket::DontShareAddress)
                              && mark->error() == QAbstractSocket::AddressInUseError;
        return !isMarked && !isTaken(loopback, candidate) && !isTaken(loopback, candidate, Transport::Udp);
    };
    port = static_cast<quint16>(std::max(0, wished));
    if (wished == kAnyFreePort || !isFree(port)) {
        if (wished != kAnyFreePort && !mayMove) {
            auto cause = portInUse(purpose, u"127.0.0.1"_s, port, [](const QString &address, quint16 taken) {
                const QString listener = whoHoldsPort(address, taken);
                return listener.isEmpty() ? whoHoldsUdpPort(u"0.0.0.0"_s, taken) : listener;
            });
            cause.advice = u"End the process that holds it, or give this sidecar another port"_s;
            return cause;
        }
        do {
            port = m_ports.take();
            m_taken.push_back(port);
        } while (port != 0 && !isFree(port));
        if (wished != kAnyFreePort)
            Q_EMIT logged(Level::Info, u"port %1 is taken: %2 is on %3"_s.arg(wished).arg(purpose).arg(port));
    }
    m_marks.push_back(std::move(mark));
    return std::nullopt;
}

std::optional<Explained> Companions::serveReadiness(const SidecarSpec &spec)
{
    const QHostAddress loopback(QHostAddress::LocalHost);
    m_readinessPort = static_cast<quint16>(std::max(0, spec.readinessPort));  // 0: any free one
    m_readiness = std::make_unique<Readiness>();
    auto listens = m_readiness->listen(loopback, m_readinessPort);
    if (!listens && spec.portsMayMove) {
        m_readiness = std::make_unique<Readiness>();
        listens = m_readiness->listen(loopback, 0);
        Q_EMIT logged(
            Level::Info,
            u"port %1 is taken: readiness is on %2"_s.arg(m_readinessPort).arg(m_readiness->port()));
    }
    if (!listens) {
        auto cause = portInUse(u"the readiness endpoint"_s, u"127.0.0.1"_s, m_readinessPort, whoHoldsPort);
        cause.advice = u"End the process that holds it, or give this sidecar another readiness port"_s;
        return cause;
    }
    m_readinessPort = m_readiness->port();
    return std::nullopt;
}

std::optional<Explained> Companions::prepare(const SidecarSpec &spec)
{
    if (spec.readinessPort != 0) {
        if (auto cause = serveReadiness(spec))
            return cause;
    }
    const auto &dns = spec.dns;
    const bool moves = spec.portsMayMove;
    std::optional<Explained> cause;
    if (dns.server != SidecarDns::Off) {
        cause = allot(dns.port, moves, u"the resolver"_s, m_dnsPort);
        if (dns.isEmbeddedProtocol)
            m_envoyDnsPort = m_dnsPort;
        else if (!cause)
            cause = allot(dns.envoyPort, moves, u"Envoy's DNS filter"_s, m_envoyDnsPort);
        if (!cause)
            cause = allot(dns.metricsPort, moves, u"CoreDNS's metrics endpoint"_s, m_dnsMetricsPort);
    }
    if (!cause && spec.hasFreeAdminPort && !spec.dataplaneResource.empty()
        && !hasAdminPort(spec.dataplaneResource))
        cause = allot(kAnyFreePort, true, {}, m_adminPort);
    return cause;
}

std::vector<WantedPort> Companions::wantedPorts() const
{
    std::vector<WantedPort> result;
    if (m_dnsPort != 0) {
        result.push_back({u"names"_s, u"127.0.0.1"_s, m_dnsPort, Transport::Udp});
        result.push_back({u"names"_s, u"127.0.0.1"_s, m_dnsPort, Transport::Tcp});
    }
    if (m_envoyDnsPort != 0 && m_envoyDnsPort != m_dnsPort)
        result.push_back({u"Envoy's DNS filter"_s, u"127.0.0.1"_s, m_envoyDnsPort, Transport::Udp});
    if (m_dnsMetricsPort != 0)
        result.push_back({u"metrics of CoreDNS"_s, u"127.0.0.1"_s, m_dnsMetricsPort, Transport::Tcp});
    return result;
}

std::optional<Explained> Companions::begin(const SidecarSpec &spec, const BootstrapReady &bootstrap,
                                           const Folders &folders)
{
    const QString advice = u"Check the rights of the folder and the space on its disk"_s;
    if (const auto done = m_accessLogs.open(accessLogPipe(folders.sockets, spec.dataplane)); !done)
        return Explained{done.error(), advice};
    m_metrics = std::make_unique<MetricsServer>();
    m_metrics->setSources(bootstrap.admin, bootstrap.metrics);
    if (const auto done = m_metrics->listen(metricsSocket(folders.sockets, spec.dataplane)); !done)
        return Explained{done.error(), advice};
    if (m_readiness)
        m_readiness->setAdmin(bootstrap.admin);
    if (m_dnsPort != 0) {
        NameService::Place place;
        place.port = m_dnsPort;
        place.envoyPort = m_envoyDnsPort;
        place.metricsPort = m_dnsMetricsPort;
        place.workdir = folders.sockets;
        place.configDir = spec.dns.configDir.isEmpty() ? folders.config : spec.dns.configDir;
        place.directory = folders.mark;
        place.resolvConf = folders.resolvConf;
        place.refreshPause = std::min(spec.refreshPause, 1000);
        m_names.start(spec.dns, place, bootstrap);
    }
    return std::nullopt;
}

void Companions::setTerminating()
{
    if (m_readiness)
        m_readiness->setTerminating();
}

void Companions::stop(int graceMilliseconds)
{
    m_accessLogs.close();
    m_names.stop(graceMilliseconds);
}

}  // namespace meshscope
