// MeshRetry (facts on xDS §4.10): on every route to an http or grpc service, and as connection attempts of
// tcp.
#include "backend/xds/generation.h"
#include "backend/xds/header_match.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/policy/appliers.h"

#include "envoy/extensions/retry/host/omit_host_metadata/v3/omit_host_metadata_config.pb.h"
#include "envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.pb.h"
#include "envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config.pb.h"

#include <algorithm>
#include <cctype>

namespace meshscope::xds {

namespace {

using envoy::config::route::v3::RetryPolicy;

constexpr char kOnHttp[] = "gateway-error,connect-failure,refused-stream";
constexpr char kOnGrpc[] =
    "cancelled,connect-failure,gateway-error,refused-stream,reset,resource-exhausted,unavailable";
constexpr std::string_view kMethodPrefix = "HttpMethod";

struct Condition {
    std::string_view kuma;
    std::string_view envoy;
};
constexpr Condition kHttpConditions[] = {{"5xx", "5xx"},
                                         {"GatewayError", "gateway-error"},
                                         {"Reset", "reset"},
                                         {"Retriable4xx", "retriable-4xx"},
                                         {"ConnectFailure", "connect-failure"},
                                         {"EnvoyRatelimited", "envoy-ratelimited"},
                                         {"RefusedStream", "refused-stream"},
                                         {"Http3PostConnectFailure", "http3-post-connect-failure"}};
constexpr Condition kGrpcConditions[] = {{"Canceled", "cancelled"},
                                         {"DeadlineExceeded", "deadline-exceeded"},
                                         {"Internal", "internal"},
                                         {"ResourceExhausted", "resource-exhausted"},
                                         {"Unavailable", "unavailable"}};

bool isStatus(std::string_view text)
{
    return text.size() == 3
           && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

void appendCondition(std::string &on, std::string_view condition)
{
    on.append(on.empty() ? "" : ",").append(condition);
}

void setHttpConditions(RetryPolicy &policy, const Json &conf)
{
    std::string on;
    bool hasStatuses = false;
    for (const auto &entry : listAt(conf, "retryOn")) {
        const auto text = entry.is_string() ? entry.get<std::string>() : std::string();
        const auto known =
            std::find_if(std::begin(kHttpConditions), std::end(kHttpConditions),
                         [&text](const Condition &condition) { return condition.kuma == text; });
        if (known != std::end(kHttpConditions)) {
            appendCondition(on, known->envoy);
        } else if (isStatus(text)) {
            policy.add_retriable_status_codes(static_cast<std::uint32_t>(std::stoul(text)));
            hasStatuses = true;
        } else if (text.starts_with(kMethodPrefix)) {
            auto method = text.substr(kMethodPrefix.size());
            std::transform(method.begin(), method.end(), method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            auto &header = *policy.add_retriable_request_headers();
            header.set_name(":method");
            header.mutable_string_match()->set_exact(method);
        }
    }
    if (hasStatuses)
        appendCondition(on, "retriable-status-codes");
    if (!on.empty())
        policy.set_retry_on(on);
}

void setGrpcConditions(RetryPolicy &policy, const Json &conf)
{
    std::string on;
    for (const auto &entry : listAt(conf, "retryOn"))
        for (const auto &condition : kGrpcConditions)
            if (entry == condition.kuma)
                appendCondition(on, condition.envoy);
    if (!on.empty())
        policy.set_retry_on(on);
}

void setRateLimitedBackOff(RetryPolicy &policy, const Json &conf)
{
    if (!conf.is_object())
        return;
    auto &backOff = *policy.mutable_rate_limited_retry_back_off();
    for (const auto &header : listAt(conf, "resetHeaders")) {
        auto &reset = *backOff.add_reset_headers();
        reset.set_name(textAt(header, "name"));
        reset.set_format(textAt(header, "format") == "UnixTimestamp" ? RetryPolicy::UNIX_TIMESTAMP
                                                                     : RetryPolicy::SECONDS);
    }
    if (const auto value = durationAt(conf, "maxInterval"))
        setDuration(backOff.mutable_max_interval(), *value);
}

void setCommon(RetryPolicy &policy, const Json &conf)
{
    if (const auto value = numberAt(conf, "numRetries"))
        policy.mutable_num_retries()->set_value(*value);
    if (const auto value = durationAt(conf, "perTryTimeout"))
        setDuration(policy.mutable_per_try_timeout(), *value);
    if (const auto &backOff = at(conf, "backOff"); backOff.is_object()) {
        if (const auto value = durationAt(backOff, "baseInterval"))
            setDuration(policy.mutable_retry_back_off()->mutable_base_interval(), *value);
        if (const auto value = durationAt(backOff, "maxInterval"))
            setDuration(policy.mutable_retry_back_off()->mutable_max_interval(), *value);
    }
    setRateLimitedBackOff(policy, at(conf, "rateLimitedBackOff"));
}

void addHostPredicate(RetryPolicy &policy, const std::string &name, const google::protobuf::Message &config)
{
    auto &predicate = *policy.add_retry_host_predicate();
    predicate.set_name(name);
    *predicate.mutable_typed_config() = pack(config);
}

void setHostSelection(RetryPolicy &policy, const Json &conf)
{
    using namespace envoy::extensions::retry;
    for (const auto &entry : listAt(conf, "hostSelection")) {
        const auto predicate = textAt(entry, "predicate");
        if (predicate == "OmitPreviousHosts") {
            addHostPredicate(policy, "envoy.retry_host_predicates.previous_hosts",
                             host::previous_hosts::v3::PreviousHostsPredicate());
        } else if (predicate == "OmitHostsWithTags") {
            host::omit_host_metadata::v3::OmitHostMetadataConfig config;
            auto &tags =
                *(*config.mutable_metadata_match()->mutable_filter_metadata())["envoy.lb"].mutable_fields();
            for (const auto &[key, value] : textsAt(entry, "tags"))
                tags[key].set_string_value(value);
            addHostPredicate(policy, "envoy.retry_host_predicates.omit_host_metadata", config);
        } else if (predicate == "OmitPreviousPriorities") {
            priority::previous_priorities::v3::PreviousPrioritiesConfig config;
            config.set_update_frequency(
                static_cast<std::int32_t>(numberAt(entry, "updateFrequency").value_or(2)));
            policy.mutable_retry_priority()->set_name("envoy.retry_priorities.previous_priorities");
            *policy.mutable_retry_priority()->mutable_typed_config() = pack(config);
        }
    }
    if (const auto value = numberAt(conf, "hostSelectionMaxAttempts"))
        policy.set_host_selection_retry_max_attempts(*value);
}

std::optional<RetryPolicy> retryPolicy(const Json &conf, Protocol protocol)
{
    RetryPolicy policy;
    const auto &grpc = at(conf, "grpc");
    if (protocol == Protocol::Grpc && grpc.is_object()) {
        policy.set_retry_on(kOnGrpc);
        setCommon(policy, grpc);
        setGrpcConditions(policy, grpc);
        return policy;
    }
    const auto &http = at(conf, "http");
    if (protocol != Protocol::Http || !http.is_object())
        return std::nullopt;
    policy.set_retry_on(kOnHttp);
    setCommon(policy, http);
    setHttpConditions(policy, http);
    for (const auto &header : listAt(http, "retriableResponseHeaders"))
        *policy.add_retriable_headers() = headerMatcher(header);
    for (const auto &header : listAt(http, "retriableRequestHeaders"))
        *policy.add_retriable_request_headers() = headerMatcher(header);
    setHostSelection(policy, http);
    return policy;
}

}  // namespace

void retryRoute(envoy::config::route::v3::Route &route, const Json &conf, Protocol protocol)
{
    if (!route.has_route())
        return;
    if (auto policy = retryPolicy(conf, protocol))
        *route.mutable_route()->mutable_retry_policy() = std::move(*policy);
}

void retryConnections(DraftListener &listener, const Json &conf)
{
    // Not where nobody answers: the protocol is unknown then.
    if (listener.protocol != Protocol::Tcp && listener.protocol != Protocol::Kafka)
        return;
    if (const auto attempts = numberAt(at(conf, "tcp"), "maxConnectAttempt"))
        for (auto &chain : listener.chains)
            if (chain.tcp)
                chain.tcp->mutable_max_connect_attempts()->set_value(*attempts);
}

void applyRetries(Generation &run)
{
    const auto *rules = run.rules.of("MeshRetry");
    if (!rules)
        return;
    for (auto &listener : run.draft.listeners) {
        if (listener.origin != Origin::Outbound)
            continue;
        if (const auto *rule = toRule(rules, listener.service))
            retryConnections(listener, rule->conf);
        for (auto &chain : listener.chains) {
            if (!chain.http)
                continue;
            for (auto &host : *chain.http->mutable_route_config()->mutable_virtual_hosts())
                for (auto &route : *host.mutable_routes())
                    if (const auto *rule = toRule(rules, listener.service, route.name()))
                        retryRoute(route, rule->conf, listener.protocol);
        }
    }
}

}  // namespace meshscope::xds
