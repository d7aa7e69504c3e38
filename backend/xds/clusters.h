// Clusters: the application behind an inbound, the services behind outbounds, Envoy's own admin (facts on xDS
// §4.4, §4.7, §4.11), as they are before any policy.
#pragma once

#include "backend/xds/draft.h"

#include <cstdint>
#include <string>

namespace meshscope::xds {

DraftCluster inboundCluster(const std::string &address, std::uint32_t port, Protocol protocol);
// Of the endpoints that have all of the tags; kuma.io/service is among them.
DraftCluster outboundCluster(const Tags &tags, Protocol protocol);
// Wherever the caller wanted to go, past the mesh.
DraftCluster originalDestination(const std::string &name);
// One address, nothing else: kuma:envoy:admin, kuma:readiness.
DraftCluster plainCluster(const std::string &name, const std::string &address, std::uint32_t port);

// Where telemetry goes over gRPC: an address or a name, static or resolved by Envoy.
DraftCluster collectorCluster(const std::string &name, const std::string &host, std::uint32_t port);

}  // namespace meshscope::xds
