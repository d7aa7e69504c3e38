// What Envoy's /config_dump?include_eds says, found again by name. Any thread; equal content gives equal
// answers.
#pragma once

#include "backend/core/result.h"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

class ConfigDump
{
public:
    using Json = nlohmann::json;

    // Invalid when it is no such JSON.
    static Result<ConfigDump> parse(std::string_view text);

    struct Listener {
        Json value;  // the active one; null when none is active
        std::string name;
        bool isWarming = false;  // none active yet
        std::string refused;     // why Envoy did not take the newest, or empty
    };
    const std::vector<Listener> &listeners() const { return m_listeners; }
    // Null when there is none.
    const Json &cluster(const std::string &name) const;
    bool isWarming(const std::string &cluster) const { return m_warming.count(cluster) > 0; }
    const Json &routes(const std::string &name) const;
    // The endpoints of a cluster: from EDS, else its own. Null when there are none.
    const Json &endpoints(const Json &cluster) const;

    const std::string &proxy() const { return m_proxy; }  // "web-1"
    const std::string &mesh() const { return m_mesh; }
    const std::string &service() const { return m_service; }  // node.cluster

    // Names that this proxy resolves: from its DNS filter, or from its dynamic configuration.
    const std::map<std::string, std::vector<std::string>> &names() const { return m_names; }

private:
    void takeListeners(const Json &dump);
    void takeClusters(const Json &dump);
    void takeEndpoints(const Json &dump);
    void takeNames(const Json &listener);

    std::vector<Listener> m_listeners;
    std::map<std::string, Json> m_clusters;
    std::map<std::string, bool> m_warming;
    std::map<std::string, Json> m_routes;
    std::map<std::string, Json> m_endpoints;
    std::map<std::string, std::vector<std::string>> m_names;
    std::string m_proxy;
    std::string m_mesh;
    std::string m_service;
};

// JSON with defaults, without exceptions: what is not there, or of another kind, is null or empty.
const nlohmann::json &at(const nlohmann::json &value, std::string_view key);
std::string textAt(const nlohmann::json &value, std::string_view key);
std::uint64_t numberAt(const nlohmann::json &value, std::string_view key);
// Elements of an array; nothing when it is none.
const nlohmann::json &listAt(const nlohmann::json &value, std::string_view key);

}  // namespace meshscope
