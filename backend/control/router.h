// The route table of the API: which handler answers a method and a path, and what Kuma's router says when
// none does.
#pragma once

#include "backend/control/access.h"
#include "backend/control/http_message.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::control {

// A request on its way to a handler.
struct ApiCall {
    const HttpRequest &request;
    std::string path;  // decoded
    Query query;
    std::string_view pattern;                                    // of the route: "/meshes/{mesh}/dataplanes"
    std::vector<std::pair<std::string_view, std::string>> args;  // {mesh} → its segment
    Caller caller = Caller::Anonymous;

    const std::string &arg(std::string_view name) const;  // must be in the pattern
};

using ApiHandler = std::function<HttpResponse(const ApiCall &)>;

class Router
{
public:
    // Segments in braces match anything. All routes answer JSON; PUT and POST read it. Routes of one pattern
    // stand in the order in which `Allow` lists their methods.
    void add(std::string method, std::string pattern, ApiHandler handler);

    // Any thread, once all routes are added.
    HttpResponse handle(const HttpRequest &request) const;

private:
    struct Route {
        std::string method;
        std::string pattern;
        std::vector<std::string> segments;
        std::size_t fixedSegments = 0;
        ApiHandler handler;
    };

    std::vector<const Route *> matching(const std::vector<std::string_view> &segments) const;

    std::vector<Route> m_routes;
};

}  // namespace meshscope::control
