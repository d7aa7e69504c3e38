// What an outbound by `backendRef` leads to: a port of a MeshService, a MeshExternalService or a
// MeshMultiZoneService (facts on xDS §4.3, §4.7).
#pragma once

#include "backend/xds/draft.h"
#include "backend/xds/mesh_view.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace meshscope::xds {

// Stands among the services that a proxy reaches for "any": a selector by other tags than the service.
inline constexpr char kAnyService[] = "*";

struct Backend {
    MeshResourcePtr resource;
    std::string cluster;      // its name, which names listener, routes and statistics too
    std::string sectionName;  // of the port
    Protocol protocol = Protocol::Unknown;
    std::vector<Endpoint> endpoints;  // of proxies of the mesh
    std::vector<std::string>
        identities;  // services whose certificates they show; empty = it is outside of the mesh
    std::string sni;
    std::set<std::string> reaches;  // services whose endpoints these are
};

// Nothing when there is no such resource or port.
std::optional<Backend> backendOf(const MeshView &mesh, const BackendRef &ref);

// Its cluster, and for endpoints in the mesh their load assignment, added once.
void useBackend(Draft &draft, const MeshView &mesh, const Backend &backend, bool ipv6);

}  // namespace meshscope::xds
