// Ports that a sidecar needs, looked at before Envoy is started, so that a clash is explained instead of
// logged.
#pragma once

#include "backend/sidecar/child_process.h"

#include <QHostAddress>
#include <QString>

#include <set>
#include <string>
#include <vector>

namespace meshscope {

struct WantedPort {
    QString purpose;  // "inbound", "outbound"
    QString address;
    quint16 port = 0;
    Transport transport = Transport::Tcp;
};

// What Envoy will bind for this Dataplane (its JSON), as far as the document says; nothing behind a
// transparent proxy.
std::vector<WantedPort> portsOf(const std::string &resource);

// By a listener. An address that is not of this machine is not the question here: Envoy will say so.
bool isTaken(const QHostAddress &address, quint16 port, Transport transport = Transport::Tcp);

// "envoy (pid 123)", for messages; empty when it cannot be told.
QString whoHoldsPort(const QString &address, quint16 port);
QString whoHoldsUdpPort(const QString &address, quint16 port);

// Gives the sidecars of one process ports that are free for TCP and UDP, each to one at a time. They come
// from below the range that the system takes for outgoing connections and for port 0, and each process begins
// somewhere else, so that two launchers seldom wish the same. GUI thread.
class PortAllotment
{
public:
    PortAllotment();
    quint16 take();  // 0 when none is free
    void giveBack(quint16 port) { m_held.erase(port); }

private:
    quint16 m_next;
    std::set<quint16> m_held;
};

}  // namespace meshscope
