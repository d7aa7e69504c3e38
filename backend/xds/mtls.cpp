#include "backend/xds/mtls.h"

#include "envoy/extensions/transport_sockets/tls/v3/secret.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"

#include <google/protobuf/any.pb.h>

namespace meshscope::xds {

namespace {

using namespace envoy::extensions::transport_sockets::tls::v3;
using envoy::config::core::v3::TransportSocket;

constexpr char kAlpn[] = "kuma";

void setSource(SdsSecretConfig &config, const std::string &name)
{
    config.set_name(name);
    config.mutable_sds_config()->mutable_ads();
    config.mutable_sds_config()->set_resource_api_version(envoy::config::core::v3::V3);
}

TlsParameters_TlsProtocol protocolFrom(const std::string &text)
{
    return text == "TLS10"   ? TlsParameters_TlsProtocol_TLSv1_0
           : text == "TLS11" ? TlsParameters_TlsProtocol_TLSv1_1
           : text == "TLS12" ? TlsParameters_TlsProtocol_TLSv1_2
           : text == "TLS13" ? TlsParameters_TlsProtocol_TLSv1_3
                             : TlsParameters_TlsProtocol_TLS_AUTO;
}

void fill(CommonTlsContext &context, const std::string &mesh, const TlsLimits &limits)
{
    setSource(*context.add_tls_certificate_sds_secret_configs(), identitySecretName(mesh));
    setSource(*context.mutable_combined_validation_context()->mutable_validation_context_sds_secret_config(),
              authoritySecretName(mesh));
    if (!limits.minVersion.empty())
        context.mutable_tls_params()->set_tls_minimum_protocol_version(protocolFrom(limits.minVersion));
    if (!limits.maxVersion.empty())
        context.mutable_tls_params()->set_tls_maximum_protocol_version(protocolFrom(limits.maxVersion));
    for (const auto &cipher : limits.ciphers)
        context.mutable_tls_params()->add_cipher_suites(cipher);
}

envoy::type::matcher::v3::StringMatcher &addUriMatcher(CommonTlsContext &context)
{
    auto &names = *context.mutable_combined_validation_context()->mutable_default_validation_context();
    auto &matcher = *names.add_match_typed_subject_alt_names();
    matcher.set_san_type(SubjectAltNameMatcher::URI);
    return *matcher.mutable_matcher();
}

std::string fnv64a(const std::string &text)
{
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3ULL;
    }
    return hexText(hash);
}

}  // namespace

std::optional<MtlsSettings> mtlsOf(const Json &mesh)
{
    const auto &mtls = at(mesh, "mtls");
    const auto enabled = textAt(mtls, "enabledBackend");
    if (enabled.empty())
        return std::nullopt;
    for (const auto &backend : listAt(mtls, "backends"))
        if (textAt(backend, "name") == enabled)
            return MtlsSettings{enabled, textAt(backend, "mode") == "PERMISSIVE"};
    return std::nullopt;
}

std::string identitySecretName(const std::string &mesh) { return "identity_cert:secret:" + mesh; }
std::string authoritySecretName(const std::string &mesh) { return "mesh_ca:secret:" + mesh; }

ResourcePtr identitySecret(const std::string &mesh, const ProxyIdentity &identity)
{
    Secret secret;
    secret.set_name(identitySecretName(mesh));
    secret.mutable_tls_certificate()->mutable_certificate_chain()->set_inline_bytes(identity.certificate);
    secret.mutable_tls_certificate()->mutable_private_key()->set_inline_bytes(identity.key);
    return makeResource(secret.name(), secret);
}

ResourcePtr authoritySecret(const std::string &mesh, const ProxyIdentity &identity)
{
    Secret secret;
    secret.set_name(authoritySecretName(mesh));
    secret.mutable_validation_context()->mutable_trusted_ca()->set_inline_bytes(identity.authorities);
    return makeResource(secret.name(), secret);
}

TransportSocket downstreamTls(const std::string &mesh, const TlsLimits &limits)
{
    DownstreamTlsContext context;
    context.mutable_require_client_certificate()->set_value(true);
    fill(*context.mutable_common_tls_context(), mesh, limits);
    addUriMatcher(*context.mutable_common_tls_context()).set_prefix("spiffe://" + mesh + "/");
    TransportSocket socket;
    socket.set_name(kTlsSocketName);
    *socket.mutable_typed_config() = pack(context);
    return socket;
}

TransportSocket upstreamTls(const std::string &mesh, const std::vector<std::string> &services,
                            const std::string &sni, const TlsLimits &limits)
{
    UpstreamTlsContext context;
    context.set_sni(sni);
    fill(*context.mutable_common_tls_context(), mesh, limits);
    context.mutable_common_tls_context()->add_alpn_protocols(kAlpn);
    for (const auto &service : services)
        addUriMatcher(*context.mutable_common_tls_context()).set_exact("spiffe://" + mesh + "/" + service);
    TransportSocket socket;
    socket.set_name(kTlsSocketName);
    *socket.mutable_typed_config() = pack(context);
    return socket;
}

std::string sniOf(const std::string &mesh, const Tags &tags)
{
    auto all = tags;
    all.erase(kServiceTag);
    all["mesh"] = mesh;
    all.erase("kuma.io/mesh");
    std::string list;
    for (const auto &[key, value] : all)
        list += (list.empty() ? "" : ",") + key + "=" + value;
    const auto service = tags.find(kServiceTag);
    return (service == tags.end() ? std::string() : service->second) + "{" + list + "}";
}

std::string sniOf(const std::string &mesh, const std::string &name, std::uint32_t port,
                  const std::string &kind)
{
    const auto rest = name + "." + std::to_string(port) + "." + mesh + "." + kind;
    return "a" + fnv64a(rest) + "." + rest;
}

}  // namespace meshscope::xds
