// The door by which a control plane reaches Envoy's admin interface from another machine, and probes of an
// orchestrator that the sidecar answers for (facts on xDS §4.11, §4.12).
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/mtls.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

using envoy::extensions::transport_sockets::tls::v3::DownstreamTlsContext;
using envoy::extensions::transport_sockets::tls::v3::SubjectAltNameMatcher;

constexpr char kControlPlane[] = "kuma-cp";  // whose certificate alone opens the door

HttpConnectionManager adminManager(bool isWhole, bool hasReadiness)
{
    HttpConnectionManager manager;
    manager.set_stat_prefix(statPrefix(kAdminCluster));
    auto &own = *manager.mutable_internal_address_config()->add_cidr_ranges();
    own.set_address_prefix("127.0.0.1");
    own.mutable_prefix_len()->set_value(32);
    addHttpFilters(manager, Protocol::Http);
    auto &routes = *manager.mutable_route_config();
    routes.mutable_validate_clusters()->set_value(false);
    auto &host = *routes.add_virtual_hosts();
    host.set_name(kAdminCluster);
    host.add_domains("*");
    const auto add = [&host](const char *prefix, const char *cluster) {
        auto &route = *host.add_routes();
        route.mutable_match()->set_prefix(prefix);
        route.mutable_route()->set_cluster(cluster);
        route.mutable_route()->set_prefix_rewrite(prefix);
    };
    add("/ready", hasReadiness ? kReadinessCluster : kAdminCluster);
    if (isWhole)
        add("/", kAdminCluster);
    return manager;
}

envoy::config::core::v3::TransportSocket adminTls(const ProxyIdentity &identity)
{
    DownstreamTlsContext context;
    context.mutable_require_client_certificate()->set_value(true);
    auto &common = *context.mutable_common_tls_context();
    auto &own = *common.add_tls_certificates();
    own.mutable_certificate_chain()->set_inline_bytes(identity.certificate);
    own.mutable_private_key()->set_inline_bytes(identity.key);
    auto &validation = *common.mutable_validation_context();
    validation.mutable_trusted_ca()->set_inline_bytes(identity.authorities);
    auto &matcher = *validation.add_match_typed_subject_alt_names();
    matcher.set_san_type(SubjectAltNameMatcher::DNS);
    matcher.mutable_matcher()->set_exact(kControlPlane);
    envoy::config::core::v3::TransportSocket socket;
    socket.set_name(kTlsSocketName);
    *socket.mutable_typed_config() = pack(context);
    return socket;
}

bool isEverywhere(const std::string &address) { return address == "0.0.0.0" || address == "::"; }

// The last part of a path is the application's; the first one its port.
std::string escapedRegex(const std::string &text)
{
    std::string result;
    for (const char c : text) {
        if (std::string_view(R"(\.+*?()|[]{}^$)").find(c) != std::string_view::npos)
            result += '\\';
        result += c;
    }
    return result;
}

}  // namespace

void addAdminListener(Generation &run)
{
    const auto &metadata = run.metadata();
    const auto &address = run.dataplane().address;
    const std::string own = metadata.adminAddress.empty() ? "127.0.0.1" : metadata.adminAddress;
    if (metadata.adminPort == 0 || !run.input.adminIdentity || !isIpAddress(address) || address == own
        || isEverywhere(own))
        return;
    DraftListener draft;
    draft.origin = Origin::Admin;
    auto &listener = draft.message;
    listener.set_name(kAdminCluster);
    listener.set_traffic_direction(envoy::config::core::v3::INBOUND);
    setAddress(*listener.mutable_address(), address, metadata.adminPort);
    listener.mutable_enable_reuse_port()->set_value(false);
    auto &inspector = *listener.add_listener_filters();
    inspector.set_name("envoy.filters.listener.tls_inspector");
    *inspector.mutable_typed_config() =
        pack(envoy::extensions::filters::listener::tls_inspector::v3::TlsInspector());
    const bool hasReadiness = metadata.readinessPort != 0;
    draft.chains.emplace_back().http = adminManager(false, hasReadiness);
    auto &door = draft.chains.emplace_back();
    door.message.mutable_filter_chain_match()->set_transport_protocol("tls");
    *door.message.mutable_transport_socket() = adminTls(*run.input.adminIdentity);
    door.http = adminManager(true, hasReadiness);
    run.draft.listeners.push_back(std::move(draft));
}

void addProbes(Generation &run)
{
    const auto &dataplane = run.dataplane();
    if (!dataplane.probes || dataplane.probes->port == 0 || !isIpAddress(dataplane.address))
        return;
    HttpConnectionManager manager;
    manager.set_stat_prefix("probe_listener");
    setInternalAddresses(manager, run.metadata().ipv6Enabled);
    addHttpFilters(manager, Protocol::Http);
    auto &routes = *manager.mutable_route_config();
    routes.set_name("probe:route_configuration");
    routes.mutable_validate_clusters()->set_value(false);
    auto &host = *routes.add_virtual_hosts();
    host.set_name("probe");
    host.add_domains("*");
    for (const auto &endpoint : dataplane.probes->endpoints) {
        auto &route = *host.add_routes();
        // What follows the path, as a query does, stays.
        const auto path = endpoint.path.substr(0, endpoint.path.find('?'));
        route.mutable_match()->set_path(path);
        const auto inbound =
            std::find_if(dataplane.inbounds.begin(), dataplane.inbounds.end(), [&](const Inbound &candidate) {
                return dataplane.workloadPort(candidate) == endpoint.inboundPort;
            });
        if (inbound == dataplane.inbounds.end()) {
            route.mutable_redirect()->set_port_redirect(endpoint.inboundPort);
            route.mutable_redirect()->set_path_redirect(endpoint.inboundPath);
            continue;
        }
        route.mutable_route()->set_cluster(inboundClusterName(endpoint.inboundPort));
        auto &rewrite = *route.mutable_route()->mutable_regex_rewrite();
        rewrite.mutable_pattern()->set_regex(escapedRegex(path));
        rewrite.set_substitution(endpoint.inboundPath);
    }
    DraftListener draft;
    draft.origin = Origin::Other;
    draft.message.set_name("probe:listener");
    draft.message.set_traffic_direction(envoy::config::core::v3::INBOUND);
    setAddress(*draft.message.mutable_address(), dataplane.address, dataplane.probes->port);
    draft.message.mutable_enable_reuse_port()->set_value(false);
    draft.chains.emplace_back().http = std::move(manager);
    run.draft.listeners.push_back(std::move(draft));
}

}  // namespace meshscope::xds
