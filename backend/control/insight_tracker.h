// What the control plane knows of the connections of proxies: DataplaneInsights, in memory, visible at once.
// Any thread.
#pragma once

#include "backend/control/clock.h"
#include "backend/core/insight.h"
#include "backend/xds/ads_state.h"

#include <map>
#include <mutex>
#include <string>

namespace meshscope::control {

// The certificate of a connected proxy.
struct MtlsInsight {
    TimePoint expiration{};
    TimePoint lastRegeneration{};
    std::uint64_t regenerations = 0;
    std::string backend;  // that has issued it; the only one that the mesh has
    bool operator==(const MtlsInsight &) const = default;
};

class InsightTracker
{
public:
    InsightTracker(std::string instanceId, Clock clock)
        : m_instanceId(std::move(instanceId))
        , m_clock(std::move(clock))
    {}

    // A stream of that proxy begins; `versionJson` is the node's. Returns the subscription's id. An older one
    // that is still open is closed; only the newest two are kept.
    std::string connect(const ResourceKey &key, const std::string &versionJson);
    void update(const ResourceKey &key, const std::string &subscription, const xds::AdsStatus &status);
    // Its certificate is gone from the insight then, as in Kuma.
    void disconnect(const ResourceKey &key, const std::string &subscription);
    void setMtls(const ResourceKey &key, std::optional<MtlsInsight> mtls);  // nothing = it has no certificate
    // Its Dataplane is gone. A stream that still runs begins anew with the next update.
    void forget(const ResourceKey &key);

    DataplaneInsight insight(const ResourceKey &key) const;  // empty when there is none
    std::string json(const ResourceKey &key) const;          // empty when there is none
    TimePoint creationTime(const ResourceKey &key) const;
    std::vector<ResourceKey> keys() const;  // sorted

private:
    struct Entry {
        Subscription subscription;
        std::string versionJson;
    };
    struct Proxy {
        std::vector<Entry> entries;  // oldest first
        TimePoint creationTime{};
        std::optional<MtlsInsight> mtls;
    };
    Entry *find(const ResourceKey &key, const std::string &subscription);

    std::string m_instanceId;
    Clock m_clock;
    mutable std::mutex m_mutex;
    std::map<ResourceKey, Proxy> m_proxies;
};

}  // namespace meshscope::control
