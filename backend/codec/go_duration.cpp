#include "backend/codec/go_duration.h"

#include "backend/codec/json_strings.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <limits>

namespace meshscope {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {
    {"ns", 1},         {"us", 1'000},        {"\u00B5s", 1'000},    {"\u03BCs", 1'000},
    {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};

// Exactly `count` digits at `at`, or nothing.
std::optional<int> digitsAt(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size())
        return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!isDigit(text[at + i]))
            return std::nullopt;
        number = number * 10 + (text[at + i] - '0');
    }
    return number;
}

}  // namespace

tl::expected<std::int64_t, std::string> goDurationFrom(std::string_view text)
{
    const auto invalid = [text] { return tl::make_unexpected("time: invalid duration " + goQuoted(text)); };
    std::string_view rest = text;
    bool negative = false;
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
        negative = rest.front() == '-';
        rest.remove_prefix(1);
    }
    if (rest == "0")
        return 0;
    if (rest.empty())
        return invalid();
    constexpr double kMost = 9.2e18;
    long double total = 0;
    while (!rest.empty()) {
        std::size_t at = 0;
        long double number = 0;
        while (at < rest.size() && isDigit(rest[at]))
            number = number * 10 + (rest[at++] - '0');
        bool anyDigit = at > 0;
        if (at < rest.size() && rest[at] == '.') {
            ++at;
            long double scale = 0.1L;
            while (at < rest.size() && isDigit(rest[at])) {
                number += scale * (rest[at++] - '0');
                scale /= 10;
                anyDigit = true;
            }
        }
        if (!anyDigit)
            return invalid();
        std::size_t end = at;
        while (end < rest.size() && rest[end] != '.' && !isDigit(rest[end]))
            ++end;
        const auto name = rest.substr(at, end - at);
        if (name.empty())
            return tl::make_unexpected("time: missing unit in duration " + goQuoted(text));
        const Unit *unit = nullptr;
        for (const auto &known : kUnits) {
            if (known.name == name)
                unit = &known;
        }
        if (unit == nullptr)
            return tl::make_unexpected("time: unknown unit " + goQuoted(name) + " in duration "
                                       + goQuoted(text));
        total += number * static_cast<long double>(unit->nanoseconds);
        if (total > kMost)
            return invalid();
        rest.remove_prefix(end);
    }
    const auto nanoseconds = static_cast<std::int64_t>(total + 0.0001L);
    return negative ? -nanoseconds : nanoseconds;
}

std::string goDurationText(std::int64_t nanoseconds)
{
    const bool negative = nanoseconds < 0;
    const auto whole = static_cast<std::uint64_t>(negative ? -nanoseconds : nanoseconds);
    if (whole == 0)
        return "0s";
    // A number of a unit with what is left of it as a fraction, without zeros at its end.
    const auto number = [](std::uint64_t value, std::uint64_t unit) {
        std::string text = std::to_string(value / unit);
        std::string fraction = std::to_string(unit + value % unit).substr(1);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        return fraction.empty() ? text : text + '.' + fraction;
    };
    constexpr std::uint64_t kMicro = 1'000;
    constexpr std::uint64_t kMilli = 1'000'000;
    constexpr std::uint64_t kSecond = 1'000'000'000;
    std::string out = negative ? "-" : "";
    if (whole < kMicro)
        return out + std::to_string(whole) + "ns";
    if (whole < kMilli)
        return out + number(whole, kMicro) + "µs";
    if (whole < kSecond)
        return out + number(whole, kMilli) + "ms";
    const auto seconds = whole / kSecond;
    if (seconds >= 3600)
        out += std::to_string(seconds / 3600) + 'h';
    if (seconds >= 60)
        out += std::to_string(seconds / 60 % 60) + 'm';
    return out + number(whole % (60 * kSecond), kSecond) + 's';
}

std::string protoDurationText(std::int64_t nanoseconds)
{
    const bool negative = nanoseconds < 0;
    const auto whole = static_cast<std::uint64_t>(negative ? -nanoseconds : nanoseconds);
    std::array<char, 48> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s%llu.%09llu", negative ? "-" : "",
                  static_cast<unsigned long long>(whole / 1'000'000'000),
                  static_cast<unsigned long long>(whole % 1'000'000'000));
    std::string out = buffer.data();
    for (const std::string_view zeros : {"000", "000", ".000"}) {
        if (out.ends_with(zeros))
            out.resize(out.size() - zeros.size());
    }
    return out + "s";
}

std::optional<TimePoint> timeFromRfc3339(std::string_view text)
{
    using namespace std::chrono;
    const auto year = digitsAt(text, 0, 4), month = digitsAt(text, 5, 2), day = digitsAt(text, 8, 2);
    const auto hour = digitsAt(text, 11, 2), minute = digitsAt(text, 14, 2), second = digitsAt(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second || text[4] != '-' || text[7] != '-'
        || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    std::size_t at = 19;
    int milli = 0;
    if (at < text.size() && text[at] == '.') {
        int scale = 100;
        const std::size_t from = ++at;
        for (; at < text.size() && isDigit(text[at]); ++at, scale /= 10)
            milli += scale * (text[at] - '0');
        if (at == from)
            return std::nullopt;
    }
    minutes offset{0};
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
        const auto hours_ = digitsAt(text, at + 1, 2), minutes_ = digitsAt(text, at + 4, 2);
        if (!hours_ || !minutes_ || text[at + 3] != ':' || *hours_ > 23 || *minutes_ > 59)
            return std::nullopt;
        offset = minutes((*hours_ * 60 + *minutes_) * (text[at] == '-' ? -1 : 1));
        at += 6;
    } else if (at < text.size() && text[at] == 'Z') {
        ++at;
    } else {
        return std::nullopt;
    }
    if (at != text.size())
        return std::nullopt;
    return TimePoint(sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) + seconds(*second)
                     + milliseconds(milli) - offset);
}

bool isRfc3339(std::string_view text) { return timeFromRfc3339(text).has_value(); }

}  // namespace meshscope
