// Small text functions of the query language. ASCII letters compare without case where it says folded; other
// bytes exactly. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::query {

std::string folded(std::string_view text);
bool equalFolded(std::string_view a, std::string_view b);
// `lowerNeedle` must be folded already.
bool containsFolded(std::string_view text, std::string_view lowerNeedle);
bool startsWithFolded(std::string_view text, std::string_view prefix);

// Code points before `byte`, plus one: the column that a person counts.
std::size_t columnOf(std::string_view text, std::size_t byte);

// How many letters must change to make one of the other; for "did you mean".
std::size_t editDistance(std::string_view a, std::string_view b);

// "90s", "5m", "1h30m", "2d", "1w", "250ms". Nothing for another form, a number without a unit, or one that
// is too large.
std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);
// The whole text as a number; nothing when it is none, or too large.
std::optional<std::int64_t> parseNumber(std::string_view text);

// A version as semantic versioning orders it: "2.9.13", "v1.34", "2.10.0-rc.1" (before 2.10.0). Missing parts
// are 0; what follows "+" does not count.
struct Version {
    std::vector<std::uint64_t> numbers;
    std::string preRelease;  // empty = a release
};
std::optional<Version> parseVersion(std::string_view text);
int compareVersions(const Version &a, const Version &b);  // -1, 0, 1

}  // namespace meshscope::query
