// Which policies reach a Dataplane, and by which of its inbounds (kuma-api fact sheet §8.4, 1). Pure.
#pragma once

#include "backend/xds/mesh_view.h"
#include "backend/xds/policy/policy.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace meshscope::xds {

struct PolicyMatch {
    PolicyPtr policy;
    std::vector<std::size_t> inbounds;  // selected ones, by index; none for a gateway
};

// Whether the reference selects the Dataplane at all; `inbounds` gets the ones it selects. Tags must be on
// one inbound. A reference to a route selects what that route selects.
bool selects(const TargetRef &target, const MeshView &mesh, const Dataplane &dataplane,
             std::vector<std::size_t> *inbounds = nullptr);

// Those of one type that select it, in ascending precedence. Shadow policies only if asked for.
std::vector<PolicyMatch> matchingPolicies(const MeshView &mesh, const Dataplane &dataplane,
                                          std::string_view type, bool withShadow = false);

}  // namespace meshscope::xds
