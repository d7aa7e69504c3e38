#include "backend/control/api_context.h"
#include "backend/control/list_page.h"
#include "backend/control/mesh_statistics.h"
#include "backend/control/resource_json.h"
#include "backend/control/url.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;
using Kind = ServiceStatistics::Kind;

constexpr char kCouldNotGet[] = "Could not retrieve a resource";
constexpr char kDnsDomain[] = ".mesh:80";  // of the addresses that services get

struct Counted {
    const char *name;
    std::size_t count;
};

// As proto JSON has it: zero is absent.
Json withoutZeros(std::initializer_list<Counted> counts)
{
    auto result = Json::object();
    for (const auto &[name, count] : counts)
        if (count != 0)
            result[name] = count;
    return result;
}

Json countsJson(const StatusCounts &counts)
{
    return withoutZeros({{"total", counts.total()},
                         {"online", counts.online},
                         {"offline", counts.offline},
                         {"partiallyDegraded", counts.degraded}});
}

Json plainCountsJson(const StatusCounts &counts)
{
    return {{"online", counts.online},
            {"offline", counts.offline},
            {"partiallyDegraded", counts.degraded},
            {"total", counts.total()}};
}

Json totalsJson(const std::map<std::string, std::size_t> &counts)
{
    auto result = Json::object();
    for (const auto &[type, count] : counts)
        result[type]["total"] = count;
    return result;
}

Json versionsJson(const std::map<std::string, StatusCounts> &versions)
{
    auto result = Json::object();
    for (const auto &[version, counts] : versions)
        result[version] =
            withoutZeros({{"total", counts.online + counts.offline},  // without the degraded, as in Kuma
                          {"online", counts.online},
                          {"offline", counts.offline},
                          {"partiallyDegraded", counts.degraded}});
    return result;
}

std::string meshInsightJson(const StoredResource &mesh, const MeshStatistics &statistics)
{
    StoredResource meta = mesh;
    meta.labels.clear();
    auto result = openResource("MeshInsight", meta);
    const auto add = [&result](const char *name, const Json &value) {
        appendMember(result, name, value.dump());
    };
    add("dataplanes", countsJson(statistics.dataplanes()));
    if (!statistics.policies.empty())
        add("policies", totalsJson(statistics.policies));
    auto versions = Json::object();
    if (!statistics.kumaDpVersions.empty())
        versions = {{"kumaDp", versionsJson(statistics.kumaDpVersions)},
                    {"envoy", versionsJson(statistics.envoyVersions)}};
    add("dpVersions", versions);
    auto mtls = Json::object();
    for (const auto &[backend, counts] : statistics.issuedBackends) {
        // Each mesh has one authority at most, so what a proxy supports is what it has.
        mtls["issuedBackends"][backend] = countsJson(counts);
        mtls["supportedBackends"][backend] = countsJson(counts);
    }
    add("mTLS", mtls);
    const auto external = static_cast<std::size_t>(
        std::count_if(statistics.services.begin(), statistics.services.end(),
                      [](const auto &service) { return service.second.kind == Kind::External; }));
    add("services", withoutZeros({{"total", statistics.services.size()},
                                  {"internal", statistics.services.size() - external},
                                  {"external", external}}));
    StatusCounts gateways = statistics.delegated;
    gateways += statistics.builtin;
    add("dataplanesByType", {{"standard", countsJson(statistics.standard)},
                             {"gateway", countsJson(gateways)},
                             {"gatewayBuiltin", countsJson(statistics.builtin)},
                             {"gatewayDelegated", countsJson(statistics.delegated)}});
    if (!statistics.resources.empty())
        add("resources", totalsJson(statistics.resources));
    return result + "}";
}

const char *kindText(Kind kind)
{
    switch (kind) {
    case Kind::External:
        return "external";
    case Kind::DelegatedGateway:
        return "gateway_delegated";
    case Kind::BuiltinGateway:
        return "gateway_builtin";
    case Kind::Internal:
        break;
    }
    return "internal";
}

const char *statusText(const ServiceStatistics &service)
{
    if (service.kind == Kind::External)
        return "not_available";
    switch (service.health()) {
    case Health::Online:
        return "online";
    case Health::Degraded:
        return "partially_degraded";
    case Health::Offline:
    case Health::Unknown:
        break;
    }
    return "offline";
}

std::string serviceInsightJson(const StoredResource &mesh, const std::string &name,
                               const ServiceStatistics *service)
{
    StoredResource meta = mesh;
    meta.labels.clear();
    meta.key = {mesh.key.name, name};
    auto result = openResource("ServiceInsight", meta);
    const auto add = [&result](const char *member, const Json &value) {
        appendMember(result, member, value.dump());
    };
    if (!service) {  // nobody offers it: an empty entry, not an error
        add("dataplanes", Json::object());
        add("addressPort", name + kDnsDomain);
        return result + "}";
    }
    add("status", statusText(*service));
    add("dataplanes", withoutZeros({{"total", service->online + service->offline},
                                    {"online", service->online},
                                    {"offline", service->offline}}));
    if (!service->issuedBackends.empty())
        add("issuedBackends", Json(service->issuedBackends));
    if (service->kind != Kind::Internal)
        add("serviceType", kindText(service->kind));
    if (service->kind == Kind::Internal)
        add("addressPort", name + kDnsDomain);
    else if (service->kind == Kind::External)
        add("addressPort", service->addressPort);
    if (!service->zones.empty())
        add("zones", Json(service->zones));
    return result + "}";
}

// Of `type=a,b`; nothing when one is unknown. Absent = all.
std::optional<std::set<Kind>> kindFilter(const ApiCall &call)
{
    std::set<Kind> all{Kind::Internal, Kind::External, Kind::DelegatedGateway, Kind::BuiltinGateway};
    const auto *text = find(call.query, "type");
    if (!text || text->empty())
        return all;
    std::set<Kind> wanted;
    for (std::size_t begin = 0; begin <= text->size();) {
        const auto end = std::min(text->find(',', begin), text->size());
        const auto word = text->substr(begin, end - begin);
        const auto kind =
            std::find_if(all.begin(), all.end(), [&word](Kind k) { return word == kindText(k); });
        if (kind == all.end())
            return std::nullopt;
        wanted.insert(*kind);
        begin = end + 1;
    }
    return wanted;
}

class Insights
{
public:
    explicit Insights(ApiContext &context)
        : m_context(context)
    {}

    HttpResponse services(const ApiCall &call, const std::string *meshName) const
    {
        const auto store = m_context.store.snapshot();
        if (meshName && !store->find(kMeshType, {{}, *meshName}))
            return notFound("Failed to retrieve Mesh").response();
        const auto page = pageRequest(call);
        if (!page)
            return page.error().response();
        const auto kinds = kindFilter(call);
        if (!kinds)
            return badRequest("bad request: unsupported service type").response();
        const auto *name = find(call.query, "name");
        std::vector<std::string> items;
        for (const auto &mesh : store->list(kMeshType)) {
            if (meshName && mesh->key.name != *meshName)
                continue;
            for (const auto &[service, statistics] : statistics(*mesh, *store).services)
                if (kinds->contains(statistics.kind) && (!name || service.find(*name) != std::string::npos))
                    items.push_back(serviceInsightJson(*mesh, service, &statistics));
        }
        return pageResponse(call, *page, items.size(), [&items](std::size_t i) { return items[i]; });
    }

    HttpResponse service(const ApiCall &call) const
    {
        const auto store = m_context.store.snapshot();
        const auto mesh = store->find(kMeshType, {{}, call.arg("mesh")});
        if (!mesh)
            return notFound("Failed to retrieve Mesh").response();
        const auto all = statistics(*mesh, *store).services;
        const auto found = all.find(call.arg("name"));
        return jsonResponse(
            serviceInsightJson(*mesh, call.arg("name"), found == all.end() ? nullptr : &found->second));
    }

    HttpResponse meshes(const ApiCall &call) const
    {
        const auto store = m_context.store.snapshot();
        const auto page = pageRequest(call);
        if (!page)
            return page.error().response();
        const auto *name = find(call.query, "name");
        std::vector<StoredPtr> rows;
        for (const auto &mesh : store->list(kMeshType))
            if (!name || mesh->key.name.find(*name) != std::string::npos)
                rows.push_back(mesh);
        return pageResponse(call, *page, rows.size(), [&](std::size_t i) {
            return meshInsightJson(*rows[i], statistics(*rows[i], *store));
        });
    }

    HttpResponse mesh(const ApiCall &call) const
    {
        const auto store = m_context.store.snapshot();
        const auto mesh = store->find(kMeshType, {{}, call.arg("name")});
        if (!mesh)
            return notFound(kCouldNotGet).response();
        return jsonResponse(meshInsightJson(*mesh, statistics(*mesh, *store)));
    }

    HttpResponse dataplanes(const ApiCall &call, const std::string *meshName) const
    {
        const auto store = m_context.store.snapshot();
        if (meshName && !store->find(kMeshType, {{}, *meshName}))
            return notFound("Failed to retrieve Mesh").response();
        const auto page = pageRequest(call);
        if (!page)
            return page.error().response();
        const auto *name = find(call.query, "name");
        std::vector<std::string> items;
        for (const auto &key : m_context.insights.keys()) {
            const bool wanted =
                (!meshName || key.mesh == *meshName) && (!name || key.name.find(*name) != std::string::npos);
            if (wanted && store->find(kDataplaneType, key))
                items.push_back(dataplaneInsightJson(key));
        }
        return pageResponse(call, *page, items.size(), [&items](std::size_t i) { return items[i]; });
    }

    HttpResponse dataplane(const ApiCall &call) const
    {
        const ResourceKey key{call.arg("mesh"), call.arg("name")};
        const auto store = m_context.store.snapshot();
        if (!store->find(kMeshType, {{}, key.mesh}))
            return notFound("Failed to retrieve Mesh").response();
        if (!store->find(kDataplaneType, key) || m_context.insights.json(key).empty())
            return notFound(kCouldNotGet).response();
        return jsonResponse(dataplaneInsightJson(key));
    }

    // Plain JSON, unlike the others: zeros are written.
    HttpResponse everything(const ApiCall &) const
    {
        const auto store = m_context.store.snapshot();
        MeshStatistics sum;
        std::map<Kind, StatusCounts> services;
        std::size_t externals = 0;
        for (const auto &mesh : store->list(kMeshType)) {
            const auto one = statistics(*mesh, *store);
            sum.standard += one.standard;
            sum.delegated += one.delegated;
            sum.builtin += one.builtin;
            for (const auto &[type, count] : one.resources)
                sum.resources[type] += count;
            for (const auto &[type, count] : one.policies)
                sum.policies["all"] += count;
            for (const auto &[name, service] : one.services) {
                services[service.kind].add(service.health());
                externals += service.kind == Kind::External ? 1 : 0;
            }
        }
        const Json none{{"online", 0}, {"total", 0}};
        const Json result{
            {"createdAt", rfc3339(m_context.clock())},
            {"dataplanes",
             {{"gatewayBuiltin", plainCountsJson(sum.builtin)},
              {"gatewayDelegated", plainCountsJson(sum.delegated)},
              {"standard", plainCountsJson(sum.standard)}}},
            {"meshes", {{"total", store->list(kMeshType).size()}}},
            {"policies", {{"total", sum.policies["all"]}}},
            {"resources", totalsJson(sum.resources)},
            {"services",
             {{"external", {{"total", externals}}},
              {"gatewayBuiltin", plainCountsJson(services[Kind::BuiltinGateway])},
              {"gatewayDelegated", plainCountsJson(services[Kind::DelegatedGateway])},
              {"internal", plainCountsJson(services[Kind::Internal])}}},
            {"zones", {{"controlPlanes", none}, {"zoneEgresses", none}, {"zoneIngresses", none}}}};
        return jsonResponse(result.dump());
    }

    HttpResponse globalTypes(const ApiCall &) const
    {
        const auto store = m_context.store.snapshot();
        auto resources = Json::object();
        for (const auto &type : resourceTypes())
            if (type.scope == Scope::Global && !type.readOnly)
                resources[std::string(type.name)]["total"] = store->list(type.name).size();
        return jsonResponse(Json{{"type", "GlobalInsights"},
                                 {"creationTime", rfc3339(m_context.clock())},
                                 {"resources", std::move(resources)}}
                                .dump());
    }

    HttpResponse zones(const ApiCall &) const
    {
        auto list = Json::array();
        const auto store = m_context.store.snapshot();
        for (const auto &zone : store->list("Zone"))
            list.push_back({{"name", zone->key.name}, {"active", false}});
        return jsonResponse(list.dump());
    }

private:
    MeshStatistics statistics(const StoredResource &mesh, const StoreSnapshot &store) const
    {
        return statisticsOf(mesh.key.name, store, m_context.cache, m_context.insights);
    }

    std::string dataplaneInsightJson(const ResourceKey &key) const
    {
        StoredResource meta;
        meta.type = "DataplaneInsight";
        meta.key = key;
        meta.creationTime = m_context.insights.creationTime(key);
        meta.modificationTime = meta.creationTime;
        const auto insight = m_context.insights.insight(key);
        for (const auto &subscription : insight.subscriptions)
            meta.modificationTime = std::max({meta.modificationTime, subscription.lastUpdateTime,
                                              subscription.connectTime.value_or(TimePoint{}),
                                              subscription.disconnectTime.value_or(TimePoint{})});
        meta.spec = m_context.insights.json(key);
        return flatJson(meta);
    }

    ApiContext &m_context;
};

}  // namespace

void addInsightRoutes(Router &router, ApiContext &context)
{
    const Insights insights(context);
    router.add("GET", "/meshes/{mesh}/service-insights/{name}",
               [insights](const ApiCall &call) { return insights.service(call); });
    router.add("GET", "/meshes/{mesh}/service-insights",
               [insights](const ApiCall &call) { return insights.services(call, &call.arg("mesh")); });
    router.add("GET", "/service-insights",
               [insights](const ApiCall &call) { return insights.services(call, nullptr); });
    router.add("GET", "/mesh-insights/{name}",
               [insights](const ApiCall &call) { return insights.mesh(call); });
    router.add("GET", "/mesh-insights", [insights](const ApiCall &call) { return insights.meshes(call); });
    router.add("GET", "/meshes/{mesh}/dataplane-insights/{name}",
               [insights](const ApiCall &call) { return insights.dataplane(call); });
    router.add("GET", "/meshes/{mesh}/dataplane-insights",
               [insights](const ApiCall &call) { return insights.dataplanes(call, &call.arg("mesh")); });
    router.add("GET", "/dataplane-insights",
               [insights](const ApiCall &call) { return insights.dataplanes(call, nullptr); });
    router.add("GET", "/global-insight",
               [insights](const ApiCall &call) { return insights.everything(call); });
    router.add("GET", "/global-insights",
               [insights](const ApiCall &call) { return insights.globalTypes(call); });
    router.add("GET", "/status/zones", [insights](const ApiCall &call) { return insights.zones(call); });
}

}  // namespace meshscope::control
