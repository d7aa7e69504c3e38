// Members of a parsed JSON object, leniently: what is absent or of another kind is empty. Internal to codec.
// Any thread.
#pragma once

#include "backend/codec/json_text.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace meshscope {

std::string memberText(JsonValue object, std::string_view name);
JsonValue memberObject(JsonValue object, std::string_view name);
JsonValue memberList(JsonValue object, std::string_view name);
bool memberIsTrue(JsonValue object, std::string_view name);
std::uint64_t memberCount(JsonValue object,
                          std::string_view name);  // a whole number, or one in quotes; else 0
// The first of them that is a text and not empty.
std::string firstMember(JsonValue object, std::initializer_list<std::string_view> names);

}  // namespace meshscope
