// What the policies of the old style make of outbounds. They count where a TrafficRoute leads: it makes the
// routes and the clusters, and Timeout, Retry, CircuitBreaker, HealthCheck and TrafficLog shape them (facts
// on xDS §4.7). Policies of the new style come later and win.
#include "backend/xds/policy/legacy_outbound.h"
#include "backend/xds/access_log.h"
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/appliers.h"
#include "backend/xds/policy/legacy.h"

namespace meshscope::xds {

namespace {

using envoy::config::core::v3::HeaderValueOption;
using envoy::config::route::v3::Route;

Tags destinationTags(const Json &destination, const Tags &own)
{
    auto tags = textsAt(Json{{"tags", destination}}, "tags");
    if (const auto service = tags.find(kServiceTag); service == tags.end() || service->second == "*")
        tags[kServiceTag] = own.at(kServiceTag);
    if (tags.size() == 1 && tags.at(kServiceTag) == own.at(kServiceTag))
        return own;
    return tags;
}

std::vector<Share> shares(const Json &conf, const Tags &own)
{
    std::vector<Share> result;
    for (const auto &part : listAt(conf, "split")) {
        const auto weight = numberAt(part, "weight").value_or(0);
        if (weight > 0)
            result.push_back({destinationTags(at(part, "destination"), own), weight});
    }
    if (result.empty())
        result.push_back({destinationTags(at(conf, "destination"), own), 1});
    return result;
}

void setDestination(Route &route, const std::vector<Share> &to, const UseCluster &useCluster)
{
    auto &action = *route.mutable_route();
    action.mutable_timeout();
    if (to.size() == 1) {
        action.set_cluster(useCluster(to.front().tags));
        return;
    }
    for (const auto &share : to) {
        auto &cluster = *action.mutable_weighted_clusters()->add_clusters();
        cluster.set_name(useCluster(share.tags));
        cluster.mutable_weight()->set_value(share.weight);
    }
}

void setText(envoy::type::matcher::v3::StringMatcher &matcher, const Json &text)
{
    if (const auto prefix = textAt(text, "prefix"); !prefix.empty())
        matcher.set_prefix(prefix);
    else if (const auto regex = textAt(text, "regex"); !regex.empty())
        matcher.mutable_safe_regex()->set_regex(regex);
    else
        matcher.set_exact(textAt(text, "exact"));
}

void setMatch(Route &route, const Json &match)
{
    auto &target = *route.mutable_match();
    const auto &path = at(match, "path");
    if (const auto exact = textAt(path, "exact"); !exact.empty())
        target.set_path(exact);
    else if (const auto regex = textAt(path, "regex"); !regex.empty())
        target.mutable_safe_regex()->set_regex(regex);
    else if (const auto prefix = textAt(path, "prefix"); !prefix.empty())
        target.set_prefix(prefix);
    else
        target.set_prefix("/");
    if (const auto &headers = at(match, "headers"); headers.is_object()) {
        for (const auto &[name, text] : headers.items()) {
            auto &header = *target.add_headers();
            header.set_name(name);
            setText(*header.mutable_string_match(), text);
        }
    }
    if (const auto &method = at(match, "method"); method.is_object()) {
        auto &header = *target.add_headers();
        header.set_name(":method");
        setText(*header.mutable_string_match(), method);
    }
}

template <class Added, class Removed>
void changeHeaders(const Json &headers, Added &added, Removed &removed)
{
    for (const auto &header : listAt(headers, "add")) {
        auto &option = *added.Add();
        option.mutable_header()->set_key(textAt(header, "name"));
        option.mutable_header()->set_value(textAt(header, "value"));
        if (!flagAt(header, "append"))
            option.set_append_action(HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
    }
    for (const auto &header : listAt(headers, "remove"))
        *removed.Add() = textAt(header, "name");
}

void modify(Route &route, const Json &change)
{
    auto &action = *route.mutable_route();
    const auto &path = at(change, "path");
    if (const auto prefix = textAt(path, "rewritePrefix"); !prefix.empty()) {
        action.set_prefix_rewrite(prefix);
    } else if (const auto &regex = at(path, "regex"); regex.is_object()) {
        action.mutable_regex_rewrite()->mutable_pattern()->set_regex(textAt(regex, "pattern"));
        action.mutable_regex_rewrite()->set_substitution(textAt(regex, "substitution"));
    }
    const auto &host = at(change, "host");
    if (const auto value = textAt(host, "value"); !value.empty()) {
        action.set_host_rewrite_literal(value);
    } else if (const auto &from = at(host, "fromPath"); from.is_object()) {
        auto &rewrite = *action.mutable_host_rewrite_path_regex();
        rewrite.mutable_pattern()->set_regex(textAt(from, "pattern"));
        rewrite.set_substitution(textAt(from, "substitution"));
    }
    changeHeaders(at(change, "requestHeaders"), *route.mutable_request_headers_to_add(),
                  *route.mutable_request_headers_to_remove());
    changeHeaders(at(change, "responseHeaders"), *route.mutable_response_headers_to_add(),
                  *route.mutable_response_headers_to_remove());
}

Json named(const Json &object, std::initializer_list<std::pair<const char *, const char *>> names)
{
    Json result = Json::object();
    for (const auto &[from, to] : names)
        if (const auto &value = at(object, from); !value.is_null())
            result[to] = value;
    return result;
}

// A CircuitBreaker in the words of a MeshCircuitBreaker.
Json circuitBreakerConf(const Json &conf)
{
    auto detection = named(conf, {{"interval", "interval"},
                                  {"baseEjectionTime", "baseEjectionTime"},
                                  {"maxEjectionPercent", "maxEjectionPercent"},
                                  {"splitExternalAndLocalErrors", "splitExternalAndLocalErrors"}});
    const auto &detectors = at(conf, "detectors");
    if (detectors.is_object()) {
        auto &target = detection["detectors"] = named(detectors, {{"totalErrors", "totalFailures"},
                                                                  {"gatewayErrors", "gatewayFailures"},
                                                                  {"localErrors", "localOriginFailures"},
                                                                  {"failure", "failurePercentage"}});
        if (const auto &deviation = at(detectors, "standardDeviation"); deviation.is_object())
            target["successRate"] = named(deviation, {{"requestVolume", "requestVolume"},
                                                      {"minimumHosts", "minimumHosts"},
                                                      {"factor", "standardDeviationFactor"}});
    }
    Json result = Json::object();
    if (detectors.is_object())
        result["outlierDetection"] = std::move(detection);
    if (const auto &limits = at(conf, "thresholds"); limits.is_object())
        result["connectionLimits"] = limits;
    return result;
}

Json retryConf(const Json &conf)
{
    Json result = Json::object();
    for (const char *protocol : {"http", "grpc"})
        if (const auto &part = at(conf, protocol); part.is_object())
            result[protocol] = named(
                part,
                {{"numRetries", "numRetries"}, {"perTryTimeout", "perTryTimeout"}, {"backOff", "backOff"}});
    for (const auto &status : listAt(at(conf, "http"), "retriableStatusCodes"))
        result["http"]["retryOn"].push_back(std::to_string(status.is_number() ? status.get<int>() : 0));
    if (const auto attempts = numberAt(at(conf, "tcp"), "maxConnectAttempts"))
        result["tcp"]["maxConnectAttempt"] = *attempts;
    return result;
}

Json healthCheckConf(Json conf)
{
    auto http = at(conf, "http");
    if (!http.is_object())
        return conf;
    Json headers{{"set", Json::array()}, {"add", Json::array()}};
    for (const auto &option : listAt(http, "requestHeadersToAdd"))
        headers[flagAt(option, "append") ? "add" : "set"].push_back(
            {{"name", textAt(at(option, "header"), "key")},
             {"value", textAt(at(option, "header"), "value")}});
    conf["http"]["requestHeadersToAdd"] = std::move(headers);
    return conf;
}

const Json &confOf(const MeshResourcePtr &policy)
{
    static const Json kNone;
    return policy ? at(policy->spec, "conf") : kNone;
}

void setTimes(DraftListener &listener, const Json &conf)
{
    const auto &http = at(conf, "http");
    const nanoseconds none(0);
    for (auto &chain : listener.chains) {
        if (chain.tcp)
            setDuration(chain.tcp->mutable_idle_timeout(),
                        durationAt(at(conf, "tcp"), "idleTimeout").value_or(none));
        if (!chain.http)
            continue;
        setDuration(chain.http->mutable_common_http_protocol_options()->mutable_idle_timeout(),
                    durationAt(http, "idleTimeout").value_or(none));
        setDuration(chain.http->mutable_stream_idle_timeout(),
                    durationAt(http, "streamIdleTimeout").value_or(none));
        for (auto &host : *chain.http->mutable_route_config()->mutable_virtual_hosts())
            for (auto &route : *host.mutable_routes())
                setDuration(route.mutable_route()->mutable_timeout(),
                            durationAt(http, "requestTimeout").value_or(none));
    }
}

// The backend that a TrafficLog names, or the mesh's own, in the words of MeshAccessLog; null = none.
Json logBackend(const Json &settings, const Json &conf)
{
    const auto &logging = at(settings, "logging");
    auto name = textAt(conf, "backend");
    if (name.empty())
        name = textAt(logging, "defaultBackend");
    for (const auto &backend : listAt(logging, "backends")) {
        if (textAt(backend, "name") != name)
            continue;
        auto part = at(backend, "conf");
        if (const auto format = textAt(backend, "format"); !format.empty())
            part["format"] = {{"type", "Plain"}, {"plain", format}};
        return textAt(backend, "type") == "tcp" ? Json{{"type", "Tcp"}, {"tcp", std::move(part)}}
                                                : Json{{"type", "File"}, {"file", std::move(part)}};
    }
    return nullptr;
}

void addLog(Generation &run, DraftListener &listener)
{
    const auto policy = legacyForOutbound(run.mesh(), run.dataplane(), "TrafficLog", listener.service);
    if (!policy)
        return;
    const auto backend = logBackend(run.mesh().settings(), confOf(policy));
    const auto services = run.dataplane().services();
    const LogNames names{run.mesh().mesh(), services.empty() ? std::string() : services.front(),
                         listener.service,  run.dataplane().address,
                         "OUTBOUND",        accessLogSocket(run.metadata())};
    for (auto &chain : listener.chains) {
        const auto log = accessLog(backend, chain.http.has_value(), names);
        if (log && chain.http)
            *chain.http->add_access_log() = *log;
        else if (log && chain.tcp)
            *chain.tcp->add_access_log() = *log;
    }
}

}  // namespace

bool usesLegacyRoutes(const Generation &run)
{
    return !run.mesh().resources("TrafficRoute").empty() && !run.rules.of("MeshHTTPRoute")
           && !run.rules.of("MeshTCPRoute");
}

bool fillLegacyTarget(const Generation &run, const Tags &own, OutboundTarget &target,
                      const UseCluster &useCluster)
{
    const auto policy = legacyForOutbound(run.mesh(), run.dataplane(), "TrafficRoute", target.service);
    if (!policy)
        return false;
    target.isLegacy = true;
    const auto &conf = confOf(policy);
    if (!isHttpLike(target.protocol)) {
        for (const auto &share : shares(conf, own))
            target.shares.push_back({useCluster(share.tags), share.weight});
        return true;
    }
    for (const auto &rule : listAt(conf, "http")) {
        auto &route = target.routes.emplace_back();
        setMatch(route, at(rule, "match"));
        setDestination(route, shares(rule, own), useCluster);
        modify(route, at(rule, "modify"));
    }
    auto &route = target.routes.emplace_back();
    setMatch(route, nullptr);
    setDestination(route, shares(conf, own), useCluster);
    return true;
}

void applyLegacyToOutbounds(Generation &run)
{
    if (!usesLegacyRoutes(run))
        return;
    const auto sourceTags = tagsHeaderValue(run.dataplane());
    const auto confFor = [&run](std::string_view type, const std::string &service) {
        return confOf(legacyForOutbound(run.mesh(), run.dataplane(), type, service));
    };
    for (auto &listener : run.draft.listeners) {
        if (listener.origin != Origin::Outbound)
            continue;
        setTimes(listener, confFor("Timeout", listener.service));
        if (const auto conf = retryConf(confFor("Retry", listener.service)); !conf.empty()) {
            retryConnections(listener, conf);
            for (auto &chain : listener.chains)
                if (chain.http)
                    for (auto &host : *chain.http->mutable_route_config()->mutable_virtual_hosts())
                        for (auto &route : *host.mutable_routes())
                            retryRoute(route, conf, listener.protocol);
        }
        addLog(run, listener);
    }
    for (auto &cluster : run.draft.clusters) {
        if (cluster.origin != Origin::Outbound)
            continue;
        if (const auto time = durationAt(confFor("Timeout", cluster.service), "connectTimeout"))
            setDuration(cluster.message.mutable_connect_timeout(), *time);
        limitCluster(cluster, circuitBreakerConf(confFor("CircuitBreaker", cluster.service)));
        checkCluster(cluster, healthCheckConf(confFor("HealthCheck", cluster.service)), sourceTags);
    }
}

void applyLegacyToInbounds(Generation &run)
{
    for (auto &listener : run.draft.listeners) {
        if (listener.origin != Origin::Inbound)
            continue;
        const auto limits = allLegacyForInbound(run.mesh(), run.dataplane(), "RateLimit", listener.index);
        const auto faults =
            allLegacyForInbound(run.mesh(), run.dataplane(), "FaultInjection", listener.index);
        for (auto &chain : listener.chains) {
            if (!chain.http)
                continue;
            for (const auto &fault : faults)
                for (const auto &source : listAt(fault->spec, "sources"))
                    injectFault(*chain.http, confOf(fault), textsAt(source, "match"), {});
            if (limits.empty())
                continue;
            const auto &http = at(confOf(limits.front()), "http");
            Json conf{{"requestRate", {{"num", at(http, "requests")}, {"interval", at(http, "interval")}}}};
            if (const auto &onLimit = at(http, "onRateLimit"); onLimit.is_object()) {
                Json headers{{"add", Json::array()}, {"set", Json::array()}};
                for (const auto &header : listAt(onLimit, "headers"))
                    headers[flagAt(header, "append") ? "add" : "set"].push_back(
                        {{"name", textAt(header, "key")}, {"value", textAt(header, "value")}});
                conf["onRateLimit"] = {{"status", at(onLimit, "status")}, {"headers", std::move(headers)}};
            }
            limitRequests(*chain.http, conf);
        }
    }
}

}  // namespace meshscope::xds
