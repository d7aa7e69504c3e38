// Dataplane and DataplaneInsight out of a parsed JSON tree, leniently. Internal to codec. Any thread.
#pragma once

#include "backend/codec/json_text.h"
#include "backend/core/insight.h"

#include <string>

namespace meshscope {

// What is wrong, and where below the value that was read.
struct ReadProblem {
    std::string what;
    std::string where;  // "networking.inbound[0].port"

    // For the way up: one more step in front.
    void prepend(std::string_view member);
    void prepend(std::size_t index);
};

// Metadata (mesh, name, labels, times) into `out`; false and `problem` when a known member has an impossible
// type.
bool readMeta(JsonValue object, Dataplane &out, ReadProblem &problem);
// The members of Dataplane's spec (networking) into `out`.
bool readSpec(JsonValue object, Dataplane &out, ReadProblem &problem);
bool readInsight(JsonValue object, DataplaneInsight &out, ReadProblem &problem);

}  // namespace meshscope
