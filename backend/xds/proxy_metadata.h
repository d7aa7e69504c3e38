// What a proxy says of itself in its Envoy node (facts on xDS §2.6).
#pragma once

#include "backend/core/resource_key.h"
#include "backend/core/result.h"

#include <cstdint>
#include <set>
#include <string>

namespace envoy::config::core::v3 {
class Node;
}

namespace meshscope::xds {

struct ProxyMetadata {
    ResourceKey key;                // from the node id
    std::string dataplaneResource;  // JSON of the Dataplane to register; empty = it exists already
    std::string proxyType;          // "dataplane"; "ingress", "egress"
    std::string adminAddress;
    std::uint32_t adminPort = 0;      // 0 = not announced
    std::uint32_t readinessPort = 0;  // 0 = not announced
    std::uint32_t dnsPort = 0;
    bool ipv6Enabled = false;
    std::set<std::string> features;
    std::string workdir;
    std::string versionJson;  // JSON of `version`: kumaDp and envoy; "{}" when absent

    bool operator==(const ProxyMetadata &) const = default;
};

// Invalid when the id is not `<mesh>.<name>` (the name may hold dots) or the metadata have impossible types.
Result<ProxyMetadata> proxyMetadataFrom(const envoy::config::core::v3::Node &node);

}  // namespace meshscope::xds
