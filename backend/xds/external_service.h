// Services outside of the mesh that ExternalService resources name (facts on xDS §4.7).
#pragma once

#include "backend/xds/draft.h"
#include "backend/xds/mesh_view.h"

#include <string>
#include <vector>

namespace meshscope::xds {

struct ExternalEndpoint {
    std::string host;  // a name or an IP
    std::uint32_t port = 0;
    Tags tags;         // kuma.io/service included
    Json tls;          // null = plain
    std::string name;  // of the resource
};

// Those of a service that have all of the tags, by name of the resource.
std::vector<ExternalEndpoint> externalEndpoints(const MeshView &mesh, const Tags &tags);
// Those that a MeshExternalService lists.
std::vector<ExternalEndpoint> externalEndpoints(const MeshResource &meshExternalService);
Protocol commonProtocol(const std::vector<ExternalEndpoint> &endpoints);

// The endpoints stand in the cluster itself. `endpoints` must not be empty.
DraftCluster externalCluster(const MeshView &mesh, const Tags &tags,
                             const std::vector<ExternalEndpoint> &endpoints, bool ipv6);

// Requests to the outside carry the name of the place they go to.
void rewriteHosts(Draft &draft);

}  // namespace meshscope::xds
