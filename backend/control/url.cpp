#include "backend/control/url.h"

#include <algorithm>
#include <cctype>

namespace meshscope::control {

namespace {

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decode(std::string_view text, bool plusIsSpace)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size() || hexValue(text[i + 1]) < 0 || hexValue(text[i + 2]) < 0)
                return std::nullopt;
            result += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
            i += 2;
        } else {
            result += plusIsSpace && text[i] == '+' ? ' ' : text[i];
        }
    }
    return result;
}

Query parseQuery(std::string_view raw)
{
    Query query;
    while (!raw.empty()) {
        const auto end = std::min(raw.find('&'), raw.size());
        const auto pair = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (pair.empty() || pair.find(';') != std::string_view::npos)
            continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = decode(pair.substr(0, equals), true);
        auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
        if (name && value)
            query.emplace_back(std::move(*name), std::move(*value));
    }
    return query;
}

std::string escape(std::string_view text)
{
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
            result += c;
        } else if (c == ' ') {
            result += '+';
        } else {
            result += '%';
            result += kDigits[byte >> 4];
            result += kDigits[byte & 15];
        }
    }
    return result;
}

}  // namespace

std::optional<Target> parseTarget(std::string_view target)
{
    if (const auto fragment = target.find('#'); fragment != std::string_view::npos)
        target = target.substr(0, fragment);
    const auto question = std::min(target.find('?'), target.size());
    auto path = decode(target.substr(0, question), false);
    if (!path)
        return std::nullopt;
    Target result;
    result.path = path->empty() ? "/" : std::move(*path);
    result.rawQuery = target.substr(std::min(question + 1, target.size()));
    result.query = parseQuery(result.rawQuery);
    return result;
}

std::string cleanPath(std::string_view path)
{
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        const auto part = path.substr(begin, end - begin);
        if (part == "..") {
            if (!parts.empty())
                parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        begin = end + 1;
    }
    std::string result;
    for (const auto part : parts)
        result.append("/").append(part);
    if (result.empty() || path.back() == '/')
        result += '/';
    return result;
}

const std::string *find(const Query &query, std::string_view name)
{
    const auto found =
        std::find_if(query.begin(), query.end(), [name](const auto &p) { return p.first == name; });
    return found == query.end() ? nullptr : &found->second;
}

std::string encode(const Query &query)
{
    Query sorted = query;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    std::string result;
    for (const auto &[name, value] : sorted) {
        if (!result.empty())
            result += '&';
        result += escape(name) + "=" + escape(value);
    }
    return result;
}

}  // namespace meshscope::control
