#include "backend/xds/clusters.h"

#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;
using std::chrono::seconds;

constexpr seconds kConnectTimeout{5};
constexpr seconds kInboundConnectTimeout{10};
constexpr seconds kInboundIdleTimeout{7200};

DraftCluster staticCluster(const std::string &name, const std::string &address, std::uint32_t port)
{
    DraftCluster draft;
    auto &cluster = draft.message;
    cluster.set_name(name);
    cluster.set_alt_stat_name(statPrefix(name));
    cluster.set_type(Cluster::STATIC);
    auto &assignment = *cluster.mutable_load_assignment();
    assignment.set_cluster_name(name);
    setAddress(*assignment.add_endpoints()->add_lb_endpoints()->mutable_endpoint()->mutable_address(),
               address, port);
    return draft;
}

}  // namespace

DraftCluster inboundCluster(const std::string &address, std::uint32_t port, Protocol protocol)
{
    auto draft = staticCluster(inboundClusterName(port), address, port);
    draft.origin = Origin::Inbound;
    draft.protocol = protocol;
    setDuration(draft.message.mutable_connect_timeout(), kInboundConnectTimeout);
    if (!isHttpLike(protocol))
        return draft;
    auto &options = draft.http.emplace();
    setDuration(options.mutable_common_http_protocol_options()->mutable_idle_timeout(), kInboundIdleTimeout);
    if (protocol == Protocol::Http)
        options.mutable_explicit_http_config()->mutable_http_protocol_options();
    else
        options.mutable_explicit_http_config()->mutable_http2_protocol_options();
    return draft;
}

DraftCluster outboundCluster(const Tags &tags, Protocol protocol)
{
    DraftCluster draft;
    draft.origin = Origin::Outbound;
    draft.protocol = protocol;
    draft.service = tags.at(kServiceTag);
    draft.tags = tags;
    auto &cluster = draft.message;
    cluster.set_name(outboundClusterName(tags));
    cluster.set_type(Cluster::EDS);
    auto &source = *cluster.mutable_eds_cluster_config()->mutable_eds_config();
    source.mutable_ads();
    source.set_resource_api_version(envoy::config::core::v3::V3);
    setDuration(cluster.mutable_connect_timeout(), kConnectTimeout);
    // HTTP/2 between sidecars whatever the service speaks; for tcp the options are there too and mean
    // nothing.
    draft.http.emplace().mutable_explicit_http_config()->mutable_http2_protocol_options();
    return draft;
}

DraftCluster originalDestination(const std::string &name)
{
    DraftCluster draft;
    draft.origin = Origin::TransparentProxy;
    auto &cluster = draft.message;
    cluster.set_name(name);
    cluster.set_alt_stat_name(statPrefix(name));
    cluster.set_type(Cluster::ORIGINAL_DST);
    cluster.set_lb_policy(Cluster::CLUSTER_PROVIDED);
    setDuration(cluster.mutable_connect_timeout(), kConnectTimeout);
    return draft;
}

DraftCluster plainCluster(const std::string &name, const std::string &address, std::uint32_t port)
{
    auto draft = staticCluster(name, address, port);
    draft.origin = Origin::Admin;
    setDuration(draft.message.mutable_connect_timeout(), kConnectTimeout);
    return draft;
}

DraftCluster collectorCluster(const std::string &name, const std::string &host, std::uint32_t port)
{
    auto draft = staticCluster(name, host, port);
    if (!isIpAddress(host))
        draft.message.set_type(Cluster::STRICT_DNS);
    setDuration(draft.message.mutable_connect_timeout(), kConnectTimeout);
    draft.http.emplace().mutable_explicit_http_config()->mutable_http2_protocol_options();
    return draft;
}

}  // namespace meshscope::xds
