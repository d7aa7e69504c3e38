#include "backend/xds/external_service.h"

#include "backend/xds/endpoints.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/mtls.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::extensions::transport_sockets::tls::v3::SubjectAltNameMatcher;
using envoy::extensions::transport_sockets::tls::v3::UpstreamTlsContext;

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr char kExternalNameTag[] = "kuma.io/external-service-name";

std::string decoded(const std::string &base64)
{
    std::string result(3 * (base64.size() / 4) + 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char *>(result.data()),
                                     reinterpret_cast<const unsigned char *>(base64.data()),
                                     static_cast<int>(base64.size()));
    if (size < 0)
        return {};
    result.resize(static_cast<std::size_t>(size));
    while (!result.empty() && result.back() == '\0')  // what was padding
        result.pop_back();
    return result;
}

// A DataSource; empty when it names nothing that is there.
std::string sourceText(const MeshView &mesh, const Json &source)
{
    if (const auto name = textAt(source, "secret"); !name.empty()) {
        const auto secret = mesh.resource("Secret", name);
        return secret ? decoded(textAt(secret->spec, "data")) : std::string();
    }
    if (const auto text = textAt(source, "inlineString"); !text.empty())
        return text;
    return decoded(textAt(source, "inline"));
}

envoy::config::core::v3::TransportSocket tlsSocket(const MeshView &mesh, const ExternalEndpoint &endpoint)
{
    UpstreamTlsContext context;
    const auto server = textAt(endpoint.tls, "serverName");
    const auto &name = server.empty() ? endpoint.host : server;
    if (!isIpAddress(name))
        context.set_sni(name);
    context.set_allow_renegotiation(flagAt(endpoint.tls, "allowRenegotiation"));
    if (const auto authorities = sourceText(mesh, at(endpoint.tls, "caCert")); !authorities.empty()) {
        auto &validation = *context.mutable_common_tls_context()->mutable_validation_context();
        validation.mutable_trusted_ca()->set_inline_bytes(authorities);
        if (!flagAt(endpoint.tls, "skipHostnameVerification")) {
            auto &matcher = *validation.add_match_typed_subject_alt_names();
            matcher.set_san_type(isIpAddress(name) ? SubjectAltNameMatcher::IP_ADDRESS
                                                   : SubjectAltNameMatcher::DNS);
            matcher.mutable_matcher()->set_exact(name);
        }
    }
    const auto certificate = sourceText(mesh, at(endpoint.tls, "clientCert"));
    const auto key = sourceText(mesh, at(endpoint.tls, "clientKey"));
    if (!certificate.empty() && !key.empty()) {
        auto &own = *context.mutable_common_tls_context()->add_tls_certificates();
        own.mutable_certificate_chain()->set_inline_bytes(certificate);
        own.mutable_private_key()->set_inline_bytes(key);
    }
    envoy::config::core::v3::TransportSocket socket;
    socket.set_name(kTlsSocketName);
    *socket.mutable_typed_config() = pack(context);
    return socket;
}

google::protobuf::Struct tagsOf(const ExternalEndpoint &endpoint)
{
    google::protobuf::Struct result;
    for (const auto &[key, value] : endpoint.tags)
        if (key != kServiceTag)
            (*result.mutable_fields())[key].set_string_value(value);
    if (!endpoint.tls.is_null())
        (*result.mutable_fields())[kExternalNameTag].set_string_value(endpoint.name);
    return result;
}

bool isExternal(const DraftCluster &cluster)
{
    return cluster.origin == Origin::Outbound && cluster.message.has_load_assignment();
}

}  // namespace

std::vector<ExternalEndpoint> externalEndpoints(const MeshView &mesh, const Tags &tags)
{
    std::vector<ExternalEndpoint> result;
    for (const auto &resource : mesh.resources("ExternalService")) {
        ExternalEndpoint endpoint;
        endpoint.tags = textsAt(resource->spec, "tags");
        auto wanted = tags;
        if (const auto name = wanted.find(kExternalNameTag); name != wanted.end()) {
            if (name->second != resource->key.name)
                continue;
            wanted.erase(name);
        }
        if (!std::includes(endpoint.tags.begin(), endpoint.tags.end(), wanted.begin(), wanted.end()))
            continue;
        const auto &networking = at(resource->spec, "networking");
        const auto address = textAt(networking, "address");
        const auto colon = address.rfind(':');
        const auto *end = address.data() + address.size();
        if (colon == std::string::npos
            || std::from_chars(address.data() + colon + 1, end, endpoint.port).ptr != end)
            continue;
        endpoint.host = address.substr(0, colon);
        if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']'))
            endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
        if (flagAt(at(networking, "tls"), "enabled"))
            endpoint.tls = at(networking, "tls");
        endpoint.name = resource->key.name;
        result.push_back(std::move(endpoint));
    }
    return result;
}

std::vector<ExternalEndpoint> externalEndpoints(const MeshResource &meshExternalService)
{
    std::vector<ExternalEndpoint> result;
    const auto &spec = meshExternalService.spec;
    const auto protocol = textAt(at(spec, "match"), "protocol");
    Json tls;
    if (flagAt(at(spec, "tls"), "enabled")) {
        const auto &verification = at(at(spec, "tls"), "verification");
        const auto mode = textAt(verification, "mode");
        tls = {{"allowRenegotiation", flagAt(at(spec, "tls"), "allowRenegotiation")},
               {"serverName", textAt(verification, "serverName")},
               {"clientCert", at(verification, "clientCert")},
               {"clientKey", at(verification, "clientKey")},
               {"skipHostnameVerification", mode == "SkipSAN"}};
        if (mode != "SkipCA" && mode != "SkipAll")
            tls["caCert"] = at(verification, "caCert");
    }
    for (const auto &item : listAt(spec, "endpoints"))
        result.push_back({textAt(item, "address"),
                          numberAt(item, "port").value_or(0),
                          {{kProtocolTag, protocol.empty() ? "tcp" : protocol}},
                          tls,
                          meshExternalService.displayName()});
    return result;
}

Protocol commonProtocol(const std::vector<ExternalEndpoint> &endpoints)
{
    const auto protocolOf = [](const ExternalEndpoint &endpoint) {
        const auto tag = endpoint.tags.find(kProtocolTag);
        return protocolFromText(tag == endpoint.tags.end() ? std::string() : tag->second);
    };
    if (endpoints.empty())
        return Protocol::Unknown;
    auto result = protocolOf(endpoints.front());
    for (const auto &endpoint : endpoints)
        result = common(result, protocolOf(endpoint));
    return result;
}

DraftCluster externalCluster(const MeshView &mesh, const Tags &tags,
                             const std::vector<ExternalEndpoint> &endpoints, bool ipv6)
{
    DraftCluster draft;
    draft.origin = Origin::Outbound;
    draft.protocol = commonProtocol(endpoints);
    draft.service = tags.at(kServiceTag);
    draft.tags = tags;
    auto &cluster = draft.message;
    cluster.set_name(outboundClusterName(tags));
    const bool byName = std::any_of(endpoints.begin(), endpoints.end(),
                                    [](const auto &endpoint) { return !isIpAddress(endpoint.host); });
    cluster.set_type(byName ? Cluster::STRICT_DNS : Cluster::STATIC);
    if (byName && !ipv6)
        cluster.set_dns_lookup_family(Cluster::V4_ONLY);
    setDuration(cluster.mutable_connect_timeout(), kConnectTimeout);
    auto &assignment = *cluster.mutable_load_assignment();
    assignment.set_cluster_name(cluster.name());
    std::map<std::string, envoy::config::endpoint::v3::LocalityLbEndpoints *> localities;
    for (const auto &endpoint : endpoints) {
        const auto zone = endpoint.tags.find(kZoneTag);
        auto &locality = localities[zone == endpoint.tags.end() ? std::string() : zone->second];
        if (!locality) {
            locality = assignment.add_endpoints();
            if (zone != endpoint.tags.end())
                locality->mutable_locality()->set_zone(zone->second);
        }
        auto &target = *locality->add_lb_endpoints();
        setAddress(*target.mutable_endpoint()->mutable_address(), endpoint.host, endpoint.port);
        target.mutable_load_balancing_weight()->set_value(1);
        const auto metadata = tagsOf(endpoint);
        if (!metadata.fields().empty()) {
            (*target.mutable_metadata()->mutable_filter_metadata())["envoy.lb"] = metadata;
            (*target.mutable_metadata()->mutable_filter_metadata())["envoy.transport_socket_match"] =
                metadata;
        }
        if (endpoint.tls.is_null())
            continue;
        auto &match = *cluster.add_transport_socket_matches();
        match.set_name(endpoint.host);
        *match.mutable_match() = metadata;
        *match.mutable_transport_socket() = tlsSocket(mesh, endpoint);
    }
    if (draft.protocol == Protocol::Http)
        draft.http.emplace().mutable_explicit_http_config()->mutable_http_protocol_options();
    else if (isHttpLike(draft.protocol))
        draft.http.emplace().mutable_explicit_http_config()->mutable_http2_protocol_options();
    return draft;
}

void rewriteHosts(Draft &draft)
{
    std::set<std::string> external;
    for (const auto &cluster : draft.clusters)
        if (isExternal(cluster))
            external.insert(cluster.message.name());
    if (external.empty())
        return;
    for (auto &listener : draft.listeners) {
        if (listener.origin != Origin::Outbound)
            continue;
        for (auto &chain : listener.chains) {
            if (!chain.http)
                continue;
            for (auto &host : *chain.http->mutable_route_config()->mutable_virtual_hosts()) {
                for (auto &route : *host.mutable_routes()) {
                    if (!route.has_route() || !route.route().host_rewrite_literal().empty())
                        continue;
                    const auto &action = route.route();
                    const auto &shares = action.weighted_clusters().clusters();
                    if (external.contains(action.cluster())
                        || std::any_of(shares.begin(), shares.end(),
                                       [&](const auto &share) { return external.contains(share.name()); }))
                        route.mutable_route()->mutable_auto_host_rewrite()->set_value(true);
                }
            }
        }
    }
}

}  // namespace meshscope::xds
