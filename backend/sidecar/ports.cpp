#include "backend/sidecar/ports.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTcpServer>
#include <QUdpSocket>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {
constexpr quint16 kFirstFree = 22'000;
constexpr quint16 kFreeCount = 10'000;

QString nameOf(const std::optional<PortHolder> &holder)
{
    if (!holder)
        return {};
    const QString pid = u"pid "_s + QString::number(holder->pid);
    return holder->program.isEmpty() ? pid : holder->program + u" ("_s + pid + u')';
}

}  // namespace

bool isTaken(const QHostAddress &address, quint16 port, Transport transport)
{
    if (transport == Transport::Udp) {
        QUdpSocket probe;
        return !probe.bind(address, port, QAbstractSocket::DontShareAddress)
               && probe.error() == QAbstractSocket::AddressInUseError;
    }
    QTcpServer probe;
    return !probe.listen(address, port) && probe.serverError() == QAbstractSocket::AddressInUseError;
}

std::vector<WantedPort> portsOf(const std::string &resource)
{
    std::vector<WantedPort> result;
    // An object of its own: operator[] of a temporary is a reference into what is gone at the semicolon.
    const QJsonObject networking = QJsonDocument::fromJson(QByteArray::fromStdString(resource))
                                       .object()
                                       .value("networking"_L1)
                                       .toObject();
    if (networking[u"transparentProxying"_s].isObject())
        return result;  // its listeners are not bound to a port
    const QString own = networking[u"address"_s].toString();
    const auto collect = [&](const QString &list, const QString &purpose, const QString &fallback) {
        const auto entries = networking[list].toArray();
        for (const auto &entry : entries) {
            const int port = entry[u"port"_s].toInt();
            if (port > 0 && port <= 65535)
                result.push_back(
                    {purpose, entry[u"address"_s].toString(fallback), static_cast<quint16>(port)});
        }
    };
    collect(u"inbound"_s, u"inbound"_s, own);
    collect(u"outbound"_s, u"outbound"_s, u"127.0.0.1"_s);
    return result;
}

QString whoHoldsPort(const QString &address, quint16 port)
{
    return nameOf(portHolder(QHostAddress(address), port, Transport::Tcp));
}

QString whoHoldsUdpPort(const QString &address, quint16 port)
{
    return nameOf(portHolder(QHostAddress(address), port, Transport::Udp));
}

PortAllotment::PortAllotment()
    : m_next(static_cast<quint16>(QRandomGenerator::global()->bounded(kFreeCount)))
{}

quint16 PortAllotment::take()
{
    for (int tries = 0; tries < kFreeCount; ++tries) {
        const auto port = static_cast<quint16>(kFirstFree + m_next);
        m_next = static_cast<quint16>((m_next + 1) % kFreeCount);
        const QHostAddress any(QHostAddress::AnyIPv4);
        if (m_held.count(port) > 0 || isTaken(any, port) || isTaken(any, port, Transport::Udp))
            continue;
        m_held.insert(port);
        return port;
    }
    return 0;
}

}  // namespace meshscope
