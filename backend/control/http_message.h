// A request and its response as handlers see them, whichever socket layer carries them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshscope::control {

using Query = std::vector<std::pair<std::string, std::string>>;  // decoded, in the order given

struct HttpRequest {
    std::string method;
    std::string target;                          // as it came: path and query, not decoded
    std::map<std::string, std::string> headers;  // names in lower case; the first of several
    std::string body;
    std::string peer;  // the caller's IP

    std::string header(std::string_view lowerName) const
    {
        const auto found = headers.find(std::string(lowerName));
        return found == headers.end() ? std::string() : found->second;
    }
    bool hasHeader(std::string_view lowerName) const { return headers.contains(std::string(lowerName)); }
};

struct HttpResponse {
    int status = 200;
    std::string contentType;  // empty = none, which goes with an empty body
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

inline HttpResponse jsonResponse(std::string body, int status = 200)
{
    return {status, "application/json", std::move(body), {}};
}

inline HttpResponse textResponse(int status, std::string body)
{
    return {status, "text/plain; charset=utf-8", std::move(body), {}};
}

}  // namespace meshscope::control
