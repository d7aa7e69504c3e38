// Policies of the old style, of sources and destinations (kuma-api fact sheet §8.3): which one holds for a
// call. They are not merged: the most specific one wins, among equals the first by name.
#pragma once

#include "backend/xds/mesh_view.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::xds {

// Of calls of the Dataplane to a service: TrafficRoute, Timeout, Retry, CircuitBreaker, HealthCheck,
// TrafficLog.
MeshResourcePtr legacyForOutbound(const MeshView &mesh, const Dataplane &dataplane, std::string_view type,
                                  const std::string &service);
// Of calls to an inbound of it, whoever calls: TrafficPermission.
MeshResourcePtr legacyForInbound(const MeshView &mesh, const Dataplane &dataplane, std::string_view type,
                                 std::size_t inbound);
// All whose destinations hold the inbound, the most specific first: FaultInjection, RateLimit.
std::vector<MeshResourcePtr> allLegacyForInbound(const MeshView &mesh, const Dataplane &dataplane,
                                                 std::string_view type, std::size_t inbound);

// What the inspector shows of them.
struct LegacyAttachment {
    std::string kind;  // "inbound", "outbound", "service"
    std::string name;  // "10.0.0.1:80:8080", "127.0.0.1:1001", the service
    std::string service;
    std::string_view type;
    std::vector<MeshResourcePtr> policies;
};
std::vector<LegacyAttachment> legacyAttachments(const MeshView &mesh, const Dataplane &dataplane);

}  // namespace meshscope::xds
