#include "backend/control/mesh_statistics.h"

#include "backend/control/resource_type.h"

#include <nlohmann/json.hpp>

namespace meshscope::control {

namespace {

void countService(ServiceStatistics &service, Health health, const Tags &tags, const std::string &backend)
{
    ++(health == Health::Online ? service.online : service.offline);
    if (!backend.empty())
        ++service.issuedBackends[backend];
    if (const auto zone = tags.find(kZoneTag); zone != tags.end())
        service.zones.insert(zone->second);
}

void countDataplane(const Dataplane &dataplane, const DataplaneInsight &insight, MeshStatistics &result)
{
    const auto health = statusOf(dataplane, insight).overall;
    const bool builtin = dataplane.gateway && dataplane.gateway->type == Gateway::Type::Builtin;
    (!dataplane.gateway ? result.standard : builtin ? result.builtin : result.delegated).add(health);

    const auto *latest = insight.latest();
    const auto named = [](const std::string &version) {
        return version.empty() ? std::string("unknown") : version;
    };
    result.kumaDpVersions[named(latest ? latest->kumaDpVersion : "")].add(health);
    result.envoyVersions[named(latest ? latest->envoyVersion : "")].add(health);

    if (!insight.issuedBackend.empty())
        result.issuedBackends[insight.issuedBackend].add(health);

    if (dataplane.gateway) {
        const auto name = dataplane.gateway->tags.find(kServiceTag);
        if (name == dataplane.gateway->tags.end())
            return;
        auto &service = result.services[name->second];
        service.kind =
            builtin ? ServiceStatistics::Kind::BuiltinGateway : ServiceStatistics::Kind::DelegatedGateway;
        countService(service, health, dataplane.gateway->tags, insight.issuedBackend);
    }
    for (const auto &inbound : dataplane.inbounds)
        if (inbound.state != InboundState::Ignored && !inbound.service().empty())
            countService(result.services[inbound.service()], health, inbound.tags, insight.issuedBackend);
}

void countExternal(const StoredResource &resource, MeshStatistics &result)
{
    const auto spec = nlohmann::json::parse(resource.spec, nullptr, false);
    try {
        auto &service = result.services[spec.at("tags").at(kServiceTag).get<std::string>()];
        service.kind = ServiceStatistics::Kind::External;
        service.addressPort = spec.at("networking").at("address").get<std::string>();
    } catch (const nlohmann::json::exception &) {
        return;  // without a service's name or an address it is none
    }
}

}  // namespace

void StatusCounts::add(Health health)
{
    switch (health) {
    case Health::Online:
        ++online;
        break;
    case Health::Degraded:
        ++degraded;
        break;
    case Health::Offline:
    case Health::Unknown:
        ++offline;
        break;
    }
}

StatusCounts &StatusCounts::operator+=(const StatusCounts &other)
{
    online += other.online;
    degraded += other.degraded;
    offline += other.offline;
    return *this;
}

Health ServiceStatistics::health() const
{
    if (online == 0)
        return Health::Offline;
    return offline == 0 ? Health::Online : Health::Degraded;
}

StatusCounts MeshStatistics::dataplanes() const
{
    StatusCounts all = standard;
    all += delegated;
    all += builtin;
    return all;
}

MeshStatistics statisticsOf(const std::string &mesh, const StoreSnapshot &store, DataplaneCache &cache,
                            const InsightTracker &insights)
{
    MeshStatistics result;
    for (const auto &stored : store.list(kDataplaneType, mesh))
        countDataplane(*cache.parsed(stored), insights.insight(stored->key), result);
    for (const auto &stored : store.list("ExternalService", mesh))
        countExternal(*stored, result);
    for (const auto &type : resourceTypes()) {
        const auto count = store.list(type.name, mesh).size();
        if (type.scope != Scope::Mesh || count == 0)
            continue;
        result.resources[std::string(type.name)] = count;
        if (type.policy != PolicyKind::None)
            result.policies[std::string(type.name)] = count;
    }
    return result;
}

}  // namespace meshscope::control
