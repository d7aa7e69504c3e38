// The small answers of a control plane: what it may do, and what a write came back with. Any thread.
#pragma once

#include "backend/core/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// GET /config, as far as it matters to a client.
struct ConfigInfo {
    std::string mode;           // "zone", "global"
    std::string environment;    // "universal", "kubernetes"
    std::string zone;           // multizone.zone.name
    std::string globalAddress;  // multizone.zone.globalAddress; set = the zone is federated
    bool readOnly = false;      // apiServer.readOnly
    bool operator==(const ConfigInfo &) const = default;
};
Result<ConfigInfo> configFromJson(std::string_view json);

// The body of a successful write, empty up to 2.9: its deprecation notices.
std::vector<std::string> warningsFromJson(std::string_view json);

}  // namespace meshscope
