#include "backend/xds/names.h"

#include <openssl/sha.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace meshscope::xds {

namespace {

std::string hostAndPort(std::string_view address, std::uint32_t port)
{
    const bool v6 = address.find(':') != std::string_view::npos;
    std::string result = v6 ? "[" + std::string(address) + "]" : std::string(address);
    return result + ":" + std::to_string(port);
}

// The first 8 bytes of a SHA-256, in hex.
std::string shortHash(const std::string &text)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest.data());
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string result;
    for (std::size_t i = 0; i < 8; ++i) {
        result += kDigits[digest[i] >> 4];
        result += kDigits[digest[i] & 15];
    }
    return result;
}

}  // namespace

std::string inboundListenerName(std::string_view address, std::uint32_t port)
{
    return "inbound:" + hostAndPort(address, port);
}

std::string outboundListenerName(std::string_view address, std::uint32_t port)
{
    return "outbound:" + hostAndPort(address, port);
}

std::string inboundClusterName(std::uint32_t workloadPort)
{
    return "localhost:" + std::to_string(workloadPort);
}

std::string outboundClusterName(const Tags &tags)
{
    const auto service = tags.find(kServiceTag);
    std::string name = service == tags.end() ? std::string() : service->second;
    if (tags.size() <= (service == tags.end() ? 0U : 1U))
        return name;
    std::string all;
    for (const auto &[key, value] : tags)
        all += key + value;
    return name + "-" + shortHash(all);
}

std::string statPrefix(std::string_view name)
{
    std::string result(name);
    std::replace_if(
        result.begin(), result.end(),
        [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
    return result;
}

std::string tagsHeaderValue(const Dataplane &dataplane)
{
    std::map<std::string, std::set<std::string>> values;
    const auto add = [&values](const Tags &tags) {
        for (const auto &[key, value] : tags)
            values[key].insert(value);
    };
    if (dataplane.gateway)
        add(dataplane.gateway->tags);
    else
        for (const auto &inbound : dataplane.inbounds)
            add(inbound.tags);
    std::string result;
    for (const auto &[key, all] : values) {
        result += "&" + key + "=";
        for (auto value = all.begin(); value != all.end(); ++value)
            result += (value == all.begin() ? "" : ",") + *value;
        result += "&";
    }
    return result;
}

std::string tagsHeaderRegex(const Tags &tags)
{
    std::string result = ".*";
    for (const auto &[key, value] : tags)
        result += '&' + key + '=' + (value == "*" ? "" : "[^&]*" + value + "[,&]") + ".*";
    return result;
}

bool isIpAddress(std::string_view text)
{
    const std::string copy(text);
    std::array<unsigned char, 16> buffer{};
    return inet_pton(AF_INET, copy.c_str(), buffer.data()) == 1
           || inet_pton(AF_INET6, copy.c_str(), buffer.data()) == 1;
}

}  // namespace meshscope::xds
