// Where the programs of this build look for what they launch.
#pragma once

#include "backend/sidecar/envoy_tool.h"

#include <QString>

namespace meshscope {

// Envoy: MESHSCOPE_ENVOY, PATH, the virtual environment (MESHSCOPE_VENV, else the one this was built with),
// our folder.
ToolSearch envoySearch();

// CoreDNS, likewise: MESHSCOPE_COREDNS, PATH, the virtual environment.
ToolSearch coreDnsSearch();

// meshscopectl, which is also the sample meshes' application: next to the running executable, else on PATH;
// or empty.
QString findMeshscopectl();

}  // namespace meshscope
