#include "backend/trace/matching.h"

#include "backend/trace/config_dump.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace meshscope {

using Json = nlohmann::json;

namespace {

bool fitsRegex(const Json &matcher, const std::string &text)
{
    const RE2 regex(textAt(matcher, "regex"), RE2::Quiet);
    return regex.ok() && RE2::FullMatch(text, regex);
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool startsWith(const std::string &text, const std::string &with) { return text.rfind(with, 0) == 0; }

bool endsWith(const std::string &text, const std::string &with)
{
    return text.size() >= with.size() && text.compare(text.size() - with.size(), with.size(), with) == 0;
}

// "?a=1&b" to its parts; no decoding, as Envoy's matcher.
std::map<std::string, std::string> queryOf(const std::string &path)
{
    std::map<std::string, std::string> result;
    auto from = path.find('?');
    while (from != std::string::npos) {
        const auto end = path.find('&', ++from);
        const std::string part = path.substr(from, end == std::string::npos ? end : end - from);
        const auto equals = part.find('=');
        result[part.substr(0, equals)] =
            equals == std::string::npos ? std::string() : part.substr(equals + 1);
        from = end;
    }
    return result;
}

bool headerFits(const Json &matcher, const CallSight &call)
{
    const std::string name = lower(textAt(matcher, "name"));
    std::string value;
    bool isThere = true;
    if (name == ":method") {
        value = call.method;
    } else if (name == ":path") {
        value = call.path;
    } else if (name == ":authority" || name == "host") {
        value = call.authority;
    } else {
        const auto found = call.headers.find(name);
        isThere = found != call.headers.end();
        value = isThere ? found->second : std::string();
    }
    const bool inverted = at(matcher, "invert_match") == true;
    if (!isThere && at(matcher, "treat_missing_header_as_empty") != true) {
        // A header that is not there fits only what wants it absent, and an inverted match.
        return matcher.contains("present_match") ? (at(matcher, "present_match") == false) != inverted
                                                 : inverted;
    }
    bool fits = true;
    if (matcher.contains("present_match"))
        fits = at(matcher, "present_match") == true;
    else if (matcher.contains("string_match"))
        fits = matchesString(matcher["string_match"], value);
    else if (matcher.contains("exact_match"))
        fits = value == textAt(matcher, "exact_match");
    else if (matcher.contains("prefix_match"))
        fits = startsWith(value, textAt(matcher, "prefix_match"));
    else if (matcher.contains("suffix_match"))
        fits = endsWith(value, textAt(matcher, "suffix_match"));
    else if (matcher.contains("contains_match"))
        fits = value.find(textAt(matcher, "contains_match")) != std::string::npos;
    else if (matcher.contains("safe_regex_match"))
        fits = fitsRegex(matcher["safe_regex_match"], value);
    return fits != inverted;
}

bool pathFits(const Json &match, const CallSight &call)
{
    const std::string path = call.pathOnly();
    const bool ignoresCase = at(match, "case_sensitive") == false;
    const std::string given = ignoresCase ? lower(path) : path;
    const auto wished = [&](const char *key) {
        const std::string text = textAt(match, key);
        return ignoresCase ? lower(text) : text;
    };
    if (match.contains("path"))
        return given == wished("path");
    if (match.contains("prefix"))
        return startsWith(given, wished("prefix"));
    if (match.contains("path_separated_prefix")) {
        const std::string prefix = wished("path_separated_prefix");
        return startsWith(given, prefix) && (given.size() == prefix.size() || given[prefix.size()] == '/');
    }
    if (match.contains("safe_regex"))
        return fitsRegex(match["safe_regex"], path);
    return true;
}

}  // namespace

bool matchesString(const Json &matcher, const std::string &text)
{
    const bool ignoresCase = at(matcher, "ignore_case") == true;
    const std::string given = ignoresCase ? lower(text) : text;
    const auto wished = [&](const char *key) {
        const std::string value = textAt(matcher, key);
        return ignoresCase ? lower(value) : value;
    };
    if (matcher.contains("exact"))
        return given == wished("exact");
    if (matcher.contains("prefix"))
        return startsWith(given, wished("prefix"));
    if (matcher.contains("suffix"))
        return endsWith(given, wished("suffix"));
    if (matcher.contains("contains"))
        return given.find(wished("contains")) != std::string::npos;
    if (matcher.contains("safe_regex"))
        return fitsRegex(matcher["safe_regex"], text);
    return false;
}

std::size_t domainMatch(const std::string &pattern, const std::string &authority)
{
    const std::string wished = lower(pattern);
    const std::string given = lower(authority);
    if (wished == "*")
        return 1;
    if (wished == given)
        return 1000 + wished.size();
    if (wished.size() > 1 && wished.front() == '*' && endsWith(given, wished.substr(1))
        && given.size() > wished.size() - 1)
        return 2 + wished.size();
    if (wished.size() > 1 && wished.back() == '*' && startsWith(given, wished.substr(0, wished.size() - 1)))
        return 1 + wished.size();
    return 0;
}

std::string whatDoesNotMatch(const Json &match, const CallSight &call)
{
    if (!pathFits(match, call))
        return "the path";
    for (const auto &header : listAt(match, "headers")) {
        if (!headerFits(header, call)) {
            const std::string name = textAt(header, "name");
            return name == ":method" ? std::string("the method") : "the header " + name;
        }
    }
    const auto query = queryOf(call.path);
    for (const auto &parameter : listAt(match, "query_parameters")) {
        const std::string name = textAt(parameter, "name");
        const auto found = query.find(name);
        const bool fits = found != query.end()
                          && (!parameter.contains("string_match")
                              || matchesString(parameter["string_match"], found->second));
        if (!fits)
            return "the query parameter " + name;
    }
    if (match.contains("grpc") && call.headers.count("content-type") == 0)
        return "gRPC";
    return {};
}

std::string matchText(const Json &match)
{
    std::string text = "any path";
    for (const char *kind : {"path", "prefix", "path_separated_prefix"}) {
        if (match.contains(kind))
            text = std::string(kind == std::string("path") ? "path " : "prefix ") + textAt(match, kind);
    }
    if (match.contains("safe_regex"))
        text = "path ~ " + textAt(match["safe_regex"], "regex");
    const auto add = [&text](const Json &one) {
        const std::string name = textAt(one, "name");
        text += ", " + (name == ":method" ? std::string("method") : name);
        const Json &string = at(one, "string_match");
        for (const char *kind : {"exact", "prefix", "suffix", "contains"}) {
            if (string.is_object() && string.contains(kind))
                text += std::string(kind == std::string("exact") ? " = " : std::string(" ") + kind + ' ')
                        + textAt(string, kind);
        }
        if (string.is_object() && string.contains("safe_regex"))
            text += " ~ " + textAt(string["safe_regex"], "regex");
    };
    for (const auto &header : listAt(match, "headers"))
        add(header);
    for (const auto &parameter : listAt(match, "query_parameters"))
        add(parameter);
    return text;
}

bool isIpAddress(const std::string &text)
{
    std::array<unsigned char, 16> bytes{};
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1
           || inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool isInRange(const std::string &address, const std::string &prefix, unsigned length)
{
    std::array<unsigned char, 16> given{};
    std::array<unsigned char, 16> wished{};
    const int family = prefix.find(':') == std::string::npos ? AF_INET : AF_INET6;
    if (inet_pton(family, address.c_str(), given.data()) != 1
        || inet_pton(family, prefix.c_str(), wished.data()) != 1)
        return false;
    for (unsigned bit = 0; bit < length && bit < 128; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        if ((given[bit / 8] & mask) != (wished[bit / 8] & mask))
            return false;
    }
    return true;
}

// Envoy looks at the port first, then at the address, the server name, the transport and the protocol.
int filterChainFit(const Json &match, const ConnectionSight &connection)
{
    int fit = 0;
    if (const auto port = numberAt(match, "destination_port"); port != 0) {
        if (port != connection.port)
            return -1;
        fit += 100'000;
    }
    const Json &ranges = listAt(match, "prefix_ranges");
    if (!ranges.empty()) {
        int longest = -1;
        for (const auto &range : ranges) {
            const auto length = static_cast<unsigned>(numberAt(range, "prefix_len"));
            if (isInRange(connection.address, textAt(range, "address_prefix"), length))
                longest = std::max(longest, static_cast<int>(length));
        }
        if (longest < 0)
            return -1;
        fit += 10'000 + longest * 10;
    }
    const Json &names = listAt(match, "server_names");
    if (!names.empty()) {
        std::size_t best = 0;
        for (const auto &name : names)
            best =
                std::max(best, name.is_string() ? domainMatch(name.get<std::string>(), connection.serverName)
                                                : std::size_t(0));
        if (best == 0)
            return -1;
        fit += 1000 + static_cast<int>(std::min<std::size_t>(best, 500));
    }
    if (const std::string transport = textAt(match, "transport_protocol"); !transport.empty()) {
        if ((transport == "tls") != connection.isTls)
            return -1;
        fit += 10;
    }
    const Json &protocols = listAt(match, "application_protocols");
    if (!protocols.empty()) {
        if (std::find(protocols.begin(), protocols.end(), connection.protocol) == protocols.end())
            return -1;
        fit += 5;
    }
    return fit;
}

}  // namespace meshscope
