#include "backend/xds/generator.h"

#include "backend/xds/clusters.h"
#include "backend/xds/generation.h"
#include "backend/xds/listeners.h"
#include "backend/xds/names.h"
#include "backend/xds/transparent_proxy.h"

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
        leaveByExemptSource(cluster, dataplane, dataplane.workloadAddress(inbound));
        run.draft.clusters.push_back(std::move(cluster));
    }
}

Result<ProxySnapshotPtr> generate(const ProxyInput &given)
{
    // A transparent proxy lists no outbounds: it gets one for each virtual IP.
    Dataplane transparent;
    const bool isTransparent =
        given.dataplane.transparentProxying && given.dataplane.transparentProxying->isOn();
    if (isTransparent) {
        transparent = given.dataplane;
        transparent.outbounds = vipOutbounds(transparent, given.mesh);
    }
    const ProxyInput input{isTransparent ? transparent : given.dataplane,
                           given.mesh,
                           given.metadata,
                           given.withShadow,
                           given.identity,
                           given.adminIdentity};
    Generation run{input, rulesFor(input.mesh, input.dataplane, input.withShadow), {}};
    addAdmin(run);
    addAdminListener(run);
    addMetrics(run);
    addTransparentProxy(run);
    addInbounds(run);
    addOutbounds(run);
    applyLegacyToInbounds(run);
    applyLegacyToOutbounds(run);
    addDirectAccess(run);
    addProbes(run);
    addDns(run);
    applyTls(run);
    applyPassthrough(run);
    applyLoadBalancing(run);
    applyAccessLogs(run);
    applyFaultInjections(run);
    applyRateLimits(run);
    applyTimeouts(run);
    applyTrafficPermissions(run);
    applyCircuitBreakers(run);
    applyHealthChecks(run);
    applyRetries(run);
    applyMetrics(run);
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
