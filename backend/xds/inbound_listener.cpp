#include "backend/xds/listeners.h"

#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"

namespace meshscope::xds {

namespace {

using std::chrono::seconds;

constexpr seconds kIdleTimeout{7200};
constexpr seconds kStreamIdleTimeout{3600};

HttpConnectionManager connectionManager(const Inbound &inbound, const std::string &cluster, Protocol protocol,
                                        bool ipv6)
{
    HttpConnectionManager manager;
    manager.set_stat_prefix(statPrefix(cluster));
    manager.set_forward_client_cert_details(HttpConnectionManager::SANITIZE_SET);
    manager.mutable_set_current_client_cert_details()->set_uri(true);
    setDuration(manager.mutable_common_http_protocol_options()->mutable_idle_timeout(), kIdleTimeout);
    setDuration(manager.mutable_stream_idle_timeout(), kStreamIdleTimeout);
    setInternalAddresses(manager, ipv6);
    addHttpFilters(manager, protocol);

    auto &routes = *manager.mutable_route_config();
    routes.set_name("inbound:" + inbound.service());
    routes.mutable_validate_clusters()->set_value(false);
    routes.add_request_headers_to_remove(kTagsHeader);
    auto &host = *routes.add_virtual_hosts();
    host.set_name(inbound.service());
    host.add_domains("*");
    auto &route = *host.add_routes();
    route.mutable_match()->set_prefix("/");
    route.mutable_route()->set_cluster(cluster);
    setDuration(route.mutable_route()->mutable_timeout(), seconds(0));
    return manager;
}

TcpProxy tcpProxy(const std::string &cluster)
{
    TcpProxy proxy;
    proxy.set_stat_prefix(statPrefix(cluster));
    proxy.set_cluster(cluster);
    setDuration(proxy.mutable_idle_timeout(), kIdleTimeout);
    return proxy;
}

}  // namespace

DraftListener inboundListener(const Dataplane &dataplane, std::size_t index, bool ipv6)
{
    const auto &inbound = dataplane.inbounds.at(index);
    const auto &address = dataplane.listenerAddress(inbound);
    const auto cluster = inboundClusterName(dataplane.workloadPort(inbound));
    DraftListener draft;
    draft.origin = Origin::Inbound;
    draft.index = index;
    draft.protocol = protocolFromText(inbound.effectiveProtocol());
    draft.service = inbound.service();
    auto &listener = draft.message;
    listener.set_name(inboundListenerName(address, inbound.port));
    listener.set_traffic_direction(envoy::config::core::v3::INBOUND);
    setAddress(*listener.mutable_address(), address, inbound.port);
    listener.mutable_enable_reuse_port()->set_value(false);
    if (dataplane.transparentProxying && dataplane.transparentProxying->isOn())
        listener.mutable_bind_to_port()->set_value(false);
    setTagsMetadata(listener, inbound.tags);
    auto &chain = draft.chains.emplace_back();
    if (isHttpLike(draft.protocol))
        chain.http = connectionManager(inbound, cluster, draft.protocol, ipv6);
    else
        chain.tcp = tcpProxy(cluster);
    return draft;
}

}  // namespace meshscope::xds
