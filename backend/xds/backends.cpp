#include "backend/xds/backends.h"

#include "backend/xds/clusters.h"
#include "backend/xds/endpoints.h"
#include "backend/xds/external_service.h"
#include "backend/xds/mtls.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/target_ref.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

struct Kind {
    std::string_view type;
    const char *inName;
    const char *inSni;
};
constexpr Kind kKinds[] = {{"MeshService", "msvc", "ms"},
                           {"MeshExternalService", "extsvc", "mes"},
                           {"MeshMultiZoneService", "mzsvc", "mzms"}};

std::string labelOf(const MeshResource &resource, const char *label)
{
    const auto found = resource.labels.find(label);
    return found == resource.labels.end() ? std::string() : found->second;
}

MeshResourcePtr resourceOf(const MeshView &mesh, const BackendRef &ref)
{
    if (ref.labels.empty() && !ref.name.empty())
        return mesh.resource(ref.kind, ref.name);
    for (const auto &resource : mesh.resources(ref.kind))
        if (hasAll(resource->labels, ref.labels))
            return resource;
    return nullptr;
}

// The port's object; null when the resource has none of that number.
const Json &portOf(const MeshResource &resource, std::uint32_t number)
{
    static const Json kNone;
    if (resource.type == "MeshExternalService") {
        const auto &match = at(resource.spec, "match");
        return number == 0 || numberAt(match, "port") == number ? match : kNone;
    }
    for (const auto &port : listAt(resource.spec, "ports"))
        if (number == 0 || numberAt(port, "port") == number)
            return port;
    return kNone;
}

bool isTarget(const Inbound &inbound, const Json &port)
{
    const auto &target = at(port, "targetPort");
    if (target.is_string())
        return target == inbound.name;
    const auto number = numberAt(port, "targetPort").value_or(0);
    return (number == 0 ? numberAt(port, "port").value_or(0) : number) == inbound.port;
}

void addMeshService(const MeshView &mesh, const MeshResource &service, std::uint32_t number, Backend &backend)
{
    const auto &port = portOf(service, number);
    const auto &selector = at(service.spec, "selector");
    const auto tags = textsAt(selector, "dataplaneTags");
    const auto name = textAt(at(selector, "dataplaneRef"), "name");
    const auto known = tags.find(kServiceTag);
    backend.reaches.insert(known == tags.end() ? kAnyService : known->second);
    for (const auto &[dataplaneName, dataplane] : mesh.dataplanes()) {
        if (tags.empty() && dataplaneName != name)
            continue;
        for (const auto &inbound : dataplane->inbounds)
            if (isTarget(inbound, port) && hasAll(inbound.tags, tags))
                appendEndpoint(*dataplane, inbound, backend.endpoints);
    }
    for (const auto &identity : listAt(service.spec, "identities"))
        if (textAt(identity, "type") == "ServiceTag")
            backend.identities.push_back(textAt(identity, "value"));
}

}  // namespace

std::optional<Backend> backendOf(const MeshView &mesh, const BackendRef &ref)
{
    const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&ref](const Kind &candidate) { return candidate.type == ref.kind; });
    const auto resource = kind == std::end(kKinds) ? nullptr : resourceOf(mesh, ref);
    if (!resource)
        return std::nullopt;
    const auto &port = portOf(*resource, ref.port);
    if (port.is_null())
        return std::nullopt;
    const auto number = numberAt(port, "port").value_or(0);
    Backend backend;
    backend.resource = resource;
    backend.sectionName = textAt(port, "name");
    if (backend.sectionName.empty())
        backend.sectionName = std::to_string(number);
    const auto &name = resource->displayName();
    backend.cluster = mesh.mesh() + "_" + name + "_" + labelOf(*resource, "k8s.kuma.io/namespace") + "_"
                      + labelOf(*resource, kZoneTag) + "_" + kind->inName + "_" + std::to_string(number);
    auto protocol = textAt(port, "appProtocol");
    if (protocol.empty())
        protocol = textAt(port, "protocol");
    backend.protocol = protocolFromText(protocol.empty() ? "tcp" : protocol);
    if (ref.kind == "MeshService") {
        addMeshService(mesh, *resource, number, backend);
    } else if (ref.kind == "MeshMultiZoneService") {
        const auto labels = textsAt(at(at(resource->spec, "selector"), "meshService"), "matchLabels");
        for (const auto &service : mesh.resources("MeshService"))
            if (hasAll(service->labels, labels) && !portOf(*service, number).is_null())
                addMeshService(mesh, *service, number, backend);
        std::sort(backend.identities.begin(), backend.identities.end());
        backend.identities.erase(std::unique(backend.identities.begin(), backend.identities.end()),
                                 backend.identities.end());
    }
    if (!backend.identities.empty())
        backend.sni = sniOf(mesh.mesh(), name, number, kind->inSni);
    return backend;
}

void useBackend(Draft &draft, const MeshView &mesh, const Backend &backend, bool ipv6)
{
    if (draft.cluster(backend.cluster))
        return;
    DraftCluster cluster;
    if (backend.resource->type == "MeshExternalService") {
        cluster = externalCluster(mesh, {{kServiceTag, backend.cluster}},
                                  externalEndpoints(*backend.resource), ipv6);
    } else {
        cluster = outboundCluster({{kServiceTag, backend.cluster}}, backend.protocol);
        draft.endpoints[backend.cluster] = loadAssignment(backend.cluster, backend.endpoints);
    }
    cluster.protocol = backend.protocol;
    cluster.identities = backend.identities;
    cluster.sni = backend.sni;
    cluster.reaches = backend.reaches;
    draft.clusters.push_back(std::move(cluster));
}

}  // namespace meshscope::xds
