// Which proxies a change can touch (architecture: one change must not cost what its mesh costs). Pure.
#pragma once

#include "backend/xds/mesh_view.h"

#include <string>
#include <string_view>

namespace meshscope::xds {

// Whether the configuration of any proxy can depend on resources of the type at all.
bool isUsed(std::string_view type);

// Whether the configuration of the Dataplane can differ between two views that differ in that resource only.
// When in doubt it can: what is made anew and equal is not sent.
bool canTouch(const MeshView &before, const MeshView &after, std::string_view type, const std::string &name,
              const Dataplane &dataplane);

}  // namespace meshscope::xds
