// The metadata of a resource as encoding/json reads it into Kuma's ResourceMeta.
#include "backend/codec/go_duration.h"
#include "backend/codec/json_strings.h"
#include "backend/codec/proto_json.h"

#include <algorithm>
#include <map>
#include <optional>

namespace meshscope {

namespace {

bool isUpperLowerEqual(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [lower](char x, char y) { return lower(x) == lower(y); });
}

std::string metaField(JsonKind kind, std::string_view member, std::string_view goType)
{
    return "json: cannot unmarshal " + std::string(goNameOf(kind)) + " into Go struct field ResourceMeta."
           + std::string(member) + " of type " + std::string(goType);
}

}  // namespace

tl::expected<ResourceMeta, ParserError> resourceMetaFrom(const JsonText &json)
{
    ResourceMeta meta;
    const JsonValue root = json.root();
    if (root.is(JsonKind::Null))
        return meta;
    if (!root.is(JsonKind::Object))
        return tl::make_unexpected(ParserError{cannotUnmarshal(root.kind(), "v1alpha1.ResourceMeta"), {}});

    // encoding/json goes on after a wrong type and reports the first; a broken time stops it.
    std::optional<ParserError> firstError;
    const auto note = [&firstError](std::string what, std::string where) {
        if (!firstError)
            firstError = ParserError{std::move(what), std::move(where)};
    };
    const std::pair<std::string_view, std::string ResourceMeta::*> texts[] = {
        {"type", &ResourceMeta::type}, {"mesh", &ResourceMeta::mesh}, {"name", &ResourceMeta::name}};
    const std::pair<std::string_view, std::string ResourceMeta::*> times[] = {
        {"creationTime", &ResourceMeta::creationTime}, {"modificationTime", &ResourceMeta::modificationTime}};
    std::map<std::string, std::string> labels;

    for (JsonValue value = root.first(); value; value = value.next()) {
        const std::string key = value.key();
        if (value.is(JsonKind::Null))
            continue;
        for (const auto &[name, text] : texts) {
            if (!isUpperLowerEqual(key, name))
                continue;
            if (value.is(JsonKind::String))
                meta.*text = value.text();
            else
                note(metaField(value.kind(), name, "string"), key);
        }
        for (const auto &[name, time] : times) {
            if (!isUpperLowerEqual(key, name))
                continue;
            if (!value.is(JsonKind::String))
                return tl::make_unexpected(
                    ParserError{"Time.UnmarshalJSON: input is not a JSON string", key});
            meta.*time = value.text();
            if (!isRfc3339(meta.*time))
                return tl::make_unexpected(
                    ParserError{"parsing time " + goQuoted(meta.*time)
                                    + " as \"2006-01-02T15:04:05Z07:00\": cannot parse it",
                                key});
        }
        if (!isUpperLowerEqual(key, "labels"))
            continue;
        if (!value.is(JsonKind::Object)) {
            note(metaField(value.kind(), "labels", "map[string]string"), key);
            continue;
        }
        for (JsonValue label = value.first(); label; label = label.next()) {
            if (label.is(JsonKind::String) || label.is(JsonKind::Null))
                labels[label.key()] = label.text();
            else
                note(metaField(label.kind(), "labels", "string"), key + "[\"" + label.key() + "\"]");
        }
    }
    if (firstError)
        return tl::make_unexpected(std::move(*firstError));
    meta.labels.assign(labels.begin(), labels.end());
    return meta;
}

}  // namespace meshscope
