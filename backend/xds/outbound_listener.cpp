#include "backend/xds/listeners.h"

#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"

namespace meshscope::xds {

namespace {

constexpr char kMeshTag[] = "kuma.io/mesh";

constexpr char kRetryOnHttp[] = "gateway-error,connect-failure,refused-stream";
constexpr char kRetryOnGrpc[] =
    "cancelled,connect-failure,gateway-error,refused-stream,reset,resource-exhausted,unavailable";

// Kuma retries http and grpc, not http2.
void setRetry(envoy::config::route::v3::RouteAction &action, Protocol protocol, const RetryPolicy &policy)
{
    if (protocol != Protocol::Http && protocol != Protocol::Grpc)
        return;
    auto &retry = *action.mutable_retry_policy();
    retry.set_retry_on(protocol == Protocol::Grpc ? kRetryOnGrpc : kRetryOnHttp);
    retry.mutable_num_retries()->set_value(policy.retries);
    setDuration(retry.mutable_per_try_timeout(), policy.perTryTimeout);
    setDuration(retry.mutable_retry_back_off()->mutable_base_interval(), policy.backOffBase);
    setDuration(retry.mutable_retry_back_off()->mutable_max_interval(), policy.backOffMax);
}

HttpConnectionManager connectionManager(const std::string &service, const OutboundTarget &target,
                                        const std::string &sourceTags, const OutboundPolicy &policy,
                                        bool ipv6)
{
    HttpConnectionManager manager;
    manager.set_stat_prefix(statPrefix(service));
    manager.mutable_normalize_path()->set_value(true);
    setDuration(manager.mutable_common_http_protocol_options()->mutable_idle_timeout(), milliseconds(0));
    setDuration(manager.mutable_request_headers_timeout(), policy.requestHeadersTimeout);
    setInternalAddresses(manager, ipv6);
    addHttpFilters(manager, target.protocol);

    auto &routes = *manager.mutable_route_config();
    routes.set_name("outbound:" + service);
    routes.mutable_validate_clusters()->set_value(false);
    auto &header = *routes.add_request_headers_to_add()->mutable_header();
    header.set_key(kTagsHeader);
    header.set_value(sourceTags);
    auto &host = *routes.add_virtual_hosts();
    host.set_name(service);
    host.add_domains("*");
    auto &route = *host.add_routes();
    route.set_name(kCatchAllRouteName);
    route.mutable_match()->set_prefix("/");
    auto &action = *route.mutable_route();
    action.set_cluster(target.cluster);
    setDuration(action.mutable_timeout(), policy.requestTimeout);
    setDuration(action.mutable_idle_timeout(), policy.streamIdleTimeout);
    setRetry(action, target.protocol, policy.retry);
    return manager;
}

TcpProxy tcpProxy(const std::string &service, const OutboundTarget &target, const OutboundPolicy &policy)
{
    TcpProxy proxy;
    proxy.set_stat_prefix(statPrefix(service));
    proxy.set_cluster(target.cluster);
    setDuration(proxy.mutable_idle_timeout(), policy.idleTimeout);
    if (target.protocol == Protocol::Tcp || target.protocol == Protocol::Kafka)
        proxy.mutable_max_connect_attempts()->set_value(policy.retry.tcpConnectAttempts);
    return proxy;
}

}  // namespace

ResourcePtr outboundListener(const Outbound &outbound, const OutboundTarget &target,
                             const std::string &sourceTags, const OutboundPolicy &policy, bool ipv6)
{
    const std::string address = outbound.address.empty() ? "127.0.0.1" : outbound.address;
    envoy::config::listener::v3::Listener listener;
    listener.set_name(outboundListenerName(address, outbound.port));
    listener.set_traffic_direction(envoy::config::core::v3::OUTBOUND);
    setAddress(*listener.mutable_address(), address, outbound.port);
    auto tags = outbound.tags;
    tags.erase(kMeshTag);
    setTagsMetadata(listener, tags);
    auto &chain = *listener.add_filter_chains();
    if (isHttpLike(target.protocol))
        addFilter(chain, connectionManager(outbound.service(), target, sourceTags, policy, ipv6));
    else
        addFilter(chain, tcpProxy(outbound.service(), target, policy));
    return makeResource(listener.name(), listener);
}

}  // namespace meshscope::xds
