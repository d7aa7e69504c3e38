// What one proxy asked for and what it was sent, in the state-of-the-world variant of ADS: requests in,
// responses out.
//
// Clusters and listeners are wildcards; endpoints, routes and secrets are asked for by name. At most one
// response a type is under way; a newer state waits for its ACK or NACK. What was refused is not sent again
// until it differs. The version of a type is a hash of what is sent, so equal content is never sent twice;
// that of endpoints covers the clusters too, because a changed cluster warms until its endpoints come again.
// Listeners wait until the proxy has the clusters and endpoints that they need, unless it refused them.
//
// Not thread-safe; makes no gRPC call and reads no clock.
#pragma once

#include "backend/core/insight.h"
#include "backend/xds/resource.h"

#include "envoy/service/discovery/v3/discovery.pb.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace meshscope::xds {

// What the insight of a stream shows.
struct AdsStatus {
    ResponseCounts total, cds, eds, lds, rds;  // secrets count in the total only, as in Kuma
    std::optional<Rejection> lastRejection;
    TimePoint lastUpdate{};  // epoch = nothing sent yet

    void countSent(ResourceType type, TimePoint now);
    // `refusesNone`: the proxy has taken the last response of every type.
    void countAcknowledged(ResourceType type, bool refusesNone, TimePoint now);
    void countRejected(ResourceType type, const std::string &message, TimePoint now);
    bool operator==(const AdsStatus &) const = default;
};

class AdsState
{
public:
    using Request = envoy::service::discovery::v3::DiscoveryRequest;
    using Response = envoy::service::discovery::v3::DiscoveryResponse;

    explicit AdsState(std::string controlPlaneId)
        : m_controlPlaneId(std::move(controlPlaneId))
    {}

    // What to send now, in this order. A type that is not ours, or a stale nonce, gets nothing.
    std::vector<Response> handle(const Request &request, TimePoint now);
    std::vector<Response> setSnapshot(ProxySnapshotPtr snapshot, TimePoint now);

    const AdsStatus &status() const { return m_status; }
    // True when the proxy has, or has refused, everything of the latest snapshot that it asked for.
    bool isSettled() const;

private:
    struct TypeState {
        bool subscribed = false;
        bool answered = false;
        bool underWay = false;
        bool rejected = false;        // the last response
        bool refused = false;         // the last one that was answered
        std::set<std::string> names;  // unused for wildcards
        std::string nonce;            // of the last response
        std::string sentVersion;
    };

    TypeState &of(ResourceType type) { return m_types[static_cast<std::size_t>(type)]; }
    const TypeState &of(ResourceType type) const { return m_types[static_cast<std::size_t>(type)]; }
    std::vector<ResourcePtr> wanted(ResourceType type) const;
    std::string versionOf(ResourceType type, const std::vector<ResourcePtr> &resources) const;
    bool mustWait(ResourceType type) const;
    bool isUpToDate(ResourceType type) const;
    void settle(ResourceType type, const Request &request, TimePoint now);
    std::vector<Response> pump(TimePoint now);

    std::string m_controlPlaneId;
    ProxySnapshotPtr m_snapshot;
    std::array<TypeState, kResourceTypes> m_types;
    std::uint64_t m_nextNonce = 1;
    AdsStatus m_status;
};

}  // namespace meshscope::xds
