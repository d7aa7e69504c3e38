#include "backend/codec/proto_schema.h"

namespace meshscope {

namespace {

using enum FieldKind;
using enum FieldShape;
using enum KumaEra;

constexpr FieldSchema field(std::string_view name, FieldKind kind, FieldShape shape = Single)
{
    return {name, name, kind, shape};
}

constexpr FieldSchema field(std::string_view name, std::string_view protoName, FieldKind kind,
                            FieldShape shape = Single)
{
    return {name, protoName, kind, shape};
}

constexpr FieldSchema nested(std::string_view name, std::string_view protoName, const MessageSchema &message,
                             FieldShape shape = Single)
{
    return {name, protoName, Message, shape, &message};
}

constexpr FieldSchema nested(std::string_view name, const MessageSchema &message, FieldShape shape = Single)
{
    return nested(name, name, message, shape);
}

constexpr FieldSchema oneOf(std::string_view name, const EnumSchema &enumeration)
{
    return {name, name, Enum, Single, nullptr, &enumeration};
}

constexpr FieldSchema since(KumaEra era, FieldSchema field)
{
    field.since = era;
    return field;
}

constexpr FieldSchema until(KumaEra era, FieldSchema field)
{
    field.until = era;
    return field;
}

constexpr MessageSchema kEmpty{{}};

constexpr EnumValue kInboundStateValues[] = {{"Ready", 0}, {"NotReady", 1}, {"Ignored", 2}};
constexpr EnumSchema kInboundState{"kuma.mesh.v1alpha1.Dataplane.Networking.Inbound.State",
                                   kInboundStateValues};
constexpr EnumValue kGatewayTypeValues[] = {{"DELEGATED", 0}, {"BUILTIN", 1, V2_14}};
constexpr EnumSchema kGatewayType{"kuma.mesh.v1alpha1.Dataplane.Networking.Gateway.GatewayType",
                                  kGatewayTypeValues};
constexpr EnumValue kIpFamilyModeValues[] = {{"UnSpecified", 0}, {"DualStack", 1}, {"IPv4", 2}, {"IPv6", 3}};
constexpr EnumSchema kIpFamilyMode{"kuma.mesh.v1alpha1.Dataplane.Networking.TransparentProxying.IpFamilyMode",
                                   kIpFamilyModeValues};
constexpr EnumValue kListenerTypeValues[] = {{"Unspecified", 0}, {"ZoneIngress", 1}, {"ZoneEgress", 2}};
constexpr EnumSchema kListenerType{"kuma.mesh.v1alpha1.Dataplane.Networking.Listener.Type",
                                   kListenerTypeValues};
constexpr EnumValue kListenerStateValues[] = {{"Ready", 0}, {"NotReady", 1}};
constexpr EnumSchema kListenerState{"kuma.mesh.v1alpha1.Dataplane.Networking.Listener.State",
                                    kListenerStateValues};

constexpr FieldSchema kHealthFields[] = {field("ready", Bool)};
constexpr MessageSchema kHealth{kHealthFields};

constexpr FieldSchema kServiceProbeFields[] = {
    field("interval", Duration),
    field("timeout", Duration),
    field("unhealthyThreshold", "unhealthy_threshold", UInt32Value),
    field("healthyThreshold", "healthy_threshold", UInt32Value),
    nested("tcp", kEmpty),
};
constexpr MessageSchema kServiceProbe{kServiceProbeFields};

constexpr FieldSchema kInboundFields[] = {
    field("port", UInt32),
    field("servicePort", UInt32),
    field("serviceAddress", String),
    field("address", String),
    until(V2_14, field("tags", String, Map)),
    nested("health", kHealth),
    nested("serviceProbe", kServiceProbe),
    oneOf("state", kInboundState),
    field("name", String),
    since(V2_14, field("protocol", String)),
};
constexpr MessageSchema kInbound{kInboundFields};

constexpr FieldSchema kBackendRefFields[] = {
    field("kind", String),
    field("name", String),
    field("port", UInt32),
    field("labels", String, Map),
};
constexpr MessageSchema kBackendRef{kBackendRefFields};

constexpr FieldSchema kOutboundFields[] = {
    field("address", String),
    field("port", UInt32),
    until(V2_14, field("tags", String, Map)),
    nested("backendRef", kBackendRef),
};
constexpr MessageSchema kOutbound{kOutboundFields};

constexpr FieldSchema kGatewayFields[] = {field("tags", String, Map), oneOf("type", kGatewayType)};
constexpr MessageSchema kGateway{kGatewayFields};

constexpr FieldSchema kReachableRefFields[] = {
    field("kind", String),      field("name", String),        field("namespace", String),
    field("port", UInt32Value), field("labels", String, Map),
};
constexpr MessageSchema kReachableRef{kReachableRefFields};
constexpr FieldSchema kReachableBackendsFields[] = {nested("refs", kReachableRef, List)};
constexpr MessageSchema kReachableBackends{kReachableBackendsFields};

constexpr FieldSchema kTransparentProxyingFields[] = {
    field("redirectPortInbound", "redirect_port_inbound", UInt32),
    field("redirectPortOutbound", "redirect_port_outbound", UInt32),
    field("directAccessServices", "direct_access_services", String, List),
    until(V2_14, field("reachableServices", "reachable_services", String, List)),
    {"ipFamilyMode", "ip_family_mode", Enum, Single, nullptr, &kIpFamilyMode},
    nested("reachableBackends", "reachable_backends", kReachableBackends),
};
constexpr MessageSchema kTransparentProxying{kTransparentProxyingFields};

constexpr FieldSchema kAdminFields[] = {field("port", UInt32)};
constexpr MessageSchema kAdmin{kAdminFields};

constexpr FieldSchema kListenerFields[] = {
    oneOf("type", kListenerType), field("address", String),       field("port", UInt32),
    field("name", String),        oneOf("state", kListenerState),
};
constexpr MessageSchema kListener{kListenerFields};

constexpr FieldSchema kNetworkingFields[] = {
    field("address", String),
    until(V2_14, field("advertisedAddress", String)),
    nested("gateway", kGateway),
    nested("inbound", kInbound, List),
    nested("outbound", kOutbound, List),
    nested("transparentProxying", "transparent_proxying", kTransparentProxying),
    nested("admin", kAdmin),
    since(V2_14, nested("listeners", kListener, List)),
};
constexpr MessageSchema kNetworking{kNetworkingFields};

constexpr FieldSchema kMetricsBackendFields[] = {
    field("name", String),
    field("type", String),
    field("conf", Struct),
};
constexpr MessageSchema kMetricsBackend{kMetricsBackendFields};

constexpr FieldSchema kProbeEndpointFields[] = {
    field("inboundPort", "inbound_port", UInt32),
    field("inboundPath", "inbound_path", String),
    field("path", String),
};
constexpr MessageSchema kProbeEndpoint{kProbeEndpointFields};
constexpr FieldSchema kProbesFields[] = {field("port", UInt32), nested("endpoints", kProbeEndpoint, List)};
constexpr MessageSchema kProbes{kProbesFields};

constexpr FieldSchema kDataplaneFields[] = {
    nested("networking", kNetworking),
    until(V2_14, nested("metrics", kMetricsBackend)),
    until(V2_14, nested("probes", kProbes)),
};

}  // namespace

const MessageSchema kDataplaneSchema{kDataplaneFields};

}  // namespace meshscope
