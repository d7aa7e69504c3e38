// Reading selectors: from key=value, and from the documents of policies of any era.
#include "backend/query/selector.h"

#include "backend/codec/yaml_document.h"

#include <nlohmann/json.hpp>

namespace meshscope::query {

namespace {

using Json = nlohmann::json;

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string stringOf(const Json &json, const char *member)
{
    const auto found = json.find(member);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class Reader
{
public:
    Result<std::vector<Selector>> read(const Json &document)
    {
        if (!document.is_object())
            return fail(Error::Code::Invalid,
                        "a policy, a targetRef or tags were expected, not a list or a value");
        if (document.contains("kind") && document["kind"].is_string() && !document.contains("spec")) {
            addRef(document, "");
        } else {
            m_mesh = stringOf(document, "mesh");
            const bool hasSpec = document.contains("spec") && document["spec"].is_object();
            addPolicy(hasSpec ? document["spec"] : document, hasSpec ? "spec." : "");
            // A policy whose targetRef is left out is for the whole mesh.
            if (m_selectors.empty() && !m_error && hasSpec && !document["spec"].contains("selector"))
                add("Mesh", "spec", false);
            if (m_selectors.empty() && !m_error && !document.contains("type"))
                addTags(document, add("", "", false), "");
        }
        if (m_error)
            return fail(*m_error);
        if (m_selectors.empty())
            return fail(Error::Code::Invalid, "there is no targetRef, match or tag in it");
        for (Selector &selector : m_selectors)
            selector.mesh = m_mesh;
        return m_selectors;
    }

private:
    Selector &add(const std::string &kind, const std::string &where, bool ofLabels)
    {
        Selector &selector = m_selectors.emplace_back();
        selector.kind = kind;
        selector.where = where;
        selector.ofLabels = ofLabels;
        return selector;
    }

    void wrong(const std::string &what, const std::string &where)
    {
        if (!m_error)
            m_error = Error{Error::Code::Invalid, what, where};
    }

    void addTags(const Json &tags, Selector &selector, const std::string &where)
    {
        if (!tags.is_object())
            return wrong("a map of tags was expected", where);
        for (const auto &[key, value] : tags.items()) {
            if (value.is_object() || value.is_array())
                return wrong("the value of the tag " + key + " is no text", where);
            selector.requirements.push_back(
                {key, value.is_string() ? value.get<std::string>() : value.dump()});
        }
    }

    void addRef(const Json &ref, const std::string &where)
    {
        if (!ref.is_object())
            return wrong("a targetRef was expected", where);
        const std::string kind = stringOf(ref, "kind");
        const std::string name = stringOf(ref, "name");
        if (kind == "Dataplane") {
            Selector &selector = add(kind, where, true);
            selector.name = name;
            selector.section = stringOf(ref, "sectionName");
            if (ref.contains("labels"))
                addTags(ref["labels"], selector, where + ".labels");
        } else if (kind == "Mesh" || kind == "MeshSubset" || kind == "MeshService"
                   || kind == "MeshServiceSubset" || kind == "MeshGateway") {
            if (kind.starts_with("MeshService") && name.empty())
                return wrong("a targetRef of kind " + kind + " needs a name", where);
            Selector &selector = add(kind, where, false);
            if (!name.empty() && kind != "Mesh")
                selector.requirements.push_back({kServiceTag, name});
            if (ref.contains("tags"))
                addTags(ref["tags"], selector, where + ".tags");
        } else if (kind.empty()) {
            wrong("a targetRef needs a kind, as in kind: MeshSubset", where);
        } else {
            wrong("a targetRef of kind " + kind + " chooses no proxies by their tags", where);
        }
    }

    // Of a MeshService: the dataplanes behind it.
    void addServiceSelector(const Json &selector, const std::string &where)
    {
        if (selector.contains("dataplaneTags"))
            addTags(selector["dataplaneTags"], add("MeshService", where + ".dataplaneTags", false),
                    where + ".dataplaneTags");
        if (selector.contains("dataplaneLabels") && selector["dataplaneLabels"].is_object()) {
            const Json &labels = selector["dataplaneLabels"];
            addTags(labels.contains("matchLabels") ? labels["matchLabels"] : labels,
                    add("MeshService", where + ".dataplaneLabels", true), where + ".dataplaneLabels");
        }
    }

    void addPolicy(const Json &spec, const std::string &prefix)
    {
        if (spec.contains("targetRef"))
            addRef(spec["targetRef"], prefix + "targetRef");
        if (spec.contains("selector") && spec["selector"].is_object())
            addServiceSelector(spec["selector"], prefix + "selector");
        for (const char *list : {"sources", "destinations", "selectors", "from"}) {
            if (!spec.contains(list) || !spec[list].is_array())
                continue;
            std::size_t place = 0;
            for (const auto &entry : spec[list]) {
                const std::string where = prefix + list + '[' + std::to_string(place++) + ']';
                if (!entry.is_object())
                    wrong("an entry was expected", where);
                else if (entry.contains("match"))
                    addTags(entry["match"], add("match", where + ".match", false), where + ".match");
                else if (entry.contains("targetRef"))
                    addRef(entry["targetRef"], where + ".targetRef");
            }
        }
    }

    std::string m_mesh;
    std::vector<Selector> m_selectors;
    std::optional<Error> m_error;
};

// "a=b, c=d"; nothing when it has another form.
std::optional<Selector> pairsFrom(std::string_view text)
{
    Selector selector;
    while (!text.empty()) {
        const auto end = text.find_first_of(",\n");
        const auto part = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (part.empty())
            continue;
        const auto equals = part.find('=');
        const auto key = trimmed(part.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()
            || key.find_first_of(" \t:{\"") != std::string_view::npos)
            return {};
        auto value = trimmed(part.substr(equals + 1));
        if (value.starts_with('='))  // key==value, as in a query
            value = trimmed(value.substr(1));
        selector.requirements.push_back({std::string(key), value.empty() ? "*" : std::string(value)});
    }
    return selector.requirements.empty() ? std::nullopt : std::optional(selector);
}

}  // namespace

Result<std::vector<Selector>> parseSelectors(std::string_view text)
{
    if (trimmed(text).empty())
        return fail(Error::Code::Invalid,
                    "a selector like kuma.io/service=web, version=v2 was expected, or a policy");
    if (auto pairs = pairsFrom(text))
        return std::vector<Selector>{std::move(*pairs)};
    const auto document = YamlDocument::parse(std::string(text));
    if (!document) {
        const auto &position = document.error().position;
        return fail(Error::Code::Invalid, document.error().message,
                    "line " + std::to_string(position.line) + ", column " + std::to_string(position.column));
    }
    return Reader().read(Json::parse(document->json(), nullptr, false));
}

}  // namespace meshscope::query
