#include "backend/control/router.h"

#include "backend/control/api_error.h"
#include "backend/control/url.h"

#include <algorithm>
#include <cassert>

namespace meshscope::control {

namespace {

constexpr std::string_view kJson = "application/json";

std::vector<std::string_view> split(std::string_view path)
{
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        if (end > 0)
            segments.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return segments;
}

bool isVariable(std::string_view segment) { return segment.starts_with('{'); }

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

// Whether a comma-separated list of media types, parameters aside, has one of these. Upper and lower case
// differ, as they do in Kuma.
bool names(std::string_view list, std::initializer_list<std::string_view> wanted)
{
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        const auto entry = list.substr(0, end);
        const auto type = trimmed(entry.substr(0, std::min(entry.find(';'), entry.size())));
        if (std::find(wanted.begin(), wanted.end(), type) != wanted.end())
            return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

bool hasBody(const HttpRequest &request) { return request.method == "PUT" || request.method == "POST"; }

bool isRead(const HttpRequest &request)
{
    return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

HttpResponse redirect(const HttpRequest &request, const std::string &path, const std::string &rawQuery)
{
    const auto location = rawQuery.empty() ? path : path + "?" + rawQuery;
    HttpResponse response{307, {}, {}, {{"Location", location}}};
    if (request.method == "GET" || request.method == "HEAD") {
        response.contentType = "text/html; charset=utf-8";
        std::string escaped;
        for (const char c : location)
            escaped += c == '&'   ? "&amp;"
                       : c == '<' ? "&lt;"
                       : c == '>' ? "&gt;"
                       : c == '"' ? "&#34;"
                                  : std::string(1, c);
        response.body = "<a href=\"" + escaped + "\">Temporary Redirect</a>.\n\n";
    }
    return response;
}

}  // namespace

const std::string &ApiCall::arg(std::string_view name) const
{
    const auto found =
        std::find_if(args.begin(), args.end(), [name](const auto &a) { return a.first == name; });
    assert(found != args.end());
    return found->second;
}

void Router::add(std::string method, std::string pattern, ApiHandler handler)
{
    Route route;
    for (const auto segment : split(pattern)) {
        route.segments.emplace_back(segment);
        route.fixedSegments += isVariable(segment) ? 0 : 1;
    }
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.handler = std::move(handler);
    m_routes.push_back(std::move(route));
}

std::vector<const Router::Route *> Router::matching(const std::vector<std::string_view> &segments) const
{
    std::vector<const Route *> result;
    for (const auto &route : m_routes) {
        const bool fits =
            std::equal(route.segments.begin(), route.segments.end(), segments.begin(), segments.end(),
                       [](const auto &a, const auto &b) { return isVariable(a) || a == b; });
        if (fits)
            result.push_back(&route);
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const Route *a, const Route *b) { return a->fixedSegments > b->fixedSegments; });
    return result;
}

HttpResponse Router::handle(const HttpRequest &request) const
{
    auto target = parseTarget(request.target);
    if (!target)
        return textResponse(400, "400 Bad Request");
    if (auto clean = cleanPath(target->path); clean != target->path)
        return redirect(request, clean, target->rawQuery);
    const auto caller = callerOf(request);
    if (caller == Caller::WebPage && !isRead(request))
        return accessDenied("a web page of another origin cannot change anything here").response();

    const auto segments = split(target->path);
    auto routes = matching(segments);
    if (routes.empty())
        return textResponse(404, "404: Page Not Found");
    const auto other = [&request](const Route *route) { return route->method != request.method; };
    if (std::all_of(routes.begin(), routes.end(), other)) {
        std::vector<std::string_view> methods;
        std::string allow;
        for (const auto *route : routes) {
            if (std::find(methods.begin(), methods.end(), route->method) != methods.end())
                continue;
            methods.push_back(route->method);
            allow += (allow.empty() ? "" : ", ") + route->method;
        }
        auto response = textResponse(405, "405: Method Not Allowed");
        response.headers.emplace_back("Allow", allow);
        return response;
    }
    routes.erase(std::remove_if(routes.begin(), routes.end(), other), routes.end());
    if (hasBody(request) && !names(request.header("content-type"), {kJson, "*/*"})) {
        return textResponse(415, request.body.empty()
                                     ? "415: Unsupported Media Type\n\nAvailable representations: "
                                     : "415: Unsupported Media Type");
    }
    const auto accept = request.header("accept");
    if (!trimmed(accept).empty() && !names(accept, {kJson, "*/*"}))
        return textResponse(406, "406: Not Acceptable\n\nAvailable representations: application/json");

    const auto &route = *routes.front();
    ApiCall call{request, std::move(target->path), std::move(target->query), route.pattern, {}, caller};
    for (std::size_t i = 0; i < segments.size(); ++i)
        if (const std::string_view name = route.segments[i]; isVariable(name))
            call.args.emplace_back(name.substr(1, name.size() - 2), std::string(segments[i]));
    return route.handler(call);
}

}  // namespace meshscope::control
