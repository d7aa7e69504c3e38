#include "backend/codec/api_answers.h"

#include "backend/codec/json_members.h"

namespace meshscope {

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
    const JsonValue multizone = memberObject(root, "multizone");
    config.globalAddress = memberText(memberObject(multizone, "zone"), "globalAddress");
    config.readOnly = memberIsTrue(memberObject(root, "apiServer"), "readOnly");
    return config;
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
