// What Kuma puts into a new store and a new mesh, with its names and values (kuma-api fact sheet §7, §9).
#include "backend/control/resource_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace meshscope::control {

namespace {

struct Default {
    const char *type;
    const char *prefix;  // the mesh's name follows
    const char *spec;
};

constexpr Default kMeshDefaults[] = {
    {"MeshTimeout", "mesh-gateways-timeout-all-",
     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},)"
     R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1h0m0s","http":{"streamIdleTimeout":"5s"}}}],)"
     R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"5m0s",)"
     R"("http":{"streamIdleTimeout":"5s","requestHeadersTimeout":"500ms"}}}]})"},
    {"MeshTimeout", "mesh-timeout-all-",
     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},)"
     R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s","idleTimeout":"1h0m0s",)"
     R"("http":{"requestTimeout":"15s","streamIdleTimeout":"30m0s"}}}],)"
     R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"10s","idleTimeout":"2h0m0s",)"
     R"("http":{"requestTimeout":"0s","streamIdleTimeout":"1h0m0s","maxStreamDuration":"0s"}}}]})"},
    {"MeshRetry", "mesh-retry-all-",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{"tcp":{"maxConnectAttempt":5},)"
     R"("http":{"numRetries":5,"perTryTimeout":"16s","backOff":{"baseInterval":"25ms","maxInterval":"250ms"}},)"
     R"("grpc":{"numRetries":5,"perTryTimeout":"16s","backOff":{"baseInterval":"25ms","maxInterval":"250ms"}}}}]})"},
    {"MeshCircuitBreaker", "mesh-circuit-breaker-all-",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionLimits":)"
     R"({"maxConnections":1024,"maxPendingRequests":1024,"maxRetries":3,"maxRequests":1024}}}]})"},
};

constexpr Default kHostnameGenerators[] = {
    {"HostnameGenerator", "local-mesh-external-service",
     R"({"selector":{"meshExternalService":{"matchLabels":{"kuma.io/origin":"zone"}}},)"
     R"("template":"{{ .DisplayName }}.extsvc.mesh.local"})"},
    {"HostnameGenerator", "local-universal-mesh-service",
     R"({"selector":{"meshService":{"matchLabels":{"kuma.io/origin":"zone"}}},)"
     R"("template":"{{ .DisplayName }}.svc.mesh.local"})"},
};

StoredResource resource(std::string type, ResourceKey key, TimePoint now)
{
    StoredResource result;
    result.type = std::move(type);
    result.key = std::move(key);
    result.creationTime = now;
    result.modificationTime = now;
    return result;
}

}  // namespace

std::vector<StoreWrite> defaultsOfNewMesh(const StoredResource &mesh)
{
    std::vector<std::string> skipped;
    const auto spec = nlohmann::json::parse(mesh.spec, nullptr, false);
    if (const auto list = spec.find("skipCreatingInitialPolicies"); list != spec.end() && list->is_array())
        for (const auto &name : *list)
            if (name.is_string())
                skipped.push_back(name);
    std::vector<StoreWrite> writes;
    for (const auto &[type, prefix, text] : kMeshDefaults) {
        const auto isIt = [type = type](const std::string &name) { return name == "*" || name == type; };
        if (std::any_of(skipped.begin(), skipped.end(), isIt))
            continue;
        auto policy = resource(type, {mesh.key.name, prefix + mesh.key.name}, mesh.creationTime);
        policy.spec = text;
        writes.push_back(StoreWrite::put(std::move(policy)));
    }
    return writes;
}

std::vector<StoreWrite> firstResources(TimePoint now)
{
    const auto mesh = resource(std::string(kMeshType), {{}, "default"}, now);
    auto writes = defaultsOfNewMesh(mesh);
    writes.push_back(StoreWrite::put(mesh));
    writes.push_back(StoreWrite::put(resource("Zone", {{}, std::string(kZoneName)}, now)));
    for (const auto &[type, name, text] : kHostnameGenerators) {
        auto generator = resource(type, {{}, name}, now);
        generator.labels = {{"kuma.io/origin", "zone"}};
        generator.spec = text;
        writes.push_back(StoreWrite::put(std::move(generator)));
    }
    return writes;
}

}  // namespace meshscope::control
