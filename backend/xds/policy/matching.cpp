#include "backend/xds/policy/matching.h"

namespace meshscope::xds {

namespace {

bool selectsAll(const Dataplane &dataplane, std::vector<std::size_t> *inbounds)
{
    for (std::size_t i = 0; inbounds && i < dataplane.inbounds.size(); ++i)
        inbounds->push_back(i);
    return true;
}

bool selectsByTags(const Tags &wanted, const Dataplane &dataplane, std::vector<std::size_t> *inbounds)
{
    if (dataplane.gateway)
        return hasAll(dataplane.gateway->tags, wanted);
    bool any = false;
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        if (!hasAll(dataplane.inbounds[i].tags, wanted))
            continue;
        any = true;
        if (inbounds)
            inbounds->push_back(i);
    }
    return any;
}

}  // namespace

bool selects(const TargetRef &target, const MeshView &mesh, const Dataplane &dataplane,
             std::vector<std::size_t> *inbounds)
{
    if (dataplane.gateway ? !target.gateways : !target.sidecars)
        return false;
    auto tags = target.tags;
    switch (target.kind) {
    case RefKind::Mesh:
        return selectsAll(dataplane, inbounds);
    case RefKind::Dataplane:
        return hasAll(dataplane.labels, target.labels)
               && (target.name.empty() || target.name == dataplane.key.name)
               && selectsAll(dataplane, inbounds);
    case RefKind::MeshService:
    case RefKind::MeshServiceSubset:
        tags[kServiceTag] = target.name;
        return selectsByTags(tags, dataplane, inbounds);
    case RefKind::MeshSubset:
        return selectsByTags(tags, dataplane, inbounds);
    case RefKind::MeshHTTPRoute: {
        const auto route = mesh.policy("MeshHTTPRoute", target.name);
        return route && route->target.kind != RefKind::MeshHTTPRoute
               && selects(route->target, mesh, dataplane, inbounds);
    }
    case RefKind::MeshGateway:
    case RefKind::MeshExternalService:
    case RefKind::MeshMultiZoneService:
    case RefKind::Unknown:
        break;
    }
    return false;
}

std::vector<PolicyMatch> matchingPolicies(const MeshView &mesh, const Dataplane &dataplane,
                                          std::string_view type, bool withShadow)
{
    std::vector<PolicyMatch> matches;
    for (const auto &policy : mesh.policies(type)) {
        if (policy->isShadow() && !withShadow)
            continue;
        PolicyMatch match{policy, {}};
        if (selects(policy->target, mesh, dataplane, &match.inbounds))
            matches.push_back(std::move(match));
    }
    return matches;
}

}  // namespace meshscope::xds
