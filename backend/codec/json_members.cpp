#include "backend/codec/json_members.h"

#include <charconv>

namespace meshscope {

namespace {

JsonValue member(JsonValue object, std::string_view name, JsonKind kind)
{
    const JsonValue value = object.is(JsonKind::Object) ? object.find(name) : JsonValue();
    return value.is(kind) ? value : JsonValue();
}

}  // namespace

std::string memberText(JsonValue object, std::string_view name)
{
    const JsonValue value = member(object, name, JsonKind::String);
    return value ? value.text() : std::string();
}

JsonValue memberObject(JsonValue object, std::string_view name)
{
    return member(object, name, JsonKind::Object);
}

JsonValue memberList(JsonValue object, std::string_view name)
{
    return member(object, name, JsonKind::Array);
}

bool memberIsTrue(JsonValue object, std::string_view name)
{
    const JsonValue value = member(object, name, JsonKind::Bool);
    return value && value.raw() == "true";
}

std::uint64_t memberCount(JsonValue object, std::string_view name)
{
    const JsonValue value = object.is(JsonKind::Object) ? object.find(name) : JsonValue();
    if (!value.is(JsonKind::Number) && !value.is(JsonKind::String))
        return 0;
    auto digits = value.raw();
    if (value.is(JsonKind::String) && digits.size() >= 2)
        digits = digits.substr(1, digits.size() - 2);
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return error == std::errc() && end == digits.data() + digits.size() ? count : 0;
}

std::string firstMember(JsonValue object, std::initializer_list<std::string_view> names)
{
    for (const auto name : names) {
        if (auto text = memberText(object, name); !text.empty())
            return text;
    }
    return {};
}

}  // namespace meshscope
