#include "backend/xds/clusters.h"

#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/extensions/upstreams/http/v3/http_protocol_options.pb.h"

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::extensions::upstreams::http::v3::HttpProtocolOptions;

constexpr char kHttpOptions[] = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
constexpr milliseconds kPlainConnectTimeout{5'000};

// Of an inbound whose protocol no timeout policy covers (grpc, observed).
constexpr milliseconds kBuiltInInboundIdleTimeout{7'200'000};

Cluster staticCluster(const std::string &name, const std::string &address, std::uint32_t port)
{
    Cluster cluster;
    cluster.set_name(name);
    cluster.set_alt_stat_name(statPrefix(name));
    cluster.set_type(Cluster::STATIC);
    auto &assignment = *cluster.mutable_load_assignment();
    assignment.set_cluster_name(name);
    setAddress(*assignment.add_endpoints()->add_lb_endpoints()->mutable_endpoint()->mutable_address(),
               address, port);
    return cluster;
}

void setHttpOptions(Cluster &cluster, const HttpProtocolOptions &options)
{
    (*cluster.mutable_typed_extension_protocol_options())[kHttpOptions] = pack(options);
}

template <class Policy>
void setTimeouts(HttpProtocolOptions &options, const Policy &policy)
{
    auto &common = *options.mutable_common_http_protocol_options();
    setDuration(common.mutable_idle_timeout(), policy.idleTimeout);
    setDuration(common.mutable_max_connection_duration(), policy.maxConnectionDuration);
    setDuration(common.mutable_max_stream_duration(), policy.maxStreamDuration);
}

}  // namespace

ResourcePtr inboundCluster(const std::string &address, std::uint32_t port, Protocol protocol,
                           const InboundPolicy &policy)
{
    const auto name = inboundClusterName(port);
    auto cluster = staticCluster(name, address, port);
    setDuration(cluster.mutable_connect_timeout(), policy.connectTimeout);
    if (isHttpLike(protocol)) {
        HttpProtocolOptions options;
        if (protocol == Protocol::Grpc)
            setDuration(options.mutable_common_http_protocol_options()->mutable_idle_timeout(),
                        kBuiltInInboundIdleTimeout);
        else
            setTimeouts(options, policy);
        if (protocol == Protocol::Http)
            options.mutable_explicit_http_config()->mutable_http_protocol_options();
        else
            options.mutable_explicit_http_config()->mutable_http2_protocol_options();
        setHttpOptions(cluster, options);
    }
    return makeResource(name, cluster);
}

ResourcePtr outboundCluster(const std::string &name, Protocol protocol, const OutboundPolicy &policy)
{
    Cluster cluster;
    cluster.set_name(name);
    cluster.set_type(Cluster::EDS);
    auto &source = *cluster.mutable_eds_cluster_config()->mutable_eds_config();
    source.mutable_ads();
    source.set_resource_api_version(envoy::config::core::v3::V3);
    setDuration(cluster.mutable_connect_timeout(), policy.connectTimeout);

    auto &limits = *cluster.mutable_circuit_breakers()->add_thresholds();
    limits.mutable_max_connections()->set_value(policy.limits.maxConnections);
    limits.mutable_max_pending_requests()->set_value(policy.limits.maxPendingRequests);
    limits.mutable_max_requests()->set_value(policy.limits.maxRequests);
    limits.mutable_max_retries()->set_value(policy.limits.maxRetries);

    // HTTP/2 between sidecars whatever the service speaks; for tcp the options are there too and mean
    // nothing.
    HttpProtocolOptions options;
    options.mutable_explicit_http_config()->mutable_http2_protocol_options();
    if (protocol == Protocol::Http || protocol == Protocol::Http2)
        setTimeouts(options, policy);
    setHttpOptions(cluster, options);
    return makeEdsCluster(name, cluster);
}

ResourcePtr plainCluster(const std::string &name, const std::string &address, std::uint32_t port)
{
    auto cluster = staticCluster(name, address, port);
    setDuration(cluster.mutable_connect_timeout(), kPlainConnectTimeout);
    return makeResource(name, cluster);
}

}  // namespace meshscope::xds
