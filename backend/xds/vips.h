// Virtual IPs of a mesh: which address stands for which name, and what it leads to (facts on xDS §5). Pure.
#pragma once

#include "backend/core/dataplane.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshscope::xds {

enum class VipKind { Service, Host, Fqdn };  // as Kuma numbers them

struct VipOutbound {
    std::uint32_t port = 0;
    Tags tags;
    std::string origin;  // what asked for it: "service", "host:<external service>"
    bool operator==(const VipOutbound &) const = default;
};

struct Vip {
    std::string address;
    std::vector<VipOutbound> outbounds;
    bool operator==(const Vip &) const = default;
};

using VipName = std::pair<VipKind, std::string>;
using VipTable = std::map<VipName, Vip>;

// The Config resource that keeps them, of type kConfigType in the mesh.
inline constexpr char kConfigType[] = "Config";
std::string vipConfigName(const std::string &mesh);
// Kuma's JSON: "<kind>:<name>" → {address, outbounds}. What cannot be read is left out.
VipTable vipsFromJson(std::string_view json);
std::string toJson(const VipTable &table);

// A range of IPv4 addresses, from its first one upward.
struct VipRange {
    std::uint32_t first = 0;
    std::uint32_t size = 0;
};
inline constexpr VipRange kServiceVips{240U << 24, 1U << 28};
inline constexpr VipRange kMeshServiceVips{241U << 24, 1U << 24};
inline constexpr VipRange kMeshExternalServiceVips{242U << 24, 1U << 24};
inline constexpr VipRange kMeshMultiZoneServiceVips{243U << 24, 1U << 24};

std::string vipText(std::uint32_t address);
// The name as it is written for AAAA questions: the IPv4 address within ::ffff:0:0/96, in hexadecimal.
std::string mappedVip(const std::string &address);

// `wanted` with addresses: the one that a name had in `before`, else the next that is free. Names that are
// wanted no more free theirs. A full range leaves names without an address out.
VipTable allocate(const VipTable &before, const std::map<VipName, std::vector<VipOutbound>> &wanted,
                  VipRange range = kServiceVips);

}  // namespace meshscope::xds
