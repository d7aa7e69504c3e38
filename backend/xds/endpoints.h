// Who answers for a service, as ClusterLoadAssignments (facts on xDS §4.8).
#pragma once

#include "backend/xds/mesh_view.h"

#include <compare>

namespace meshscope::xds {

// The inbounds of `service` that are Ready. A Dataplane whose address is a name is left out: endpoints are
// IPs.
void appendEndpoints(const Dataplane &dataplane, const std::string &service,
                     std::vector<Endpoint> &endpoints);
// That inbound alone, under the same conditions.
void appendEndpoint(const Dataplane &dataplane, const Inbound &inbound, std::vector<Endpoint> &endpoints);
// Those that have every one of the tags.
std::vector<Endpoint> subset(const std::vector<Endpoint> &endpoints, const Tags &tags);
Protocol commonProtocol(const std::vector<Endpoint> &endpoints);
// Without endpoints it is empty, and sent all the same: a cluster warms until it has one.
ResourcePtr loadAssignment(const std::string &cluster, const std::vector<Endpoint> &endpoints);

// Where an endpoint stands for one caller.
struct Locality {
    std::string zone;
    std::string subZone;
    std::uint32_t priority = 0;
    std::uint32_t weight = 0;  // 0 = none
    auto operator<=>(const Locality &) const = default;
};
struct PlacedEndpoint {
    Endpoint endpoint;
    Locality locality;
};
// `overprovisioning` in percent.
ResourcePtr loadAssignment(const std::string &cluster, const std::vector<PlacedEndpoint> &endpoints,
                           std::uint32_t overprovisioning);

// Those of the mesh that have all of the tags, kuma.io/service among them.
std::vector<Endpoint> endpointsOf(const MeshView &mesh, const Tags &tags);

}  // namespace meshscope::xds
