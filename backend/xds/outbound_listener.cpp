#include "backend/xds/listeners.h"

#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"

namespace meshscope::xds {

namespace {

constexpr char kMeshTag[] = "kuma.io/mesh";

HttpConnectionManager connectionManager(OutboundTarget &target, const std::string &sourceTags, bool ipv6)
{
    HttpConnectionManager manager;
    manager.set_stat_prefix(statPrefix(target.service));
    if (!target.isLegacy)
        manager.mutable_normalize_path()->set_value(true);
    setInternalAddresses(manager, ipv6);
    addHttpFilters(manager, target.protocol);

    auto &routes = *manager.mutable_route_config();
    routes.set_name("outbound:" + target.service);
    routes.mutable_validate_clusters()->set_value(false);
    auto &header = *routes.add_request_headers_to_add()->mutable_header();
    header.set_key(kTagsHeader);
    header.set_value(sourceTags);
    auto &host = *routes.add_virtual_hosts();
    host.set_name(target.service);
    host.add_domains("*");
    for (auto &route : target.routes)
        host.mutable_routes()->Add(std::move(route));
    return manager;
}

TcpProxy tcpProxy(const OutboundTarget &target)
{
    TcpProxy proxy;
    proxy.set_stat_prefix(statPrefix(target.service));
    if (target.shares.size() == 1) {
        proxy.set_cluster(target.shares.front().cluster);
        return proxy;
    }
    for (const auto &share : target.shares) {
        auto &cluster = *proxy.mutable_weighted_clusters()->add_clusters();
        cluster.set_name(share.cluster);
        cluster.set_weight(share.weight);
    }
    return proxy;
}

}  // namespace

DraftListener outboundListener(const Dataplane &dataplane, std::size_t index, OutboundTarget target,
                               const std::string &sourceTags, bool ipv6)
{
    const auto &outbound = dataplane.outbounds.at(index);
    const std::string address = outbound.address.empty() ? "127.0.0.1" : outbound.address;
    DraftListener draft;
    draft.origin = Origin::Outbound;
    draft.index = index;
    draft.protocol = target.protocol;
    draft.service = target.service;
    auto &listener = draft.message;
    listener.set_name(outboundListenerName(address, outbound.port));
    listener.set_traffic_direction(envoy::config::core::v3::OUTBOUND);
    setAddress(*listener.mutable_address(), address, outbound.port);
    if (dataplane.transparentProxying && dataplane.transparentProxying->isOn())
        listener.mutable_bind_to_port()->set_value(false);
    auto tags = outbound.tags;
    tags.erase(kMeshTag);
    setTagsMetadata(listener, tags);
    auto &chain = draft.chains.emplace_back();
    if (isHttpLike(target.protocol))
        chain.http = connectionManager(target, sourceTags, ipv6);
    else
        chain.tcp = tcpProxy(target);
    return draft;
}

}  // namespace meshscope::xds
