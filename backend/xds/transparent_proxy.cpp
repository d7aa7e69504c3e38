#include "backend/xds/transparent_proxy.h"

#include "backend/xds/clusters.h"
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"
#include "backend/xds/vips.h"

#include "envoy/extensions/filters/udp/dns_filter/v3/dns_filter.pb.h"

#include <algorithm>
#include <set>

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::chrono::seconds kAnswerTtl{30};
// Traffic from these sources is not redirected again.
constexpr char kSourceV4[] = "127.0.0.6";
constexpr char kSourceV6[] = "::6";
constexpr char kEverything[] = "*";

VipTable vipsOf(const MeshView &mesh)
{
    const auto config = mesh.resource(kConfigType, vipConfigName(mesh.mesh()));
    return config ? vipsFromJson(textAt(config->spec, "config")) : VipTable();
}

bool isReachable(const TransparentProxying &proxying, const Tags &tags)
{
    const auto &only = proxying.reachableServices;
    const auto service = tags.find(kServiceTag);
    return only.empty()
           || (service != tags.end() && std::find(only.begin(), only.end(), service->second) != only.end());
}

struct BackendPort {
    std::string address;
    std::uint32_t port = 0;
    BackendRef ref;
};

void appendVips(const MeshResource &resource, std::vector<BackendPort> &out)
{
    std::string address = textAt(at(resource.status, "vip"), "ip");
    for (const auto &vip : listAt(resource.status, "vips"))
        if (address.empty())
            address = textAt(vip, "ip");
    if (address.empty())
        return;
    const auto add = [&](std::uint32_t port) {
        out.push_back({address, port, {resource.type, resource.key.name, port, {}}});
    };
    for (const auto &port : listAt(resource.spec, "ports"))
        if (const auto number = numberAt(port, "port"))
            add(*number);
    if (const auto port = numberAt(at(resource.spec, "match"), "port"))
        add(*port);
}

bool isReachable(const TransparentProxying &proxying, const MeshResource &resource, std::uint32_t port)
{
    if (!proxying.reachableBackends)
        return proxying.reachableServices.empty();
    return std::any_of(proxying.reachableBackends->begin(), proxying.reachableBackends->end(),
                       [&](const BackendRef &ref) {
                           const bool fits = ref.name.empty() ? hasAll(resource.labels, ref.labels)
                                                              : ref.name == resource.displayName()
                                                                    || ref.name == resource.key.name;
                           return ref.kind == resource.type && fits && (ref.port == 0 || ref.port == port);
                       });
}

constexpr std::string_view kBackendTypes[] = {"MeshService", "MeshExternalService", "MeshMultiZoneService"};

DraftListener passthroughListener(const std::string &name, const std::string &address, std::uint32_t port)
{
    DraftListener draft;
    draft.origin = Origin::TransparentProxy;
    auto &listener = draft.message;
    listener.set_name(name);
    setAddress(*listener.mutable_address(), address, port);
    listener.mutable_use_original_dst()->set_value(true);
    auto &proxy = draft.chains.emplace_back().tcp.emplace();
    proxy.set_stat_prefix(statPrefix(name));
    proxy.set_cluster(name);
    return draft;
}

void addPassthrough(Generation &run, const char *family, const char *any, const char *source, bool isAllowed)
{
    const auto &proxying = *run.dataplane().transparentProxying;
    const auto outbound = std::string("outbound:passthrough:") + family;
    auto out = passthroughListener(outbound, any, proxying.redirectPortOutbound);
    out.message.set_traffic_direction(envoy::config::core::v3::OUTBOUND);
    run.draft.listeners.push_back(std::move(out));
    if (isAllowed)
        run.draft.clusters.push_back(originalDestination(outbound));

    const auto inbound = std::string("inbound:passthrough:") + family;
    auto in = passthroughListener(inbound, any, proxying.redirectPortInbound);
    in.message.set_traffic_direction(envoy::config::core::v3::INBOUND);
    in.message.mutable_enable_reuse_port()->set_value(false);
    run.draft.listeners.push_back(std::move(in));
    auto cluster = originalDestination(inbound);
    auto &from = *cluster.message.mutable_upstream_bind_config()->mutable_source_address();
    from.set_address(source);
    from.set_port_value(0);
    run.draft.clusters.push_back(std::move(cluster));
}

bool isLoopback(const std::string &address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace

std::vector<Outbound> vipOutbounds(const Dataplane &dataplane, const MeshView &mesh)
{
    std::vector<Outbound> outbounds;
    if (!dataplane.transparentProxying || !dataplane.transparentProxying->isOn())
        return outbounds;
    const auto &proxying = *dataplane.transparentProxying;
    const auto mode = textAt(at(mesh.settings(), "meshServices"), "mode");
    if (mode != "Exclusive")
        for (const auto &[name, vip] : vipsOf(mesh))
            for (const auto &outbound : vip.outbounds)
                if (isReachable(proxying, outbound.tags))
                    outbounds.push_back({vip.address, outbound.port, outbound.tags, std::nullopt});
    const bool everywhere = mode == "Everywhere" || mode == "Exclusive";
    if (!everywhere && !(mode == "ReachableBackends" && proxying.reachableBackends))
        return outbounds;
    for (const auto type : kBackendTypes) {
        for (const auto &resource : mesh.resources(type)) {
            std::vector<BackendPort> ports;
            appendVips(*resource, ports);
            for (auto &port : ports)
                if (isReachable(proxying, *resource, port.port))
                    outbounds.push_back({port.address, port.port, {}, std::move(port.ref)});
        }
    }
    return outbounds;
}

std::map<std::string, std::string> vipNames(const MeshView &mesh, const std::vector<Outbound> &outbounds)
{
    std::set<std::string> used;
    for (const auto &outbound : outbounds)
        used.insert(outbound.address);
    std::map<std::string, std::string> names;
    for (const auto &[name, vip] : vipsOf(mesh)) {
        if (!used.contains(vip.address))
            continue;
        if (name.first != VipKind::Service) {
            names[name.second] = vip.address;
            continue;
        }
        names[name.second + ".mesh"] = vip.address;
        auto dotted = name.second;
        std::replace(dotted.begin(), dotted.end(), '_', '.');
        names[dotted + ".mesh"] = vip.address;
    }
    for (const auto type : kBackendTypes) {
        for (const auto &resource : mesh.resources(type)) {
            std::vector<BackendPort> ports;
            appendVips(*resource, ports);
            if (!ports.empty() && used.contains(ports.front().address))
                for (const auto &address : listAt(resource->status, "addresses"))
                    names[textAt(address, "hostname")] = ports.front().address;
        }
    }
    return names;
}

void addTransparentProxy(Generation &run)
{
    const auto &dataplane = run.dataplane();
    if (!dataplane.transparentProxying || !dataplane.transparentProxying->isOn())
        return;
    const auto &allowed = at(at(at(run.mesh().settings(), "networking"), "outbound"), "passthrough");
    const bool isAllowed = !allowed.is_boolean() || allowed.get<bool>();
    addPassthrough(run, "ipv4", "0.0.0.0", kSourceV4, isAllowed);
    if (!dataplane.transparentProxying->ipv4Only)
        addPassthrough(run, "ipv6", "::", kSourceV6, isAllowed);
}

void leaveByExemptSource(DraftCluster &cluster, const Dataplane &dataplane, const std::string &workload)
{
    if (!dataplane.transparentProxying || !dataplane.transparentProxying->isOn() || isLoopback(workload))
        return;
    auto &from = *cluster.message.mutable_upstream_bind_config()->mutable_source_address();
    from.set_address(workload.find(':') == std::string::npos ? kSourceV4 : kSourceV6);
    from.set_port_value(0);
}

void addDirectAccess(Generation &run)
{
    const auto &dataplane = run.dataplane();
    if (!dataplane.transparentProxying || !dataplane.transparentProxying->isOn())
        return;
    const auto &wanted = dataplane.transparentProxying->directAccessServices;
    const bool all = std::find(wanted.begin(), wanted.end(), kEverything) != wanted.end();
    std::set<std::pair<std::string, std::uint32_t>> places;
    for (const auto &[name, other] : run.mesh().dataplanes()) {
        if (name == dataplane.key.name)
            continue;
        for (const auto &inbound : other->inbounds)
            if (all || std::find(wanted.begin(), wanted.end(), inbound.service()) != wanted.end())
                places.emplace(other->listenerAddress(inbound), inbound.port);
    }
    if (places.empty())
        return;
    for (const auto &[address, port] : places) {
        auto listener = passthroughListener(
            "direct_access_"
                + outboundListenerName(address, port).substr(std::string_view("outbound:").size()),
            address, port);
        listener.message.clear_use_original_dst();
        listener.message.set_traffic_direction(envoy::config::core::v3::OUTBOUND);
        listener.message.mutable_bind_to_port()->set_value(false);
        listener.chains.front().tcp->set_cluster(kDirectAccess);
        listener.chains.front().tcp->set_stat_prefix(kDirectAccess);
        run.draft.listeners.push_back(std::move(listener));
    }
    run.draft.clusters.push_back(originalDestination(kDirectAccess));
}

void addDns(Generation &run)
{
    const auto &dataplane = run.dataplane();
    if (!dataplane.transparentProxying || !dataplane.transparentProxying->isOn()
        || run.metadata().dnsPort == 0)
        return;
    envoy::extensions::filters::udp::dns_filter::v3::DnsFilterConfig config;
    config.set_stat_prefix("kuma_dns");
    auto &table = *config.mutable_server_config()->mutable_inline_dns_table();
    for (const auto &[name, address] : vipNames(run.mesh(), dataplane.outbounds)) {
        auto &domain = *table.add_virtual_domains();
        domain.set_name(name);
        setDuration(domain.mutable_answer_ttl(), kAnswerTtl);
        auto &addresses = *domain.mutable_endpoint()->mutable_address_list();
        addresses.add_address(address);
        if (!dataplane.transparentProxying->ipv4Only)
            addresses.add_address(mappedVip(address));
    }
    DraftListener draft;
    draft.origin = Origin::Other;
    auto &listener = draft.message;
    listener.set_name("kuma:dns");
    listener.set_traffic_direction(envoy::config::core::v3::INBOUND);
    listener.mutable_enable_reuse_port()->set_value(true);
    setAddress(*listener.mutable_address(), "127.0.0.1", run.metadata().dnsPort);
    listener.mutable_address()->mutable_socket_address()->set_protocol(
        envoy::config::core::v3::SocketAddress::UDP);
    auto &filter = *listener.add_listener_filters();
    filter.set_name("envoy.filters.udp.dns_filter");
    *filter.mutable_typed_config() = pack(config);
    run.draft.listeners.push_back(std::move(draft));
}

}  // namespace meshscope::xds
