#include "backend/core/capabilities.h"

#include <algorithm>

namespace meshscope {

const ResourceTypeInfo *Capabilities::find(std::string_view type) const
{
    const auto at =
        std::lower_bound(types.begin(), types.end(), type,
                         [](const ResourceTypeInfo &row, std::string_view name) { return row.name < name; });
    return at != types.end() && at->name == type ? &*at : nullptr;
}

std::string Capabilities::readOnlyReason(std::string_view type) const
{
    if (const auto *found = find(type))
        return found->readOnlyReason;
    if (isKnown && hasTypeList)
        return "this control plane has no type " + std::string(type);
    if (isApiReadOnly)
        return "the API of this control plane is read-only";
    return {};
}

std::string_view textOf(ControlPlaneMode mode)
{
    switch (mode) {
    case ControlPlaneMode::Unknown:
        return "";
    case ControlPlaneMode::Zone:
        return "zone";
    case ControlPlaneMode::FederatedZone:
        return "federated zone";
    case ControlPlaneMode::Global:
        return "global";
    }
    return "";
}

std::string_view textOf(ControlPlaneEnvironment environment)
{
    switch (environment) {
    case ControlPlaneEnvironment::Unknown:
        return "";
    case ControlPlaneEnvironment::Universal:
        return "universal";
    case ControlPlaneEnvironment::Kubernetes:
        return "kubernetes";
    }
    return "";
}

}  // namespace meshscope
