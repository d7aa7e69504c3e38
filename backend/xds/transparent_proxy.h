// What a sidecar gets whose traffic is redirected to it (facts on xDS §4.12, §5).
#pragma once

#include "backend/xds/mesh_view.h"

#include <map>
#include <string>
#include <vector>

namespace meshscope::xds {

// An outbound for each virtual IP and port that the proxy may reach: all of the mesh, or what its
// transparentProxying section lists. Empty when it is no transparent proxy.
std::vector<Outbound> vipOutbounds(const Dataplane &dataplane, const MeshView &mesh);

// The names of the virtual IPs behind these outbounds: name → address.
std::map<std::string, std::string> vipNames(const MeshView &mesh, const std::vector<Outbound> &outbounds);

}  // namespace meshscope::xds
