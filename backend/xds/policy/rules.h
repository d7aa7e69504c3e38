// What the policies of one type say to one proxy, merged: for each destination (`to`), for each inbound and
// group of clients (`from`), for the proxy itself. Each value knows the policies it comes from, because the
// inspector shows them. Facts: kuma-api §8.4; the partition into subsets is that of Kuma 2.9.
#pragma once

#include "backend/xds/policy/matching.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::xds {

// Stands in subsets for "requests that a rule of a MeshHTTPRoute matches", with the name of its routes as
// value.
inline constexpr char kRouteHashTag[] = "__rule-matches-hash__";

struct SubsetTag {
    std::string key;
    std::string value;
    bool isNegated = false;
    bool operator==(const SubsetTag &) const = default;
};
using Subset = std::vector<SubsetTag>;  // no tags = everybody

struct Rule {
    Subset subset;
    Json conf;
    std::vector<PolicyPtr> origins;  // weakest first
};
using Rules = std::vector<Rule>;  // from the most specific to the least

// For a real MeshService and the like, or for the whole mesh.
struct ResourceRule {
    RefKind kind = RefKind::Mesh;
    MeshResourcePtr resource;  // null = the mesh has no Mesh resource (files without one)
    std::string sectionName;   // a port of it; empty = all
    Json conf;
    struct Origin {
        PolicyPtr policy;
        std::size_t index = 0;  // in the policy's `to`
    };
    std::vector<Origin> origins;
};

struct TypeRules {
    std::string_view type;
    std::vector<PolicyMatch> matched;  // in ascending precedence
    std::optional<Rule> proxy;         // of policies with one `default`
    Rules to;
    std::vector<ResourceRule> toResources;
    std::map<std::size_t, Rules> from;     // by index of the inbound; only those with rules
    std::map<std::string, Rule> backends;  // of outbounds by backendRef, by their cluster

    bool isEmpty() const { return !proxy && to.empty() && toResources.empty() && from.empty(); }
};

// All types that have a policy for the proxy, in the order of kPolicyTypes.
class ProxyRules
{
public:
    const std::vector<TypeRules> &types() const { return m_types; }
    const TypeRules *of(std::string_view type) const;  // nullptr = no policy of that type matches

    // From now on toRule() knows the cluster as that port of a real resource.
    void nameBackend(const std::string &cluster, RefKind kind, const std::string &name,
                     const std::string &sectionName);

private:
    friend ProxyRules rulesFor(const MeshView &, const Dataplane &, bool);
    std::vector<TypeRules> m_types;
};

ProxyRules rulesFor(const MeshView &mesh, const Dataplane &dataplane, bool withShadow = false);

// The first rule whose subset holds the element; null when there is none.
const Rule *ruleFor(const Rules &rules, const Tags &element);
// Of the service itself, or of one route of it, which falls back to the service; or of a backend by its
// cluster. `rules` may be null.
const Rule *toRule(const TypeRules *rules, const std::string &service, const std::string &routeHash = {});
// Of all clients of an inbound, as types that do not tell clients apart have it. `rules` may be null.
const Rule *fromRule(const TypeRules *rules, std::size_t inbound);
// Of a port of a real resource: of the port, else of the resource, else of the mesh. `rules` may be null.
const ResourceRule *toResourceRule(const TypeRules *rules, RefKind kind, const std::string &name,
                                   const std::string &sectionName);

// One item of a list of `to` or `from`, as the partition takes it.
struct RuleItem {
    Subset subset;
    const Json *conf;
    PolicyPtr policy;
};
// Splits clients or destinations into groups that the same items apply to. With negations each group says
// whom it does not hold; without, a rule means "and none of the rules before it".
Rules partition(const std::vector<RuleItem> &items, bool withNegations);

}  // namespace meshscope::xds
