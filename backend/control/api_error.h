// Kuma's error bodies (kuma-api fact sheet §2.2).
#pragma once

#include "backend/control/http_message.h"
#include "backend/core/result.h"

#include <string>
#include <vector>

namespace meshscope::control {

struct Violation {
    std::string field;
    std::string reason;
    bool operator==(const Violation &) const = default;
};

struct ApiError {
    int status = 500;
    std::string title;
    std::string detail;
    std::vector<Violation> violations;

    HttpResponse response() const;
    // For callers that are no HTTP clients. `where` names what was written.
    Error error(std::string where) const;
};

template <class T = void>
using ApiResult = tl::expected<T, ApiError>;

inline tl::unexpected<ApiError> refuse(ApiError error) { return tl::unexpected<ApiError>(std::move(error)); }

ApiError notFound(std::string title);
ApiError notValid(std::string title, std::vector<Violation> violations);
ApiError badRequest(std::string detail);
ApiError internalError(std::string title);
ApiError accessDenied(std::string detail);

}  // namespace meshscope::control
