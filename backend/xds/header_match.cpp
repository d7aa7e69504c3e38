#include "backend/xds/header_match.h"

namespace meshscope::xds {

envoy::config::route::v3::HeaderMatcher headerMatcher(const Json &match)
{
    envoy::config::route::v3::HeaderMatcher matcher;
    matcher.set_name(textAt(match, "name"));
    const auto type = textAt(match, "type");
    const auto value = textAt(match, "value");
    if (type == "Present" || type == "Absent")
        matcher.set_present_match(type == "Present");
    else if (type == "RegularExpression")
        matcher.mutable_string_match()->mutable_safe_regex()->set_regex(value);
    else if (type == "Prefix")
        matcher.mutable_string_match()->set_prefix(value);
    else
        matcher.mutable_string_match()->set_exact(value);
    return matcher;
}

}  // namespace meshscope::xds
