#include "backend/xds/route_hash.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace meshscope::xds {

namespace {

using Ordered = nlohmann::ordered_json;

// The members that are there, in the order of Kuma's structs.
Ordered inOrder(const Json &object, std::initializer_list<const char *> names)
{
    Ordered result = Ordered::object();
    for (const char *name : names)
        if (const auto &value = at(object, name); !value.is_null())
            result[name] = Ordered::parse(value.dump());
    return result;
}

Ordered listInOrder(const Json &list)
{
    Ordered result = Ordered::array();
    for (const auto &entry : list)
        result.push_back(inOrder(entry, {"type", "name", "value"}));
    return result;
}

// Go's encoder writes these three as escapes, so that its output can stand in HTML.
std::string htmlSafe(const std::string &json)
{
    std::string result;
    for (const char c : json) {
        if (c == '<')
            result += "\\u003c";
        else if (c == '>')
            result += "\\u003e";
        else if (c == '&')
            result += "\\u0026";
        else
            result += c;
    }
    return result;
}

}  // namespace

std::string routeHash(const Json &matches)
{
    Ordered all = Ordered::array();
    for (const auto &match : matches) {
        Ordered entry = Ordered::object();
        if (const auto &path = at(match, "path"); path.is_object())
            entry["path"] = inOrder(path, {"value", "type"});
        if (const auto &method = at(match, "method"); method.is_string())
            entry["method"] = method.get<std::string>();
        if (const auto &params = listAt(match, "queryParams"); !params.empty())
            entry["queryParams"] = listInOrder(params);
        if (const auto &headers = listAt(match, "headers"); !headers.empty())
            entry["headers"] = listInOrder(headers);
        all.push_back(std::move(entry));
    }
    const auto text = htmlSafe(all.dump());
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> base64{};
    EVP_EncodeBlock(base64.data(), digest.data(), SHA256_DIGEST_LENGTH);
    return reinterpret_cast<const char *>(base64.data());
}

}  // namespace meshscope::xds
