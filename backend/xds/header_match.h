// Kuma's header matches (kuma-api fact sheet §8.3, HDR) as Envoy's.
#pragma once

#include "backend/xds/json_access.h"

#include "envoy/config/route/v3/route_components.pb.h"

namespace meshscope::xds {

envoy::config::route::v3::HeaderMatcher headerMatcher(const Json &match);

}  // namespace meshscope::xds
