// What a control plane is and can, out of its index, /config and /_resources (before 2.6: /policies). Any
// thread.
#pragma once

#include "backend/codec/api_answers.h"
#include "backend/core/capabilities.h"
#include "backend/core/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// GET /_resources: every type with its path, sorted by name; the reasons for read-only are not filled in.
Result<std::vector<ResourceTypeInfo>> typesFromResources(std::string_view json);
// GET /policies, for control planes without /_resources: the policies, and the other types they had.
Result<std::vector<ResourceTypeInfo>> typesFromPolicies(std::string_view json);

// "2.9.13" → 2, 9; nothing for versions of development builds.
struct KumaVersion {
    int major = 0, minor = 0;
    auto operator<=>(const KumaVersion &) const = default;
};
std::optional<KumaVersion> kumaVersionFrom(std::string_view version);

// The era that the types speak of; the version decides only between those the types leave open.
KumaEra eraOf(std::string_view version, const std::vector<ResourceTypeInfo> &types);

// The version of Kuma that the index speaks of: of another product the one it is based on. Empty when it
// names none.
std::string kumaVersionOfIndex(std::string_view json);

// `config` is nothing where /config may not be read; `hasTypeList` says that the types come from /_resources.
Capabilities capabilitiesFrom(const std::string &kumaVersion, const std::optional<ConfigInfo> &config,
                              std::vector<ResourceTypeInfo> types, bool hasTypeList);

}  // namespace meshscope
