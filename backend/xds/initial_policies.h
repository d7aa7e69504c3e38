// The policies that Kuma gives to a new mesh (kuma-api fact sheet §7).
#pragma once

#include "backend/xds/json_access.h"

#include <string_view>
#include <vector>

namespace meshscope::xds {

struct InitialPolicy {
    std::string_view type;
    std::string_view prefix;  // of its name; the mesh's follows
    std::string_view spec;    // JSON
};

// Those that the Mesh of this spec does not skip.
std::vector<InitialPolicy> initialPolicies(const Json &mesh);

}  // namespace meshscope::xds
