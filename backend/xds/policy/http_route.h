// MeshHTTPRoute and MeshTCPRoute: where requests to a service go (facts on xDS §4.7).
#pragma once

#include "backend/xds/json_access.h"

#include "backend/core/dataplane.h"
#include "envoy/config/route/v3/route_components.pb.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace meshscope::xds {

// A group of endpoints, by all of their tags, and its share.
struct Share {
    Tags tags;
    std::uint32_t weight = 1;
};

// Those of weight 0 are left out. What is no service by tags is left out too.
std::vector<Share> sharesOf(const Json &backendRefs);

// The name of the cluster for a group of endpoints, which is made if need be.
using UseCluster = std::function<std::string(const Tags &)>;

// Envoy's routes for the merged rules of a MeshHTTPRoute, in the order of the Gateway API: exact paths,
// longer prefixes, shorter ones, regular expressions, then what has no path. What no rule covers, and a rule
// without backends, goes to `own`.
std::vector<envoy::config::route::v3::Route> httpRoutes(const Json &rules, const Tags &own,
                                                        const UseCluster &useCluster);

}  // namespace meshscope::xds
