// Resources other than dataplanes, as a control plane lists them: what tables need as values, the rest as the
// JSON that was answered. Plain values, frozen once published; any thread.
#pragma once

#include "backend/core/capabilities.h"
#include "backend/core/insight.h"
#include "backend/core/result.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshscope {

// A policy, a MeshService, an ExternalService, …
struct ResourceRecord {
    std::string type;  // "MeshTimeout"
    ResourceKey key;
    Tags labels;
    TimePoint creationTime{};      // epoch = not given
    TimePoint modificationTime{};  // on Kubernetes always equals creationTime
    // What it selects, in short: "Mesh", "MeshSubset version=v1", "Dataplane app=web"; of a legacy policy its
    // sources and destinations, "web → backend"; empty where the type selects nothing.
    std::string targetRef;
    std::string json;  // as answered, one object
    bool operator==(const ResourceRecord &) const = default;
};

using ResourcePtr = std::shared_ptr<const ResourceRecord>;

// All resources of one type, over all meshes.
struct ResourceList {
    std::string type;
    std::vector<ResourcePtr> rows;  // sorted by key, no null, no repetition
    // Why the rows are missing or older than the snapshot (403, 500, …); nothing = they are fresh.
    std::optional<Error> problem;

    ResourcePtr find(const ResourceKey &key) const;  // nullptr when it does not hold the key
    bool operator==(const ResourceList &other) const;
};

using ResourceListPtr = std::shared_ptr<const ResourceList>;

// A zone as its global control plane knows it (fact sheet §6.7). A stand-alone zone has none.
struct ZoneInfo {
    std::string name;
    bool isEnabled = true;
    Health link = Health::Unknown;  // Online: a subscription is open; Unknown: there never was one
    std::optional<TimePoint> connectTime, disconnectTime;  // of the latest subscription
    std::string version;                                   // of the zone's control plane
    std::string environment, storeType;                    // out of the configuration it reported
    std::string globalInstanceId, zoneInstanceId;
    std::string json;  // the overview as answered
    bool operator==(const ZoneInfo &) const = default;
};

// A ZoneIngress or ZoneEgress with what is known of its proxy. Since 3.0 these are dataplanes.
struct ZoneProxyInfo {
    std::string type;  // "ZoneIngress", "ZoneEgress"
    std::string name;
    std::string zone;
    std::string address;
    std::uint32_t port = 0;
    std::string advertisedAddress;
    std::uint32_t advertisedPort = 0;
    DataplaneInsight insight;
    Health link = Health::Unknown;
    std::string json;
    bool operator==(const ZoneProxyInfo &) const = default;
};

// ServiceInsight as the control plane computes it (fact sheet §6.4); none on 3.0. A partially degraded
// dataplane counts as offline in it.
struct ServiceInsightInfo {
    ResourceKey key;     // mesh and kuma.io/service
    std::string status;  // "online", "offline", "partially_degraded", "not_available"
    std::string type;    // "internal", "external", "gateway_delegated", "gateway_builtin"
    std::size_t total = 0, online = 0, offline = 0;
    std::string addressPort;         // "backend.mesh:80"
    std::vector<std::string> zones;  // sorted
    bool operator==(const ServiceInsightInfo &) const = default;
};

}  // namespace meshscope
