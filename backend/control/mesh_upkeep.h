// What follows from the other resources of a mesh: virtual IPs, MeshServices that are generated, the
// addresses and states of services (kuma-api fact sheet §9, facts on xDS §5). Pure functions over one state
// of the store.
#pragma once

#include "backend/control/dataplane_cache.h"
#include "backend/store/store.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::control {

// What the store does not know of the proxies.
struct ProxyFacts {
    std::function<bool(const ResourceKey &)> isOnline;
    std::function<bool(const ResourceKey &)> hasCertificate;
};

// Whether a change of that type can make upkeep necessary. A HostnameGenerator concerns all meshes.
bool needsUpkeep(std::string_view type);

// The writes that bring the mesh up to date; none when it is.
std::vector<StoreWrite> upkeepOf(const std::string &mesh, const StoreSnapshot &store, DataplaneCache &cache,
                                 const ProxyFacts &proxies, TimePoint now);

// A HostnameGenerator's template: {{ .DisplayName }}, .Name, .Namespace, .Zone, .Mesh and {{ label "key" }}.
// Invalid when it is none.
Result<std::string> hostnameFrom(std::string_view text, const StoredResource &service);

}  // namespace meshscope::control
