#include "backend/codec/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace meshscope {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t digitsFrom(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return end - at;
}

std::string_view withoutLeadingZeros(std::string_view digits)
{
    const auto first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view("0") : digits.substr(first);
}

std::optional<std::string> ofRadix(std::string_view digits, int radix)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, radix);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()
        || digits.front() == '-')
        return std::nullopt;
    return std::to_string(number);
}

}  // namespace

std::optional<std::string> jsonOfPlainScalar(std::string_view text)
{
    constexpr std::string_view kNulls[] = {"", "~", "null", "Null", "NULL"};
    constexpr std::string_view kTrue[] = {"true", "True", "TRUE"};
    constexpr std::string_view kFalse[] = {"false", "False", "FALSE"};
    const auto among = [text](const auto &words) {
        return std::find(std::begin(words), std::end(words), text) != std::end(words);
    };
    if (among(kNulls))
        return "null";
    if (among(kTrue))
        return "true";
    if (among(kFalse))
        return "false";
    if (text.starts_with("0x"))
        return ofRadix(text.substr(2), 16);
    if (text.starts_with("0o"))
        return ofRadix(text.substr(2), 8);

    std::size_t at = text.front() == '-' || text.front() == '+' ? 1 : 0;
    const bool negative = text.front() == '-';
    const std::size_t whole = digitsFrom(text, at);
    const auto wholeDigits = withoutLeadingZeros(text.substr(at, whole));
    at += whole;
    if (whole > 0 && at == text.size())
        return (negative && wholeDigits != "0" ? "-" : "") + std::string(wholeDigits);

    std::size_t fraction = 0;
    std::string_view fractionDigits;
    if (at < text.size() && text[at] == '.') {
        ++at;
        fraction = digitsFrom(text, at);
        fractionDigits = text.substr(at, fraction);
        at += fraction;
    }
    if (whole == 0 && fraction == 0)
        return std::nullopt;
    std::string exponent;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        exponent = "e";
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            exponent += text[at++];
        const std::size_t digits = digitsFrom(text, at);
        if (digits == 0)
            return std::nullopt;
        exponent += text.substr(at, digits);
        at += digits;
    }
    if (at != text.size())
        return std::nullopt;
    return (negative ? "-" : "") + std::string(whole > 0 ? wholeDigits : "0") + "."
           + (fractionDigits.empty() ? std::string("0") : std::string(fractionDigits)) + exponent;
}

}  // namespace meshscope
