// mTLS of the Mesh, as MeshTLS may change it: filter chains of inbounds, TLS contexts of clusters, and the
// secrets that both need (facts on xDS §4.5, §4.7).
#include "backend/xds/generation.h"
#include "backend/xds/mtls.h"

#include "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.pb.h"

namespace meshscope::xds {

namespace {

constexpr char kRawBuffer[] = "raw_buffer";
constexpr char kTls[] = "tls";
constexpr char kMeshProtocol[] = "kuma";

TlsLimits limitsFrom(const Json &conf)
{
    TlsLimits limits;
    const auto &version = at(conf, "tlsVersion");
    limits.minVersion = textAt(version, "min");
    limits.maxVersion = textAt(version, "max");
    for (const auto &cipher : listAt(conf, "tlsCiphers"))
        if (cipher.is_string())
            limits.ciphers.push_back(cipher.get<std::string>());
    return limits;
}

// Plain text and foreign TLS go on as they are; what comes from the mesh has its certificates checked.
std::vector<DraftChain> permissiveChains(const DraftChain &chain)
{
    std::vector<DraftChain> chains(3, chain);
    chains[0].message.mutable_filter_chain_match()->set_transport_protocol(kRawBuffer);
    chains[1].message.mutable_filter_chain_match()->set_transport_protocol(kTls);
    chains[2].message.mutable_filter_chain_match()->set_transport_protocol(kTls);
    chains[2].message.mutable_filter_chain_match()->add_application_protocols(kMeshProtocol);
    return chains;
}

void protect(DraftListener &listener, const std::string &mesh, bool isPermissive, const TlsLimits &limits)
{
    if (isPermissive) {
        auto &inspector = *listener.message.add_listener_filters();
        inspector.set_name("envoy.filters.listener.tls_inspector");
        *inspector.mutable_typed_config() =
            pack(envoy::extensions::filters::listener::tls_inspector::v3::TlsInspector());
        listener.chains = permissiveChains(listener.chains.front());
    }
    *listener.chains.back().message.mutable_transport_socket() = downstreamTls(mesh, limits);
}

}  // namespace

void applyTls(Generation &run)
{
    const auto mtls = mtlsOf(run.mesh().settings());
    if (!mtls)
        return;
    const auto &mesh = run.mesh().mesh();
    const auto *rules = run.rules.of("MeshTLS");
    bool isUsed = false;
    for (auto &listener : run.draft.listeners) {
        if (listener.origin != Origin::Inbound || listener.chains.empty())
            continue;
        const auto *rule = fromRule(rules, listener.index);
        const auto mode = rule ? textAt(rule->conf, "mode") : std::string();
        protect(listener, mesh, mode.empty() ? mtls->isPermissive : mode == "Permissive",
                rule ? limitsFrom(rule->conf) : TlsLimits());
        isUsed = true;
    }
    // A client has no say of its own: what holds for all inbounds of the mesh holds for its calls.
    const auto *everybody = fromRule(rules, 0);
    for (auto &cluster : run.draft.clusters) {
        if (cluster.origin != Origin::Outbound || cluster.sni.empty())
            continue;
        *cluster.message.mutable_transport_socket() = upstreamTls(
            mesh, cluster.identities, cluster.sni, everybody ? limitsFrom(everybody->conf) : TlsLimits());
        isUsed = true;
    }
    if (!isUsed || !run.input.identity)
        return;
    run.draft.secrets[identitySecretName(mesh)] = identitySecret(mesh, *run.input.identity);
    run.draft.secrets[authoritySecretName(mesh)] = authoritySecret(mesh, *run.input.identity);
}

}  // namespace meshscope::xds
