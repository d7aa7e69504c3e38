// What a control plane knows of the connection to a proxy (fact sheet §6.1), and the status that follows
// (§6.3).
#pragma once

#include "backend/core/dataplane.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshscope {

// Counts of one xDS type, or of all.
struct ResponseCounts {
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t rejected = 0;
    bool operator==(const ResponseCounts &) const = default;
};

// Envoy's own words for a refused configuration. Kuma does not serve them; the sandbox does.
struct Rejection {
    std::string typeUrl;
    std::string message;
    TimePoint time{};
    std::optional<TimePoint> resolved;  // when the proxy had accepted every type again; absent = not yet
    bool operator==(const Rejection &) const = default;
};

struct Subscription {
    std::string id;
    std::string controlPlaneInstanceId;
    std::optional<TimePoint> connectTime;
    std::optional<TimePoint> disconnectTime;
    TimePoint lastUpdateTime{};  // epoch = nothing sent yet
    ResponseCounts total, cds, eds, lds, rds;
    std::string kumaDpVersion;
    std::string envoyVersion;
    std::optional<Rejection> lastRejection;

    bool isOnline() const { return connectTime && !disconnectTime; }
    // Something was refused on this connection, and it is not known that the proxy took a later one since.
    bool isRefusing() const { return total.rejected > 0 && !(lastRejection && lastRejection->resolved); }
    bool operator==(const Subscription &) const = default;
};

struct DataplaneInsight {
    std::vector<Subscription> subscriptions;  // oldest first
    std::optional<TimePoint> certificateExpiration;
    std::string issuedBackend;

    bool isOnline() const;
    const Subscription *latest() const;  // nullptr when there never was one
    bool operator==(const DataplaneInsight &) const = default;
};

enum class Health { Online, Degraded, Offline, Unknown };  // Unknown = no proxy ever connected

// Two lamps: is the proxy linked to its control plane, and are its inbounds fit; and the one word made of
// both, computed as kumactl and kuma-gui do. NeverConnected is shown as Unknown, which Kuma counts as
// Offline.
struct DataplaneStatus {
    Health overall = Health::Unknown;
    Health link = Health::Unknown;
    Health inbounds = Health::Unknown;
    std::string reason;  // why it is not Online; empty when it is
    bool operator==(const DataplaneStatus &) const = default;
};

DataplaneStatus statusOf(const Dataplane &dataplane, const DataplaneInsight &insight);

}  // namespace meshscope
