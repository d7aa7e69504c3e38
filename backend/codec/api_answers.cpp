#include "backend/codec/api_answers.h"

#include "backend/codec/json_text.h"

namespace meshscope {

namespace {

std::string memberText(JsonValue object, std::string_view name)
{
    const JsonValue value = object.is(JsonKind::Object) ? object.find(name) : JsonValue();
    return value.is(JsonKind::String) ? value.text() : std::string();
}

JsonValue memberObject(JsonValue object, std::string_view name)
{
    const JsonValue value = object.is(JsonKind::Object) ? object.find(name) : JsonValue();
    return value.is(JsonKind::Object) ? value : JsonValue();
}

bool isTrue(JsonValue object, std::string_view name)
{
    const JsonValue value = object.is(JsonKind::Object) ? object.find(name) : JsonValue();
    return value.is(JsonKind::Bool) && value.raw() == "true";
}

}  // namespace

Result<ConfigInfo> configFromJson(std::string_view json)
{
    const auto parsed = JsonText::parse(json);
    if (!parsed || !parsed->root().is(JsonKind::Object))
        return fail(Error::Code::Invalid, "the answer is no configuration of a control plane");
    const JsonValue root = parsed->root();
    ConfigInfo config;
    config.mode = memberText(root, "mode");
    config.environment = memberText(root, "environment");
    config.zone = memberText(memberObject(memberObject(root, "multizone"), "zone"), "name");
    config.readOnly = isTrue(memberObject(root, "apiServer"), "readOnly");
    return config;
}

Result<std::optional<bool>> readOnlyFromResources(std::string_view json, std::string_view type)
{
    const auto parsed = JsonText::parse(json);
    const JsonValue resources =
        parsed && parsed->root().is(JsonKind::Object) ? parsed->root().find("resources") : JsonValue();
    if (!resources.is(JsonKind::Array))
        return fail(Error::Code::Invalid, "the answer is no list of resource types");
    for (JsonValue item = resources.first(); item; item = item.next()) {
        if (memberText(item, "name") == type)
            return std::optional<bool>(isTrue(item, "readOnly"));
    }
    return std::optional<bool>();
}

std::vector<std::string> warningsFromJson(std::string_view json)
{
    std::vector<std::string> warnings;
    const auto parsed = JsonText::parse(json);
    if (!parsed || !parsed->root().is(JsonKind::Object))
        return warnings;
    const JsonValue list = parsed->root().find("warnings");
    if (!list.is(JsonKind::Array))
        return warnings;
    for (JsonValue item = list.first(); item; item = item.next()) {
        if (item.is(JsonKind::String))
            warnings.push_back(item.text());
    }
    return warnings;
}

}  // namespace meshscope
