// The bootstrap exchange with a control plane (kuma-dp-and-xds fact sheet §2), without the network: what is
// asked, and what an answer means for the one who asked.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/sidecar/metrics_server.h"

#include <QByteArray>
#include <QString>
#include <QUrl>

#include <variant>

namespace meshscope {

// What a run of a sidecar adds to its spec.
struct BootstrapFacts {
    QString envoyVersion;
    QString workdir;    // where Unix sockets are, absolute
    QString tokenPath;  // a file that stays there; empty without a token
    quint16 readinessPort = 0;
    quint16 dnsPort = 0;  // of Envoy's DNS filter, or with the embedded protocol of our own resolver
};

// The body of POST <dp>/bootstrap. Announces only what this launcher does.
QByteArray bootstrapRequest(const SidecarSpec &spec, const BootstrapFacts &facts);

// The Dataplane given, with this admin port if it names none; JSON in, JSON out.
std::string withAdminPort(const std::string &dataplaneResource, quint16 port);
bool hasAdminPort(const std::string &dataplaneResource);

// Where it is asked for: any path in the control plane's address is replaced, as kuma-dp does.
QUrl bootstrapUrl(const QUrl &controlPlane);

struct HttpAnswer {
    int status = 0;  // 0 = none came; `failure` says why
    QByteArray body;
    QByteArray contentType;
    QString failure;      // in words of the network library
    QString certificate;  // not empty: the control plane's certificate was not accepted, and why
    QByteArray etag = {};
};

struct BootstrapReady {
    QByteArray yaml;  // for Envoy, byte for byte
    QUrl admin;       // http://127.0.0.1:9901 or unix:/path
    // Kuma 3 has no CoreDNS any more: names come from /dns of the dynamic configuration only.
    bool knowsCoreDns = true;
    QString corefileTemplate;  // the control plane's, or empty
    std::vector<MetricsSource> metrics;
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

// Envoy's admin address as its bootstrap says: http://127.0.0.1:9901 or unix:/path. An address that stands
// for all becomes loopback.
Result<QUrl> adminAddressOf(const QByteArray &bootstrapYaml);

}  // namespace meshscope
