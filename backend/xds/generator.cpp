#include "backend/xds/generator.h"

#include "backend/xds/clusters.h"
#include "backend/xds/endpoints.h"
#include "backend/xds/listeners.h"
#include "backend/xds/names.h"

namespace meshscope::xds {

namespace {

constexpr std::uint32_t kServicelessPort = 49151;  // stands for "no port of its own"; nothing listens there

// By name, the last one wins, as in Kuma's own resource set.
class Collector
{
public:
    void add(ResourceType type, ResourcePtr resource)
    {
        auto &slot = m_resources[static_cast<std::size_t>(type)][resource->name];
        slot = std::move(resource);
    }

    ProxySnapshotPtr snapshot() const
    {
        auto result = std::make_shared<ProxySnapshot>();
        for (const auto type : kAllResourceTypes)
            for (const auto &[name, resource] : m_resources[static_cast<std::size_t>(type)])
                result->of(type).push_back(resource);
        return result;
    }

private:
    std::array<std::map<std::string, ResourcePtr>, kResourceTypes> m_resources;
};

void addAdmin(const ProxyInput &input, Collector &out)
{
    const auto &metadata = input.metadata;
    if (metadata.adminPort == 0)
        return;
    const std::string address = metadata.adminAddress.empty() ? "127.0.0.1" : metadata.adminAddress;
    out.add(ResourceType::Cluster, plainCluster(kAdminCluster, address, metadata.adminPort));
    if (metadata.readinessPort != 0)
        out.add(ResourceType::Cluster, plainCluster(kReadinessCluster, address, metadata.readinessPort));
}

void addInbounds(const ProxyInput &input, Collector &out)
{
    const auto &dataplane = input.dataplane;
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        const auto &inbound = dataplane.inbounds[i];
        const auto workloadPort = dataplane.workloadPort(inbound);
        if (workloadPort == kServicelessPort || !isIpAddress(dataplane.listenerAddress(inbound)))
            continue;
        const auto policy = input.policies.inbound(i);
        out.add(ResourceType::Listener,
                inboundListener(dataplane, inbound, policy, input.metadata.ipv6Enabled));
        out.add(ResourceType::Cluster, inboundCluster(dataplane.workloadAddress(inbound), workloadPort,
                                                      protocolFromText(inbound.effectiveProtocol()), policy));
    }
}

void addOutbounds(const ProxyInput &input, Collector &out)
{
    const auto &dataplane = input.dataplane;
    const auto sourceTags = tagsHeaderValue(dataplane);
    for (std::size_t i = 0; i < dataplane.outbounds.size(); ++i) {
        const auto &outbound = dataplane.outbounds[i];
        if (!outbound.tags.contains(kServiceTag))
            continue;  // by backendRef: to a MeshService, of which this mesh has none
        const auto policy = input.policies.outbound(i);
        const auto service = input.mesh.service(outbound.service());
        OutboundTarget target{outboundClusterName(outbound.tags),
                              service ? service->protocol : Protocol::Unknown};
        if (service && target.cluster == outbound.service()) {
            out.add(ResourceType::Endpoint, service->loadAssignment);
        } else {
            const auto endpoints =
                service ? subset(service->endpoints, outbound.tags) : std::vector<Endpoint>();
            target.protocol = commonProtocol(endpoints);
            out.add(ResourceType::Endpoint, loadAssignment(target.cluster, endpoints));
        }
        out.add(ResourceType::Cluster, outboundCluster(target.cluster, target.protocol, policy));
        out.add(ResourceType::Listener,
                outboundListener(outbound, target, sourceTags, policy, input.metadata.ipv6Enabled));
    }
}

}  // namespace

ProxySnapshotPtr generate(const ProxyInput &input)
{
    Collector out;
    addAdmin(input, out);
    addInbounds(input, out);
    addOutbounds(input, out);
    return out.snapshot();
}

Result<void> checkConsistency(const ProxySnapshot &snapshot)
{
    std::set<std::string_view> assignments;
    for (const auto &endpoints : snapshot.of(ResourceType::Endpoint))
        assignments.insert(endpoints->name);
    for (const auto &cluster : snapshot.of(ResourceType::Cluster))
        if (cluster->needsEndpoints && !assignments.contains(cluster->name))
            return fail(Error::Code::Internal, "a cluster has no load assignment",
                        "cluster " + cluster->name);
    return {};
}

std::set<std::string> servicesReachedBy(const Dataplane &dataplane)
{
    std::set<std::string> services;
    for (const auto &outbound : dataplane.outbounds)
        if (const auto service = outbound.tags.find(kServiceTag); service != outbound.tags.end())
            services.insert(service->second);
    return services;
}

}  // namespace meshscope::xds
