// What one proxy has, or would be given: Kuma's `_config`, and Envoy's own answers by way of its admin port.
#include "backend/control/api_context.h"
#include "backend/control/mesh_views.h"
#include "backend/control/url.h"
#include "backend/xds/generator.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <set>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kCouldNotExecute[] = "Could not execute admin operation";
constexpr int kAdminSeconds = 3;

Json messageJson(xds::ResourceType type, const std::string &bytes)
{
    using namespace google::protobuf;
    const auto url = xds::typeUrl(type);
    const auto *descriptor =
        DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(url.substr(url.rfind('/') + 1)));
    const auto *prototype =
        descriptor ? MessageFactory::generated_factory()->GetPrototype(descriptor) : nullptr;
    const std::unique_ptr<Message> message(prototype ? prototype->New() : nullptr);
    std::string text;
    if (!message || !message->ParseFromString(bytes) || !util::MessageToJsonString(*message, &text).ok())
        return Json::object();
    return Json::parse(text, nullptr, false);
}

// A proxy that never connected announced nothing; Kuma assumes a host with IPv6 then.
xds::ProxyMetadata metadataOf(const ApiContext &context, const ResourceKey &key)
{
    xds::ProxyMetadata metadata;
    metadata.key = key;
    metadata.ipv6Enabled = true;
    if (auto connected = context.connectedProxy(key))
        metadata = std::move(*connected);
    metadata.adminPort = 0;  // its clusters for itself are left out here, and so is its DNS
    metadata.dnsPort = 0;
    return metadata;
}

std::optional<std::string> oddValue(const ApiCall &call)
{
    const auto *shadow = find(call.query, "shadow");
    const auto *include = find(call.query, "include");
    static const std::set<std::string> kBooleans{"",  "true", "false", "1",    "0",    "t",
                                                 "f", "T",    "F",     "TRUE", "FALSE"};
    if (shadow && !kBooleans.contains(*shadow))
        return "shadow";
    if (include && !include->empty() && *include != "diff")
        return "include";
    return std::nullopt;
}

HttpResponse config(ApiContext &context, const ApiCall &call)
{
    const ResourceKey key{call.arg("mesh"), call.arg("name")};
    if (const auto odd = oddValue(call))
        return badRequest("bad request: unsupported value for query parameter '" + *odd + "'").response();
    const auto store = context.store.snapshot();
    if (!store->find(kMeshType, {{}, key.mesh}))
        return notFound("Failed to retrieve Mesh").response();
    const auto stored = store->find(kDataplaneType, key);
    if (!stored)
        return notFound("Failed to inspect proxy config").response();
    const auto mesh = meshView(*store, key.mesh, context.cache);
    const auto metadata = metadataOf(context, key);
    // Secrets are not for show: Kuma, too, puts words in their place.
    static const xds::ProxyIdentity kHidden{"CERT", "KEY", "CA"};
    const auto snapshot = xds::generate({*context.cache.parsed(stored), *mesh, metadata, false, &kHidden});
    if (!snapshot)
        return internalError("Failed to inspect proxy config").response();
    auto resources = Json::object();
    for (const auto type : xds::kAllResourceTypes)
        for (const auto &resource : (*snapshot)->of(type))
            resources[std::string(xds::typeUrl(type))][resource->name] = messageJson(type, resource->bytes);
    Json result;
    // No policy is in the shadow here, so what would be is what is.
    if (const auto *include = find(call.query, "include"); include && *include == "diff")
        result["diff"] = Json::array();
    result["xds"] = std::move(resources);
    return jsonResponse(result.dump());
}

// Asks the Envoy of a connected proxy on this machine.
HttpResponse admin(ApiContext &context, const ApiCall &call)
{
    const ResourceKey key{call.arg("mesh"), call.arg("name")};
    const auto &operation = call.arg("operation");
    const bool isDump = operation == "xds";
    if (!isDump && operation != "stats" && operation != "clusters")
        return notFound(kCouldNotExecute).response();
    if (!context.store.snapshot()->find(kDataplaneType, key))
        return notFound("Could not get dataplane resource").response();
    const auto proxy = context.connectedProxy(key);
    if (!proxy || proxy->adminPort == 0 || !isLoopbackAddress(proxy->adminAddress))
        return internalError(kCouldNotExecute).response();
    httplib::Client client(proxy->adminAddress, static_cast<int>(proxy->adminPort));
    client.set_connection_timeout(kAdminSeconds);
    client.set_read_timeout(kAdminSeconds);
    std::string path = isDump ? "/config_dump" : "/" + operation;
    const auto *endpoints = find(call.query, "include_eds");
    const auto *format = find(call.query, "format");
    const bool wantsJson = format && *format == "json";
    if (isDump && endpoints && *endpoints == "true")
        path += "?include_eds";
    if (!isDump && wantsJson)
        path += "?format=json";
    const auto answer = client.Get(path);
    if (!answer || answer->status != 200)
        return internalError(kCouldNotExecute).response();
    return isDump || wantsJson ? jsonResponse(answer->body)
                               : HttpResponse{200, "text/plain", answer->body, {}};
}

}  // namespace

void addInspectRoutes(Router &router, ApiContext &context)
{
    router.add("GET", "/meshes/{mesh}/dataplanes/{name}/_config",
               [&context](const ApiCall &call) { return config(context, call); });
    router.add("GET", "/meshes/{mesh}/dataplanes/{name}/{operation}",
               [&context](const ApiCall &call) { return admin(context, call); });
}

}  // namespace meshscope::control
