#include "backend/xds/policy/rules.h"

#include "backend/xds/policy/merging.h"
#include "backend/xds/route_hash.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace meshscope::xds {

namespace {

// More groups than this are not told apart by what they lack: no mesh needs it, and the number of groups
// grows with the product of the values of each tag.
constexpr std::size_t kMaxGroups = 20'000;

// Whether everything in `inner` is in `outer`.
bool holds(const Subset &outer, const Subset &inner)
{
    return std::all_of(outer.begin(), outer.end(), [&inner](const SubsetTag &wanted) {
        bool known = false;
        for (const auto &tag : inner) {
            if (tag.key != wanted.key)
                continue;
            known = true;
            const bool fits = wanted.isNegated == tag.isNegated
                                  ? wanted.value == tag.value
                                  : wanted.isNegated && wanted.value != tag.value;
            if (!fits)
                return false;
        }
        return known;
    });
}

bool intersect(const Subset &a, const Subset &b)
{
    return std::none_of(a.begin(), a.end(), [&b](const SubsetTag &tag) {
        return std::any_of(b.begin(), b.end(), [&tag](const SubsetTag &other) {
            return other.key == tag.key && other.value != tag.value;
        });
    });
}

// Items that can meet, directly or over others, are partitioned together; the rest has nothing to do with
// them.
std::vector<std::vector<std::size_t>> connectedItems(const std::vector<RuleItem> &items)
{
    std::vector<std::size_t> group(items.size());
    std::iota(group.begin(), group.end(), std::size_t(0));
    for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (group[i] != group[j] && intersect(items[i].subset, items[j].subset))
                std::replace(group.begin(), group.end(), std::max(group[i], group[j]),
                             std::min(group[i], group[j]));
    std::map<std::size_t, std::vector<std::size_t>> byGroup;
    for (std::size_t i = 0; i < items.size(); ++i)
        byGroup[group[i]].push_back(i);
    std::vector<std::vector<std::size_t>> result;
    for (auto &[first, members] : byGroup)
        result.push_back(std::move(members));
    return result;
}

using ValuesByKey = std::map<std::string, std::set<std::string>>;

// Every combination of at most one value a key.
std::vector<std::map<std::string, std::string>> combinations(const ValuesByKey &values)
{
    std::vector<std::map<std::string, std::string>> result{{}};
    for (const auto &[key, all] : values) {
        const auto before = result.size();
        if (before * (all.size() + 1) > kMaxGroups)
            break;
        for (const auto &value : all)
            for (std::size_t i = 0; i < before; ++i) {
                auto with = result[i];
                with.emplace(key, value);
                result.push_back(std::move(with));
            }
    }
    return result;
}

Subset subsetOf(const std::map<std::string, std::string> &positive, const ValuesByKey &values)
{
    Subset subset;
    for (const auto &[key, all] : values) {
        const auto chosen = positive.find(key);
        if (chosen != positive.end()) {
            subset.push_back({key, chosen->second, false});
            continue;
        }
        for (const auto &value : all)
            subset.push_back({key, value, true});
    }
    return subset;
}

std::size_t positives(const Subset &subset)
{
    return static_cast<std::size_t>(
        std::count_if(subset.begin(), subset.end(), [](const SubsetTag &tag) { return !tag.isNegated; }));
}

bool isMoreSpecific(const Rule &a, const Rule &b)
{
    if (const auto left = positives(a.subset), right = positives(b.subset); left != right)
        return left > right;
    const auto before = [](const SubsetTag &x, const SubsetTag &y) {
        return std::tie(x.isNegated, x.key, x.value) < std::tie(y.isNegated, y.key, y.value);
    };
    return std::lexicographical_compare(a.subset.begin(), a.subset.end(), b.subset.begin(), b.subset.end(),
                                        before);
}

void addOrigin(std::vector<PolicyPtr> &origins, const PolicyPtr &policy)
{
    if (std::find(origins.begin(), origins.end(), policy) == origins.end())
        origins.push_back(policy);
}

Subset subsetOf(const TargetRef &target)
{
    Subset subset;
    auto tags = target.tags;
    if (target.kind == RefKind::MeshService || target.kind == RefKind::MeshServiceSubset
        || target.kind == RefKind::MeshExternalService || target.kind == RefKind::MeshMultiZoneService)
        tags[kServiceTag] = target.name;
    for (const auto &[key, value] : tags)
        subset.push_back({key, value, false});
    return subset;
}

// Of a policy for a route: its confs are for the requests that the rules of the route match.
void appendRouteItems(const MeshView &mesh, const PolicyPtr &policy, std::vector<RuleItem> &items)
{
    const auto route = mesh.policy("MeshHTTPRoute", policy->target.name);
    if (!route)
        return;
    for (const auto &destination : route->to)
        for (const auto &rule : listAt(destination.conf, "rules"))
            for (const auto &item : policy->to)
                items.push_back({{{kRouteHashTag, routeHash(listAt(rule, "matches")), false},
                                  {kServiceTag, destination.target.name, false}},
                                 &item.conf,
                                 policy});
}

Rules toRules(const MeshView &mesh, const std::vector<PolicyMatch> &matched)
{
    std::vector<RuleItem> items;
    for (const auto &match : matched) {
        if (match.policy->target.kind == RefKind::MeshHTTPRoute) {
            appendRouteItems(mesh, match.policy, items);
            continue;
        }
        for (const auto &item : match.policy->to)
            if (item.target.kind != RefKind::Unknown && item.target.labels.empty())
                items.push_back({subsetOf(item.target), &item.conf, match.policy});
    }
    return partition(items, false);
}

std::map<std::size_t, Rules> fromRules(const Dataplane &dataplane, const std::vector<PolicyMatch> &matched)
{
    std::map<std::size_t, Rules> result;
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        std::vector<RuleItem> items;
        for (const auto &match : matched)
            if (std::find(match.inbounds.begin(), match.inbounds.end(), i) != match.inbounds.end())
                for (const auto &item : match.policy->from)
                    items.push_back({subsetOf(item.target), &item.conf, match.policy});
        if (auto rules = partition(items, true); !rules.empty())
            result.emplace(i, std::move(rules));
    }
    return result;
}

bool isResourceKind(RefKind kind)
{
    return kind == RefKind::MeshService || kind == RefKind::MeshExternalService
           || kind == RefKind::MeshMultiZoneService;
}

// An item of `to` and the real resources that it names.
struct ResourceItem {
    PolicyPtr policy;
    std::size_t index;
    const PolicyItem *item;
    std::vector<MeshResourcePtr> resources;
};

// As isWeaker, with the kind of the destination before the name.
bool isWeakerItem(const ResourceItem &a, const ResourceItem &b)
{
    if (const auto rank = compareRank(*a.policy, *b.policy); rank != 0)
        return rank < 0;
    if (a.item->target.kind != b.item->target.kind)
        return a.item->target.kind < b.item->target.kind;
    return isWeaker(*a.policy, *b.policy);
}

std::vector<ResourceRule> resourceRules(const MeshView &mesh, const std::vector<PolicyMatch> &matched)
{
    std::vector<ResourceItem> items;
    for (const auto &match : matched) {
        if (match.policy->target.kind == RefKind::MeshHTTPRoute)
            continue;
        for (std::size_t i = 0; i < match.policy->to.size(); ++i) {
            const auto &item = match.policy->to[i];
            ResourceItem entry{match.policy, i, &item, {}};
            if (item.target.kind == RefKind::Mesh)
                entry.resources = {mesh.resource("Mesh", mesh.mesh())};
            else if (isResourceKind(item.target.kind))
                for (const auto &resource : mesh.resources(textOf(item.target.kind)))
                    if (item.target.labels.empty() ? resource->key.name == item.target.name
                                                   : hasAll(resource->labels, item.target.labels))
                        entry.resources.push_back(resource);
            if (!entry.resources.empty())
                items.push_back(std::move(entry));
        }
    }
    std::stable_sort(items.begin(), items.end(), isWeakerItem);

    struct Target {
        RefKind kind;
        std::string name;
        std::string section;
        auto operator<=>(const Target &) const = default;
    };
    std::map<Target, MeshResourcePtr> targets;
    for (const auto &item : items)
        for (const auto &resource : item.resources)
            targets.emplace(Target{item.item->target.kind, resource ? resource->key.name : std::string(),
                                   item.item->target.sectionName},
                            resource);
    std::vector<ResourceRule> rules;
    for (const auto &[target, resource] : targets) {
        auto &rule = rules.emplace_back();
        rule.kind = target.kind;
        rule.resource = resource;
        rule.sectionName = target.section;
        std::vector<const Json *> confs;
        for (const auto &item : items) {
            const auto &ref = item.item->target;
            const bool applies =
                ref.kind == RefKind::Mesh
                || (ref.kind == target.kind && (ref.sectionName.empty() || ref.sectionName == target.section)
                    && std::find(item.resources.begin(), item.resources.end(), resource)
                           != item.resources.end());
            if (!applies)
                continue;
            confs.push_back(&item.item->conf);
            rule.origins.push_back({item.policy, item.index});
        }
        rule.conf = mergedConf(confs);
    }
    return rules;
}

std::optional<Rule> proxyRule(const std::vector<PolicyMatch> &matched)
{
    Rule rule;
    std::vector<const Json *> confs;
    for (const auto &match : matched) {
        if (match.policy->conf.is_null())
            continue;
        confs.push_back(&match.policy->conf);
        addOrigin(rule.origins, match.policy);
    }
    if (confs.empty())
        return std::nullopt;
    rule.conf = mergedConf(confs);
    return rule;
}

}  // namespace

Rules partition(const std::vector<RuleItem> &items, bool withNegations)
{
    Rules rules;
    for (const auto &group : connectedItems(items)) {
        ValuesByKey values;
        for (const auto index : group)
            for (const auto &tag : items[index].subset)
                values[tag.key].insert(tag.value);
        for (const auto &positive : combinations(values)) {
            Rule rule;
            rule.subset = subsetOf(positive, values);
            std::vector<const Json *> confs;
            for (const auto &item : items) {
                if (!holds(item.subset, rule.subset))
                    continue;
                confs.push_back(item.conf);
                addOrigin(rule.origins, item.policy);
            }
            if (confs.empty())
                continue;
            rule.conf = mergedConf(confs);
            if (!withNegations)
                std::erase_if(rule.subset, [](const SubsetTag &tag) { return tag.isNegated; });
            rules.push_back(std::move(rule));
        }
    }
    std::stable_sort(rules.begin(), rules.end(), isMoreSpecific);
    return rules;
}

const TypeRules *ProxyRules::of(std::string_view type) const
{
    const auto found = std::find_if(m_types.begin(), m_types.end(),
                                    [type](const TypeRules &rules) { return rules.type == type; });
    return found == m_types.end() ? nullptr : &*found;
}

ProxyRules rulesFor(const MeshView &mesh, const Dataplane &dataplane, bool withShadow)
{
    ProxyRules result;
    for (const auto type : kPolicyTypes) {
        TypeRules rules;
        rules.type = type;
        rules.matched = matchingPolicies(mesh, dataplane, type, withShadow);
        if (rules.matched.empty())
            continue;
        rules.proxy = proxyRule(rules.matched);
        rules.to = toRules(mesh, rules.matched);
        rules.toResources = resourceRules(mesh, rules.matched);
        rules.from = fromRules(dataplane, rules.matched);
        result.m_types.push_back(std::move(rules));
    }
    return result;
}

const Rule *ruleFor(const Rules &rules, const Tags &element)
{
    Subset subset;
    for (const auto &[key, value] : element)
        subset.push_back({key, value, false});
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&subset](const Rule &rule) { return holds(rule.subset, subset); });
    return found == rules.end() ? nullptr : &*found;
}

const Rule *toRule(const TypeRules *rules, const std::string &service, const std::string &routeHash)
{
    if (!rules)
        return nullptr;
    if (const auto backend = rules->backends.find(service); backend != rules->backends.end())
        return &backend->second;
    Tags element{{kServiceTag, service}};
    if (!routeHash.empty())
        element.emplace(kRouteHashTag, routeHash);
    return ruleFor(rules->to, element);
}

void ProxyRules::nameBackend(const std::string &cluster, RefKind kind, const std::string &name,
                             const std::string &sectionName)
{
    for (auto &type : m_types) {
        const auto *found = toResourceRule(&type, kind, name, sectionName);
        if (!found)
            continue;
        Rule rule{{}, found->conf, {}};
        for (const auto &origin : found->origins)
            rule.origins.push_back(origin.policy);
        type.backends.insert_or_assign(cluster, std::move(rule));
    }
}

const Rule *fromRule(const TypeRules *rules, std::size_t inbound)
{
    if (!rules)
        return nullptr;
    const auto found = rules->from.find(inbound);
    return found == rules->from.end() ? nullptr : ruleFor(found->second, {});
}

const ResourceRule *toResourceRule(const TypeRules *rules, RefKind kind, const std::string &name,
                                   const std::string &sectionName)
{
    if (!rules)
        return nullptr;
    const auto find = [rules](const auto &predicate) {
        const auto found = std::find_if(rules->toResources.begin(), rules->toResources.end(), predicate);
        return found == rules->toResources.end() ? nullptr : &*found;
    };
    const auto isOfResource = [&](const ResourceRule &rule) {
        return rule.kind == kind && rule.resource && rule.resource->key.name == name;
    };
    if (!sectionName.empty())
        if (const auto *rule = find([&](const ResourceRule &candidate) {
                return isOfResource(candidate) && candidate.sectionName == sectionName;
            }))
            return rule;
    if (const auto *rule = find([&](const ResourceRule &candidate) {
            return isOfResource(candidate) && candidate.sectionName.empty();
        }))
        return rule;
    return find([](const ResourceRule &rule) { return rule.kind == RefKind::Mesh; });
}

}  // namespace meshscope::xds
