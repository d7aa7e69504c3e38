// Spans and points of time in the spellings of Go and of proto JSON. Any thread.
#pragma once

#include "backend/core/dataplane.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace meshscope {

// Go's time.ParseDuration, in nanoseconds; the error is Go's: `time: invalid duration "soon"`.
tl::expected<std::int64_t, std::string> goDurationFrom(std::string_view text);
// Go's Duration.String: "1h0m0s", "1.5s", "300ms", "0s".
std::string goDurationText(std::int64_t nanoseconds);
// "10s", "0.500s", "-1s".
std::string protoDurationText(std::int64_t nanoseconds);

// RFC 3339 with Z or an offset; nothing when it is no such text or no such day.
std::optional<TimePoint> timeFromRfc3339(std::string_view text);
bool isRfc3339(std::string_view text);

}  // namespace meshscope
