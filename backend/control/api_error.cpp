#include "backend/control/api_error.h"

#include <nlohmann/json.hpp>

namespace meshscope::control {

HttpResponse ApiError::response() const
{
    nlohmann::ordered_json body{
        {"type", "/std-errors"}, {"status", status}, {"title", title}, {"detail", detail}};
    // `details` and `causes` are the older spelling of the same, which older clients read.
    auto parameters = nlohmann::ordered_json::array();
    auto causes = nlohmann::ordered_json::array();
    for (const auto &[field, reason] : violations) {
        parameters.push_back({{"field", field}, {"reason", reason}});
        causes.push_back({{"field", field}, {"message", reason}});
    }
    if (!violations.empty())
        body["invalid_parameters"] = std::move(parameters);
    body["details"] = detail;
    if (!violations.empty())
        body["causes"] = std::move(causes);
    using Handler = nlohmann::ordered_json::error_handler_t;
    return jsonResponse(body.dump(-1, ' ', false, Handler::replace), status);
}

Error ApiError::error(std::string where) const
{
    Error result;
    switch (status) {
    case 400:
    case 422:
        result.code = Error::Code::Invalid;
        break;
    case 404:
        result.code = Error::Code::NotFound;
        break;
    case 403:
    case 405:
        result.code = Error::Code::Refused;
        break;
    case 409:
        result.code = Error::Code::Conflict;
        break;
    default:
        break;
    }
    result.what = title + ": " + detail;
    if (!violations.empty()) {
        result.what.clear();
        for (const auto &[field, reason] : violations)
            result.what +=
                (result.what.empty() ? "" : "; ") + (field.empty() ? reason : field + " " + reason);
    }
    result.where = std::move(where);
    return result;
}

ApiError notFound(std::string title) { return {404, std::move(title), "Not found", {}}; }

ApiError notValid(std::string title, std::vector<Violation> violations)
{
    return {400, std::move(title), "Resource is not valid", std::move(violations)};
}

ApiError badRequest(std::string detail) { return {400, "Bad Request", std::move(detail), {}}; }

ApiError accessDenied(std::string detail) { return {403, "Access Denied", std::move(detail), {}}; }

ApiError internalError(std::string title) { return {500, std::move(title), "Internal Server Error", {}}; }

}  // namespace meshscope::control
