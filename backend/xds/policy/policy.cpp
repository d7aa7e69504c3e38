#include "backend/xds/policy/policy.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

bool isRoute(std::string_view type) { return type == "MeshHTTPRoute" || type == "MeshTCPRoute"; }

std::vector<PolicyItem> itemsOf(const Json &list, bool routes)
{
    std::vector<PolicyItem> items;
    for (const auto &entry : list) {
        auto &item = items.emplace_back();
        item.target = targetRefFrom(at(entry, "targetRef"));
        item.conf = routes ? Json{{"rules", listAt(entry, "rules")}} : at(entry, "default");
    }
    return items;
}

int originRank(const Policy &policy)
{
    const auto origin = policy.resource->labels.find("kuma.io/origin");
    if (origin == policy.resource->labels.end())
        return 1;
    return origin->second == "global" ? 0 : origin->second == "zone" ? 2 : 1;
}

}  // namespace

bool Policy::isShadow() const
{
    const auto effect = resource->labels.find("kuma.io/effect");
    return effect != resource->labels.end() && effect->second == "shadow";
}

PolicyPtr policyFrom(MeshResourcePtr resource)
{
    auto policy = std::make_shared<Policy>();
    const auto &spec = resource->spec;
    policy->target = targetRefFrom(at(spec, "targetRef"));
    policy->to = itemsOf(listAt(spec, "to"), isRoute(resource->type));
    policy->from = itemsOf(listAt(spec, "from"), false);
    policy->conf = at(spec, "default");
    policy->resource = std::move(resource);
    return policy;
}

std::strong_ordering compareRank(const Policy &a, const Policy &b)
{
    if (const auto order = a.target.kind <=> b.target.kind; order != 0)
        return order;
    if (const auto order = originRank(a) <=> originRank(b); order != 0)
        return order;
    return a.target.kind == RefKind::MeshGateway ? a.target.tags.size() <=> b.target.tags.size()
                                                 : std::strong_ordering::equal;
}

bool isWeaker(const Policy &a, const Policy &b)
{
    const auto rank = compareRank(a, b);
    return rank != 0 ? rank < 0 : a.resource->displayName() > b.resource->displayName();
}

bool isPolicyType(std::string_view type)
{
    return std::find(kPolicyTypes.begin(), kPolicyTypes.end(), type) != kPolicyTypes.end();
}

}  // namespace meshscope::xds
