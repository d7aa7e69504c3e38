// Paths and queries of URLs as Go's net/http and net/url read them, since a client sees the difference.
#pragma once

#include "backend/control/http_message.h"

#include <optional>
#include <string>
#include <string_view>

namespace meshscope::control {

struct Target {
    std::string path;  // decoded
    Query query;
    std::string rawQuery;
};
// Nothing when an escape in the path is broken.
std::optional<Target> parseTarget(std::string_view target);

// Without `//`, `.` and `..`; a slash at the end stays.
std::string cleanPath(std::string_view path);

// The value of the first parameter of that name; nullptr = absent.
const std::string *find(const Query &query, std::string_view name);
// Sorted by name, escaped.
std::string encode(const Query &query);

}  // namespace meshscope::control
