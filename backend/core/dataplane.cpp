#include "backend/core/dataplane.h"

#include <algorithm>
#include <cctype>

namespace meshscope {

namespace {

std::string tagValue(const Tags &tags, const char *key)
{
    const auto found = tags.find(key);
    return found == tags.end() ? std::string() : found->second;
}

}  // namespace

std::string Inbound::service() const { return tagValue(tags, kServiceTag); }

std::string Inbound::effectiveProtocol() const
{
    std::string result = protocol.empty() ? tagValue(tags, kProtocolTag) : protocol;
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string Outbound::service() const
{
    const auto service = tagValue(tags, kServiceTag);
    return service.empty() && backendRef ? backendRef->name : service;
}

std::vector<std::string> Dataplane::services() const
{
    std::vector<std::string> result;
    const auto add = [&result](std::string service) {
        if (!service.empty() && std::find(result.begin(), result.end(), service) == result.end())
            result.push_back(std::move(service));
    };
    for (const auto &inbound : inbounds)
        add(inbound.service());
    if (gateway)
        add(tagValue(gateway->tags, kServiceTag));
    return result;
}

std::vector<Tags> Dataplane::tagSets() const
{
    if (gateway)
        return {gateway->tags.empty() ? labels : gateway->tags};
    const bool tagless =
        std::all_of(inbounds.begin(), inbounds.end(), [](const auto &i) { return i.tags.empty(); });
    if (tagless)
        return {labels};
    std::vector<Tags> result;
    for (const auto &inbound : inbounds)
        result.push_back(inbound.tags);
    return result;
}

std::string Dataplane::listenerAddress(const Inbound &inbound) const
{
    return inbound.address.empty() ? address : inbound.address;
}

std::string Dataplane::workloadAddress(const Inbound &inbound) const
{
    return inbound.serviceAddress.empty() ? listenerAddress(inbound) : inbound.serviceAddress;
}

std::uint32_t Dataplane::workloadPort(const Inbound &inbound) const
{
    return inbound.servicePort == 0 ? inbound.port : inbound.servicePort;
}

}  // namespace meshscope
