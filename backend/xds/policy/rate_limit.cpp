// MeshRateLimit (facts on xDS §4.10): of requests on http inbounds, of connections on tcp ones.
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/policy/appliers.h"

#include "envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit.pb.h"
#include "envoy/extensions/filters/network/local_ratelimit/v3/local_rate_limit.pb.h"

namespace meshscope::xds {

namespace {

using envoy::config::core::v3::HeaderValueOption;
using HttpLimit = envoy::extensions::filters::http::local_ratelimit::v3::LocalRateLimit;
using TcpLimit = envoy::extensions::filters::network::local_ratelimit::v3::LocalRateLimit;

constexpr char kHttpFilter[] = "envoy.filters.http.local_ratelimit";
constexpr char kTcpFilter[] = "envoy.filters.network.local_ratelimit";

bool setBucket(envoy::type::v3::TokenBucket &bucket, const Json &rate)
{
    const auto number = numberAt(rate, "num");
    const auto interval = durationAt(rate, "interval");
    if (!number || !interval)
        return false;
    bucket.set_max_tokens(*number);
    bucket.mutable_tokens_per_fill()->set_value(*number);
    setDuration(bucket.mutable_fill_interval(), *interval);
    return true;
}

void setFraction(envoy::config::core::v3::RuntimeFractionalPercent &target, const char *key)
{
    target.mutable_default_value()->set_numerator(100);
    target.set_runtime_key(key);
}

std::optional<HttpLimit> httpLimit(const Json &conf)
{
    HttpLimit limit;
    limit.set_stat_prefix("rate_limit");
    if (!conf.is_object() || flagAt(conf, "disabled")
        || !setBucket(*limit.mutable_token_bucket(), at(conf, "requestRate")))
        return std::nullopt;
    setFraction(*limit.mutable_filter_enabled(), "local_rate_limit_enabled");
    setFraction(*limit.mutable_filter_enforced(), "local_rate_limit_enforced");
    const auto &onLimit = at(conf, "onRateLimit");
    if (const auto status = numberAt(onLimit, "status"))
        limit.mutable_status()->set_code(static_cast<envoy::type::v3::StatusCode>(*status));
    const auto put = [&limit](const Json &headers, bool replace) {
        for (const auto &header : headers) {
            auto &option = *limit.add_response_headers_to_add();
            option.mutable_header()->set_key(textAt(header, "name"));
            option.mutable_header()->set_value(textAt(header, "value"));
            if (replace)
                option.set_append_action(HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
        }
    };
    put(listAt(at(onLimit, "headers"), "add"), false);
    put(listAt(at(onLimit, "headers"), "set"), true);
    return limit;
}

void limitConnections(DraftChain &chain, const Json &conf)
{
    TcpLimit limit;
    limit.set_stat_prefix("tcp_rate_limit");
    if (!conf.is_object() || flagAt(conf, "disabled")
        || !setBucket(*limit.mutable_token_bucket(), at(conf, "connectionRate")))
        return;
    auto &filters = *chain.message.mutable_filters();
    auto &filter = *filters.Add();
    filter.set_name(kTcpFilter);
    *filter.mutable_typed_config() = pack(limit);
    for (int i = filters.size() - 1; i > 0; --i)
        filters.SwapElements(i, i - 1);
}

}  // namespace

bool limitRequests(HttpConnectionManager &manager, const Json &conf)
{
    const auto limit = httpLimit(conf);
    if (!limit)
        return false;
    HttpLimit filter;  // does nothing by itself: each route says how much
    filter.set_stat_prefix("rate_limit");
    insertHttpFilter(manager, kHttpFilter, filter, FilterPlace::BeforeRouter);
    for (auto &host : *manager.mutable_route_config()->mutable_virtual_hosts())
        for (auto &route : *host.mutable_routes())
            (*route.mutable_typed_per_filter_config())[kHttpFilter] = pack(*limit);
    return true;
}

void applyRateLimits(Generation &run)
{
    const auto *rules = run.rules.of("MeshRateLimit");
    if (!rules)
        return;
    for (auto &listener : run.draft.listeners) {
        const auto *rule = listener.origin == Origin::Inbound ? fromRule(rules, listener.index) : nullptr;
        if (!rule)
            continue;
        const auto &local = at(rule->conf, "local");
        for (auto &chain : listener.chains) {
            if (chain.http)
                limitRequests(*chain.http, at(local, "http"));
            else
                limitConnections(chain, at(local, "tcp"));
        }
    }
}

}  // namespace meshscope::xds
