// What the API does with the spec of a policy before it stores it.
#pragma once

#include "backend/control/api_error.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace meshscope::control {

// References of a kind that Kuma 2.9 does not know.
std::vector<Violation> policyViolations(const nlohmann::ordered_json &spec);

// Durations in Go's own spelling: "90s" is stored as "1m30s".
void spellDurations(nlohmann::ordered_json &spec);

}  // namespace meshscope::control
