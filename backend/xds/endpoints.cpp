#include "backend/xds/endpoints.h"

#include "backend/xds/names.h"

#include "envoy/config/endpoint/v3/endpoint.pb.h"

#include <algorithm>
#include <tuple>

namespace meshscope::xds {

namespace {

using envoy::config::endpoint::v3::ClusterLoadAssignment;
using envoy::config::endpoint::v3::LbEndpoint;
using envoy::config::endpoint::v3::LocalityLbEndpoints;

std::string zoneOf(const Endpoint &endpoint)
{
    const auto zone = endpoint.tags.find(kZoneTag);
    return zone == endpoint.tags.end() ? std::string() : zone->second;
}

void fill(LbEndpoint &out, const Endpoint &endpoint)
{
    auto &address = *out.mutable_endpoint()->mutable_address()->mutable_socket_address();
    address.set_address(endpoint.address);
    address.set_port_value(endpoint.port);
    out.mutable_load_balancing_weight()->set_value(1);
    google::protobuf::Struct tags;
    for (const auto &[key, value] : endpoint.tags)
        if (key != kServiceTag)
            (*tags.mutable_fields())[key].set_string_value(value);
    if (tags.fields().empty())
        return;
    auto &metadata = *out.mutable_metadata()->mutable_filter_metadata();
    metadata["envoy.lb"] = tags;
    metadata["envoy.transport_socket_match"] = tags;
}

}  // namespace

void appendEndpoint(const Dataplane &dataplane, const Inbound &inbound, std::vector<Endpoint> &endpoints)
{
    if (inbound.state != InboundState::Ready || !inbound.isReady())
        return;
    const auto &address = dataplane.advertisedAddress.empty() ? dataplane.listenerAddress(inbound)
                                                              : dataplane.advertisedAddress;
    if (isIpAddress(address))
        endpoints.push_back({address, inbound.port, inbound.tags});
}

void appendEndpoints(const Dataplane &dataplane, const std::string &service, std::vector<Endpoint> &endpoints)
{
    for (const auto &inbound : dataplane.inbounds)
        if (inbound.service() == service)
            appendEndpoint(dataplane, inbound, endpoints);
}

std::vector<Endpoint> subset(const std::vector<Endpoint> &endpoints, const Tags &tags)
{
    std::vector<Endpoint> result;
    std::copy_if(endpoints.begin(), endpoints.end(), std::back_inserter(result),
                 [&tags](const Endpoint &endpoint) {
                     return std::all_of(tags.begin(), tags.end(), [&endpoint](const auto &tag) {
                         const auto found = endpoint.tags.find(tag.first);
                         return found != endpoint.tags.end() && found->second == tag.second;
                     });
                 });
    return result;
}

Protocol commonProtocol(const std::vector<Endpoint> &endpoints)
{
    const auto protocolOf = [](const Endpoint &endpoint) {
        Inbound inbound;
        inbound.tags = endpoint.tags;
        return protocolFromText(inbound.effectiveProtocol());
    };
    if (endpoints.empty())
        return Protocol::Unknown;
    Protocol result = protocolOf(endpoints.front());
    for (const auto &endpoint : endpoints)
        result = common(result, protocolOf(endpoint));
    return result;
}

ResourcePtr loadAssignment(const std::string &cluster, const std::vector<Endpoint> &endpoints)
{
    ClusterLoadAssignment assignment;
    assignment.set_cluster_name(cluster);
    std::map<std::string, LocalityLbEndpoints *> localities;
    for (const auto &endpoint : endpoints)
        localities.try_emplace(zoneOf(endpoint), nullptr);
    for (auto &[zone, locality] : localities) {
        locality = assignment.add_endpoints();
        if (!zone.empty())
            locality->mutable_locality()->set_zone(zone);
    }
    for (const auto &endpoint : endpoints)
        fill(*localities.at(zoneOf(endpoint))->add_lb_endpoints(), endpoint);
    return makeResource(cluster, assignment);
}

ResourcePtr loadAssignment(const std::string &cluster, const std::vector<PlacedEndpoint> &endpoints,
                           std::uint32_t overprovisioning)
{
    ClusterLoadAssignment assignment;
    assignment.set_cluster_name(cluster);
    assignment.mutable_policy()->mutable_overprovisioning_factor()->set_value(overprovisioning);
    const auto order = [](const Locality &a, const Locality &b) {
        return std::tie(a.priority, a.zone, a.subZone, a.weight)
               < std::tie(b.priority, b.zone, b.subZone, b.weight);
    };
    std::map<Locality, LocalityLbEndpoints *, decltype(order)> localities(order);
    for (const auto &placed : endpoints)
        localities.try_emplace(placed.locality, nullptr);
    for (auto &[where, locality] : localities) {
        locality = assignment.add_endpoints();
        locality->mutable_locality()->set_zone(where.zone);
        locality->mutable_locality()->set_sub_zone(where.subZone);
        locality->set_priority(where.priority);
        if (where.weight != 0)
            locality->mutable_load_balancing_weight()->set_value(where.weight);
    }
    for (const auto &placed : endpoints)
        fill(*localities.at(placed.locality)->add_lb_endpoints(), placed.endpoint);
    return makeResource(cluster, assignment);
}

std::vector<Endpoint> endpointsOf(const MeshView &mesh, const Tags &tags)
{
    const auto service = mesh.service(tags.at(kServiceTag));
    return service ? subset(service->endpoints, tags) : std::vector<Endpoint>();
}

}  // namespace meshscope::xds
