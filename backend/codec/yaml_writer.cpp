// JSON to the YAML that people write: fixed order, block style, few quotes. yaml-cpp's emitter loses some
// characters and quotes the word null, so this writes by itself.
#include "backend/codec/json_text.h"
#include "backend/codec/yaml_document.h"
#include "backend/codec/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>

namespace meshscope {

namespace {

constexpr int kMaxDepth = 400;                   // what our own parser can read back
constexpr std::size_t kLongestSimpleKey = 1000;  // YAML ends it at 1024

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

// Code points that a reader may not take as they are: controls, line ends of other standards, marks,
// noncharacters.
bool needsEscape(std::uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || code == 0xFEFF
           || (code & 0xFFFE) == 0xFFFE;
}

std::string doubleQuoted(const std::string &text)
{
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        // The text is valid UTF-8: JsonValue::text() makes it so.
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t i = 1; i < length; ++i)
            code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3F);
        std::array<char, 16> escape{};
        if (code == '"' || code == '\\')
            std::snprintf(escape.data(), escape.size(), "\\%c", static_cast<char>(code));
        else if (code == '\n')
            std::snprintf(escape.data(), escape.size(), "\\n");
        else if (code == '\t')
            std::snprintf(escape.data(), escape.size(), "\\t");
        else if (needsEscape(code))
            std::snprintf(escape.data(), escape.size(), code > 0xFFFF ? "\\U%08X" : "\\u%04X",
                          static_cast<unsigned>(code));
        if (escape[0] != '\0')
            out += escape.data();
        else
            out.append(text, at, length);
        at += length;
    }
    return out + '"';
}

class Writer
{
public:
    // False when it is nested too deeply.
    bool write(JsonValue value, const std::string &path, int depth, std::size_t indent)
    {
        if (depth > kMaxDepth)
            return false;
        switch (value.kind()) {
        case JsonKind::Null:
        case JsonKind::Bool:
        case JsonKind::Number:
            out += value.raw();
            return true;
        case JsonKind::String:
            out += scalar(value.text());
            return true;
        case JsonKind::Array:
            return list(value, path, depth, indent);
        case JsonKind::Object:
            return object(value, path, depth, indent);
        }
        return true;
    }

    std::string out;

private:
    using Members = std::vector<std::pair<std::string, JsonValue>>;

    static std::string scalar(const std::string &text)
    {
        return isPlainSafe(text) ? text : doubleQuoted(text);
    }

    void newLine(std::size_t indent) { out.append(1, '\n').append(indent, ' '); }

    // The cursor is where the first entry goes; the others go below it.
    bool list(JsonValue value, const std::string &path, int depth, std::size_t indent)
    {
        if (value.size() == 0) {
            out += "[]";
            return true;
        }
        for (JsonValue element = value.first(); element; element = element.next()) {
            out += "- ";
            if (!write(element, path, depth + 1, indent + 2))
                return false;
            if (element.next())
                newLine(indent);
        }
        return true;
    }

    bool object(JsonValue value, const std::string &path, int depth, std::size_t indent)
    {
        const Members members = orderedMembers(value, path, depth);
        if (members.empty()) {
            out += "{}";
            return true;
        }
        for (std::size_t i = 0; i < members.size(); ++i) {
            const auto &[key, member] = members[i];
            if (i > 0)
                newLine(indent);
            const auto written = scalar(key);
            if (written.size() <= kLongestSimpleKey) {
                out += written + ":";
            } else {
                out += "? " + written;
                newLine(indent);
                out += ":";
            }
            const bool isBlock = (member.is(JsonKind::Array) && member.size() > 0)
                                 || (member.is(JsonKind::Object) && member.size() > 0);
            if (isBlock)
                newLine(indent + 2);
            else
                out += ' ';
            if (!write(member, path + "." + key, depth + 1, indent + 2))
                return false;
        }
        return true;
    }

    static Members orderedMembers(JsonValue value, const std::string &path, int depth)
    {
        // Of equal keys the last counts, where the first stands.
        Members members;
        std::map<std::string, std::size_t> at;
        for (JsonValue member = value.first(); member; member = member.next()) {
            auto key = member.key();
            if (depth == 0 && (key == "creationTime" || key == "modificationTime" || key == "kri"))
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
        return members;
    }
};

}  // namespace

Result<std::string> yamlFromJson(std::string_view json)
{
    const auto parsed = JsonText::parse(json);
    if (!parsed)
        return fail(Error::Code::Invalid, "this is not JSON: " + parsed.error());
    Writer writer;
    if (!writer.write(parsed->root(), {}, 0, 0))
        return fail(Error::Code::Invalid, "this is nested too deeply for YAML");
    return writer.out + "\n";
}

}  // namespace meshscope
