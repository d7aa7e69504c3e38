// JSON to the YAML that people write: fixed order, block style, few quotes.
#include "backend/codec/json_text.h"
#include "backend/codec/yaml_document.h"
#include "backend/codec/yaml_scalar.h"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <map>
#include <optional>

namespace meshscope {

namespace {

constexpr int kMaxDepth = 400;  // what our own parser can read back

using Names = std::vector<std::string_view>;

// By the path of the object, indexes left out.
const Names *orderOf(const std::string &path)
{
    static const std::map<std::string, Names, std::less<>> orders{
        {"", {"type", "mesh", "name", "labels", "networking", "metrics", "probes", "spec"}},
        {".networking",
         {"address", "advertisedAddress", "admin", "gateway", "inbound", "outbound", "transparentProxying",
          "listeners"}},
        {".networking.gateway", {"type", "tags"}},
        {".networking.inbound",
         {"name", "address", "port", "serviceAddress", "servicePort", "protocol", "state", "health",
          "serviceProbe", "tags"}},
        {".networking.outbound", {"address", "port", "backendRef", "tags"}},
        {".networking.outbound.backendRef", {"kind", "name", "namespace", "port", "labels"}},
        {".networking.listeners", {"name", "type", "address", "port", "state"}},
    };
    const auto found = orders.find(path);
    return found == orders.end() ? nullptr : &found->second;
}

// Whether the text can stand without quotes and be read back as this very text.
bool isPlainSafe(const std::string &text)
{
    if (text.empty() || jsonOfPlainScalar(text))
        return false;
    // YAML 1.1 readers (kumactl's among them) take these for booleans or numbers.
    static const Names kOldWords{"y",  "Y",  "yes", "Yes", "YES", "n",    "N",    "no",   "No",    "NO", "on",
                                 "On", "ON", "off", "Off", "OFF", ".inf", ".nan", ".NaN", "-.inf", "<<", "="};
    if (std::find(kOldWords.begin(), kOldWords.end(), text) != kOldWords.end())
        return false;
    const bool numberLike = text.front() >= '0' && text.front() <= '9'
                            && text.find_first_not_of("0123456789_:.eE+-xoabcdefABCDEF") == std::string::npos;
    const bool isAddress = std::count(text.begin(), text.end(), '.') == 3
                           && text.find_first_not_of("0123456789.") == std::string::npos;
    if (numberLike && !isAddress)
        return false;
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
               || c == '/' || c == '.' || c == '-' || c == '+' || c == ':' || c == '(' || c == ')' || c == ' '
               || c == '@';
    };
    if (!std::all_of(text.begin(), text.end(), fine))
        return false;
    const char first = text.front(), last = text.back();
    if (first == '-' || first == ':' || first == ' ' || first == '@' || first == '.' || first == '+'
        || last == ' ' || last == ':')
        return false;
    return text.find(": ") == std::string::npos;
}

class Writer
{
public:
    Writer() { m_out.SetIndent(2); }

    bool write(JsonValue value, const std::string &path, int depth)
    {
        if (depth > kMaxDepth)
            return false;
        switch (value.kind()) {
        case JsonKind::Null:
        case JsonKind::Bool:
        case JsonKind::Number:
            m_out << std::string(value.raw());
            return true;
        case JsonKind::String:
            string(value.text());
            return true;
        case JsonKind::Array:
            return list(value, path, depth);
        case JsonKind::Object:
            return object(value, path, depth);
        }
        return true;
    }

    std::string text() const { return std::string(m_out.c_str(), m_out.size()) + "\n"; }
    bool isGood() const { return m_out.good(); }

private:
    void string(const std::string &text)
    {
        if (!isPlainSafe(text))
            m_out << YAML::DoubleQuoted;
        m_out << text;
    }

    bool list(JsonValue value, const std::string &path, int depth)
    {
        if (value.size() == 0)
            m_out << YAML::Flow;
        m_out << YAML::BeginSeq;
        for (JsonValue element = value.first(); element; element = element.next()) {
            if (!write(element, path, depth + 1))
                return false;
        }
        m_out << YAML::EndSeq;
        return true;
    }

    bool object(JsonValue value, const std::string &path, int depth)
    {
        // Of equal keys the last counts, where the first stands.
        std::vector<std::pair<std::string, JsonValue>> members;
        std::map<std::string, std::size_t> at;
        for (JsonValue member = value.first(); member; member = member.next()) {
            auto key = member.key();
            if (path.empty() && depth == 0
                && (key == "creationTime" || key == "modificationTime" || key == "kri"))
                continue;
            const auto [place, isNew] = at.try_emplace(key, members.size());
            if (isNew)
                members.emplace_back(std::move(key), member);
            else
                members[place->second].second = member;
        }
        if (const Names *order = orderOf(path)) {
            const auto rank = [order](const auto &member) {
                return std::find(order->begin(), order->end(), member.first) - order->begin();
            };
            std::stable_sort(members.begin(), members.end(),
                             [&](const auto &a, const auto &b) { return rank(a) < rank(b); });
        }
        if (members.empty())
            m_out << YAML::Flow;
        m_out << YAML::BeginMap;
        for (const auto &[key, member] : members) {
            m_out << YAML::Key;
            string(key);
            m_out << YAML::Value;
            if (!write(member, path + "." + key, depth + 1))
                return false;
        }
        m_out << YAML::EndMap;
        return true;
    }

    YAML::Emitter m_out;
};

}  // namespace

Result<std::string> yamlFromJson(std::string_view json)
{
    const auto parsed = JsonText::parse(json);
    if (!parsed)
        return fail(Error::Code::Invalid, "this is not JSON: " + parsed.error());
    Writer writer;
    if (!writer.write(parsed->root(), {}, 0))
        return fail(Error::Code::Invalid, "this is nested too deeply for YAML");
    if (!writer.isGood())
        return fail(Error::Code::Internal, "the YAML writer refused this text");
    return writer.text();
}

}  // namespace meshscope
