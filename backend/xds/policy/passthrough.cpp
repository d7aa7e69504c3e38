// MeshPassthrough: what may leave a transparent proxy for places outside of the mesh (facts on xDS §4.10,
// §4.12).
#include "backend/xds/clusters.h"
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"

#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/listener/http_inspector/v3/http_inspector.pb.h"
#include "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.pb.h"

#include <algorithm>
#include <charconv>

namespace meshscope::xds {

namespace {

constexpr char kNoMatch[] =
    "This response comes from Kuma Sidecar. No routes match this domain - check configuration of your "
    "MeshPassthrough policy.\n";
constexpr int kUnavailable = 503;

enum class Place { Domain, WildcardDomain, Ip, Cidr };

struct Match {
    Place place = Place::Domain;
    std::string value;
    std::string address;  // of an IP or a range
    std::uint32_t prefixLength = 0;
    std::uint32_t port = 0;  // 0 = any
    std::string protocol;    // "tcp", "tls", "http", "http2", "grpc", "mysql"

    bool isIpv6() const { return address.find(':') != std::string::npos; }
    bool isAddress() const { return place == Place::Ip || place == Place::Cidr; }
    bool isHttp() const { return protocol == "http" || protocol == "http2" || protocol == "grpc"; }
    std::string portText() const { return port == 0 ? "*" : std::to_string(port); }
    std::string name() const { return "meshpassthrough_" + protocol + "_" + value + "_" + portText(); }
};

std::optional<Match> matchFrom(const Json &json)
{
    Match match;
    const auto type = textAt(json, "type");
    match.value = textAt(json, "value");
    match.port = numberAt(json, "port").value_or(0);
    match.protocol = textAt(json, "protocol");
    if (match.protocol.empty())
        match.protocol = "tcp";
    match.address = match.value;
    if (type == "Domain") {
        match.place = match.value.starts_with("*") ? Place::WildcardDomain : Place::Domain;
        match.address.clear();
    } else if (type == "IP") {
        match.place = Place::Ip;
        match.prefixLength = match.isIpv6() ? 128 : 32;
    } else if (type == "CIDR") {
        match.place = Place::Cidr;
        const auto slash = match.value.find('/');
        match.address = match.value.substr(0, slash);
        const auto *end = match.value.data() + match.value.size();
        if (slash == std::string::npos
            || std::from_chars(match.value.data() + slash + 1, end, match.prefixLength).ptr != end)
            return std::nullopt;
    } else {
        return std::nullopt;
    }
    if (match.isAddress() && !isIpAddress(match.address))
        return std::nullopt;
    return match;
}

// From the most exact place to the widest.
bool isMoreExact(const Match &a, const Match &b)
{
    if (a.place != b.place)
        return a.place < b.place;
    return a.prefixLength > b.prefixLength;
}

// Where the call goes is what the caller asked for; over HTTP/2 it must be said.
void addCluster(Generation &run, const Match &match)
{
    auto cluster = originalDestination(match.name());
    if (match.protocol == "http2" || match.protocol == "grpc")
        cluster.http.emplace().mutable_explicit_http_config()->mutable_http2_protocol_options();
    run.draft.clusters.push_back(std::move(cluster));
}

DraftChain chainFor(const Match &match, const std::string &name)
{
    DraftChain chain;
    chain.message.set_name(name);
    auto &filter = *chain.message.mutable_filter_chain_match();
    filter.set_transport_protocol(match.protocol == "tls" ? "tls" : "raw_buffer");
    if (match.isHttp()) {
        filter.add_application_protocols("http/1.1");
        filter.add_application_protocols("h2c");
    }
    if (match.port != 0)
        filter.mutable_destination_port()->set_value(match.port);
    if (match.isAddress()) {
        auto &range = *filter.add_prefix_ranges();
        range.set_address_prefix(match.address);
        range.mutable_prefix_len()->set_value(match.prefixLength);
    } else if (match.protocol == "tls") {
        filter.add_server_names(match.value);
    }
    return chain;
}

HttpConnectionManager httpManager(const std::string &name, bool ipv6)
{
    HttpConnectionManager manager;
    manager.set_stat_prefix(statPrefix(name));
    setInternalAddresses(manager, ipv6);
    addHttpFilters(manager, Protocol::Http);
    manager.mutable_route_config()->set_name(name);
    return manager;
}

void addHost(HttpConnectionManager &manager, const std::string &name, const std::string &domain,
             const std::string &cluster)
{
    auto &host = *manager.mutable_route_config()->add_virtual_hosts();
    host.set_name(name);
    host.add_domains(domain);
    auto &route = *host.add_routes();
    route.mutable_match()->set_prefix("/");
    route.mutable_route()->set_cluster(cluster);
}

// All domains of one protocol and port share a chain, since only the request tells them apart.
void addHttpDomains(DraftListener &listener, const std::vector<Match> &matches, bool ipv6)
{
    std::map<std::pair<std::string, std::uint32_t>, std::vector<const Match *>> groups;
    for (const auto &match : matches)
        if (match.isHttp() && !match.isAddress())
            groups[{match.protocol, match.port}].push_back(&match);
    for (const auto &[key, members] : groups) {
        const auto name = "meshpassthrough_" + key.first + "_" + members.front()->portText();
        auto chain = chainFor(*members.front(), name);
        chain.http = httpManager(name, ipv6);
        for (const auto *match : members)
            addHost(*chain.http, match->value, match->value, match->name());
        auto &host = *chain.http->mutable_route_config()->add_virtual_hosts();
        host.set_name("no_match");
        host.add_domains("*");
        auto &route = *host.add_routes();
        route.mutable_match()->set_prefix("/");
        route.mutable_direct_response()->set_status(kUnavailable);
        route.mutable_direct_response()->mutable_body()->set_inline_string(kNoMatch);
        listener.chains.push_back(std::move(chain));
    }
}

template <class Inspector>
void addInspector(DraftListener &listener, const char *name)
{
    auto &filter = *listener.message.add_listener_filters();
    filter.set_name(name);
    *filter.mutable_typed_config() = pack(Inspector());
}

void replaceChains(DraftListener &listener, const std::vector<Match> &matches, bool forIpv6, bool ipv6)
{
    listener.chains.clear();
    for (const auto &match : matches) {
        if ((match.isAddress() && match.isIpv6() != forIpv6) || (match.isHttp() && !match.isAddress()))
            continue;
        auto chain = chainFor(match, match.name());
        if (match.isHttp()) {
            chain.http = httpManager(match.name(), ipv6);
            addHost(*chain.http, match.value, "*", match.name());
        } else {
            chain.tcp.emplace().set_cluster(match.name());
            chain.tcp->set_stat_prefix(statPrefix(match.name()));
        }
        listener.chains.push_back(std::move(chain));
    }
    addHttpDomains(listener, matches, ipv6);
    addInspector<envoy::extensions::filters::listener::tls_inspector::v3::TlsInspector>(
        listener, "envoy.filters.listener.tls_inspector");
    addInspector<envoy::extensions::filters::listener::http_inspector::v3::HttpInspector>(
        listener, "envoy.filters.listener.http_inspector");
}

}  // namespace

void applyPassthrough(Generation &run)
{
    const auto *rules = run.rules.of("MeshPassthrough");
    if (!rules || !rules->proxy)
        return;
    const auto &conf = rules->proxy->conf;
    const auto mode = textAt(conf, "passthroughMode");
    std::vector<Match> matches;
    for (const auto &item : listAt(conf, "appendMatch"))
        if (auto match = matchFrom(item))
            matches.push_back(std::move(*match));
    std::stable_sort(matches.begin(), matches.end(), isMoreExact);
    for (const auto &[family, forIpv6] : {std::pair{"ipv4", false}, {"ipv6", true}}) {
        const auto name = std::string("outbound:passthrough:") + family;
        auto *listener = run.draft.listener(name);
        if (!listener)
            continue;
        const auto isIt = [&name](const DraftCluster &cluster) { return cluster.message.name() == name; };
        if (mode == "All") {
            if (!run.draft.cluster(name))
                run.draft.clusters.push_back(originalDestination(name));
            continue;
        }
        std::erase_if(run.draft.clusters, isIt);
        if (mode == "Matched" && !matches.empty())
            replaceChains(*listener, matches, forIpv6, run.metadata().ipv6Enabled);
    }
    if (mode != "Matched" || !run.draft.listener("outbound:passthrough:ipv4"))
        return;
    for (const auto &match : matches)
        if (!run.draft.cluster(match.name()))
            addCluster(run, match);
}

}  // namespace meshscope::xds
