#include "backend/sidecar/ports.h"

#include "backend/sidecar/child_process.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>

namespace meshscope {

using namespace Qt::StringLiterals;

bool isTaken(const QHostAddress &address, quint16 port)
{
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
    const auto holder = portHolder(QHostAddress(address), port);
    if (!holder)
        return {};
    const QString pid = u"pid "_s + QString::number(holder->pid);
    return holder->program.isEmpty() ? pid : holder->program + u" ("_s + pid + u')';
}

}  // namespace meshscope
