#include "backend/control/api_context.h"
#include "backend/control/resource_type.h"

#include <nlohmann/json.hpp>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;

Json indexJson(const ControlPlaneIdentity &identity)
{
    return {{"hostname", identity.hostname},   {"product", "Kuma"},
            {"version", identity.version},     {"instanceId", identity.instanceId},
            {"clusterId", identity.clusterId}, {"gui", ""}};
}

// The settings that clients read of a control plane, in Kuma's spelling.
Json configJson(const ControlPlaneIdentity &identity)
{
    Json config;
    config["mode"] = "zone";
    config["environment"] = "universal";
    config["store"]["type"] = identity.storeKind;
    config["multizone"]["zone"]["name"] = std::string(kZoneName);
    config["apiServer"] = {
        {"readOnly", false},
        {"http", {{"enabled", true}, {"interface", identity.apiAddress}, {"port", identity.apiPort}}},
        {"https", {{"enabled", false}}},
        {"authn", {{"type", ""}, {"localhostIsAdmin", true}}},
        {"corsAllowedDomains", Json::array()},
        {"gui", {{"enabled", false}}},
    };
    config["dpServer"] = {{"port", identity.dpPort},
                          {"authn", {{"dpProxy", {{"type", "none"}}}}},
                          {"hds", {{"enabled", false}}}};
    config["bootstrapServer"]["params"] = {{"adminAddress", "127.0.0.1"}, {"adminPort", 9901}};
    config["defaults"] = {{"createMeshRoutingResources", false}, {"skipMeshCreation", false}};
    config["metrics"]["dataplane"] = {{"subscriptionLimit", 2}};
    return config;
}

Json whoAmI(Caller caller)
{
    if (caller == Caller::Admin)
        return {{"name", "mesh-system:admin"},
                {"groups", {"mesh-system:admin", "mesh-system:authenticated"}}};
    return {{"name", "mesh-system:anonymous"}, {"groups", Json::array({"mesh-system:unauthenticated"})}};
}

Json resourcesJson()
{
    auto list = Json::array();
    for (const auto &type : resourceTypes()) {

        Json item{{"includeInFederation", type.federated},
                  {"name", type.name},
                  {"path", type.path},
                  {"pluralDisplayName", type.plural},
                  {"readOnly", type.readOnly},
                  {"scope", type.scope == Scope::Mesh ? "Mesh" : "Global"},
                  {"singularDisplayName", type.singular}};
        if (type.policy != PolicyKind::None) {
            item["policy"] = {{"hasFromTargetRef", type.hasFrom},
                              {"hasToTargetRef", type.hasTo},
                              {"isTargetRef", type.policy == PolicyKind::TargetRef}};
        }
        list.push_back(std::move(item));
    }
    return {{"resources", std::move(list)}};
}

Json policiesJson()
{
    auto list = Json::array();
    for (const auto &type : resourceTypes()) {
        if (type.policy == PolicyKind::None)
            continue;
        list.push_back({{"name", type.name},
                        {"readOnly", type.readOnly},
                        {"path", type.path},
                        {"singularDisplayName", type.singular},
                        {"pluralDisplayName", type.plural},
                        {"isExperimental", false},
                        {"isTargetRefBased", type.policy == PolicyKind::TargetRef},
                        {"isInbound", type.hasFrom},
                        {"isOutbound", type.hasTo}});
    }
    return {{"policies", std::move(list)}};
}

}  // namespace

void addIndexRoutes(Router &router, ApiContext &context)
{
    const auto fixed = [&router](const char *path, const Json &body) {
        router.add("GET", path, [text = body.dump()](const ApiCall &) { return jsonResponse(text); });
    };
    fixed("/", indexJson(context.identity));
    fixed("/config", configJson(context.identity));
    fixed("/_resources", resourcesJson());
    fixed("/policies", policiesJson());
    router.add("GET", "/who-am-i",
               [](const ApiCall &call) { return jsonResponse(whoAmI(call.caller).dump()); });
}

}  // namespace meshscope::control
