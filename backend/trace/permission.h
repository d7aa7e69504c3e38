// Envoy's RBAC filters for one caller: in the form of Kuma up to 2.14 (rules) and of Kuma 3 (a matcher). Pure
// functions.
#pragma once

#include "backend/trace/matching.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace meshscope {

enum class Verdict { Allowed, Denied, Unknown };

struct Permission {
    Verdict verdict = Verdict::Unknown;
    std::string by;  // the policy that decided, or why it cannot be told
};

// `identities` are the caller's SPIFFE ids; none = it shows no certificate.
Permission permissionFor(const nlohmann::json &rbac, const std::vector<std::string> &identities,
                         const CallSight &call);

}  // namespace meshscope
