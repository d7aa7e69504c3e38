#include "backend/xds/dependencies.h"

#include "backend/xds/policy/matching.h"
#include "backend/xds/vips.h"

#include <algorithm>
#include <array>

namespace meshscope::xds {

namespace {

constexpr std::array<std::string_view, 20> kMeshWideTypes{kConfigType,
                                                          "CircuitBreaker",
                                                          "ExternalService",
                                                          "FaultInjection",
                                                          "HealthCheck",
                                                          "HostnameGenerator",
                                                          "Mesh",
                                                          "MeshExternalService",
                                                          "MeshMultiZoneService",
                                                          "MeshService",
                                                          "ProxyTemplate",
                                                          "RateLimit",
                                                          "Retry",
                                                          "Secret",
                                                          "Timeout",
                                                          "TrafficLog",
                                                          "TrafficPermission",
                                                          "TrafficRoute",
                                                          "TrafficTrace",
                                                          "VirtualOutbound"};

bool selectedIn(const MeshView &mesh, std::string_view type, const std::string &name,
                const Dataplane &dataplane)
{
    const auto policy = mesh.policy(type, name);
    return policy && selects(policy->target, mesh, dataplane);
}

}  // namespace

bool isUsed(std::string_view type)
{
    return isPolicyType(type)
           || std::find(kMeshWideTypes.begin(), kMeshWideTypes.end(), type) != kMeshWideTypes.end();
}

bool canTouch(const MeshView &before, const MeshView &after, std::string_view type, const std::string &name,
              const Dataplane &dataplane)
{
    if (type == kConfigType)  // virtual IPs
        return dataplane.transparentProxying && dataplane.transparentProxying->isOn();
    if (isPolicyType(type))
        return selectedIn(before, type, name, dataplane) || selectedIn(after, type, name, dataplane);
    return isUsed(type);
}

}  // namespace meshscope::xds
