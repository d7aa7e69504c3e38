// Reading policies and meshes: JSON that has passed the API's rules or not, so every reader says what it
// makes of a member that is absent or of another type. Standard C++; any thread.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace meshscope::xds {

using Json = nlohmann::json;
using std::chrono::nanoseconds;

const Json &at(const Json &object, const char *name);  // null when there is none
std::string textAt(const Json &object, const char *name);
bool flagAt(const Json &object, const char *name);  // false when absent
std::optional<std::uint32_t> numberAt(const Json &object, const char *name);
// Go's spelling ("1m30s", "1.5s") or a number of nanoseconds.
std::optional<nanoseconds> durationAt(const Json &object, const char *name);
// A number or a number in a text: Kuma's IntOrString percentages and factors.
std::optional<double> decimalAt(const Json &object, const char *name);
std::map<std::string, std::string> textsAt(const Json &object, const char *name);
// The list, or an empty one.
const Json &listAt(const Json &object, const char *name);

}  // namespace meshscope::xds
