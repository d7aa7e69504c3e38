// Envoy's matchers on values: strings, headers, domains, routes, filter chains. Pure functions.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace meshscope {

// What is called, as the matchers see it.
struct CallSight {
    std::string authority;   // host, with the port unless it is 80 or 443
    std::string path = "/";  // with the query
    std::string method = "GET";
    std::map<std::string, std::string> headers;  // names in lower case
    std::string pathOnly() const { return path.substr(0, path.find('?')); }
};

// envoy.type.matcher.v3.StringMatcher; a regex must hold the whole text, as RE2 reads it.
bool matchesString(const nlohmann::json &matcher, const std::string &text);

// A name of a virtual host, for which "*" stands for all; the longer match wins. 0 = none.
std::size_t domainMatch(const std::string &pattern, const std::string &authority);

// Empty when the route's match holds, else what did not: "the header x-canary".
std::string whatDoesNotMatch(const nlohmann::json &match, const CallSight &call);
// "prefix /api, GET": what a route asks for, for people.
std::string matchText(const nlohmann::json &match);

// How well a filter chain fits a connection; -1 = not at all. Higher is more specific.
struct ConnectionSight {
    std::string address;
    std::uint16_t port = 0;
    bool isTls = false;
    std::string serverName;
    std::string protocol;  // ALPN, "kuma"
};
int filterChainFit(const nlohmann::json &match, const ConnectionSight &connection);

// IPv4 or IPv6, without brackets.
bool isIpAddress(const std::string &text);
// "10.0.0.0/8" as Envoy writes it: an address and a length.
bool isInRange(const std::string &address, const std::string &prefix, unsigned length);

}  // namespace meshscope
