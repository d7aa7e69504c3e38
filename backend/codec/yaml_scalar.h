// Plain scalars under YAML 1.2's core schema. Internal to codec. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshscope {

// What a plain scalar means as JSON: "null", "true", a number in JSON's spelling (big integers stay exact, 0x
// and 0o become decimal, `.5` becomes 0.5); nothing when it is a string. .inf and .nan are strings, as JSON
// has no such number.
std::optional<std::string> jsonOfPlainScalar(std::string_view text);

}  // namespace meshscope
