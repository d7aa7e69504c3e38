// What a sidecar calls: for each outbound a listener, and for each group of endpoints that it leads to a
// cluster with its load assignment (facts on xDS §4.7, §4.8).
#include "backend/xds/backends.h"
#include "backend/xds/clusters.h"
#include "backend/xds/endpoints.h"
#include "backend/xds/external_service.h"
#include "backend/xds/generation.h"
#include "backend/xds/listeners.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/http_route.h"
#include "backend/xds/policy/legacy_outbound.h"

namespace meshscope::xds {

namespace {

// The cluster of the endpoints with these tags, made once. Returns its name.
std::string useCluster(Generation &run, const Tags &tags, Protocol protocol)
{
    auto name = outboundClusterName(tags);
    if (run.draft.endpoints.contains(name))
        return name;
    const auto service = run.mesh().service(tags.at(kServiceTag));
    const auto external = service ? std::vector<ExternalEndpoint>() : externalEndpoints(run.mesh(), tags);
    if (!external.empty()) {
        if (run.draft.cluster(name))
            return name;
        run.draft.clusters.push_back(externalCluster(run.mesh(), tags, external, run.metadata().ipv6Enabled));
        return name;
    }
    auto cluster = outboundCluster(tags, protocol);
    cluster.sni = sniOf(run.mesh().mesh(), tags);
    cluster.identities = {cluster.service};
    run.draft.endpoints[name] = service && name == cluster.service
                                    ? service->loadAssignment
                                    : loadAssignment(name, endpointsOf(run.mesh(), tags));
    run.draft.clusters.push_back(std::move(cluster));
    return name;
}

const Json &rulesOf(const Rule *rule)
{
    static const Json kNone = Json::array();
    return rule ? listAt(rule->conf, "rules") : kNone;
}

std::vector<Share> tcpShares(const Json &rules, const Tags &own)
{
    auto shares =
        rules.empty() ? std::vector<Share>() : sharesOf(listAt(at(rules.front(), "default"), "backendRefs"));
    if (shares.empty())
        shares.push_back({own, 1});
    return shares;
}

Protocol protocolOf(const MeshView &mesh, const std::string &name)
{
    const auto service = mesh.service(name);
    return service ? service->protocol : commonProtocol(externalEndpoints(mesh, {{kServiceTag, name}}));
}

void addBackendOutbound(Generation &run, std::size_t index, const std::string &sourceTags)
{
    const auto &ref = run.dataplane().outbounds.at(index).backendRef;
    const auto backend = ref ? backendOf(run.mesh(), *ref) : std::nullopt;
    if (!backend)
        return;  // nothing of that name: as in Kuma, nothing listens
    const auto ipv6 = run.metadata().ipv6Enabled;
    useBackend(run.draft, run.mesh(), *backend, ipv6);
    run.rules.nameBackend(backend->cluster, refKindFrom(backend->resource->type), backend->resource->key.name,
                          backend->sectionName);
    OutboundTarget target;
    target.service = backend->cluster;
    target.protocol = backend->protocol;
    if (isHttpLike(target.protocol)) {
        const UseCluster useDestination = [&](const Tags &tags) {
            return tags.empty() ? backend->cluster
                                : useCluster(run, tags, protocolOf(run.mesh(), tags.at(kServiceTag)));
        };
        target.routes =
            httpRoutes(rulesOf(toRule(run.rules.of("MeshHTTPRoute"), backend->cluster)), {}, useDestination);
    } else {
        target.shares.push_back({backend->cluster, 1});
    }
    run.draft.listeners.push_back(
        outboundListener(run.dataplane(), index, std::move(target), sourceTags, ipv6));
}

}  // namespace

void addOutbounds(Generation &run)
{
    const auto &dataplane = run.dataplane();
    const auto sourceTags = tagsHeaderValue(dataplane);
    const UseCluster useDestination = [&run](const Tags &tags) {
        return useCluster(run, tags, protocolOf(run.mesh(), tags.at(kServiceTag)));
    };
    for (std::size_t i = 0; i < dataplane.outbounds.size(); ++i) {
        const auto &outbound = dataplane.outbounds[i];
        if (!outbound.tags.contains(kServiceTag)) {
            addBackendOutbound(run, i, sourceTags);
            continue;
        }
        OutboundTarget target;
        target.service = outbound.service();
        target.protocol = protocolOf(run.mesh(), target.service);
        if (usesLegacyRoutes(run)) {
            if (fillLegacyTarget(run, outbound.tags, target, useDestination))
                run.draft.listeners.push_back(outboundListener(dataplane, i, std::move(target), sourceTags,
                                                               run.metadata().ipv6Enabled));
            continue;
        }
        const auto *http = toRule(run.rules.of("MeshHTTPRoute"), target.service);
        const auto *tcp = toRule(run.rules.of("MeshTCPRoute"), target.service);
        if (isHttpLike(target.protocol) && (http || !tcp)) {
            target.routes = httpRoutes(rulesOf(http), outbound.tags, useDestination);
        } else {
            if (isHttpLike(target.protocol))
                target.protocol = Protocol::Tcp;  // a MeshTCPRoute alone makes it so
            for (const auto &share : tcpShares(rulesOf(tcp), outbound.tags))
                target.shares.push_back({useDestination(share.tags), share.weight});
        }
        run.draft.listeners.push_back(
            outboundListener(dataplane, i, std::move(target), sourceTags, run.metadata().ipv6Enabled));
    }
    rewriteHosts(run.draft);
}

}  // namespace meshscope::xds
