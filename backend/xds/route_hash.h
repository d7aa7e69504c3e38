// Kuma's name of a rule of a MeshHTTPRoute: base64 of the SHA-256 of its matches, in Go's spelling of them.
#pragma once

#include "backend/xds/json_access.h"

#include <string>

namespace meshscope::xds {

std::string routeHash(const Json &matches);

}  // namespace meshscope::xds
