// Routes of the old style, for the step that makes outbounds.
#pragma once

#include "backend/xds/generation.h"
#include "backend/xds/listeners.h"
#include "backend/xds/policy/http_route.h"

namespace meshscope::xds {

// A mesh that has TrafficRoutes is routed by them, unless a route of the new style selects the proxy.
bool usesLegacyRoutes(const Generation &run);
// False when no TrafficRoute leads to the service: then nothing is made for that outbound.
bool fillLegacyTarget(const Generation &run, const Tags &own, OutboundTarget &target,
                      const UseCluster &useCluster);

}  // namespace meshscope::xds
