// What one control plane held at one moment: immutable, shared between threads, diffed by models.
#pragma once

#include "backend/core/capabilities.h"
#include "backend/core/insight.h"
#include "backend/core/resource_record.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct DataplaneOverview {
    std::shared_ptr<const Dataplane> dataplane;  // never null
    DataplaneInsight insight;
    DataplaneStatus status;

    const ResourceKey &key() const { return dataplane->key; }
    bool operator==(const DataplaneOverview &other) const
    {
        return (dataplane == other.dataplane || *dataplane == *other.dataplane) && insight == other.insight
               && status == other.status;
    }
};

using DataplanePtr = std::shared_ptr<const DataplaneOverview>;

// The index of a control plane (fact sheet §1.5) and what `/config` adds where it may be read.
struct ControlPlaneInfo {
    std::string product;  // "Kuma", or another distribution's name
    std::string version;  // "2.9.13"
    std::string hostname;
    std::string instanceId;
    std::string mode;         // "zone", "global", "" unknown
    std::string environment;  // "universal", "kubernetes", "" unknown
    bool operator==(const ControlPlaneInfo &) const = default;
};

struct MeshInfo {
    std::string name;
    bool mtlsEnabled = false;
    std::string mtlsBackend{};  // the enabled one; empty = none
    std::string mtlsMode{};     // of that backend: "STRICT", "PERMISSIVE"; empty = none
    std::string json{};         // the Mesh as answered; empty where only its name is known
    std::string insightJson{};  // its MeshInsight, whose counts lag by up to 20 s; empty = none
    bool operator==(const MeshInfo &) const = default;
};

// What did not change since the snapshot before it is shared with that one, down to the rows: comparing
// pointers is enough to see that nothing changed, comparing values is needed to see that something did.
struct Snapshot {
    ControlPlaneInfo controlPlane;
    std::vector<MeshInfo> meshes;          // sorted by name
    std::vector<DataplanePtr> dataplanes;  // sorted by key, no null, no repetition
    TimePoint fetchedAt{};                 // when the last answer of this snapshot arrived; epoch = none yet

    CapabilitiesPtr capabilities = std::make_shared<Capabilities>();  // never null
    std::vector<ResourceListPtr> resources;  // sorted by type, no null; neither secrets nor insights
    std::shared_ptr<const std::vector<ZoneInfo>> zones = std::make_shared<std::vector<ZoneInfo>>();
    std::shared_ptr<const std::vector<ZoneProxyInfo>> zoneProxies =
        std::make_shared<std::vector<ZoneProxyInfo>>();  // sorted by type, then name
    std::shared_ptr<const std::vector<ServiceInsightInfo>> serviceInsights =
        std::make_shared<std::vector<ServiceInsightInfo>>();  // sorted by key

    // True while the very first listing is still under way: rows are missing, counts are too small. Nothing
    // that appears after it is news.
    bool isPartial = false;

    // nullptr when it does not hold the key. Binary search.
    DataplanePtr find(const ResourceKey &key) const;
    // All of a type, "MeshTimeout"; nullptr when this control plane has no such type or was not asked for it.
    ResourceListPtr list(std::string_view type) const;
    ResourcePtr find(std::string_view type, const ResourceKey &key) const;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;  // never null once published

// One service of a mesh, derived from its dataplanes.
struct ServiceSummary {
    ResourceKey key;  // mesh and kuma.io/service
    std::size_t online = 0, degraded = 0, offline = 0, unknown = 0;
    std::vector<std::string> protocols;   // sorted, without repetition
    std::vector<ResourceKey> dataplanes;  // sorted
    std::vector<std::string>
        callsServices;  // declared outbounds of its dataplanes; sorted, without repetition

    std::size_t total() const { return online + degraded + offline + unknown; }
    Health health() const;  // worst that still says something: all fit, some fit, none fit, never seen
    bool operator==(const ServiceSummary &) const = default;
};

// Sorted by key. A service that is only called, and offered by nobody, is in it with no dataplanes.
std::vector<ServiceSummary> servicesOf(const Snapshot &snapshot);

}  // namespace meshscope
