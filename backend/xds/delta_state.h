// What one proxy asked for and what it has, in the incremental variant of ADS: requests in, responses out.
//
// Each resource has a version of its own, a hash of what is sent, so a proxy that comes back and says what it
// has is sent only the difference, even by another control plane. At most one response a type is under way.
// What was refused is not sent again until it differs. The version of an endpoint set covers its cluster too,
// because a changed cluster warms until its endpoints come again. Listeners wait until the proxy has the
// clusters and endpoints that they need; clusters and endpoints that go wait until the listeners that used
// them have changed.
//
// Not thread-safe; makes no gRPC call and reads no clock.
#pragma once

#include "backend/xds/ads_state.h"

#include "envoy/service/discovery/v3/discovery.pb.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace meshscope::xds {

class DeltaState
{
public:
    using Request = envoy::service::discovery::v3::DeltaDiscoveryRequest;
    using Response = envoy::service::discovery::v3::DeltaDiscoveryResponse;

    explicit DeltaState(std::string controlPlaneId)
        : m_controlPlaneId(std::move(controlPlaneId))
    {}

    // What to send now, in this order. A type that is not ours gets nothing.
    std::vector<Response> handle(const Request &request, TimePoint now);
    std::vector<Response> setSnapshot(ProxySnapshotPtr snapshot, TimePoint now);

    const AdsStatus &status() const { return m_status; }
    // True when the proxy has, or has refused, everything of the latest snapshot that it asked for.
    bool isSettled() const;

private:
    struct TypeState {
        bool asked = false;     // at all
        bool answered = false;  // a wildcard is answered once even if there is nothing
        bool resumed = false;   // it came with resources of an earlier stream
        bool wildcard = false;
        bool underWay = false;
        std::string nonce;              // of the last response
        std::set<std::string> sent;     // in the last response
        std::set<std::string> refused;  // and neither changed nor gone since
        std::set<std::string> names;
        // What the proxy has, has refused, or is about to get: name → version; empty = it was told that there
        // is none.
        std::map<std::string, std::string> has;
    };
    struct Difference {
        std::vector<std::pair<ResourcePtr, std::string>> changed;  // with its version
        std::vector<std::string> removed;
        bool isEmpty() const { return changed.empty() && removed.empty(); }
    };

    TypeState &of(ResourceType type) { return m_types[static_cast<std::size_t>(type)]; }
    const TypeState &of(ResourceType type) const { return m_types[static_cast<std::size_t>(type)]; }
    bool wants(ResourceType type, const std::string &name) const;
    std::string versionOf(ResourceType type, const Resource &resource) const;
    Difference difference(ResourceType type) const;
    bool isUpToDate(ResourceType type, bool removals) const;
    bool mustWait(ResourceType type) const;
    bool removalsMustWait(ResourceType type) const;
    void subscribe(TypeState &state, const Request &request);
    std::vector<Response> pump(TimePoint now);

    std::string m_controlPlaneId;
    ProxySnapshotPtr m_snapshot;
    std::map<std::string, std::uint64_t> m_clusterHashes;  // of the snapshot
    std::array<TypeState, kResourceTypes> m_types;
    std::uint64_t m_nextNonce = 1;
    AdsStatus m_status;
};

}  // namespace meshscope::xds
