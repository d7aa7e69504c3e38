// Mutual TLS between sidecars (facts on xDS §4.5, §4.7): contexts for both sides, and the secrets that they
// name.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/xds/json_access.h"
#include "backend/xds/resource.h"

#include "envoy/config/core/v3/base.pb.h"

#include <optional>
#include <string>
#include <vector>

namespace meshscope::xds {

inline constexpr char kTlsSocketName[] = "envoy.transport_sockets.tls";

// What a proxy shows to others, and whom it trusts; all PEM. The key is never logged.
struct ProxyIdentity {
    std::string certificate;
    std::string key;
    std::string authorities;
};

struct MtlsSettings {
    std::string backend;
    bool isPermissive = false;
};
// Of the enabled backend; nothing when mTLS is off. `mesh` is the spec of the Mesh.
std::optional<MtlsSettings> mtlsOf(const Json &mesh);

struct TlsLimits {
    std::string minVersion, maxVersion;  // as MeshTLS spells them; empty = Envoy's own
    std::vector<std::string> ciphers;
};

std::string identitySecretName(const std::string &mesh);
std::string authoritySecretName(const std::string &mesh);
ResourcePtr identitySecret(const std::string &mesh, const ProxyIdentity &identity);
ResourcePtr authoritySecret(const std::string &mesh, const ProxyIdentity &identity);

// For an inbound: a client must show a certificate of the mesh.
envoy::config::core::v3::TransportSocket downstreamTls(const std::string &mesh, const TlsLimits &limits);
// For a cluster: the server must show the certificate of one of these services.
envoy::config::core::v3::TransportSocket upstreamTls(const std::string &mesh,
                                                     const std::vector<std::string> &services,
                                                     const std::string &sni, const TlsLimits &limits);

// `service{k=v,…}`: the mesh is among the tags, the service is not.
std::string sniOf(const std::string &mesh, const Tags &tags);
// Of a port of a MeshService and its kin: `a<hash>.<name>.<port>.<mesh>.ms`; `kind` is "ms", "mes" or "mzms".
std::string sniOf(const std::string &mesh, const std::string &name, std::uint32_t port,
                  const std::string &kind);

}  // namespace meshscope::xds
