#include "backend/control/resource_type.h"

#include <algorithm>
#include <array>

namespace meshscope::control {

namespace {

constexpr ResourceType globalType(std::string_view name, std::string_view path, std::string_view singular,
                                  std::string_view plural)
{
    return {.name = name, .path = path, .scope = Scope::Global, .singular = singular, .plural = plural};
}

constexpr ResourceType meshType(std::string_view name, std::string_view path, std::string_view singular,
                                std::string_view plural)
{
    return {.name = name, .path = path, .singular = singular, .plural = plural};
}

constexpr ResourceType readOnly(ResourceType type)
{
    type.readOnly = true;
    return type;
}

constexpr ResourceType adminOnly(ResourceType type)
{
    type.adminOnly = true;
    return type;
}

constexpr ResourceType federated(ResourceType type)
{
    type.federated = true;
    return type;
}

constexpr ResourceType fromZone(ResourceType type)
{
    type.fromZone = true;
    return type;
}

constexpr ResourceType withSpec(ResourceType type)
{
    type.shape = Shape::Spec;
    return type;
}

constexpr ResourceType legacyPolicy(std::string_view name, std::string_view path, std::string_view singular,
                                    std::string_view plural)
{
    auto type = federated(meshType(name, path, singular, plural));
    type.policy = PolicyKind::Legacy;
    return type;
}

enum class Parts { Top, To, From, ToAndFrom };

constexpr ResourceType policy(std::string_view name, std::string_view path, std::string_view singular,
                              std::string_view plural, Parts parts)
{
    auto type = fromZone(withSpec(federated(meshType(name, path, singular, plural))));
    type.policy = PolicyKind::TargetRef;
    type.hasTo = parts == Parts::To || parts == Parts::ToAndFrom;
    type.hasFrom = parts == Parts::From || parts == Parts::ToAndFrom;
    return type;
}

constexpr ResourceType withOverview(ResourceType type, std::string_view alias, std::string_view specField,
                                    std::string_view insightField)
{
    type.overviewAlias = alias;
    type.specField = specField;
    type.insightField = insightField;
    return type;
}

constexpr std::array kTypes{
    legacyPolicy("CircuitBreaker", "circuit-breakers", "Circuit Breaker", "Circuit Breakers"),
    withOverview(fromZone(meshType("Dataplane", "dataplanes", "Dataplane", "Dataplanes")),
                 "dataplanes+insights", "dataplane", "dataplaneInsight"),
    readOnly(meshType("DataplaneInsight", "dataplane-insights", "Dataplane Insight", "Dataplane Insights")),
    federated(meshType("ExternalService", "external-services", "External Service", "External Services")),
    legacyPolicy("FaultInjection", "fault-injections", "Fault Injection", "Fault Injections"),
    adminOnly(federated(globalType("GlobalSecret", "global-secrets", "", ""))),
    legacyPolicy("HealthCheck", "health-checks", "Health Check", "Health Checks"),
    fromZone(withSpec(federated(
        globalType("HostnameGenerator", "hostnamegenerators", "Hostname Generator", "Hostname Generators")))),
    federated(globalType("Mesh", "meshes", "Mesh", "Meshes")),
    policy("MeshAccessLog", "meshaccesslogs", "Mesh Access Log", "Mesh Access Logs", Parts::ToAndFrom),
    policy("MeshCircuitBreaker", "meshcircuitbreakers", "Mesh Circuit Breaker", "Mesh Circuit Breakers",
           Parts::ToAndFrom),
    fromZone(withSpec(federated(meshType("MeshExternalService", "meshexternalservices",
                                         "Mesh External Service", "Mesh External Services")))),
    policy("MeshFaultInjection", "meshfaultinjections", "Mesh Fault Injection", "Mesh Fault Injections",
           Parts::ToAndFrom),
    fromZone(federated(meshType("MeshGateway", "meshgateways", "Mesh Gateway", "Mesh Gateways"))),
    legacyPolicy("MeshGatewayRoute", "meshgatewayroutes", "Mesh Gateway Route", "Mesh Gateway Routes"),
    policy("MeshHTTPRoute", "meshhttproutes", "Mesh HTTP Route", "Mesh HTTP Routes", Parts::To),
    policy("MeshHealthCheck", "meshhealthchecks", "Mesh Health Check", "Mesh Health Checks", Parts::To),
    readOnly(globalType("MeshInsight", "mesh-insights", "Mesh Insight", "Mesh Insights")),
    policy("MeshLoadBalancingStrategy", "meshloadbalancingstrategies", "Mesh Load Balancing Strategy",
           "Mesh Load Balancing Strategies", Parts::To),
    policy("MeshMetric", "meshmetrics", "Mesh Metric", "Mesh Metrics", Parts::Top),
    fromZone(withSpec(federated(meshType("MeshMultiZoneService", "meshmultizoneservices",
                                         "Mesh Multi Zone Service", "Mesh Multi Zone Services")))),
    policy("MeshPassthrough", "meshpassthroughs", "Mesh Passthrough", "Mesh Passthroughs", Parts::Top),
    policy("MeshProxyPatch", "meshproxypatches", "Mesh Proxy Patch", "Mesh Proxy Patches", Parts::Top),
    policy("MeshRateLimit", "meshratelimits", "Mesh Rate Limit", "Mesh Rate Limits", Parts::ToAndFrom),
    policy("MeshRetry", "meshretries", "Mesh Retry", "Mesh Retries", Parts::To),
    fromZone(withSpec(meshType("MeshService", "meshservices", "Mesh Service", "Mesh Services"))),
    policy("MeshTCPRoute", "meshtcproutes", "Mesh TCP Route", "Mesh TCP Routes", Parts::To),
    policy("MeshTLS", "meshtlses", "Mesh TLS", "Mesh TLSes", Parts::From),
    policy("MeshTimeout", "meshtimeouts", "Mesh Timeout", "Mesh Timeouts", Parts::ToAndFrom),
    policy("MeshTrace", "meshtraces", "Mesh Trace", "Mesh Traces", Parts::Top),
    policy("MeshTrafficPermission", "meshtrafficpermissions", "Mesh Traffic Permission",
           "Mesh Traffic Permissions", Parts::From),
    legacyPolicy("ProxyTemplate", "proxytemplates", "Proxy Template", "Proxy Templates"),
    legacyPolicy("RateLimit", "rate-limits", "Rate Limit", "Rate Limits"),
    legacyPolicy("Retry", "retries", "Retry", "Retries"),
    adminOnly(federated(meshType("Secret", "secrets", "Secret", "Secrets"))),
    readOnly(meshType("ServiceInsight", "service-insights", "Service Insight", "Service Insights")),
    legacyPolicy("Timeout", "timeouts", "Timeout", "Timeouts"),
    legacyPolicy("TrafficLog", "traffic-logs", "Traffic Log", "Traffic Logs"),
    legacyPolicy("TrafficPermission", "traffic-permissions", "Traffic Permission", "Traffic Permissions"),
    legacyPolicy("TrafficRoute", "traffic-routes", "Traffic Route", "Traffic Routes"),
    legacyPolicy("TrafficTrace", "traffic-traces", "Traffic Trace", "Traffic Traces"),
    legacyPolicy("VirtualOutbound", "virtual-outbounds", "Virtual Outbound", "Virtual Outbounds"),
    withOverview(globalType("Zone", "zones", "Zone", "Zones"), "zones+insights", "zone", "zoneInsight"),
    withOverview(fromZone(globalType("ZoneEgress", "zoneegresses", "Zone Egress", "Zone Egresses")),
                 "zoneegressoverviews", "zoneEgress", "zoneEgressInsight"),
    readOnly(
        globalType("ZoneEgressInsight", "zoneegressinsights", "Zone Egress Insight", "Zone Egress Insights")),
    withOverview(fromZone(globalType("ZoneIngress", "zone-ingresses", "Zone Ingress", "Zone Ingresses")),
                 "zoneingresses+insights", "zoneIngress", "zoneIngressInsight"),
    readOnly(globalType("ZoneIngressInsight", "zone-ingress-insights", "Zone Ingress Insight",
                        "Zone Ingress Insights")),
    readOnly(globalType("ZoneInsight", "zone-insights", "Zone Insight", "Zone Insights")),
};

}  // namespace

std::span<const ResourceType> resourceTypes() { return kTypes; }

const ResourceType *resourceType(std::string_view name)
{
    const auto found =
        std::find_if(kTypes.begin(), kTypes.end(), [name](const auto &type) { return type.name == name; });
    return found == kTypes.end() ? nullptr : &*found;
}

}  // namespace meshscope::control
