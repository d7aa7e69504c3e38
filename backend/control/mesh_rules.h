// What Kuma 2.9 checks of a Mesh (kuma-api fact sheet §7), and of Dataplanes against their Mesh.
#pragma once

#include "backend/control/api_error.h"
#include "backend/core/dataplane.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope::control {

// What Kuma 2.9 makes of a MeshService that is put: a port of the application is written out, 0 = the same.
std::string withMeshServiceDefaults(std::string_view spec);

// Of the canonical JSON, before anything is looked up.
std::vector<Violation> meshViolations(std::string_view canonicalJson);
// Of the spec against the one that is stored; `before` empty = the Mesh is new.
std::vector<Violation> meshChangeViolations(std::string_view before, std::string_view after);
// What Kuma writes back: defaults of Prometheus backends.
std::string withMeshDefaults(std::string_view spec);
// Whether the Mesh's membership constraints admit it.
bool isMember(std::string_view meshSpec, const Dataplane &dataplane);

}  // namespace meshscope::control
