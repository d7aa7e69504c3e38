#include "backend/control/mesh_upkeep.h"

#include "backend/control/mesh_mtls.h"
#include "backend/control/resource_type.h"
#include "backend/xds/vips.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kMeshService[] = "MeshService";
constexpr char kMeshExternalService[] = "MeshExternalService";
constexpr char kMeshMultiZoneService[] = "MeshMultiZoneService";
constexpr char kManagedBy[] = "kuma.io/managed-by";
constexpr char kGenerator[] = "meshservice-generator";
constexpr char kDisplayName[] = "kuma.io/display-name";
constexpr std::array<std::string_view, 7> kTypes{
    kDataplaneType,        kMeshType,          "ExternalService", kMeshService, kMeshExternalService,
    kMeshMultiZoneService, "HostnameGenerator"};

const Json &at(const Json &object, const char *name)
{
    static const Json kNothing;
    if (!object.is_object())
        return kNothing;
    const auto found = object.find(name);
    return found == object.end() ? kNothing : *found;
}

std::string textAt(const Json &object, const char *name)
{
    const auto &value = at(object, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

Tags tagsAt(const Json &object, const char *name)
{
    Tags tags;
    for (const auto &[key, value] : at(object, name).items())
        if (value.is_string())
            tags[key] = value.get<std::string>();
    return tags;
}

bool hasAll(const Tags &tags, const Tags &wanted)
{
    return std::includes(tags.begin(), tags.end(), wanted.begin(), wanted.end());
}

std::string displayName(const StoredResource &resource)
{
    const auto label = resource.labels.find(kDisplayName);
    return label == resource.labels.end() ? resource.key.name : label->second;
}

class Upkeep
{
public:
    Upkeep(const std::string &mesh, const StoreSnapshot &store, DataplaneCache &cache,
           const ProxyFacts &proxies, TimePoint now)
        : m_mesh(mesh)
        , m_store(store)
        , m_proxies(proxies)
        , m_now(now)
    {
        const auto resource = store.find(kMeshType, {{}, mesh});
        m_settings = Json::parse(resource->spec, nullptr, false);
        m_hasMtls = enabledBackend(resource->spec).has_value();
        for (const auto &row : store.list(kDataplaneType, mesh))
            m_dataplanes.push_back(cache.parsed(row));
        for (const auto type : {kMeshService, kMeshExternalService, kMeshMultiZoneService})
            for (const auto &row : store.list(type, mesh))
                m_services[type].emplace(row->key.name, *row);
    }

    std::vector<StoreWrite> run()
    {
        keepVips();
        generateServices();
        for (auto &[name, service] : m_services[kMeshService])
            describeService(service);
        for (auto &[name, service] : m_services[kMeshMultiZoneService])
            describeMultiZone(service);
        giveVips(kMeshService, xds::kMeshServiceVips);
        giveVips(kMeshExternalService, xds::kMeshExternalServiceVips);
        giveVips(kMeshMultiZoneService, xds::kMeshMultiZoneServiceVips);
        giveHostnames();
        for (auto &[type, services] : m_services)
            for (auto &[name, service] : services)
                writeIfChanged(service);
        return std::move(m_writes);
    }

private:
    void keepVips()
    {
        std::map<xds::VipName, std::vector<xds::VipOutbound>> wanted;
        const auto addService = [&wanted](const std::string &service) {
            if (!service.empty())
                wanted[{xds::VipKind::Service, service}] = {{80, {{kServiceTag, service}}, "service"}};
        };
        for (const auto &dataplane : m_dataplanes)
            for (const auto &inbound : dataplane->inbounds)
                addService(inbound.service());
        for (const auto &row : m_store.list("ExternalService", m_mesh)) {
            const auto spec = Json::parse(row->spec, nullptr, false);
            const auto service = textAt(at(spec, "tags"), kServiceTag);
            addService(service);
            const auto address = textAt(at(spec, "networking"), "address");
            const auto colon = address.rfind(':');
            const auto host = address.substr(0, colon);
            const bool isName =
                std::any_of(host.begin(), host.end(), [](char c) { return c >= 'a' && c <= 'z'; });
            if (service.empty() || colon == std::string::npos || !isName
                || host.find(':') != std::string::npos)
                continue;
            auto &outbounds = wanted[{xds::VipKind::Host, host}];
            outbounds.push_back(
                {static_cast<std::uint32_t>(std::strtoul(address.c_str() + colon + 1, nullptr, 10)),
                 {{kServiceTag, service}, {"kuma.io/external-service-name", row->key.name}},
                 "host:" + row->key.name});
        }
        const ResourceKey key{m_mesh, xds::vipConfigName(m_mesh)};
        const auto stored = m_store.find(xds::kConfigType, key);
        const auto before =
            stored ? xds::vipsFromJson(textAt(Json::parse(stored->spec, nullptr, false), "config"))
                   : xds::VipTable();
        const auto table = xds::allocate(before, wanted);
        if (table == before)
            return;
        StoredResource config;
        config.type = xds::kConfigType;
        config.key = key;
        config.spec = Json{{"config", xds::toJson(table)}}.dump();
        config.creationTime = stored ? stored->creationTime : m_now;
        config.modificationTime = m_now;
        m_writes.push_back(StoreWrite::put(std::move(config)));
    }

    void generateServices()
    {
        const auto mode = textAt(at(m_settings, "meshServices"), "mode");
        std::map<std::string, std::map<std::uint32_t, Json>> wanted;  // service → ports
        if (!mode.empty() && mode != "Disabled") {
            for (const auto &dataplane : m_dataplanes) {
                for (const auto &inbound : dataplane->inbounds) {
                    if (inbound.service().empty())
                        continue;
                    const auto protocol = inbound.effectiveProtocol();
                    wanted[inbound.service()].try_emplace(
                        inbound.port,
                        Json{{"name", inbound.name.empty() ? std::to_string(inbound.port) : inbound.name},
                             {"port", inbound.port},
                             {"targetPort", inbound.port},
                             {"appProtocol", protocol.empty() ? "tcp" : protocol}});
                }
            }
        }
        auto &services = m_services[kMeshService];
        for (auto entry = services.begin(); entry != services.end();) {
            const auto manager = entry->second.labels.find(kManagedBy);
            const bool isOurs = manager != entry->second.labels.end() && manager->second == kGenerator;
            if (isOurs && !wanted.contains(entry->first)) {
                m_writes.push_back(StoreWrite::erase(kMeshService, entry->second.key));
                entry = services.erase(entry);
            } else {
                if (!isOurs)
                    wanted.erase(entry->first);  // somebody's own of that name stays as it is
                ++entry;
            }
        }
        for (const auto &[name, ports] : wanted) {
            auto &service = services[name];
            auto list = Json::array();
            for (const auto &[number, port] : ports)
                list.push_back(port);
            auto spec = service.version == 0 ? Json{{"state", "Unavailable"}}
                                             : Json::parse(service.spec, nullptr, false);
            spec["selector"] = {{"dataplaneTags", {{kServiceTag, name}}}};
            spec["ports"] = std::move(list);
            service.spec = spec.dump();
            if (service.version != 0)
                continue;
            service.type = kMeshService;
            service.key = {m_mesh, name};
            service.labels = {{kDisplayName, name},
                              {"kuma.io/env", "universal"},
                              {kManagedBy, kGenerator},
                              {"kuma.io/mesh", m_mesh},
                              {"kuma.io/origin", "zone"}};
            service.creationTime = m_now;
        }
    }

    struct Matched {
        const Dataplane *dataplane;
        std::vector<const Inbound *> inbounds;
    };

    std::vector<Matched> proxiesOf(const Json &selector) const
    {
        std::vector<Matched> result;
        const auto tags = tagsAt(selector, "dataplaneTags");
        const auto name = textAt(at(selector, "dataplaneRef"), "name");
        for (const auto &dataplane : m_dataplanes) {
            Matched matched{dataplane.get(), {}};
            for (const auto &inbound : dataplane->inbounds)
                if (tags.empty() ? dataplane->key.name == name : hasAll(inbound.tags, tags))
                    matched.inbounds.push_back(&inbound);
            if (!matched.inbounds.empty())
                result.push_back(std::move(matched));
        }
        return result;
    }

    void describeService(StoredResource &service) const
    {
        auto spec = Json::parse(service.spec, nullptr, false);
        const auto matched = proxiesOf(at(spec, "selector"));
        std::set<std::string> identities;
        std::size_t connected = 0;
        std::size_t healthy = 0;
        bool allHaveCertificates = m_hasMtls && !matched.empty();
        for (const auto &[dataplane, inbounds] : matched) {
            for (const auto &name : dataplane->services())
                identities.insert(name);
            connected += m_proxies.isOnline(dataplane->key) ? 1 : 0;
            const auto fits = [&spec](const Inbound *inbound) {
                return servesPort(at(spec, "ports"), *inbound);
            };
            std::vector<const Inbound *> serving;
            std::copy_if(inbounds.begin(), inbounds.end(), std::back_inserter(serving), fits);
            healthy += !serving.empty()
                               && std::all_of(serving.begin(), serving.end(),
                                              [](const Inbound *inbound) { return inbound->isReady(); })
                           ? 1
                           : 0;
            allHaveCertificates = allHaveCertificates && m_proxies.hasCertificate(dataplane->key);
        }
        spec["state"] = healthy > 0 ? "Available" : "Unavailable";
        auto list = Json::array();
        for (const auto &identity : identities)
            list.push_back({{"type", "ServiceTag"}, {"value", identity}});
        if (list.empty())
            spec.erase("identities");
        else
            spec["identities"] = std::move(list);
        service.spec = spec.dump();

        auto status = statusOf(service);
        status["tls"] = {{"status", allHaveCertificates ? "Ready" : "NotReady"}};
        auto counts = Json::object();
        for (const auto &[name, count] :
             {std::pair{"connected", connected}, {"healthy", healthy}, {"total", matched.size()}})
            if (count != 0)
                counts[name] = count;
        status["dataplaneProxies"] = std::move(counts);
        service.status = status.dump();
    }

    static bool servesPort(const Json &ports, const Inbound &inbound)
    {
        return std::any_of(ports.begin(), ports.end(), [&inbound](const Json &port) {
            const auto &target = at(port, "targetPort");
            if (target.is_string())
                return target == inbound.name;
            const auto number = target.is_number_unsigned() ? target.get<std::uint32_t>() : 0;
            return number == inbound.port;
        });
    }

    void describeMultiZone(StoredResource &service) const
    {
        const auto spec = Json::parse(service.spec, nullptr, false);
        const auto labels = tagsAt(at(at(spec, "selector"), "meshService"), "matchLabels");
        auto list = Json::array();
        for (const auto &[name, candidate] : m_services.at(kMeshService))
            if (hasAll(candidate.labels, labels))
                list.push_back({{"name", name}, {"namespace", ""}, {"zone", kZoneName}, {"mesh", m_mesh}});
        auto status = statusOf(service);
        status["meshServices"] = std::move(list);
        service.status = status.dump();
    }

    void giveVips(const char *type, xds::VipRange range)
    {
        const bool single = std::string_view(type) == kMeshExternalService;
        xds::VipTable before;
        std::map<xds::VipName, std::vector<xds::VipOutbound>> wanted;
        auto &services = m_services[type];
        for (const auto &[name, service] : services) {
            const auto status = statusOf(service);
            auto address = textAt(at(status, "vip"), "ip");
            if (const auto &vips = at(status, "vips"); address.empty() && vips.is_array() && !vips.empty())
                address = textAt(vips.front(), "ip");
            if (!address.empty())
                before[{xds::VipKind::Service, name}] = {address, {}};
            wanted[{xds::VipKind::Service, name}];
        }
        for (const auto &[name, vip] : xds::allocate(before, wanted, range)) {
            auto &service = services.at(name.second);
            auto status = statusOf(service);
            if (single)
                status["vip"] = {{"ip", vip.address}};
            else
                status["vips"] = Json::array({{{"ip", vip.address}}});
            service.status = status.dump();
        }
    }

    void giveHostnames()
    {
        static constexpr std::pair<const char *, const char *> kSelectors[] = {
            {kMeshService, "meshService"},
            {kMeshExternalService, "meshExternalService"},
            {kMeshMultiZoneService, "meshMultiZoneService"}};
        std::map<std::string, std::string> taken;  // hostname → service
        for (const auto &[type, selector] : kSelectors) {
            for (auto &[name, service] : m_services[type]) {
                auto addresses = Json::array();
                auto generators = Json::array();
                for (const auto &row : m_store.list("HostnameGenerator")) {
                    const auto spec = Json::parse(row->spec, nullptr, false);
                    const auto &chosen = at(at(spec, "selector"), selector);
                    if (chosen.is_null() || !hasAll(service.labels, tagsAt(chosen, "matchLabels")))
                        continue;
                    const Json reference{{"coreName", row->key.name}};
                    const auto hostname = hostnameFrom(textAt(spec, "template"), service);
                    Json condition{
                        {"type", "Generated"}, {"status", "True"}, {"reason", "Generated"}, {"message", ""}};
                    if (!hostname) {
                        condition = {{"type", "Generated"},
                                     {"status", "False"},
                                     {"reason", "TemplateError"},
                                     {"message", hostname.error().what}};
                    } else if (!taken.emplace(*hostname, name).second && taken[*hostname] != name) {
                        condition = {{"type", "Generated"},
                                     {"status", "False"},
                                     {"reason", "Collision"},
                                     {"message", "Hostname collision with " + std::string(type) + ": "
                                                     + taken[*hostname]}};
                    } else {
                        addresses.push_back({{"hostname", *hostname},
                                             {"origin", "HostnameGenerator"},
                                             {"hostnameGeneratorRef", reference}});
                    }
                    generators.push_back(
                        {{"hostnameGeneratorRef", reference}, {"conditions", Json::array({condition})}});
                }
                auto status = statusOf(service);
                for (auto &[member, list] :
                     {std::pair{"addresses", &addresses}, {"hostnameGenerators", &generators}}) {
                    if (list->empty())
                        status.erase(member);
                    else
                        status[member] = *list;
                }
                service.status = status.dump();
            }
        }
    }

    static Json statusOf(const StoredResource &service)
    {
        auto status = service.status.empty() ? Json::object() : Json::parse(service.status, nullptr, false);
        return status.is_object() ? status : Json::object();
    }

    void writeIfChanged(StoredResource &service)
    {
        const auto stored = m_store.find(service.type, service.key);
        const auto same = [](const std::string &a, const std::string &b) {
            // As values: the order of members means nothing.
            return a == b
                   || nlohmann::json::parse(a, nullptr, false) == nlohmann::json::parse(b, nullptr, false);
        };
        if (stored && same(stored->spec, service.spec) && same(stored->status, service.status))
            return;
        service.modificationTime = m_now;
        m_writes.push_back(StoreWrite::put(std::move(service)));
    }

    const std::string &m_mesh;
    const StoreSnapshot &m_store;
    const ProxyFacts &m_proxies;
    TimePoint m_now;
    Json m_settings;
    bool m_hasMtls = false;
    std::vector<std::shared_ptr<const Dataplane>> m_dataplanes;
    std::map<std::string, std::map<std::string, StoredResource>> m_services;  // type → name
    std::vector<StoreWrite> m_writes;
};

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool needsUpkeep(std::string_view type)
{
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::vector<StoreWrite> upkeepOf(const std::string &mesh, const StoreSnapshot &store, DataplaneCache &cache,
                                 const ProxyFacts &proxies, TimePoint now)
{
    if (!store.find(kMeshType, {{}, mesh}))
        return {};
    return Upkeep(mesh, store, cache, proxies, now).run();
}

Result<std::string> hostnameFrom(std::string_view text, const StoredResource &service)
{
    std::string result;
    while (true) {
        const auto open = text.find("{{");
        result += text.substr(0, open);
        if (open == std::string_view::npos)
            return result;
        const auto close = text.find("}}", open);
        if (close == std::string_view::npos)
            return fail(Error::Code::Invalid, "the template has an action without an end");
        const auto action = trimmed(text.substr(open + 2, close - open - 2));
        text.remove_prefix(close + 2);
        if (action == ".DisplayName") {
            result += displayName(service);
        } else if (action == ".Name") {
            result += service.key.name;
        } else if (action == ".Namespace") {
            continue;  // there is none here
        } else if (action == ".Zone") {
            result += kZoneName;
        } else if (action == ".Mesh") {
            result += service.key.mesh;
        } else if (action.starts_with("label ")) {
            auto key = trimmed(action.substr(6));
            if (key.size() < 2 || key.front() != '"' || key.back() != '"')
                return fail(Error::Code::Invalid, "the template names a label without quotes");
            const auto label = service.labels.find(std::string(key.substr(1, key.size() - 2)));
            if (label == service.labels.end())
                return fail(Error::Code::Invalid, "the label " + std::string(key) + " is not there");
            result += label->second;
        } else {
            return fail(Error::Code::Invalid, "the template asks for \"" + std::string(action) + "\"");
        }
    }
}

}  // namespace meshscope::control
