// Metrics of the sidecar and of its application, for Prometheus: a listener that leads to the launcher, which
// joins both (facts on xDS §4.13). From the Mesh's own section, or from MeshMetric.
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/mtls.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;

constexpr std::uint32_t kPort = 5670;
constexpr char kPath[] = "/metrics";
constexpr char kMeshHijacker[] = "kuma:metrics:hijacker";
constexpr char kMeshListener[] = "kuma:metrics:prometheus";
constexpr char kHijacker[] = "_kuma:metrics:hijacker";
constexpr char kListener[] = "_kuma:metrics:prometheus:";
constexpr char kDynamicConfig[] = "_kuma:dynamicconfig:observability";
constexpr char kDefaultClient[] = "default-backend";
constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::size_t kMaxSocketPath = 98;  // Kuma cuts the whole path there, then adds ".sock"

std::string inWorkdir(const ProxyMetadata &metadata, const std::string &name)
{
    return metadata.workdir + (metadata.workdir.empty() ? "" : "/") + name;
}

// The launcher's socket behind which the metrics are.
DraftCluster hijackerCluster(const Generation &run, const char *name)
{
    const auto &key = run.dataplane().key;
    DraftCluster draft;
    auto &cluster = draft.message;
    cluster.set_name(name);
    cluster.set_alt_stat_name(statPrefix(name));
    cluster.set_type(Cluster::STATIC);
    setDuration(cluster.mutable_connect_timeout(), kConnectTimeout);
    auto &assignment = *cluster.mutable_load_assignment();
    assignment.set_cluster_name(name);
    const auto path = inWorkdir(run.metadata(), "kuma-mh-" + key.name + "-" + key.mesh);
    assignment.add_endpoints()
        ->add_lb_endpoints()
        ->mutable_endpoint()
        ->mutable_address()
        ->mutable_pipe()
        ->set_path(path.substr(0, kMaxSocketPath) + ".sock");
    return draft;
}

HttpConnectionManager manager(const Generation &run, const std::string &name, const std::string &host)
{
    HttpConnectionManager result;
    result.set_stat_prefix(statPrefix(name));
    setInternalAddresses(result, run.metadata().ipv6Enabled);
    addHttpFilters(result, Protocol::Http);
    result.mutable_route_config()->mutable_validate_clusters()->set_value(false);
    auto &virtualHost = *result.mutable_route_config()->add_virtual_hosts();
    virtualHost.set_name(host);
    virtualHost.add_domains("*");
    return result;
}

struct Scrape {
    std::string listener;
    std::string cluster;
    std::uint32_t port = kPort;
    std::string path = kPath;
    std::string rewrite;
    bool withMtls = false;
};

void addScrapeListener(Generation &run, const Scrape &scrape)
{
    if (!isIpAddress(run.dataplane().address))
        return;
    DraftListener draft;
    auto &listener = draft.message;
    listener.set_name(scrape.listener);
    listener.set_traffic_direction(envoy::config::core::v3::INBOUND);
    setAddress(*listener.mutable_address(), run.dataplane().address, scrape.port);
    listener.mutable_enable_reuse_port()->set_value(false);
    auto &chain = draft.chains.emplace_back();
    chain.http = manager(run, scrape.listener, scrape.cluster);
    auto &route = *chain.http->mutable_route_config()->mutable_virtual_hosts(0)->add_routes();
    route.mutable_match()->set_prefix(scrape.path);
    route.mutable_route()->set_cluster(scrape.cluster);
    route.mutable_route()->set_prefix_rewrite(scrape.rewrite);
    if (scrape.withMtls && mtlsOf(run.mesh().settings()))
        *chain.message.mutable_transport_socket() = downstreamTls(run.mesh().mesh(), {});
    run.draft.listeners.push_back(std::move(draft));
}

// Kuma's dp asks for this, again and again.
void addDynamicConfig(Generation &run, const Json &conf)
{
    const Json body{
        {"observability",
         {{"metrics",
           {{"applications", at(conf, "applications").is_null() ? Json::array() : at(conf, "applications")},
            {"backends", at(conf, "backends").is_null() ? Json::array() : at(conf, "backends")},
            {"sidecar", at(conf, "sidecar").is_null() ? Json::object() : at(conf, "sidecar")},
            {"extraLabels", Json::object()}}}}}};
    DraftListener draft;
    auto &listener = draft.message;
    listener.set_name(kDynamicConfig);
    listener.set_traffic_direction(envoy::config::core::v3::INBOUND);
    listener.mutable_address()->mutable_pipe()->set_path(
        inWorkdir(run.metadata(), "kuma-mesh-metric-config.sock"));
    listener.mutable_enable_reuse_port()->set_value(false);
    auto &chain = draft.chains.emplace_back();
    chain.http = manager(run, kDynamicConfig, kDynamicConfig);
    auto &routes = *chain.http->mutable_route_config();
    const auto text = body.dump();
    routes.mutable_max_direct_response_body_size_bytes()->set_value(
        std::max<std::uint32_t>(4096, static_cast<std::uint32_t>(text.size())));
    auto &route = *routes.mutable_virtual_hosts(0)->add_routes();
    route.mutable_match()->set_prefix("/meshmetric");
    route.mutable_direct_response()->set_status(200);
    route.mutable_direct_response()->mutable_body()->set_inline_string(text);
    run.draft.listeners.push_back(std::move(draft));
}

}  // namespace

void addMetrics(Generation &run)
{
    const auto &metrics = at(run.mesh().settings(), "metrics");
    const auto enabled = textAt(metrics, "enabledBackend");
    for (const auto &backend : listAt(metrics, "backends")) {
        if (enabled.empty() || textAt(backend, "name") != enabled || textAt(backend, "type") != "prometheus")
            continue;
        const auto &conf = at(backend, "conf");
        const auto path = textAt(conf, "path");
        const auto &tls = at(conf, "tls");
        const auto mode = textAt(tls, "mode");
        run.draft.clusters.push_back(hijackerCluster(run, kMeshHijacker));
        addScrapeListener(run, {kMeshListener, kMeshHijacker, numberAt(conf, "port").value_or(kPort),
                                path.empty() ? kPath : path, "/",
                                !flagAt(conf, "skipMTLS") && (mode.empty() || mode == "activeMTLSBackend")});
    }
}

void applyMetrics(Generation &run)
{
    const auto *rules = run.rules.of("MeshMetric");
    if (!rules || !rules->proxy || run.metadata().workdir.empty())
        return;
    const auto &conf = rules->proxy->conf;
    addDynamicConfig(run, conf);
    for (const auto &backend : listAt(conf, "backends")) {
        const auto &prometheus = at(backend, "prometheus");
        if (textAt(backend, "type") != "Prometheus")
            continue;
        if (!run.draft.cluster(kHijacker))
            run.draft.clusters.push_back(hijackerCluster(run, kHijacker));
        const auto client = textAt(prometheus, "clientId");
        const auto path = textAt(prometheus, "path");
        addScrapeListener(run, {kListener + (client.empty() ? kDefaultClient : client), kHijacker,
                                numberAt(prometheus, "port").value_or(kPort), path.empty() ? kPath : path,
                                "/meshmetric" + (client.empty() ? std::string() : "?clientId=" + client),
                                textAt(at(prometheus, "tls"), "mode") == "ActiveMTLSBackend"});
    }
}

}  // namespace meshscope::xds
