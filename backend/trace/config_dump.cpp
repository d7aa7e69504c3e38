#include "backend/trace/config_dump.h"

namespace meshscope {

using Json = nlohmann::json;

namespace {
const Json kNull;
const Json kEmptyList = Json::array();
}  // namespace

const Json &at(const Json &value, std::string_view key)
{
    if (!value.is_object())
        return kNull;
    const auto found = value.find(std::string(key));
    return found == value.end() ? kNull : *found;
}

std::string textAt(const Json &value, std::string_view key)
{
    const Json &found = at(value, key);
    return found.is_string() ? found.get<std::string>() : std::string();
}

std::uint64_t numberAt(const Json &value, std::string_view key)
{
    const Json &found = at(value, key);
    return found.is_number() ? found.get<std::uint64_t>() : 0;
}

const Json &listAt(const Json &value, std::string_view key)
{
    const Json &found = at(value, key);
    return found.is_array() ? found : kEmptyList;
}

Result<ConfigDump> ConfigDump::parse(std::string_view text)
{
    const Json root = Json::parse(text, nullptr, false);
    if (!at(root, "configs").is_array())
        return fail(Error::Code::Invalid, "this is no configuration dump of an Envoy");
    ConfigDump dump;
    for (const auto &config : root["configs"]) {
        const std::string type = textAt(config, "@type");
        if (type.find("BootstrapConfigDump") != std::string::npos) {
            const Json &node = at(at(config, "bootstrap"), "node");
            const std::string id = textAt(node, "id");
            const auto dot = id.find('.');
            dump.m_mesh = id.substr(0, dot);
            dump.m_proxy = dot == std::string::npos ? id : id.substr(dot + 1);
            dump.m_service = textAt(node, "cluster");
        } else if (type.find("ListenersConfigDump") != std::string::npos) {
            dump.takeListeners(config);
        } else if (type.find("ClustersConfigDump") != std::string::npos) {
            dump.takeClusters(config);
        } else if (type.find("EndpointsConfigDump") != std::string::npos) {
            dump.takeEndpoints(config);
        } else if (type.find("RoutesConfigDump") != std::string::npos) {
            for (const char *list : {"static_route_configs", "dynamic_route_configs"}) {
                for (const auto &entry : listAt(config, list))
                    dump.m_routes[textAt(at(entry, "route_config"), "name")] = at(entry, "route_config");
            }
        }
    }
    return dump;
}

void ConfigDump::takeListeners(const Json &dump)
{
    for (const auto &entry : listAt(dump, "dynamic_listeners")) {
        Listener listener;
        listener.name = textAt(entry, "name");
        listener.value = at(at(entry, "active_state"), "listener");
        listener.isWarming = listener.value.is_null() && at(entry, "warming_state").is_object();
        listener.refused = textAt(at(entry, "error_state"), "details");
        takeNames(listener.value);
        m_listeners.push_back(std::move(listener));
    }
    for (const auto &entry : listAt(dump, "static_listeners")) {
        const Json &value = at(entry, "listener");
        m_listeners.push_back({value, textAt(value, "name"), false, {}});
    }
}

void ConfigDump::takeClusters(const Json &dump)
{
    for (const char *list : {"static_clusters", "dynamic_active_clusters"}) {
        for (const auto &entry : listAt(dump, list))
            m_clusters[textAt(at(entry, "cluster"), "name")] = at(entry, "cluster");
    }
    for (const auto &entry : listAt(dump, "dynamic_warming_clusters")) {
        const std::string name = textAt(at(entry, "cluster"), "name");
        if (m_clusters.emplace(name, at(entry, "cluster")).second)
            m_warming[name] = true;
    }
}

void ConfigDump::takeEndpoints(const Json &dump)
{
    for (const char *list : {"static_endpoint_configs", "dynamic_endpoint_configs"}) {
        for (const auto &entry : listAt(dump, list)) {
            const Json &assignment = at(entry, "endpoint_config");
            m_endpoints[textAt(assignment, "cluster_name")] = listAt(assignment, "endpoints");
        }
    }
}

// Kuma up to 2.14: the table of the DNS filter. Kuma 3 and the embedded protocol: a direct response at /dns.
void ConfigDump::takeNames(const Json &listener)
{
    for (const auto &filter : listAt(listener, "listener_filters")) {
        const Json &table = at(at(at(filter, "typed_config"), "server_config"), "inline_dns_table");
        for (const auto &domain : listAt(table, "virtual_domains")) {
            auto &addresses = m_names[textAt(domain, "name")];
            for (const auto &address : listAt(at(at(domain, "endpoint"), "address_list"), "address"))
                addresses.push_back(address.is_string() ? address.get<std::string>() : std::string());
        }
    }
    for (const auto &chain : listAt(listener, "filter_chains")) {
        for (const auto &filter : listAt(chain, "filters")) {
            for (const auto &host : listAt(at(at(filter, "typed_config"), "route_config"), "virtual_hosts")) {
                for (const auto &route : listAt(host, "routes")) {
                    if (textAt(at(route, "match"), "path") != "/dns")
                        continue;
                    const auto body = textAt(at(at(route, "direct_response"), "body"), "inline_string");
                    const Json records = Json::parse(body, nullptr, false);
                    for (const auto &record : listAt(records, "records")) {
                        auto &addresses = m_names[textAt(record, "name")];
                        for (const auto &ip : listAt(record, "ips"))
                            addresses.push_back(ip.is_string() ? ip.get<std::string>() : std::string());
                    }
                }
            }
        }
    }
}

const Json &ConfigDump::cluster(const std::string &name) const
{
    const auto found = m_clusters.find(name);
    return found == m_clusters.end() ? kNull : found->second;
}

const Json &ConfigDump::routes(const std::string &name) const
{
    const auto found = m_routes.find(name);
    return found == m_routes.end() ? kNull : found->second;
}

const Json &ConfigDump::endpoints(const Json &cluster) const
{
    const std::string own = textAt(at(cluster, "eds_cluster_config"), "service_name");
    const auto found = m_endpoints.find(own.empty() ? textAt(cluster, "name") : own);
    if (found != m_endpoints.end())
        return found->second;
    return at(at(cluster, "load_assignment"), "endpoints");
}

}  // namespace meshscope
