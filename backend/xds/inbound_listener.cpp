#include "backend/xds/listeners.h"

#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"

namespace meshscope::xds {

namespace {

HttpConnectionManager connectionManager(const Inbound &inbound, const std::string &cluster, Protocol protocol,
                                        const InboundPolicy &policy, bool ipv6)
{
    HttpConnectionManager manager;
    manager.set_stat_prefix(statPrefix(cluster));
    manager.set_forward_client_cert_details(HttpConnectionManager::SANITIZE_SET);
    manager.mutable_set_current_client_cert_details()->set_uri(true);
    // Zero switches Envoy's own hour off; the idle time proper stands at the cluster.
    setDuration(manager.mutable_common_http_protocol_options()->mutable_idle_timeout(), milliseconds(0));
    setDuration(manager.mutable_request_headers_timeout(), policy.requestHeadersTimeout);
    setDuration(manager.mutable_stream_idle_timeout(), policy.streamIdleTimeout);
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
    setDuration(route.mutable_route()->mutable_timeout(), policy.requestTimeout);
    setDuration(route.mutable_route()->mutable_idle_timeout(), policy.streamIdleTimeout);
    return manager;
}

TcpProxy tcpProxy(const std::string &cluster, const InboundPolicy &policy)
{
    TcpProxy proxy;
    proxy.set_stat_prefix(statPrefix(cluster));
    proxy.set_cluster(cluster);
    setDuration(proxy.mutable_idle_timeout(), policy.idleTimeout);
    return proxy;
}

}  // namespace

ResourcePtr inboundListener(const Dataplane &dataplane, const Inbound &inbound, const InboundPolicy &policy,
                            bool ipv6)
{
    const auto &address = dataplane.listenerAddress(inbound);
    const auto protocol = protocolFromText(inbound.effectiveProtocol());
    const auto cluster = inboundClusterName(dataplane.workloadPort(inbound));

    envoy::config::listener::v3::Listener listener;
    listener.set_name(inboundListenerName(address, inbound.port));
    listener.set_traffic_direction(envoy::config::core::v3::INBOUND);
    setAddress(*listener.mutable_address(), address, inbound.port);
    listener.mutable_enable_reuse_port()->set_value(false);
    if (dataplane.transparentProxying && dataplane.transparentProxying->isOn())
        listener.mutable_bind_to_port()->set_value(false);
    setTagsMetadata(listener, inbound.tags);
    auto &chain = *listener.add_filter_chains();
    if (isHttpLike(protocol))
        addFilter(chain, connectionManager(inbound, cluster, protocol, policy, ipv6));
    else
        addFilter(chain, tcpProxy(cluster, policy));
    return makeResource(listener.name(), listener);
}

}  // namespace meshscope::xds
