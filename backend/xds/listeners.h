// The two sides of a sidecar: what comes in for the application, and what it calls (facts on xDS §4.4, §4.7),
// as they are before any policy but routes.
#pragma once

#include "backend/xds/draft.h"

#include "envoy/config/route/v3/route_components.pb.h"

#include <string>

namespace meshscope::xds {

DraftListener inboundListener(const Dataplane &dataplane, std::size_t index, bool ipv6);

struct OutboundTarget {
    std::string service;  // names the listener's statistics, routes and virtual host
    Protocol protocol = Protocol::Unknown;
    // Of an http service its routes in order; of another one the clusters with their weights.
    std::vector<envoy::config::route::v3::Route> routes;
    struct Share {
        std::string cluster;
        std::uint32_t weight = 1;
    };
    std::vector<Share> shares;
    bool isLegacy = false;  // made by a TrafficRoute
};
// `sourceTags` is the value of the header that tells the callee who calls.
DraftListener outboundListener(const Dataplane &dataplane, std::size_t index, OutboundTarget target,
                               const std::string &sourceTags, bool ipv6);

}  // namespace meshscope::xds
