#include "backend/control/access.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace meshscope::control {

namespace {

bool isLoopbackHost(std::string_view host)
{
    std::string lower(host);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return lower == "localhost" || isLoopbackAddress(lower);
}

bool isForwarded(const HttpRequest &request)
{
    return request.hasHeader("forwarded") || request.hasHeader("x-forwarded-for")
           || request.hasHeader("x-real-ip");
}

bool isFromOtherSite(const HttpRequest &request)
{
    const auto host = request.header("host");
    if (request.hasHeader("host") && !isLoopbackHost(hostOf(host)))
        return true;
    const auto site = request.header("sec-fetch-site");
    if (!site.empty() && site != "none" && site != "same-origin")
        return true;
    const auto origin = request.header("origin");
    return request.hasHeader("origin") && origin != "http://" + host;
}

}  // namespace

bool isLoopbackAddress(std::string_view address)
{
    const std::string text(address);
    std::array<unsigned char, 4> v4{};
    if (inet_pton(AF_INET, text.c_str(), v4.data()) == 1)
        return v4[0] == 127;
    in6_addr v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6) != 1)
        return false;
    return IN6_IS_ADDR_LOOPBACK(&v6) != 0 || (IN6_IS_ADDR_V4MAPPED(&v6) != 0 && v6.s6_addr[12] == 127);
}

std::string hostOf(std::string_view authority)
{
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        return std::string(authority.substr(1, end == std::string_view::npos ? end : end - 1));
    }
    // More than one colon without brackets is a bare IPv6 address.
    const auto colon = authority.find(':');
    if (colon != std::string_view::npos && authority.find(':', colon + 1) == std::string_view::npos)
        authority = authority.substr(0, colon);
    return std::string(authority);
}

std::string userText(Caller caller)
{
    return caller == Caller::Admin ? "mesh-system:admin/mesh-system:admin,mesh-system:authenticated"
                                   : "mesh-system:anonymous/mesh-system:unauthenticated";
}

Caller callerOf(const HttpRequest &request)
{
    if (isFromOtherSite(request))
        return Caller::WebPage;
    return isLoopbackAddress(request.peer) && !isForwarded(request) ? Caller::Admin : Caller::Anonymous;
}

}  // namespace meshscope::control
