// Which policies reach which proxy, and the values that come of them: `_rules`, `rules`, `policies` of a
// Dataplane, and the Dataplanes of a policy (kuma-api fact sheet §1.4, §1.7).
#include "backend/control/api_context.h"
#include "backend/control/list_page.h"
#include "backend/control/mesh_views.h"
#include "backend/control/resource_json.h"
#include "backend/control/url.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/legacy.h"
#include "backend/xds/policy/rules.h"
#include "backend/xds/route_hash.h"

#include <nlohmann/json.hpp>

#include <functional>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;
using xds::MeshResource;

Json ordered(const xds::Json &json) { return Json::parse(json.dump()); }

Json labelsOf(const Tags &labels)
{
    Json json = Json::object();
    for (const auto &[key, value] : labels)
        json[key] = value;
    return json;
}

Json metaOf(const MeshResource &resource)
{
    return {{"type", resource.type},
            {"mesh", resource.key.mesh},
            {"name", resource.key.name},
            {"labels", labelsOf(resource.labels)}};
}

Json originsOf(const xds::Rule &rule)
{
    Json origins = Json::array();
    for (const auto &policy : rule.origins)
        origins.push_back(metaOf(*policy->resource));
    return origins;
}

Json ruleJson(const xds::Rule &rule)
{
    Json matchers = Json::array();
    for (const auto &tag : rule.subset)
        matchers.push_back({{"key", tag.key}, {"value", tag.value}, {"not", tag.isNegated}});
    return {{"matchers", std::move(matchers)}, {"conf", ordered(rule.conf)}, {"origin", originsOf(rule)}};
}

Json rulesJson(const xds::Rules &rules)
{
    Json list = Json::array();
    for (const auto &rule : rules)
        list.push_back(ruleJson(rule));
    return list;
}

Json resourceRuleJson(const xds::ResourceRule &rule, const std::string &mesh)
{
    Json origins = Json::array();
    for (const auto &origin : rule.origins)
        origins.push_back({{"resourceMeta", metaOf(*origin.policy->resource)}, {"ruleIndex", origin.index}});
    Json meta{{"type", "Mesh"}, {"mesh", ""}, {"name", mesh}, {"labels", Json::object()}};
    if (rule.resource)
        meta = metaOf(*rule.resource);
    return {{"resourceMeta", std::move(meta)},
            {"resourceSectionName", rule.sectionName},
            {"conf", Json::array({ordered(rule.conf)})},
            {"origin", std::move(origins)}};
}

Json typeJson(const xds::TypeRules &rules, const Dataplane &dataplane)
{
    Json json{{"type", rules.type}};
    if (rules.proxy)
        json["proxyRule"] = {{"conf", ordered(rules.proxy->conf)}, {"origin", originsOf(*rules.proxy)}};
    json["toRules"] = rulesJson(rules.to);
    Json resources = Json::array();
    for (const auto &rule : rules.toResources)
        resources.push_back(resourceRuleJson(rule, dataplane.key.mesh));
    json["toResourceRules"] = std::move(resources);
    Json from = Json::array();
    for (const auto &[index, list] : rules.from) {
        const auto &inbound = dataplane.inbounds.at(index);
        from.push_back({{"inbound", {{"port", inbound.port}, {"tags", labelsOf(inbound.tags)}}},
                        {"rules", rulesJson(list)}});
    }
    json["fromRules"] = std::move(from);
    json["warnings"] = Json::array();
    return json;
}

Json httpMatches(const xds::ProxyRules &rules)
{
    std::map<std::string, Json> byHash;
    if (const auto *routes = rules.of("MeshHTTPRoute"))
        for (const auto &rule : routes->to)
            for (const auto &entry : xds::listAt(rule.conf, "rules"))
                byHash.emplace(xds::routeHash(xds::listAt(entry, "matches")),
                               ordered(xds::listAt(entry, "matches")));
    Json list = Json::array();
    for (auto &[hash, match] : byHash)
        list.push_back({{"hash", hash}, {"match", std::move(match)}});
    return list;
}

// A Dataplane and its mesh, as the routes below need them.
struct Subject {
    xds::MeshViewPtr mesh;
    StoredPtr stored;
    std::shared_ptr<const Dataplane> dataplane;
};

using SubjectHandler = std::function<HttpResponse(const Subject &, const ApiCall &)>;

ApiHandler ofDataplane(ApiContext &context, const char *title, SubjectHandler handler)
{
    return [&context, title, handler = std::move(handler)](const ApiCall &call) {
        const ResourceKey key{call.arg("mesh"), call.arg("name")};
        const auto store = context.store.snapshot();
        if (!store->find(kMeshType, {{}, key.mesh}))
            return notFound("Failed to retrieve Mesh").response();
        const auto stored = store->find(kDataplaneType, key);
        if (!stored)
            return notFound(title).response();
        return handler({meshView(*store, key.mesh, context.cache), stored, context.cache.parsed(stored)},
                       call);
    };
}

HttpResponse newRules(const Subject &subject, const ApiCall &)
{
    const auto rules = xds::rulesFor(*subject.mesh, *subject.dataplane);
    Json list = Json::array();
    for (const auto &type : rules.types())
        if (!type.isEmpty())
            list.push_back(typeJson(type, *subject.dataplane));
    const Json body{{"resource",
                     {{"type", kDataplaneType},
                      {"mesh", subject.stored->key.mesh},
                      {"name", subject.stored->key.name},
                      {"labels", labelsOf(subject.stored->labels)}}},
                    {"httpMatches", httpMatches(rules)},
                    {"rules", std::move(list)}};
    return jsonResponse(body.dump());
}

Json oldRule(const char *kind, std::string_view type, const xds::Rule &rule)
{
    Json subset = Json::object();
    for (const auto &tag : rule.subset)
        subset[tag.key] = (tag.isNegated ? "!" : "") + tag.value;
    Json origins = Json::array();
    for (const auto &policy : rule.origins)
        origins.push_back({{"mesh", policy->resource->key.mesh}, {"name", policy->resource->key.name}});
    return {{"type", kind},
            {"policyType", type},
            {"subset", std::move(subset)},
            {"conf", ordered(rule.conf)},
            {"origins", std::move(origins)}};
}

HttpResponse oldRules(const Subject &subject, const ApiCall &)
{
    const auto &dataplane = *subject.dataplane;
    const auto rules = xds::rulesFor(*subject.mesh, dataplane);
    Json items = Json::array();
    for (const auto &type : rules.types()) {
        if (type.proxy)
            items.push_back(oldRule("SingleItem", type.type, *type.proxy));
        for (const auto &[index, list] : type.from) {
            const auto &inbound = dataplane.inbounds.at(index);
            for (const auto &rule : list) {
                auto item = oldRule("ClientSubset", type.type, rule);
                item["name"] = xds::outboundClusterName(inbound.tags);
                item["addresses"] =
                    Json::array({dataplane.listenerAddress(inbound) + ":" + std::to_string(inbound.port)});
                item["service"] = inbound.service();
                item["tags"] = labelsOf(inbound.tags);
                items.push_back(std::move(item));
            }
        }
        for (const auto &outbound : dataplane.outbounds) {
            const auto *rule = outbound.tags.empty() ? nullptr : xds::toRule(&type, outbound.service());
            if (!rule)
                continue;
            auto item = oldRule("DestinationSubset", type.type, *rule);
            item["name"] = xds::outboundClusterName(outbound.tags);
            item["addresses"] = Json::array({(outbound.address.empty() ? "127.0.0.1" : outbound.address) + ":"
                                             + std::to_string(outbound.port)});
            item["service"] = outbound.service();
            item["tags"] = labelsOf(outbound.tags);
            items.push_back(std::move(item));
        }
    }
    const auto total = items.size();
    return jsonResponse(Json{{"total", total}, {"items", std::move(items)}}.dump());
}

Json policyMeta(const MeshResource &policy)
{
    Json meta{{"type", policy.type},
              {"mesh", policy.key.mesh},
              {"name", policy.key.name},
              {"creationTime", rfc3339(policy.creationTime)},
              {"modificationTime", rfc3339(policy.modificationTime)}};
    if (!policy.labels.empty())
        meta["labels"] = labelsOf(policy.labels);
    return meta;
}

// Those of the whole proxy by type; empty when there are none.
Json dataplanePolicies(const Subject &subject)
{
    std::map<std::string, Json> byType;
    const auto all = xds::rulesFor(*subject.mesh, *subject.dataplane);
    for (const auto &rules : all.types())
        for (const auto &match : rules.matched)
            byType.try_emplace(std::string(rules.type), Json::array())
                .first->second.push_back(policyMeta(*match.policy->resource));
    Json json = Json::object();
    for (auto &[type, list] : byType)
        json[type] = std::move(list);
    return json;
}

HttpResponse policiesOf(const Subject &subject, const ApiCall &)
{
    Json items = Json::array();
    if (auto all = dataplanePolicies(subject); !all.empty())
        items.push_back({{"type", "dataplane"}, {"matchedPolicies", std::move(all)}});
    for (const auto &attachment : xds::legacyAttachments(*subject.mesh, *subject.dataplane)) {
        Json list = Json::array();
        for (const auto &policy : attachment.policies)
            list.push_back(policyMeta(*policy));
        if (!items.empty() && items.back().value("name", "") == attachment.name
            && items.back()["type"] == attachment.kind) {
            items.back()["matchedPolicies"][std::string(attachment.type)] = std::move(list);
            continue;
        }
        items.push_back({{"type", attachment.kind},
                         {"name", attachment.name},
                         {"service", attachment.service},
                         {"matchedPolicies", {{std::string(attachment.type), std::move(list)}}}});
    }
    const auto total = items.size();
    return jsonResponse(
        Json{{"kind", "SidecarDataplane"}, {"total", total}, {"items", std::move(items)}}.dump());
}

// How a policy is attached to a Dataplane; empty = it is not.
Json attachments(const ResourceType &type, const std::string &name, const xds::MeshView &mesh,
                 const Dataplane &dataplane)
{
    Json list = Json::array();
    if (type.policy == PolicyKind::TargetRef) {
        const auto policy = mesh.policy(type.name, name);
        if (policy && !policy->isShadow() && xds::selects(policy->target, mesh, dataplane))
            list.push_back({{"type", "dataplane"}});
        return list;
    }
    for (const auto &attachment : xds::legacyAttachments(mesh, dataplane))
        for (const auto &policy : attachment.policies)
            if (policy->type == type.name && policy->key.name == name)
                list.push_back(
                    {{"type", attachment.kind}, {"name", attachment.name}, {"service", attachment.service}});
    return list;
}

HttpResponse dataplanesOf(const ResourceType &type, ApiContext &context, const ApiCall &call)
{
    const auto store = context.store.snapshot();
    const auto &meshName = call.arg("mesh");
    if (!store->find(kMeshType, {{}, meshName}))
        return notFound("Failed to retrieve Mesh").response();
    const auto mesh = meshView(*store, meshName, context.cache);
    Json items = Json::array();
    for (const auto &row : store->list(kDataplaneType, meshName)) {
        auto how = attachments(type, call.arg("name"), *mesh, *context.cache.parsed(row));
        if (!how.empty())
            items.push_back({{"kind", "SidecarDataplane"},
                             {"dataplane", {{"mesh", meshName}, {"name", row->key.name}}},
                             {"attachments", std::move(how)}});
    }
    const auto total = items.size();
    return jsonResponse(Json{{"total", total}, {"items", std::move(items)}}.dump());
}

// A policy of the old style selects all sidecars here: so it is on Kuma 2.9 (recorded).
bool reaches(const ResourceType &type, const std::string &name, const xds::MeshView &mesh,
             const Dataplane &dataplane)
{
    return type.policy == PolicyKind::TargetRef ? !attachments(type, name, mesh, dataplane).empty()
                                                : !dataplane.gateway;
}

HttpResponse resourcesOf(const ResourceType &type, ApiContext &context, const ApiCall &call)
{
    const auto store = context.store.snapshot();
    const auto &meshName = call.arg("mesh");
    if (!store->find(kMeshType, {{}, meshName}))
        return notFound("Failed to retrieve Mesh").response();
    if (!store->find(type.name, {meshName, call.arg("name")}))
        return notFound("Could not retrieve policy").response();
    const auto page = pageRequest(call);
    if (!page)
        return page.error().response();
    const auto mesh = meshView(*store, meshName, context.cache);
    const auto *part = find(call.query, "name");
    std::vector<StoredPtr> rows;
    for (const auto &row : store->list(kDataplaneType, meshName))
        if ((!part || row->key.name.find(*part) != std::string::npos)
            && reaches(type, call.arg("name"), *mesh, *context.cache.parsed(row)))
            rows.push_back(row);
    auto response = pageResponse(call, *page, rows.size(), [&rows](std::size_t i) {
        return Json{{"type", kDataplaneType},
                    {"mesh", rows[i]->key.mesh},
                    {"name", rows[i]->key.name},
                    {"labels", labelsOf(rows[i]->labels)}}
            .dump();
    });
    auto body = Json::parse(response.body);
    if (body["next"].is_null())  // this list leaves it out
        body.erase("next");
    response.body = body.dump();
    return response;
}

}  // namespace

void addRulesRoutes(Router &router, ApiContext &context)
{
    const std::string dataplane = "/meshes/{mesh}/dataplanes/{name}";
    router.add("GET", dataplane + "/_rules", ofDataplane(context, "Could not retrieve Dataplane", newRules));
    router.add("GET", dataplane + "/rules", ofDataplane(context, "Could not get MatchedPolicies", oldRules));
    router.add("GET", dataplane + "/policies",
               ofDataplane(context, "Could not get MatchedPolicies", policiesOf));
    for (const auto &type : resourceTypes()) {
        if (type.policy == PolicyKind::None)
            continue;
        const auto policy = "/meshes/{mesh}/" + std::string(type.path) + "/{name}";
        router.add("GET", policy + "/dataplanes",
                   [&type, &context](const ApiCall &call) { return dataplanesOf(type, context, call); });
        router.add("GET", policy + "/_resources/dataplanes",
                   [&type, &context](const ApiCall &call) { return resourcesOf(type, context, call); });
    }
}

}  // namespace meshscope::control
