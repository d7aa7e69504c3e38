#include "backend/query/policy_map.h"

#include <algorithm>
#include <array>

namespace meshscope::query {

namespace {

// Where a policy names the proxies that get it: the targetRef at its top; of the older ones the source of a
// call, or its destination where the server enforces them, or its selectors (fact sheet §8.1).
constexpr std::array<std::string_view, 3> kOfDestinations{"FaultInjection", "RateLimit", "TrafficPermission"};

bool isOfProxies(const Selector &selector, const std::string &type)
{
    const std::string_view where = selector.where;
    if (where.starts_with("spec.targetRef") || where == "spec" || where.starts_with("targetRef")
        || where.starts_with("selectors["))
        return true;
    const bool ofDestinations =
        std::find(kOfDestinations.begin(), kOfDestinations.end(), type) != kOfDestinations.end();
    return where.starts_with(ofDestinations ? "destinations[" : "sources[");
}

}  // namespace

PolicyMap::PolicyMap(const Snapshot &snapshot)
    : m_lists(snapshot.resources)
{
    for (const auto &list : snapshot.resources) {
        for (const auto &resource : list->rows) {
            if (resource->targetRef.empty())
                continue;  // it selects nothing
            auto selectors = parseSelectors(resource->json);
            if (!selectors)
                continue;
            std::erase_if(*selectors, [&](const Selector &one) { return !isOfProxies(one, resource->type); });
            for (Selector &selector : *selectors)
                selector.mesh = resource->key.mesh;
            if (!selectors->empty())
                m_policies.push_back({resource->key, std::move(*selectors)});
        }
    }
}

std::shared_ptr<const PolicyMap> PolicyMap::of(const Snapshot &snapshot,
                                               const std::shared_ptr<const PolicyMap> &before)
{
    return before && before->m_lists == snapshot.resources ? before
                                                           : std::make_shared<const PolicyMap>(snapshot);
}

bool PolicyMap::chooses(const Policy &policy, const Dataplane &dataplane)
{
    return std::any_of(policy.selectors.begin(), policy.selectors.end(),
                       [&dataplane](const Selector &selector) { return selects(selector, dataplane); });
}

}  // namespace meshscope::query
