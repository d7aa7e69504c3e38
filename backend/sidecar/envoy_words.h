// What Envoy's log lines mean for the one who started it. Pure functions.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/sidecar/child.h"

#include <QByteArray>

#include <deque>
#include <functional>
#include <optional>

namespace meshscope {

// "[2026-11-23 18:10:30.602][11519][critical][main] [source/server/server.cc:453] text": the level, and the
// line without what a log view shows in columns of its own. nullopt for a line in another form: it goes on
// with the level of the one before.
struct EnvoyLine {
    SidecarLogLine::Level level = SidecarLogLine::Level::Info;
    QString text;
};
std::optional<EnvoyLine> parseEnvoyLine(const QByteArray &line);

// What a line says about the connection to the control plane, or about what came over it.
struct EnvoyNews {
    enum class Kind {
        TokenRejected,
        CertificateMismatch,
        ControlPlaneUnreachable,
        ConfigurationRejected,  // a NACK: Envoy keeps what it has
    };
    Kind kind;
    QString what;  // one sentence
    QString type;  // of what was rejected: "Listener"
};

struct Explained {
    Error error;
    QString advice;
};

// Says who holds a port; empty when it cannot be told. Injected, so that this file asks nothing of the
// system.
using WhoHolds = std::function<QString(const QString &address, quint16 port)>;

// A refusal because of a port in use names who holds it.
std::optional<EnvoyNews> newsIn(const QByteArray &line, const WhoHolds &whoHolds = {});

// Why Envoy ended although nobody asked it to.
Explained explainEnd(const ChildEnd &end, const std::deque<QByteArray> &lastLines, const QString &program,
                     const WhoHolds &whoHolds);

// "127.0.0.1:9901 is in use by envoy (pid 123)", with the advice for it.
Explained portInUse(const QString &purpose, const QString &address, quint16 port, const WhoHolds &whoHolds);

}  // namespace meshscope
