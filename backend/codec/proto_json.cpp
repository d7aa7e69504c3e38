#include "backend/codec/proto_json.h"

#include "backend/codec/go_duration.h"
#include "backend/codec/json_strings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace meshscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxStructDepth = 500;  // free-form objects only; everything else is as deep as its schema

std::string_view unquoted(std::string_view raw)
{
    return raw.size() >= 2 && raw.front() == '"' && raw.back() == '"' ? raw.substr(1, raw.size() - 2) : raw;
}

// A number, or a number in quotes: jsonpb strips the quotes and parses the rest as JSON.
template <class Number>
tl::expected<Number, std::string> numberFrom(std::string_view raw, std::string_view goType)
{
    const auto parsed = JsonText::parse(unquoted(raw));
    if (!parsed)
        return tl::make_unexpected(parsed.error());
    const JsonValue value = parsed->root();
    if (value.is(JsonKind::Null))
        return Number{};
    if (!value.is(JsonKind::Number))
        return tl::make_unexpected(cannotUnmarshal(value.kind(), goType));
    const auto digits = value.raw();
    Number number{};
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (problem != std::errc() || end != digits.data() + digits.size())
        return tl::make_unexpected("json: cannot unmarshal number " + std::string(digits)
                                   + " into Go value of type " + std::string(goType));
    return number;
}

class Canonicaliser
{
public:
    Canonicaliser(KumaEra era, std::vector<std::string> &dropped)
        : m_era(era)
        , m_dropped(dropped)
    {}

    // False when it failed; then m_error says how.
    bool message(JsonValue object, const MessageSchema &schema, const std::vector<std::string_view> &skip,
                 const std::string &path, Json &out)
    {
        out = Json::object();
        if (object.is(JsonKind::Null))
            return true;
        if (!object.is(JsonKind::Object))
            return fails(cannotUnmarshal(object.kind(), "map[string]json.RawMessage"));
        for (const auto &field : schema.fields) {
            if (!field.isIn(m_era))
                continue;
            JsonValue value = object.find(field.name);
            if (!value && field.protoName != field.name)
                value = object.find(field.protoName);
            if (!value || value.is(JsonKind::Null))
                continue;
            Json converted;
            const auto memberPath = pathTo(path, field.name);
            if (!at(memberPath, member(value, field, memberPath, converted)))
                return false;
            if (!converted.is_null())
                out[std::string(field.name)] = std::move(converted);
        }
        noteDropped(object, schema, skip, path);
        return true;
    }

    ParserError takeError() { return std::move(m_error); }

private:
    bool fails(std::string what)
    {
        m_error.what = std::move(what);
        return false;
    }

    // Passes a result on; the innermost failure names its place.
    bool at(const std::string &path, bool fine)
    {
        if (!fine && m_error.where.empty())
            m_error.where = path;
        return fine;
    }

    void noteDropped(JsonValue object, const MessageSchema &schema, const std::vector<std::string_view> &skip,
                     const std::string &path)
    {
        for (JsonValue value = object.first(); value; value = value.next()) {
            const std::string key = value.key();
            const bool known =
                std::any_of(schema.fields.begin(), schema.fields.end(), [&](const auto &field) {
                    return field.isIn(m_era) && (field.name == key || field.protoName == key);
                });
            if (known || std::find(skip.begin(), skip.end(), key) != skip.end())
                continue;
            auto at = pathTo(path, key);
            if (std::find(m_dropped.begin(), m_dropped.end(), at) == m_dropped.end())
                m_dropped.push_back(std::move(at));
        }
    }

    bool member(JsonValue value, const FieldSchema &field, const std::string &path, Json &out)
    {
        switch (field.shape) {
        case FieldShape::Single:
            return single(value, field, path, out, false);
        case FieldShape::List:
            return list(value, field, path, out);
        case FieldShape::Map:
            return map(value, field, path, out);
        }
        return true;
    }

    bool list(JsonValue value, const FieldSchema &field, const std::string &path, Json &out)
    {
        if (!value.is(JsonKind::Array))
            return fails(cannotUnmarshal(value.kind(), "[]json.RawMessage"));
        std::size_t index = 0;
        for (JsonValue element = value.first(); element; element = element.next(), ++index) {
            Json converted;
            const auto elementPath = path + "[" + std::to_string(index) + "]";
            if (!at(elementPath, single(element, field, elementPath, converted, true)))
                return false;
            out.push_back(std::move(converted));
        }
        return true;
    }

    bool map(JsonValue value, const FieldSchema &field, const std::string &path, Json &out)
    {
        if (!value.is(JsonKind::Object))
            return fails(cannotUnmarshal(value.kind(), "map[string]json.RawMessage"));
        std::map<std::string, JsonValue> entries;  // the last of two equal keys; sorted, as maps are written
        for (JsonValue entry = value.first(); entry; entry = entry.next())
            entries.insert_or_assign(entry.key(), entry);
        for (const auto &[key, entry] : entries) {
            Json converted;
            const auto entryPath = path + "[\"" + key + "\"]";
            if (!at(entryPath, single(entry, field, entryPath, converted, true)))
                return false;
            out[key] = std::move(converted);
        }
        return true;
    }

    // `keepZero`: elements of lists and maps are written whatever they are.
    bool single(JsonValue value, const FieldSchema &field, const std::string &path, Json &out, bool keepZero)
    {
        const bool isNull = value.is(JsonKind::Null);
        switch (field.kind) {
        case FieldKind::Bool:
        case FieldKind::BoolValue: {
            if (!isNull && !value.is(JsonKind::Bool))
                return fails(cannotUnmarshal(value.kind(), "bool"));
            const bool isTrue = !isNull && value.raw() == "true";
            if (isTrue || keepZero || field.kind == FieldKind::BoolValue)
                out = isTrue;
            return true;
        }
        case FieldKind::UInt32:
        case FieldKind::UInt32Value: {
            const auto number = numberFrom<std::uint32_t>(value.raw(), "uint32");
            if (!number)
                return fails(number.error());
            if (*number != 0 || keepZero || field.kind == FieldKind::UInt32Value)
                out = *number;
            return true;
        }
        case FieldKind::Double:
        case FieldKind::DoubleValue: {
            const auto number = numberFrom<double>(value.raw(), "float64");
            if (!number)
                return fails(number.error());
            if (*number != 0 || keepZero || field.kind == FieldKind::DoubleValue)
                out = numberJson(*number);
            return true;
        }
        case FieldKind::String: {
            if (!isNull && !value.is(JsonKind::String))
                return fails(cannotUnmarshal(value.kind(), "string"));
            auto text = value.text();
            if (!text.empty() || keepZero)
                out = std::move(text);
            return true;
        }
        case FieldKind::Enum:
            return enumeration(value, *field.enumeration, out, keepZero);
        case FieldKind::Message:
            return message(value, *field.message, {}, path, out);
        case FieldKind::Duration:
            return duration(value, out);
        case FieldKind::Struct:
            if (!isNull && !value.is(JsonKind::Object))
                return fails("bad StructValue: "
                             + cannotUnmarshal(value.kind(), "map[string]json.RawMessage"));
            return freeForm(value, 0, out);
        }
        return true;
    }

    bool enumeration(JsonValue value, const EnumSchema &schema, Json &out, bool keepZero)
    {
        std::int32_t number = 0;
        if (value.is(JsonKind::String)) {
            const auto name = unquoted(value.raw());
            const auto found =
                std::find_if(schema.values.begin(), schema.values.end(),
                             [&](const auto &known) { return known.name == name && m_era <= known.until; });
            if (found == schema.values.end())
                return fails("unknown value " + goQuoted(value.raw()) + " for enum "
                             + std::string(schema.fullName));
            number = found->number;
        } else {
            const auto parsed = numberFrom<std::int32_t>(value.raw(), "protoreflect.EnumNumber");
            if (!parsed)
                return fails(parsed.error());
            number = *parsed;
        }
        if (number == 0 && !keepZero)
            return true;
        const auto found = std::find_if(schema.values.begin(), schema.values.end(), [&](const auto &known) {
            return known.number == number && m_era <= known.until;
        });
        out = found == schema.values.end() ? Json(number) : Json(std::string(found->name));
        return true;
    }

    bool duration(JsonValue value, Json &out)
    {
        if (!value.is(JsonKind::String))
            return fails(cannotUnmarshal(value.kind(), "string"));
        const auto nanoseconds = goDurationFrom(value.text());
        if (!nanoseconds)
            return fails("bad Duration: " + nanoseconds.error());
        out = protoDurationText(*nanoseconds);
        return true;
    }

    static Json numberJson(double number)
    {
        constexpr double kExact = 9007199254740992.0;  // 2^53
        if (number == std::floor(number) && std::abs(number) < kExact)
            return static_cast<std::int64_t>(number);
        return number;
    }

    bool freeForm(JsonValue value, int depth, Json &out)
    {
        if (depth > kMaxStructDepth)
            return fails("google.protobuf.Struct nested deeper than " + std::to_string(kMaxStructDepth));
        switch (value.kind()) {
        case JsonKind::Null:
            out = depth == 0 ? Json::object() : Json(nullptr);
            return true;
        case JsonKind::Bool:
            out = value.raw() == "true";
            return true;
        case JsonKind::String:
            out = value.text();
            return true;
        case JsonKind::Number: {
            const auto number = numberFrom<double>(value.raw(), "float64");
            if (!number)
                return fails("unrecognized type for Value " + goQuoted(value.raw()));
            out = numberJson(*number);
            return true;
        }
        case JsonKind::Array:
            out = Json::array();
            for (JsonValue element = value.first(); element; element = element.next()) {
                Json converted;
                if (!freeForm(element, depth + 1, converted))
                    return false;
                out.push_back(std::move(converted));
            }
            return true;
        case JsonKind::Object: {
            out = Json::object();
            std::map<std::string, JsonValue> entries;
            for (JsonValue entry = value.first(); entry; entry = entry.next())
                entries.insert_or_assign(entry.key(), entry);
            for (const auto &[key, entry] : entries) {
                Json converted;
                if (!freeForm(entry, depth + 1, converted))
                    return false;
                out[key] = std::move(converted);
            }
            return true;
        }
        }
        return true;
    }

    KumaEra m_era;
    std::vector<std::string> &m_dropped;
    ParserError m_error;
};

}  // namespace

std::string cannotUnmarshal(JsonKind kind, std::string_view goType)
{
    return "json: cannot unmarshal " + std::string(goNameOf(kind)) + " into Go value of type "
           + std::string(goType);
}

std::string pathTo(const std::string &parent, std::string_view member)
{
    const bool plain = !member.empty() && std::all_of(member.begin(), member.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
               || c == '-';
    });
    if (!plain)
        return parent + "[\"" + std::string(member) + "\"]";
    return parent.empty() ? std::string(member) : parent + "." + std::string(member);
}

tl::expected<nlohmann::ordered_json, ParserError> canonicalMessage(JsonValue object,
                                                                   const MessageSchema &schema, KumaEra era,
                                                                   const std::vector<std::string_view> &skip,
                                                                   std::vector<std::string> &dropped)
{
    Json out;
    Canonicaliser canonicaliser(era, dropped);
    if (!canonicaliser.message(object, schema, skip, {}, out))
        return tl::make_unexpected(canonicaliser.takeError());
    return out;
}

}  // namespace meshscope
