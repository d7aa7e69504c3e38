#include "backend/query/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

namespace meshscope::query {

namespace {

char lowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Parts of a pre-release: numbers by value and before words, as semantic versioning has it.
int comparePreReleases(std::string_view a, std::string_view b)
{
    if (a.empty() || b.empty())
        return a.empty() == b.empty() ? 0 : a.empty() ? 1 : -1;
    while (!a.empty() && !b.empty()) {
        const auto take = [](std::string_view &rest) {
            const auto dot = rest.find('.');
            const auto part = rest.substr(0, dot);
            rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
            return part;
        };
        const auto left = take(a);
        const auto right = take(b);
        const auto leftNumber = parseNumber(left);
        const auto rightNumber = parseNumber(right);
        if (leftNumber && rightNumber && *leftNumber != *rightNumber)
            return *leftNumber < *rightNumber ? -1 : 1;
        if (leftNumber.has_value() != rightNumber.has_value())
            return leftNumber ? -1 : 1;
        if (const int order = left.compare(right); order != 0 && !leftNumber)
            return order < 0 ? -1 : 1;
    }
    return a.empty() == b.empty() ? 0 : a.empty() ? -1 : 1;
}

}  // namespace

std::string folded(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lowerOf);
    return result;
}

bool equalFolded(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lowerOf(x) == lowerOf(y);
           });
}

bool containsFolded(std::string_view text, std::string_view lowerNeedle)
{
    return std::search(text.begin(), text.end(), lowerNeedle.begin(), lowerNeedle.end(),
                       [](char x, char y) { return lowerOf(x) == y; })
               != text.end()
           || lowerNeedle.empty();
}

bool startsWithFolded(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && equalFolded(text.substr(0, prefix.size()), prefix);
}

std::size_t columnOf(std::string_view text, std::size_t byte)
{
    const auto before = text.substr(0, byte);
    return 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
           }));
}

std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t replaced = diagonal + (lowerOf(a[i - 1]) == lowerOf(b[j - 1]) ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, replaced});
            diagonal = above;
        }
    }
    return row.back();
}

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text)
{
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    static constexpr std::array<Unit, 6> kUnits{
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}}};
    if (text.empty())
        return {};
    std::int64_t sum = 0;
    while (!text.empty()) {
        const auto digits =
            static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) - text.begin());
        const auto number = parseNumber(text.substr(0, digits));
        if (!number || digits == 0)
            return {};
        text.remove_prefix(digits);
        const auto letters =
            static_cast<std::size_t>(std::find_if(text.begin(), text.end(), isDigit) - text.begin());
        const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                       [&](const Unit &u) { return u.name == text.substr(0, letters); });
        constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 4;
        if (unit == kUnits.end() || *number > (kMost - sum) / unit->milliseconds)
            return {};
        sum += *number * unit->milliseconds;
        text.remove_prefix(letters);
    }
    return std::chrono::milliseconds(sum);
}

std::optional<std::int64_t> parseNumber(std::string_view text)
{
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || stop != text.data() + text.size() || error != std::errc())
        return {};
    return number;
}

std::optional<Version> parseVersion(std::string_view text)
{
    if (!text.empty() && (text.front() == 'v' || text.front() == 'V'))
        text.remove_prefix(1);
    text = text.substr(0, text.find('+'));
    Version version;
    if (const auto dash = text.find('-'); dash != std::string_view::npos) {
        version.preRelease = text.substr(dash + 1);
        text = text.substr(0, dash);
        if (version.preRelease.empty())
            return {};
    }
    for (;;) {
        const auto dot = text.find('.');
        const auto number = parseNumber(text.substr(0, dot));
        if (!number || *number < 0)
            return {};
        version.numbers.push_back(static_cast<std::uint64_t>(*number));
        if (dot == std::string_view::npos)
            return version;
        text.remove_prefix(dot + 1);
    }
}

int compareVersions(const Version &a, const Version &b)
{
    const std::size_t parts = std::max(a.numbers.size(), b.numbers.size());
    for (std::size_t i = 0; i < parts; ++i) {
        const std::uint64_t left = i < a.numbers.size() ? a.numbers[i] : 0;
        const std::uint64_t right = i < b.numbers.size() ? b.numbers[i] : 0;
        if (left != right)
            return left < right ? -1 : 1;
    }
    return comparePreReleases(a.preRelease, b.preRelease);
}

}  // namespace meshscope::query
