// Clusters: the application behind an inbound, the services behind outbounds, Envoy's own admin (facts on xDS
// §4.4, §4.7, §4.11).
#pragma once

#include "backend/xds/policies.h"
#include "backend/xds/protocol.h"
#include "backend/xds/resource.h"

#include <cstdint>
#include <string>

namespace meshscope::xds {

ResourcePtr inboundCluster(const std::string &address, std::uint32_t port, Protocol protocol,
                           const InboundPolicy &policy);
ResourcePtr outboundCluster(const std::string &name, Protocol protocol, const OutboundPolicy &policy);
// One address, nothing else: kuma:envoy:admin, kuma:readiness.
ResourcePtr plainCluster(const std::string &name, const std::string &address, std::uint32_t port);

}  // namespace meshscope::xds
