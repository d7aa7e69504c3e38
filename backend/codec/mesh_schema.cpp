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

constexpr FieldSchema nested(std::string_view name, const MessageSchema &message, FieldShape shape = Single)
{
    return {name, name, Message, shape, &message};
}

constexpr FieldSchema until(KumaEra era, FieldSchema field)
{
    field.until = era;
    return field;
}

constexpr EnumValue kTlsModeValues[] = {{"STRICT", 0}, {"PERMISSIVE", 1}};
constexpr EnumSchema kTlsMode{"kuma.mesh.v1alpha1.CertificateAuthorityBackend.Mode", kTlsModeValues};
constexpr EnumValue kMeshServicesModeValues[] = {
    {"Disabled", 0}, {"Everywhere", 1}, {"ReachableBackends", 2}, {"Exclusive", 3}};
constexpr EnumSchema kMeshServicesMode{"kuma.mesh.v1alpha1.Mesh.MeshServices.Mode", kMeshServicesModeValues};

constexpr FieldSchema kRotationFields[] = {field("expiration", String)};
constexpr MessageSchema kRotation{kRotationFields};
constexpr FieldSchema kDpCertFields[] = {nested("rotation", kRotation), field("requestTimeout", Duration)};
constexpr MessageSchema kDpCert{kDpCertFields};
constexpr FieldSchema kRootChainFields[] = {field("requestTimeout", Duration)};
constexpr MessageSchema kRootChain{kRootChainFields};
constexpr FieldSchema kAuthorityFields[] = {
    field("name", String),
    field("type", String),
    nested("dpCert", kDpCert),
    field("conf", Struct),
    {"mode", "mode", Enum, Single, nullptr, &kTlsMode},
    nested("rootChain", kRootChain),
};
constexpr MessageSchema kAuthority{kAuthorityFields};
constexpr FieldSchema kMtlsFields[] = {
    field("enabledBackend", String),
    nested("backends", kAuthority, List),
    field("skipValidation", Bool),
};
constexpr MessageSchema kMtls{kMtlsFields};

constexpr FieldSchema kTracingBackendFields[] = {
    field("name", String),
    field("sampling", DoubleValue),
    field("type", String),
    field("conf", Struct),
};
constexpr MessageSchema kTracingBackend{kTracingBackendFields};
constexpr FieldSchema kTracingFields[] = {field("defaultBackend", String),
                                          nested("backends", kTracingBackend, List)};
constexpr MessageSchema kTracing{kTracingFields};

constexpr FieldSchema kLoggingBackendFields[] = {
    field("name", String),
    field("format", String),
    field("type", String),
    field("conf", Struct),
};
constexpr MessageSchema kLoggingBackend{kLoggingBackendFields};
constexpr FieldSchema kLoggingFields[] = {field("defaultBackend", String),
                                          nested("backends", kLoggingBackend, List)};
constexpr MessageSchema kLogging{kLoggingFields};

constexpr FieldSchema kMetricsBackendFields[] = {field("name", String), field("type", String),
                                                 field("conf", Struct)};
constexpr MessageSchema kMetricsBackend{kMetricsBackendFields};
constexpr FieldSchema kMetricsFields[] = {field("enabledBackend", String),
                                          nested("backends", kMetricsBackend, List)};
constexpr MessageSchema kMetrics{kMetricsFields};

constexpr FieldSchema kOutboundFields[] = {field("passthrough", BoolValue)};
constexpr MessageSchema kOutbound{kOutboundFields};
constexpr FieldSchema kNetworkingFields[] = {nested("outbound", kOutbound)};
constexpr MessageSchema kNetworking{kNetworkingFields};

constexpr FieldSchema kRoutingFields[] = {
    field("localityAwareLoadBalancing", Bool),
    field("zoneEgress", Bool),
    field("defaultForbidMeshExternalServiceAccess", Bool),
};
constexpr MessageSchema kRouting{kRoutingFields};

constexpr FieldSchema kRuleFields[] = {field("tags", String, Map)};
constexpr MessageSchema kRule{kRuleFields};
constexpr FieldSchema kProxyConstraintsFields[] = {nested("requirements", kRule, List),
                                                   nested("restrictions", kRule, List)};
constexpr MessageSchema kProxyConstraints{kProxyConstraintsFields};
constexpr FieldSchema kConstraintsFields[] = {nested("dataplaneProxy", kProxyConstraints)};
constexpr MessageSchema kConstraints{kConstraintsFields};

constexpr FieldSchema kMeshServicesFields[] = {{"mode", "mode", Enum, Single, nullptr, &kMeshServicesMode}};
constexpr MessageSchema kMeshServices{kMeshServicesFields};

constexpr FieldSchema kMeshFields[] = {
    until(V2_14, nested("mtls", kMtls)),
    until(V2_14, nested("tracing", kTracing)),
    until(V2_14, nested("logging", kLogging)),
    until(V2_14, nested("metrics", kMetrics)),
    until(V2_14, nested("networking", kNetworking)),
    until(V2_14, nested("routing", kRouting)),
    until(V2_14, nested("constraints", kConstraints)),
    field("skipCreatingInitialPolicies", String, List),
    until(V2_14, nested("meshServices", kMeshServices)),
};

}  // namespace

const MessageSchema kMeshSchema{kMeshFields};

}  // namespace meshscope
