// A policy of the new style, read once: whom it selects, and its confs for destinations (`to`), for clients
// (`from`), or for the proxy as a whole (`default`).
#pragma once

#include "backend/xds/mesh_resource.h"
#include "backend/xds/policy/target_ref.h"

#include <array>
#include <compare>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace meshscope::xds {

struct PolicyItem {
    TargetRef target;
    Json conf;  // `default`; of routes an object with their `rules`
};

struct Policy {
    MeshResourcePtr resource;  // never null
    TargetRef target;
    std::vector<PolicyItem> to;
    std::vector<PolicyItem> from;
    Json conf;  // of a policy with one `default`; else null

    bool isShadow() const;  // seen in `?shadow=true` only
};

using PolicyPtr = std::shared_ptr<const Policy>;

PolicyPtr policyFrom(MeshResourcePtr resource);

// Precedence without names (fact sheet §8.4, 2.9): by kind of the top-level reference, then by origin
// (global, unknown, zone). Less is weaker.
std::strong_ordering compareRank(const Policy &a, const Policy &b);
// Whether b's values win over a's: by rank, then by name in reverse.
bool isWeaker(const Policy &a, const Policy &b);

// In the order in which they are applied (facts on xDS §4.1).
inline constexpr std::array<std::string_view, 16> kPolicyTypes{"MeshHTTPRoute",
                                                               "MeshTCPRoute",
                                                               "MeshTLS",
                                                               "MeshLoadBalancingStrategy",
                                                               "MeshPassthrough",
                                                               "MeshAccessLog",
                                                               "MeshTrace",
                                                               "MeshFaultInjection",
                                                               "MeshRateLimit",
                                                               "MeshTimeout",
                                                               "MeshTrafficPermission",
                                                               "MeshCircuitBreaker",
                                                               "MeshHealthCheck",
                                                               "MeshRetry",
                                                               "MeshMetric",
                                                               "MeshProxyPatch"};

bool isPolicyType(std::string_view type);

}  // namespace meshscope::xds
