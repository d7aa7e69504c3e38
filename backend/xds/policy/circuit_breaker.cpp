// MeshCircuitBreaker (facts on xDS §4.10). `from` is matched and shown, and changes nothing: so it is on
// Kuma 2.9 (recorded).
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/policy/appliers.h"

#include <cmath>

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;

void setLimits(Cluster &cluster, const Json &limits)
{
    if (!limits.is_object())
        return;
    auto &thresholds = *cluster.mutable_circuit_breakers();
    auto &threshold =
        thresholds.thresholds_size() > 0 ? *thresholds.mutable_thresholds(0) : *thresholds.add_thresholds();
    if (const auto value = numberAt(limits, "maxConnections"))
        threshold.mutable_max_connections()->set_value(*value);
    if (const auto value = numberAt(limits, "maxConnectionPools"))
        threshold.mutable_max_connection_pools()->set_value(*value);
    if (const auto value = numberAt(limits, "maxPendingRequests"))
        threshold.mutable_max_pending_requests()->set_value(*value);
    if (const auto value = numberAt(limits, "maxRetries"))
        threshold.mutable_max_retries()->set_value(*value);
    if (const auto value = numberAt(limits, "maxRequests"))
        threshold.mutable_max_requests()->set_value(*value);
}

// Envoy ejects for some reasons by default: those that were not asked for are switched off.
void setDetectors(Cluster &cluster, const Json &detectors)
{
    auto &outlier = *cluster.mutable_outlier_detection();
    const auto enforce = [&detectors](const char *name) {
        return at(detectors, name).is_object() ? 100U : 0U;
    };
    outlier.mutable_enforcing_consecutive_5xx()->set_value(enforce("totalFailures"));
    outlier.mutable_enforcing_consecutive_gateway_failure()->set_value(enforce("gatewayFailures"));
    outlier.mutable_enforcing_consecutive_local_origin_failure()->set_value(enforce("localOriginFailures"));
    outlier.mutable_enforcing_success_rate()->set_value(enforce("successRate"));
    outlier.mutable_enforcing_local_origin_success_rate()->set_value(enforce("successRate"));
    outlier.mutable_enforcing_failure_percentage()->set_value(enforce("failurePercentage"));
    outlier.mutable_enforcing_failure_percentage_local_origin()->set_value(enforce("failurePercentage"));

    if (const auto value = numberAt(at(detectors, "totalFailures"), "consecutive"))
        outlier.mutable_consecutive_5xx()->set_value(*value);
    if (const auto value = numberAt(at(detectors, "gatewayFailures"), "consecutive"))
        outlier.mutable_consecutive_gateway_failure()->set_value(*value);
    if (const auto value = numberAt(at(detectors, "localOriginFailures"), "consecutive"))
        outlier.mutable_consecutive_local_origin_failure()->set_value(*value);

    const auto &rate = at(detectors, "successRate");
    if (const auto value = numberAt(rate, "minimumHosts"))
        outlier.mutable_success_rate_minimum_hosts()->set_value(*value);
    if (const auto value = numberAt(rate, "requestVolume"))
        outlier.mutable_success_rate_request_volume()->set_value(*value);
    if (const auto value = decimalAt(rate, "standardDeviationFactor");
        value && *value >= 0)  // in thousandths
        outlier.mutable_success_rate_stdev_factor()->set_value(
            static_cast<std::uint32_t>(std::lround(*value * 1000)));

    const auto &percentage = at(detectors, "failurePercentage");
    if (const auto value = numberAt(percentage, "minimumHosts"))
        outlier.mutable_failure_percentage_minimum_hosts()->set_value(*value);
    if (const auto value = numberAt(percentage, "requestVolume"))
        outlier.mutable_failure_percentage_request_volume()->set_value(*value);
    if (const auto value = numberAt(percentage, "threshold"))
        outlier.mutable_failure_percentage_threshold()->set_value(*value);
}

void setOutlierDetection(Cluster &cluster, const Json &detection)
{
    if (!detection.is_object() || flagAt(detection, "disabled"))
        return;
    auto &outlier = *cluster.mutable_outlier_detection();
    if (const auto value = durationAt(detection, "interval"))
        setDuration(outlier.mutable_interval(), *value);
    if (const auto value = durationAt(detection, "baseEjectionTime"))
        setDuration(outlier.mutable_base_ejection_time(), *value);
    if (const auto value = numberAt(detection, "maxEjectionPercent"))
        outlier.mutable_max_ejection_percent()->set_value(*value);
    if (flagAt(detection, "splitExternalAndLocalErrors"))
        outlier.set_split_external_local_origin_errors(true);
    if (const auto &detectors = at(detection, "detectors"); detectors.is_object())
        setDetectors(cluster, detectors);
}

}  // namespace

void limitCluster(DraftCluster &cluster, const Json &conf)
{
    setLimits(cluster.message, at(conf, "connectionLimits"));
    setOutlierDetection(cluster.message, at(conf, "outlierDetection"));
}

void applyCircuitBreakers(Generation &run)
{
    const auto *rules = run.rules.of("MeshCircuitBreaker");
    for (auto &cluster : run.draft.clusters) {
        if (cluster.origin != Origin::Outbound)
            continue;
        if (const auto *rule = toRule(rules, cluster.service))
            limitCluster(cluster, rule->conf);
    }
}

}  // namespace meshscope::xds
