// Stored resources as the generator reads them.
#pragma once

#include "backend/control/dataplane_cache.h"
#include "backend/store/store.h"
#include "backend/xds/mesh_view.h"

#include <string>

namespace meshscope::control {

xds::MeshResourcePtr meshResource(const StoredResource &stored);

// The mesh at the moment of the snapshot. Any thread.
xds::MeshViewPtr meshView(const StoreSnapshot &store, const std::string &mesh, DataplaneCache &cache);

}  // namespace meshscope::control
