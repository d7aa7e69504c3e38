// MeshTimeout (facts on xDS §4.10). A conf sets every timeout of its side: what it leaves open has a value of
// the policy's own, not of Envoy.
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"

namespace meshscope::xds {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kConnect{5};
constexpr hours kIdle{1};
constexpr seconds kRequest{15};
constexpr minutes kStreamIdle{30};
constexpr seconds kNone{0};

void configureRoute(envoy::config::route::v3::Route &route, const Json &conf)
{
    if (!route.has_route())
        return;
    const auto &http = at(conf, "http");
    auto &action = *route.mutable_route();
    setDuration(action.mutable_timeout(), durationAt(http, "requestTimeout").value_or(kRequest));
    setDuration(action.mutable_idle_timeout(), durationAt(http, "streamIdleTimeout").value_or(kStreamIdle));
}

void configureListener(DraftListener &listener, const Json &conf)
{
    for (auto &chain : listener.chains) {
        if (chain.tcp)
            setDuration(chain.tcp->mutable_idle_timeout(), durationAt(conf, "idleTimeout").value_or(kIdle));
        if (!chain.http)
            continue;
        auto &manager = *chain.http;
        // Zero switches Envoy's own hour off; the idle time proper stands at the cluster.
        setDuration(manager.mutable_common_http_protocol_options()->mutable_idle_timeout(), kNone);
        setDuration(manager.mutable_request_headers_timeout(),
                    durationAt(at(conf, "http"), "requestHeadersTimeout").value_or(kNone));
        for (auto &host : *manager.mutable_route_config()->mutable_virtual_hosts())
            for (auto &route : *host.mutable_routes())
                configureRoute(route, conf);
    }
}

void configureCluster(DraftCluster &cluster, const Json &conf)
{
    setDuration(cluster.message.mutable_connect_timeout(),
                durationAt(conf, "connectionTimeout").value_or(kConnect));
    if (!cluster.http || (cluster.protocol != Protocol::Http && cluster.protocol != Protocol::Http2))
        return;
    const auto &http = at(conf, "http");
    auto &common = *cluster.http->mutable_common_http_protocol_options();
    setDuration(common.mutable_idle_timeout(), durationAt(conf, "idleTimeout").value_or(kIdle));
    setDuration(common.mutable_max_connection_duration(),
                durationAt(http, "maxConnectionDuration").value_or(kNone));
    setDuration(common.mutable_max_stream_duration(), durationAt(http, "maxStreamDuration").value_or(kNone));
}

// A policy for a route of a MeshHTTPRoute times that route only.
void configureRoutes(DraftListener &listener, const TypeRules *rules)
{
    for (auto &chain : listener.chains) {
        if (!chain.http)
            continue;
        for (auto &host : *chain.http->mutable_route_config()->mutable_virtual_hosts())
            for (auto &route : *host.mutable_routes())
                if (const auto *rule = toRule(rules, listener.service, route.name()))
                    configureRoute(route, rule->conf);
    }
}

}  // namespace

void applyTimeouts(Generation &run)
{
    const auto *rules = run.rules.of("MeshTimeout");
    if (!rules)
        return;
    for (auto &listener : run.draft.listeners) {
        if (listener.origin == Origin::Inbound) {
            if (const auto *rule = fromRule(rules, listener.index))
                configureListener(listener, rule->conf);
        } else if (listener.origin == Origin::Outbound) {
            if (const auto *rule = toRule(rules, listener.service))
                configureListener(listener, rule->conf);
            configureRoutes(listener, rules);
        }
    }
    for (auto &cluster : run.draft.clusters) {
        const Rule *rule = cluster.origin == Origin::Inbound    ? fromRule(rules, cluster.index)
                           : cluster.origin == Origin::Outbound ? toRule(rules, cluster.service)
                                                                : nullptr;
        if (rule)
            configureCluster(cluster, rule->conf);
    }
}

}  // namespace meshscope::xds
