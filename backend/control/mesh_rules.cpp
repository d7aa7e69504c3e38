#include "backend/control/mesh_rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <set>

namespace meshscope::control {

namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

const Json kNothing;

const Json &at(const Json &object, const char *name)
{
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

std::string indexed(const std::string &path, std::size_t index)
{
    return path + "[" + std::to_string(index) + "]";
}

// "1d", "2w3h", "10y": Prometheus' durations, units from large to small.
bool isLongDuration(std::string_view text)
{
    static constexpr std::array<std::string_view, 7> kUnits{"y", "w", "d", "h", "m", "s", "ms"};
    std::size_t next = 0;
    bool any = false;
    while (!text.empty()) {
        const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto rest = text.substr(digits);
        const auto unit = rest.substr(0, std::min(rest.find_first_of("0123456789"), rest.size()));
        const auto found = std::find(kUnits.begin() + static_cast<std::ptrdiff_t>(next), kUnits.end(), unit);
        if (digits == 0 || found == kUnits.end())
            return false;
        next = static_cast<std::size_t>(found - kUnits.begin()) + 1;
        text = rest.substr(unit.size());
        any = true;
    }
    return any;
}

class Checker
{
public:
    explicit Checker(const Json &mesh)
        : m_mesh(mesh)
    {}

    std::vector<Violation> run()
    {
        checkMtls();
        checkLogging();
        checkTracing();
        checkMetrics();
        checkConstraints();
        if (at(at(m_mesh, "routing"), "zoneEgress") == true && at(m_mesh, "mtls").is_null())
            report("mtls", "has to be set when zoneEgress enabled");
        return std::move(m_violations);
    }

private:
    void report(std::string field, std::string reason)
    {
        m_violations.push_back({std::move(field), std::move(reason)});
    }

    // Names are unique and, where asked, not empty; the chosen one is among them.
    void checkNames(const Json &section, const std::string &path, const char *chosenField,
                    const char *chosenReason, bool needName,
                    const std::function<void(const Json &, const std::string &)> &checkOne)
    {
        std::set<std::string> names;
        const auto &backends = at(section, "backends");
        for (std::size_t i = 0; backends.is_array() && i < backends.size(); ++i) {
            const auto field = indexed(path + ".backends", i);
            const auto name = textAt(backends[i], "name");
            if (needName && name.empty())
                report(field + ".name", "cannot be empty");
            if (!names.insert(name).second)
                report(field + ".name", "\"" + name + "\" name is already used for another backend");
            checkOne(backends[i], field);
        }
        if (const auto chosen = textAt(section, chosenField); !chosen.empty() && !names.contains(chosen))
            report(path + "." + chosenField, chosenReason);
    }

    void checkMtls()
    {
        const auto &mtls = at(m_mesh, "mtls");
        if (at(mtls, "backends").size() > 1)
            report("mtls.backends", "cannot have more than 1 backends");
        checkNames(mtls, "mtls", "enabledBackend", "has to be set to one of the backends in the mesh", false,
                   [this](const Json &backend, const std::string &) {
                       const auto life = textAt(at(at(backend, "dpCert"), "rotation"), "expiration");
                       if (!life.empty() && !isLongDuration(life))
                           report("mtls.dpcert.rotation.expiration", "has to be a valid format");
                   });
    }

    void checkLogging()
    {
        checkNames(at(m_mesh, "logging"), "logging", "defaultBackend",
                   "has to be set to one of the logging backend in mesh", true,
                   [this](const Json &backend, const std::string &field) {
                       const auto type = textAt(backend, "type");
                       const auto &conf = at(backend, "conf");
                       if (type == "file") {
                           if (textAt(conf, "path").empty())
                               report(field + ".config.path", "cannot be empty");
                       } else if (type == "tcp") {
                           checkHostPort(textAt(conf, "address"), field + ".config.address");
                       } else {
                           report(field + ".type",
                                  "unknown backend type. Available backends: \"tcp\", \"file\"");
                       }
                   });
    }

    void checkHostPort(const std::string &address, const std::string &field)
    {
        if (address.empty())
            report(field, "cannot be empty");
        else if (const auto colon = address.rfind(':');
                 colon == std::string::npos || colon + 1 == address.size())
            report(field, "has to be in format of HOST:PORT");
    }

    void checkTracing()
    {
        checkNames(at(m_mesh, "tracing"), "tracing", "defaultBackend",
                   "has to be set to one of the tracing backend in mesh", true,
                   [this](const Json &backend, const std::string &field) {
                       const auto &sampling = at(backend, "sampling");
                       if (sampling.is_number() && (sampling < 0.0 || sampling > 100.0))
                           report(field + ".sampling", "has to be in [0.0 - 100.0] range");
                       const auto type = textAt(backend, "type");
                       if (type == "zipkin")
                           checkZipkin(at(backend, "conf"), field + ".config");
                       else if (type == "datadog")
                           checkDatadog(at(backend, "conf"), field + ".config");
                       else
                           report(field + ".type",
                                  "unknown backend type. Available backends: \"zipkin\", \"datadog\"");
                   });
    }

    void checkZipkin(const Json &conf, const std::string &field)
    {
        const auto url = textAt(conf, "url");
        const auto scheme = url.find("://");
        if (url.empty()) {
            report(field + ".url", "cannot be empty");
        } else if (scheme == std::string::npos || url.find(' ') != std::string::npos) {
            report(field + ".url", "invalid URL");
        } else {
            const auto authority = url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3);
            if (authority.rfind(':') == std::string::npos)
                report(field + ".url", "port has to be explicitly specified");
        }
        static const std::set<std::string> kVersions{"", "httpJsonV1", "httpJson", "httpProto"};
        if (!kVersions.contains(textAt(conf, "apiVersion")))
            report(field + ".apiVersion",
                   "has invalid value. Allowed values: httpJsonV1, httpJson, httpProto");
    }

    void checkDatadog(const Json &conf, const std::string &field)
    {
        if (textAt(conf, "address").empty())
            report(field + ".address", "cannot be empty");
        const auto &port = at(conf, "port");
        if (!port.is_number() || port < 1 || port > 65535)
            report(field + ".port", "port must be in the range [1, 65535]");
    }

    void checkMetrics()
    {
        checkNames(
            at(m_mesh, "metrics"), "metrics", "enabledBackend",
            "has to be set to one of the backends in the mesh", false,
            [this](const Json &backend, const std::string &field) {
                const auto &conf = at(backend, "conf");
                if (textAt(backend, "type") != "prometheus")
                    report(field + ".type", "unknown backend type. Available backends: \"prometheus\"");
                else if (!at(conf, "skipMTLS").is_null() && !at(conf, "tls").is_null())
                    report(field + ".conf", "skipMTLS and tls configuration cannot be defined together");
            });
    }

    void checkConstraints()
    {
        const auto &rules = at(at(m_mesh, "constraints"), "dataplaneProxy");
        for (const char *kind : {"requirements", "restrictions"}) {
            const auto &list = at(rules, kind);
            for (std::size_t i = 0; list.is_array() && i < list.size(); ++i)
                if (at(list[i], "tags").empty())
                    report(indexed(std::string("constraints.dataplaneProxy.") + kind, i) + ".tags",
                           "must have at least one tag");
        }
    }

    const Json &m_mesh;
    std::vector<Violation> m_violations;
};

bool matches(const Json &rule, const Tags &tags)
{
    for (const auto &[key, value] : at(rule, "tags").items()) {
        const auto found = tags.find(key);
        if (found == tags.end() || (value != "*" && value != found->second))
            return false;
    }
    return true;
}

}  // namespace

std::vector<Violation> meshViolations(std::string_view canonicalJson)
{
    const auto mesh = Json::parse(canonicalJson, nullptr, false);
    return Checker(mesh).run();
}

std::vector<Violation> meshChangeViolations(std::string_view before, std::string_view after)
{
    std::vector<Violation> violations;
    const auto old = Json::parse(before, nullptr, false);
    const auto now = Json::parse(after, nullptr, false);
    const auto &backends = at(at(now, "mtls"), "backends");
    for (std::size_t i = 0; backends.is_array() && i < backends.size(); ++i) {
        const auto type = textAt(backends[i], "type");
        const auto field = indexed("mtls.backends", i);
        if (type != "builtin" && type != "provided")
            violations.push_back({field + ".type", "could not find installed plugin for this type"});
        for (const char *part : {"cert", "key"})
            if (type == "provided" && at(at(backends[i], "conf"), part).is_null())
                violations.push_back({field + ".conf." + part, "has to be defined"});
    }
    const auto enabled = textAt(at(old, "mtls"), "enabledBackend");
    const auto wanted = textAt(at(now, "mtls"), "enabledBackend");
    if (!enabled.empty() && !wanted.empty() && enabled != wanted) {
        violations.push_back({"mtls.enabledBackend",
                              "Changing CA when mTLS is enabled is forbidden. Disable mTLS first"
                              " and then change the CA"});
    }
    return violations;
}

std::string withMeshDefaults(std::string_view spec)
{
    auto mesh = OrderedJson::parse(spec, nullptr, false);
    if (!mesh.is_object() || !mesh.contains("metrics") || !mesh["metrics"].contains("backends"))
        return std::string(spec);
    for (auto &backend : mesh["metrics"]["backends"]) {
        auto &conf = backend["conf"];
        const auto byDefault = [&conf](const char *name, OrderedJson value) {
            if (!conf.contains(name))
                conf[name] = std::move(value);
        };
        byDefault("path", "/metrics");
        byDefault("port", 5670);
        byDefault("tags", {{"kuma.io/service", "dataplane-metrics"}});
        if (!conf.contains("skipMTLS"))
            byDefault("tls", OrderedJson::object());
    }
    return mesh.dump();
}

std::string withMeshServiceDefaults(std::string_view spec)
{
    auto service = OrderedJson::parse(spec, nullptr, false);
    if (!service.is_object())
        return std::string(spec);
    if (const auto ports = service.find("ports"); ports != service.end() && ports->is_array())
        for (auto &port : *ports)
            if (port.is_object() && !port.contains("targetPort"))
                port["targetPort"] = 0;
    if (const auto selector = service.find("selector"); selector != service.end() && selector->is_object())
        selector->erase("dataplaneLabels");  // of later versions
    return service.dump();
}

bool isMember(std::string_view meshSpec, const Dataplane &dataplane)
{
    const auto mesh = Json::parse(meshSpec, nullptr, false);
    const auto &rules = at(at(mesh, "constraints"), "dataplaneProxy");
    const auto &requirements = at(rules, "requirements");
    const auto &restrictions = at(rules, "restrictions");
    for (const auto &tags : dataplane.tagSets()) {
        const auto fits = [&tags](const Json &rule) { return matches(rule, tags); };
        if (!requirements.empty() && std::none_of(requirements.begin(), requirements.end(), fits))
            return false;
        if (std::any_of(restrictions.begin(), restrictions.end(), fits))
            return false;
    }
    return true;
}

}  // namespace meshscope::control
