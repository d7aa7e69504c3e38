// The bootstrap exchange with a control plane (kuma-dp-and-xds fact sheet §2), without the network: what is
// asked, and what an answer means for the one who asked.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QByteArray>
#include <QString>
#include <QUrl>

#include <variant>

namespace meshscope {

// The body of POST <dp>/bootstrap. Announces only what this launcher does: no DNS, no readiness port, no
// features.
QByteArray bootstrapRequest(const SidecarSpec &spec, const QString &envoyVersion, const QString &directory);

// Where it is asked for: any path in the control plane's address is replaced, as kuma-dp does.
QUrl bootstrapUrl(const QUrl &controlPlane);

struct HttpAnswer {
    int status = 0;  // 0 = none came; `failure` says why
    QByteArray body;
    QByteArray contentType;
    QString failure;      // in words of the network library
    QString certificate;  // not empty: the control plane's certificate was not accepted, and why
};

struct BootstrapReady {
    QByteArray yaml;  // for Envoy, byte for byte
    QUrl admin;       // http://127.0.0.1:9901
};
struct BootstrapRetry {
    QString reason;                               // "the Dataplane default/web-1 does not exist yet"
    Error::Code code = Error::Code::Unreachable;  // if it never gets better
};
struct BootstrapRefused {
    Error error;
    QString advice;
};
using BootstrapOutcome = std::variant<BootstrapReady, BootstrapRetry, BootstrapRefused>;

BootstrapOutcome judgeBootstrap(const HttpAnswer &answer, const SidecarSpec &spec);

// Envoy's admin address as its bootstrap says; an address that stands for all becomes loopback.
Result<QUrl> adminAddressOf(const QByteArray &bootstrapYaml);

}  // namespace meshscope
