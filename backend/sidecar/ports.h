// Ports that a sidecar needs, looked at before Envoy is started, so that a clash is explained instead of
// logged.
#pragma once

#include <QHostAddress>
#include <QString>

#include <string>
#include <vector>

namespace meshscope {

struct WantedPort {
    QString purpose;  // "inbound", "outbound"
    QString address;
    quint16 port = 0;
};

// What Envoy will bind for this Dataplane (its JSON), as far as the document says; nothing behind a
// transparent proxy.
std::vector<WantedPort> portsOf(const std::string &resource);

// By a listener. An address that is not of this machine is not the question here: Envoy will say so.
bool isTaken(const QHostAddress &address, quint16 port);

// "envoy (pid 123)", for messages; empty when it cannot be told.
QString whoHoldsPort(const QString &address, quint16 port);

}  // namespace meshscope
