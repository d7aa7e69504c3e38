// The Corefile for a sidecar's CoreDNS (fact sheet §1.4): Envoy's DNS filter first, the system's resolvers
// when that one does not know a name. Pure functions.
#pragma once

#include "backend/core/result.h"

#include <QString>

namespace meshscope {

struct CorefileFields {
    quint16 port = 0;         // where it listens
    quint16 envoyPort = 0;    // Envoy's DNS filter
    quint16 metricsPort = 0;  // Prometheus; 0 = none in our own Corefile
    bool logsQueries = false;
    QString resolvConf = QStringLiteral("/etc/resolv.conf");
};

// For any CoreDNS from 1.12 on: two `forward`s, the first with `next`. On loopback only.
QString stockCorefile(const CorefileFields &fields);

// A template as Kuma has it: Go's text/template with {{ .CoreDNSPort }}, .EnvoyDNSPort, .PrometheusPort and
// {{ if .CoreDNSLogging }}…{{ end }}. Invalid names what it does not know.
Result<QString> renderCorefile(const QString &text, const CorefileFields &fields);

// Does it need the plugin `alternate`, which only Kuma's own build of CoreDNS has?
bool usesAlternate(const QString &corefile);

}  // namespace meshscope
