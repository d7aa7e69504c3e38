#include "backend/xds/generator.h"

#include "backend/xds/clusters.h"
#include "backend/xds/generation.h"
#include "backend/xds/listeners.h"
#include "backend/xds/names.h"

namespace meshscope::xds {

namespace {

constexpr std::uint32_t kServicelessPort = 49151;  // stands for "no port of its own"; nothing listens there

}  // namespace

void addAdmin(Generation &run)
{
    const auto &metadata = run.metadata();
    if (metadata.adminPort == 0)
        return;
    const std::string address = metadata.adminAddress.empty() ? "127.0.0.1" : metadata.adminAddress;
    run.draft.clusters.push_back(plainCluster(kAdminCluster, address, metadata.adminPort));
    if (metadata.readinessPort != 0)
        run.draft.clusters.push_back(plainCluster(kReadinessCluster, address, metadata.readinessPort));
}

void addInbounds(Generation &run)
{
    const auto &dataplane = run.dataplane();
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        const auto &inbound = dataplane.inbounds[i];
        const auto workloadPort = dataplane.workloadPort(inbound);
        if (workloadPort == kServicelessPort || !isIpAddress(dataplane.listenerAddress(inbound)))
            continue;
        run.draft.listeners.push_back(inboundListener(dataplane, i, run.metadata().ipv6Enabled));
        auto cluster = inboundCluster(dataplane.workloadAddress(inbound), workloadPort,
                                      protocolFromText(inbound.effectiveProtocol()));
        cluster.index = i;
        cluster.service = inbound.service();
        run.draft.clusters.push_back(std::move(cluster));
    }
}

Result<ProxySnapshotPtr> generate(const ProxyInput &input)
{
    Generation run{input, rulesFor(input.mesh, input.dataplane, input.withShadow), {}};
    addAdmin(run);
    addInbounds(run);
    addOutbounds(run);
    applyLegacyToInbounds(run);
    applyLegacyToOutbounds(run);
    applyLoadBalancing(run);
    applyAccessLogs(run);
    applyFaultInjections(run);
    applyRateLimits(run);
    applyTimeouts(run);
    applyCircuitBreakers(run);
    applyHealthChecks(run);
    applyRetries(run);
    if (auto patched = applyProxyPatches(run); !patched)
        return fail(patched.error());
    return run.draft.finish();
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

}  // namespace meshscope::xds
