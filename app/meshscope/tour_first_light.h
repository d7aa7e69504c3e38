// The tour "first-light": a push in the window changes a real Envoy.
#pragma once

#include "app/meshscope/tour.h"
#include "backend/api/mesh_source.h"
#include "backend/api/sidecar_host.h"

namespace meshscope {

// Plays it in the window, which shows the sandbox with the sample mesh "hello", and leaves the window closed.
void playFirstLight(Tour &tour, QWidget &window, MeshSource &source, SidecarHost &sidecars);

}  // namespace meshscope
