// Who may call: MeshTrafficPermission, or where the mesh still has it TrafficPermission (facts on xDS §4.6).
// Only what comes by mTLS is asked; without any rule nobody is let in.
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/mtls.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/legacy.h"

#include "envoy/config/rbac/v3/rbac.pb.h"
#include "envoy/extensions/filters/http/rbac/v3/rbac.pb.h"
#include "envoy/extensions/filters/network/rbac/v3/rbac.pb.h"

namespace meshscope::xds {

namespace {

using envoy::config::rbac::v3::Principal;
using envoy::config::rbac::v3::RBAC;
namespace http_rbac = envoy::extensions::filters::http::rbac::v3;
namespace network_rbac = envoy::extensions::filters::network::rbac::v3;

constexpr char kPolicyName[] = "MeshTrafficPermission";
constexpr char kHttpFilter[] = "envoy.filters.http.rbac";
constexpr char kNetworkFilter[] = "envoy.filters.network.rbac";
constexpr char kAnything[] = "*";

// The names in a client's certificate (facts on xDS §6).
Principal principalOf(const std::string &mesh, const std::string &tag, const std::string &value)
{
    Principal principal;
    auto &name = *principal.mutable_authenticated()->mutable_principal_name();
    const bool isService = tag == kServiceTag;
    const auto prefix = isService ? "spiffe://" + mesh + "/" : "kuma://" + tag + "/";
    if (value == kAnything)
        name.set_prefix(prefix);
    else
        name.set_exact(prefix + value);
    return principal;
}

// All of them at once; nobody in particular is anybody.
Principal together(std::vector<Principal> parts)
{
    if (parts.size() == 1)
        return std::move(parts.front());
    Principal principal;
    if (parts.empty()) {
        principal.set_any(true);
        return principal;
    }
    for (auto &part : parts)
        *principal.mutable_and_ids()->add_ids() = std::move(part);
    return principal;
}

Principal principalOf(const std::string &mesh, const Subset &subset)
{
    std::vector<Principal> parts;
    for (const auto &tag : subset) {
        auto part = principalOf(mesh, tag.key, tag.value);
        if (tag.isNegated) {
            Principal negated;
            *negated.mutable_not_id() = std::move(part);
            part = std::move(negated);
        }
        parts.push_back(std::move(part));
    }
    return together(std::move(parts));
}

void allow(RBAC &rbac, const std::string &policy, const Principal &principal)
{
    auto &entry = (*rbac.mutable_policies())[policy];
    if (entry.permissions().empty())
        entry.add_permissions()->set_any(true);
    *entry.add_principals() = principal;
}

struct Permission {
    RBAC rules;
    std::optional<RBAC> shadow;
    bool forConnections = false;  // an http service too is asked once a connection
};

// Null rules let nobody in.
Permission permissionFrom(const std::string &mesh, const Rules *rules)
{
    Permission permission;
    if (!rules)
        return permission;
    for (const auto &rule : *rules) {
        const auto action = textAt(rule.conf, "action");
        const auto principal = principalOf(mesh, rule.subset);
        if (action == "Allow" || action == "AllowWithShadowDeny")
            allow(permission.rules, kPolicyName, principal);
        if (action == "AllowWithShadowDeny") {
            if (!permission.shadow)
                permission.shadow.emplace().set_action(RBAC::DENY);
            allow(*permission.shadow, kPolicyName, principal);
        }
    }
    return permission;
}

Permission legacyPermissionFrom(const std::string &mesh, const MeshResourcePtr &policy)
{
    Permission permission;
    permission.forConnections = true;
    if (!policy)
        return permission;
    for (const auto &selector : listAt(policy->spec, "sources")) {
        const auto match = textsAt(selector, "match");
        std::vector<Principal> parts;
        for (const auto &[tag, value] : match)
            if (tag != kServiceTag)
                parts.push_back(principalOf(mesh, tag, value));
        if (const auto service = match.find(kServiceTag); service != match.end())
            parts.push_back(principalOf(mesh, service->first, service->second));
        allow(permission.rules, policy->key.name, together(std::move(parts)));
    }
    return permission;
}

template <class Filter>
Filter filterFrom(const Permission &permission)
{
    Filter filter;
    *filter.mutable_rules() = permission.rules;
    if (permission.shadow)
        *filter.mutable_shadow_rules() = *permission.shadow;
    return filter;
}

void guard(DraftChain &chain, const std::string &listener, const Permission &permission)
{
    if (chain.http && !permission.forConnections) {
        insertHttpFilter(*chain.http, kHttpFilter, filterFrom<http_rbac::RBAC>(permission),
                         FilterPlace::First);
        return;
    }
    auto config = filterFrom<network_rbac::RBAC>(permission);
    config.set_stat_prefix(statPrefix(listener) + ".");
    auto &filters = *chain.message.mutable_filters();
    auto &filter = *filters.Add();
    filter.set_name(kNetworkFilter);
    *filter.mutable_typed_config() = pack(config);
    for (int i = filters.size() - 1; i > 0; --i)
        filters.SwapElements(i, i - 1);
}

}  // namespace

void applyTrafficPermissions(Generation &run)
{
    if (!mtlsOf(run.mesh().settings()))
        return;
    const auto &mesh = run.mesh().mesh();
    const auto legacyFor = [&run](std::size_t inbound) {
        return legacyForInbound(run.mesh(), run.dataplane(), "TrafficPermission", inbound);
    };
    bool hasLegacy = false;
    for (std::size_t i = 0; i < run.dataplane().inbounds.size(); ++i)
        hasLegacy = hasLegacy || legacyFor(i);
    const auto *rules = run.rules.of("MeshTrafficPermission");
    for (auto &listener : run.draft.listeners) {
        if (listener.origin != Origin::Inbound)
            continue;
        std::vector<Permission> permissions;
        if (hasLegacy)
            permissions.push_back(legacyPermissionFrom(mesh, legacyFor(listener.index)));
        const bool hasRules = rules && rules->from.contains(listener.index);
        if (hasRules || !hasLegacy)
            permissions.push_back(permissionFrom(mesh, hasRules ? &rules->from.at(listener.index) : nullptr));
        for (auto &chain : listener.chains)
            if (chain.message.has_transport_socket())
                for (const auto &permission : permissions)
                    guard(chain, listener.message.name(), permission);
    }
}

}  // namespace meshscope::xds
