// MeshHealthCheck (facts on xDS §4.10): active checks of the endpoints of a service.
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/appliers.h"

namespace meshscope::xds {

namespace {

using envoy::config::core::v3::HeaderValueOption;
using envoy::config::core::v3::HealthCheck;

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kInterval{1};
constexpr seconds kTimeout{15};
constexpr std::uint32_t kUnhealthyThreshold = 5;
constexpr std::uint32_t kHealthyThreshold = 1;

// Kuma 2.9 gives Envoy the hex digits of the base64 text itself, not of what it stands for (observed).
std::string hexOf(const std::string &text)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string result;
    for (const unsigned char c : text) {
        result += kDigits[c >> 4];
        result += kDigits[c & 15];
    }
    return result;
}

HealthCheck commonCheck(const Json &conf)
{
    HealthCheck check;
    setDuration(check.mutable_interval(), durationAt(conf, "interval").value_or(kInterval));
    setDuration(check.mutable_timeout(), durationAt(conf, "timeout").value_or(kTimeout));
    check.mutable_unhealthy_threshold()->set_value(
        numberAt(conf, "unhealthyThreshold").value_or(kUnhealthyThreshold));
    check.mutable_healthy_threshold()->set_value(
        numberAt(conf, "healthyThreshold").value_or(kHealthyThreshold));
    if (const auto value = durationAt(conf, "initialJitter"))
        setDuration(check.mutable_initial_jitter(), *value);
    if (const auto value = durationAt(conf, "intervalJitter"))
        setDuration(check.mutable_interval_jitter(), *value);
    if (const auto value = numberAt(conf, "intervalJitterPercent"))
        check.set_interval_jitter_percent(*value);
    if (const auto path = textAt(conf, "eventLogPath"); !path.empty()) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        check.set_event_log_path(path);  // Kuma 2.9's place for it; Envoy still takes it
#pragma GCC diagnostic pop
    }
    check.set_always_log_health_check_failures(flagAt(conf, "alwaysLogHealthCheckFailures"));
    if (const auto value = durationAt(conf, "noTrafficInterval"))
        setDuration(check.mutable_no_traffic_interval(), *value);
    if (const auto &reuse = at(conf, "reuseConnection"); reuse.is_boolean())
        check.mutable_reuse_connection()->set_value(reuse.get<bool>());
    return check;
}

void setTcp(HealthCheck &check, const Json &tcp)
{
    auto &target = *check.mutable_tcp_health_check();
    if (const auto send = textAt(tcp, "send"); !send.empty())
        target.mutable_send()->set_text(hexOf(send));
    for (const auto &receive : listAt(tcp, "receive"))
        if (receive.is_string())
            target.add_receive()->set_text(hexOf(receive.get<std::string>()));
}

void setHttp(HealthCheck &check, const Json &http, Protocol protocol, const std::string &sourceTags)
{
    auto &target = *check.mutable_http_health_check();
    const auto path = textAt(http, "path");
    target.set_path(path.empty() ? "/" : path);
    for (const auto &status : listAt(http, "expectedStatuses")) {
        if (!status.is_number_integer())
            continue;
        auto &range = *target.add_expected_statuses();  // its end is not in it
        range.set_start(status.get<std::int64_t>());
        range.set_end(status.get<std::int64_t>() + 1);
    }
    auto &tags = *target.add_request_headers_to_add()->mutable_header();
    tags.set_key(kTagsHeader);
    tags.set_value(sourceTags);
    const auto put = [&target](const Json &headers, bool replace) {
        for (const auto &header : headers) {
            auto &option = *target.add_request_headers_to_add();
            option.mutable_header()->set_key(textAt(header, "name"));
            option.mutable_header()->set_value(textAt(header, "value"));
            if (replace)
                option.set_append_action(HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
        }
    };
    put(listAt(at(http, "requestHeadersToAdd"), "set"), true);
    put(listAt(at(http, "requestHeadersToAdd"), "add"), false);
    if (protocol == Protocol::Http2)
        target.set_codec_client_type(envoy::type::v3::HTTP2);
}

void setGrpc(HealthCheck &check, const Json &grpc)
{
    auto &target = *check.mutable_grpc_health_check();
    target.set_service_name(textAt(grpc, "serviceName"));
    target.set_authority(textAt(grpc, "authority"));
}

bool isOn(const Json &part) { return part.is_object() && !flagAt(part, "disabled"); }

// The check that fits what the service speaks: tcp always can.
std::optional<HealthCheck> healthCheck(const Json &conf, Protocol protocol, const std::string &sourceTags)
{
    auto check = commonCheck(conf);
    if (protocol == Protocol::Grpc && isOn(at(conf, "grpc")))
        setGrpc(check, at(conf, "grpc"));
    else if ((protocol == Protocol::Http || protocol == Protocol::Http2) && isOn(at(conf, "http")))
        setHttp(check, at(conf, "http"), protocol, sourceTags);
    else if (isOn(at(conf, "tcp")))
        setTcp(check, at(conf, "tcp"));
    else
        return std::nullopt;
    return check;
}

}  // namespace

void checkCluster(DraftCluster &cluster, const Json &conf, const std::string &sourceTags)
{
    auto check = healthCheck(conf, cluster.protocol, sourceTags);
    if (!check)
        return;
    cluster.message.clear_health_checks();
    *cluster.message.add_health_checks() = std::move(*check);
    if (const auto threshold = decimalAt(conf, "healthyPanicThreshold"))
        cluster.message.mutable_common_lb_config()->mutable_healthy_panic_threshold()->set_value(*threshold);
    if (const auto &fail = at(conf, "failTrafficOnPanic"); fail.is_boolean())
        cluster.message.mutable_common_lb_config()->mutable_zone_aware_lb_config()->set_fail_traffic_on_panic(
            fail.get<bool>());
}

void applyHealthChecks(Generation &run)
{
    const auto *rules = run.rules.of("MeshHealthCheck");
    if (!rules)
        return;
    const auto sourceTags = tagsHeaderValue(run.dataplane());
    for (auto &cluster : run.draft.clusters)
        if (cluster.origin == Origin::Outbound)
            if (const auto *rule = toRule(rules, cluster.service))
                checkCluster(cluster, rule->conf, sourceTags);
}

}  // namespace meshscope::xds
