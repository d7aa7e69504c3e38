// MeshProxyPatch: a person's own changes to what was generated, applied on the JSON of the resources because
// that is what they are written in. Lists of a patch are joined to what is there; JSON patches can do the
// rest.
#include "backend/codec/yaml_document.h"
#include "backend/xds/generation.h"

#include "envoy/extensions/filters/http/buffer/v3/buffer.pb.h"
#include "envoy/extensions/filters/http/cors/v3/cors.pb.h"
#include "envoy/extensions/filters/http/lua/v3/lua.pb.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>

namespace meshscope::xds {

namespace {

constexpr char kManager[] = "envoy.filters.network.http_connection_manager";

// Filters that nothing here makes, but people do: without this the linker leaves their types out.
void linkTypes()
{
    using namespace envoy::extensions::filters::http;
    google::protobuf::LinkMessageReflection<buffer::v3::Buffer>();
    google::protobuf::LinkMessageReflection<buffer::v3::BufferPerRoute>();
    google::protobuf::LinkMessageReflection<cors::v3::Cors>();
    google::protobuf::LinkMessageReflection<lua::v3::Lua>();
    google::protobuf::LinkMessageReflection<lua::v3::LuaPerRoute>();
}

struct Element {
    Json json;
    Origin origin;
    std::size_t source;  // in the draft; kNew = added
};
constexpr std::size_t kNew = static_cast<std::size_t>(-1);

struct Elements {
    std::vector<Element> clusters;
    std::vector<Element> listeners;
};

void merge(Json &target, const Json &patch)
{
    if (target.is_array() && patch.is_array()) {
        target.insert(target.end(), patch.begin(), patch.end());
        return;
    }
    if (!target.is_object() || !patch.is_object()) {
        target = patch;
        return;
    }
    for (const auto &[name, value] : patch.items()) {
        const auto found = target.find(name);
        if (found == target.end())
            target[name] = value;
        else
            merge(*found, value);
    }
}

// snake_case names of the Envoy API are as good as camelCase ones.
Json camelCase(const Json &value)
{
    if (value.is_array()) {
        auto result = Json::array();
        for (const auto &entry : value)
            result.push_back(camelCase(entry));
        return result;
    }
    if (!value.is_object())
        return value;
    auto result = Json::object();
    for (const auto &[name, entry] : value.items()) {
        std::string key;
        const bool isName = name.find_first_of("./:@") == std::string::npos;
        for (std::size_t i = 0; i < name.size(); ++i) {
            if (isName && name[i] == '_' && i > 0 && i + 1 < name.size())
                key += static_cast<char>(std::toupper(static_cast<unsigned char>(name[++i])));
            else
                key += name[i];
        }
        result[key] = camelCase(entry);
    }
    return result;
}

Result<Json> resourceValue(const Json &modification)
{
    const auto document = YamlDocument::parse(textAt(modification, "value"));
    if (!document)
        return fail(Error::Code::Invalid, "value is no YAML: " + document.error().message);
    auto json = Json::parse(document->json(), nullptr, false);
    if (!json.is_object())
        return fail(Error::Code::Invalid, "value is not an Envoy resource");
    return camelCase(json);
}

Result<void> patch(Json &target, const Json &modification)
{
    if (const auto &steps = listAt(modification, "jsonPatches"); !steps.empty()) {
        try {
            target.patch_inplace(steps);
        } catch (const Json::exception &error) {
            return fail(Error::Code::Invalid, std::string("a JSON patch does not apply: ") + error.what());
        }
        return {};
    }
    const auto value = resourceValue(modification);
    if (!value)
        return fail(value.error());
    merge(target, *value);
    return {};
}

bool fits(const Element &element, const Json &match, const char *nameField, const char *tagsField)
{
    const auto origin = textAt(match, "origin");
    const auto name = textAt(match, nameField);
    if ((!origin.empty() && origin != textOf(element.origin))
        || (!name.empty() && name != textAt(element.json, "name")))
        return false;
    const auto &metadata = at(at(element.json, "metadata"), "filterMetadata");
    return hasAll(textsAt(metadata, "io.kuma.tags"), tagsField ? textsAt(match, tagsField) : Tags());
}

Result<void> change(std::vector<Element> &elements, const Json &modification, const char *tagsField)
{
    const auto operation = textAt(modification, "operation");
    const auto &match = at(modification, "match");
    const auto matches = [&](const Element &element) { return fits(element, match, "name", tagsField); };
    if (operation == "Remove") {
        std::erase_if(elements, matches);
    } else if (operation == "Patch") {
        for (auto &element : elements)
            if (matches(element))
                if (auto done = patch(element.json, modification); !done)
                    return done;
    } else {  // Add
        auto value = resourceValue(modification);
        if (!value)
            return fail(value.error());
        const auto name = textAt(*value, "name");
        std::erase_if(elements, [&](const Element &element) { return textAt(element.json, "name") == name; });
        elements.push_back({std::move(*value), Origin::Other, kNew});
    }
    return {};
}

// A list of filters, each with its name.
Result<void> changeFilters(Json &filters, const Json &modification)
{
    if (!filters.is_array())
        filters = Json::array();
    const auto operation = textAt(modification, "operation");
    const auto wanted = textAt(at(modification, "match"), "name");
    const auto isIt = [&wanted](const Json &filter) {
        return wanted.empty() || textAt(filter, "name") == wanted;
    };
    if (operation == "Remove") {
        auto left = Json::array();
        std::copy_if(filters.begin(), filters.end(), std::back_inserter(left),
                     [&isIt](const Json &filter) { return !isIt(filter); });
        filters = std::move(left);
        return {};
    }
    if (operation == "Patch") {
        const bool isJsonPatch = !listAt(modification, "jsonPatches").empty();
        for (auto &filter : filters)
            if (isIt(filter))
                if (auto done = patch(isJsonPatch ? filter["typedConfig"] : filter, modification); !done)
                    return done;
        return {};
    }
    auto value = resourceValue(modification);
    if (!value)
        return fail(value.error());
    auto place = operation == "AddFirst" ? filters.begin() : filters.end();
    if (operation == "AddBefore" || operation == "AddAfter") {
        place = std::find_if(filters.begin(), filters.end(), isIt);
        if (place == filters.end())
            return {};
        if (operation == "AddAfter")
            ++place;
    }
    filters.insert(place, std::move(*value));
    return {};
}

Json *managerIn(Json &chain)
{
    if (!chain.contains("filters"))
        return nullptr;
    for (auto &filter : chain["filters"])
        if (textAt(filter, "name") == kManager && filter.contains("typedConfig"))
            return &filter["typedConfig"];
    return nullptr;
}

Result<void> changeHosts(Json &manager, const Json &modification)
{
    if (!manager.contains("routeConfig"))
        return {};
    auto &routes = manager["routeConfig"];
    const auto &match = at(modification, "match");
    const auto wanted = textAt(match, "routeConfigurationName");
    if (!wanted.empty() && wanted != textAt(routes, "name"))
        return {};
    std::vector<Element> hosts;
    for (const auto &host : listAt(routes, "virtualHosts"))
        hosts.push_back({host, Origin::Other, kNew});
    const Json byName = {{"operation", textAt(modification, "operation")},
                         {"match", {{"name", textAt(match, "name")}}},
                         {"value", textAt(modification, "value")},
                         {"jsonPatches", listAt(modification, "jsonPatches")}};
    if (auto done = change(hosts, byName, nullptr); !done)
        return done;
    auto result = Json::array();
    for (auto &host : hosts)
        result.push_back(std::move(host.json));
    routes["virtualHosts"] = std::move(result);
    return {};
}

Result<void> apply(Elements &all, const Json &modification)
{
    if (const auto &cluster = at(modification, "cluster"); cluster.is_object())
        return change(all.clusters, cluster, nullptr);
    if (const auto &listener = at(modification, "listener"); listener.is_object())
        return change(all.listeners, listener, "tags");
    for (const char *kind : {"networkFilter", "httpFilter", "virtualHost"}) {
        const auto &inner = at(modification, kind);
        if (!inner.is_object())
            continue;
        for (auto &listener : all.listeners) {
            if (!fits(listener, at(inner, "match"), "listenerName", "listenerTags")
                || !listener.json.contains("filterChains"))
                continue;
            for (auto &chain : listener.json["filterChains"]) {
                auto *manager = managerIn(chain);
                Result<void> done;
                if (kind == std::string_view("networkFilter"))
                    done = changeFilters(chain["filters"], inner);
                else if (manager && kind == std::string_view("httpFilter"))
                    done = changeFilters((*manager)["httpFilters"], inner);
                else if (manager)
                    done = changeHosts(*manager, inner);
                if (!done)
                    return done;
            }
        }
    }
    return {};
}

template <class List>
std::vector<Element> opened(List &list)
{
    std::vector<Element> elements;
    for (std::size_t i = 0; i < list.size(); ++i) {
        list[i].close();
        std::string text;
        if (google::protobuf::util::MessageToJsonString(list[i].message, &text).ok())
            elements.push_back({Json::parse(text, nullptr, false), list[i].origin, i});
    }
    return elements;
}

template <class List>
Result<List> closed(const std::vector<Element> &elements, const List &before)
{
    List result;
    for (const auto &element : elements) {
        typename List::value_type draft;
        if (element.source != kNew)
            draft = before[element.source];
        draft.message.Clear();
        const auto status = google::protobuf::util::JsonStringToMessage(element.json.dump(), &draft.message);
        if (!status.ok())
            return fail(Error::Code::Invalid,
                        "what it makes of " + textAt(element.json, "name")
                            + " is not of the Envoy API: " + std::string(status.message()));
        result.push_back(std::move(draft));
    }
    return result;
}

}  // namespace

Result<void> applyProxyPatches(Generation &run)
{
    const auto *rules = run.rules.of("MeshProxyPatch");
    if (!rules)
        return {};
    linkTypes();
    Elements all{opened(run.draft.clusters), opened(run.draft.listeners)};
    // Modifications are joined, so those of the weakest policy come first.
    for (const auto &match : rules->matched) {
        const auto &modifications = listAt(match.policy->conf, "appendModifications");
        for (std::size_t i = 0; i < modifications.size(); ++i) {
            if (auto done = apply(all, modifications[i]); !done)
                return fail(Error::Code::Invalid, done.error().what,
                            "MeshProxyPatch " + match.policy->resource->key.name
                                + ": spec.default.appendModifications[" + std::to_string(i) + "]");
        }
    }
    const auto where = "MeshProxyPatch " + rules->matched.back().policy->resource->key.name;
    auto clusters = closed(all.clusters, run.draft.clusters);
    if (!clusters)
        return fail(Error::Code::Invalid, clusters.error().what, where);
    auto listeners = closed(all.listeners, run.draft.listeners);
    if (!listeners)
        return fail(Error::Code::Invalid, listeners.error().what, where);
    run.draft.clusters = std::move(*clusters);
    run.draft.listeners = std::move(*listeners);
    return {};
}

}  // namespace meshscope::xds
