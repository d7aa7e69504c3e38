// Tokens of data plane proxies (kuma-api fact sheet §4.3). The sandbox listens on loopback only and asks no
// proxy for one, but launchers and scripts that ask for tokens work as with Kuma.
#include "backend/codec/go_duration.h"
#include "backend/control/api_context.h"
#include "backend/control/mesh_secrets.h"
#include "backend/pki/base64.h"

#include <jwt.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kInvalid[] = "Invalid request";
constexpr std::chrono::seconds kBackdate{300};
constexpr std::chrono::seconds kDefaultLife{315'360'000};  // ten years
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

struct TokenRequest {
    std::string name, mesh, type;
    Json tags = Json::object();  // key → list of values
    std::chrono::seconds life = kDefaultLife;
};

HttpResponse invalid(const char *field, std::string reason)
{
    auto error = notValid(kInvalid, {{field, std::move(reason)}});
    error.status = 400;
    return error.response();
}

// The response is what is wrong with the body.
tl::expected<TokenRequest, HttpResponse> parse(const std::string &body)
{
    const auto unreadable = tl::unexpected(HttpResponse{400, {}, {}, {}});
    const auto json = Json::parse(body, nullptr, false);
    if (!json.is_object())
        return unreadable;
    TokenRequest request;
    std::string life;
    try {
        const auto read = [&json](const char *member, std::string &target) {
            if (const auto found = json.find(member); found != json.end() && !found->is_null())
                found->get_to(target);
        };
        read("name", request.name);
        read("mesh", request.mesh);
        read("type", request.type);
        read("validFor", life);
        if (const auto tags = json.find("tags"); tags != json.end() && tags->is_object()) {
            for (const auto &[key, values] : tags->items())
                request.tags[key] = values.get<std::vector<std::string>>();
        }
    } catch (const nlohmann::json::exception &) {
        return unreadable;
    }
    if (request.mesh.empty())
        return tl::unexpected(invalid("mesh", "cannot be empty"));
    if (!request.type.empty() && request.type != "dataplane" && request.type != "ingress"
        && request.type != "egress")
        return tl::unexpected(invalid("type", request.type + " is not a valid proxy type"));
    if (!life.empty()) {
        const auto nanoseconds = goDurationFrom(life);
        if (!nanoseconds)
            return tl::unexpected(invalid("validFor", "is invalid: " + nanoseconds.error()));
        if (*nanoseconds != 0)
            request.life = std::chrono::seconds(*nanoseconds / kNanosecondsPerSecond);
    }
    return request;
}

// The newest key of the mesh and its serial number; the key is empty when there is none.
std::pair<std::string, int> signingKey(const std::string &mesh, const StoreSnapshot &store)
{
    std::pair<std::string, int> newest{{}, 0};
    const auto prefix = kTokenKeyPrefix + mesh + "-";
    for (const auto &secret : store.list("Secret", mesh)) {
        const auto &name = secret->key.name;
        int serial = 0;
        if (!name.starts_with(prefix)
            || std::from_chars(name.data() + prefix.size(), name.data() + name.size(), serial).ptr
                   != name.data() + name.size()
            || serial < newest.second)
            continue;
        const auto spec = Json::parse(secret->spec, nullptr, false);
        if (const auto data = spec.find("data"); data != spec.end() && data->is_string())
            newest = {pki::fromBase64(data->get<std::string>()).value_or(std::string()), serial};
    }
    return newest;
}

// Empty when the key cannot sign.
std::string signedToken(const Json &claims, const std::string &key, int serial)
{
    jwt_t *raw = nullptr;
    if (jwt_new(&raw) != 0)
        return {};
    const std::unique_ptr<jwt_t, decltype(&jwt_free)> token(raw, jwt_free);
    if (jwt_set_alg(token.get(), JWT_ALG_RS256, reinterpret_cast<const unsigned char *>(key.data()),
                    static_cast<int>(key.size()))
            != 0
        || jwt_add_header(token.get(), "kid", std::to_string(serial).c_str()) != 0
        || jwt_add_grants_json(token.get(), claims.dump().c_str()) != 0)
        return {};
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(token.get()), std::free);
    return text ? std::string(text.get()) : std::string();
}

HttpResponse dataplaneToken(const ApiContext &context, const ApiCall &call)
{
    const auto request = parse(call.request.body);
    if (!request)
        return request.error();
    if (call.caller != Caller::Admin)
        return accessDenied("user \"" + userText(call.caller) + "\" cannot access generate dataplane token")
            .response();
    const auto [key, serial] = signingKey(request->mesh, *context.store.snapshot());
    if (key.empty()) {
        return ApiError{404,
                        "Signing Key not found",
                        "there is no signing key with KID 1. Secret of name \""
                            + (kTokenKeyPrefix + request->mesh) + "-1\" in mesh \"" + request->mesh
                            + "\" is not found. If signing key was rotated, regenerate the token",
                        {}}
            .response();
    }
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(context.clock().time_since_epoch());
    const Json claims{{"Name", request->name},
                      {"Mesh", request->mesh},
                      {"Tags", request->tags},
                      {"Type", request->type},
                      {"exp", (now + request->life).count()},
                      {"nbf", (now - kBackdate).count()},
                      {"iat", now.count()},
                      {"jti", newUuid()}};
    const auto token = signedToken(claims, key, serial);
    if (token.empty())
        return internalError("Could not issue a token").response();
    return {200, "text/plain", token, {}};
}

}  // namespace

void addTokenRoutes(Router &router, ApiContext &context)
{
    router.add("POST", "/tokens/dataplane",
               [&context](const ApiCall &call) { return dataplaneToken(context, call); });
}

}  // namespace meshscope::control
