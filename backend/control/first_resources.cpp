// What Kuma puts into a new store and a new mesh, with its names and values (kuma-api fact sheet §7, §9).
#include "backend/control/resource_writer.h"
#include "backend/xds/initial_policies.h"

namespace meshscope::control {

namespace {

struct Default {
    const char *type;
    const char *name;
    const char *spec;
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
    std::vector<StoreWrite> writes;
    for (const auto &initial : xds::initialPolicies(xds::Json::parse(mesh.spec, nullptr, false))) {
        auto policy =
            resource(std::string(initial.type), {mesh.key.name, std::string(initial.prefix) + mesh.key.name},
                     mesh.creationTime);
        policy.spec = initial.spec;
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
