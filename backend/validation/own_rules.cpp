#include "backend/validation/own_rules.h"

#include "backend/validation/addresses.h"

#include <algorithm>

namespace meshscope {

namespace {

using Severity = Finding::Severity;

// A socket that Envoy will open for this Dataplane.
struct Socket {
    std::string field;  // of its port
    std::string what;   // "inbound 1", for messages
    std::string address;
    std::uint32_t port;
};

bool clash(const Socket &a, const Socket &b)
{
    if (a.port == 0 || a.port != b.port)
        return false;
    const auto first = ipAddressFrom(a.address), second = ipAddressFrom(b.address);
    return first && second ? overlaps(*first, *second) : a.address == b.address;
}

void add(std::vector<Finding> &findings, Severity severity, std::string field, std::string message,
         std::string advice)
{
    Finding finding;
    finding.severity = severity;
    finding.field = std::move(field);
    finding.message = std::move(message);
    finding.advice = std::move(advice);
    findings.push_back(std::move(finding));
}

void addClashes(std::vector<Finding> &findings, const Dataplane &dataplane)
{
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        const auto &inbound = dataplane.inbounds[i];
        sockets.push_back({"networking.inbound[" + std::to_string(i) + "].port",
                           "inbound " + std::to_string(i + 1), dataplane.listenerAddress(inbound),
                           inbound.port});
    }
    for (std::size_t i = 0; i < dataplane.outbounds.size(); ++i) {
        const auto &outbound = dataplane.outbounds[i];
        sockets.push_back({"networking.outbound[" + std::to_string(i) + "].port",
                           "outbound " + std::to_string(i + 1),
                           outbound.address.empty() ? "127.0.0.1" : outbound.address, outbound.port});
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        const auto earlier = std::find_if(sockets.begin(), sockets.begin() + static_cast<std::ptrdiff_t>(i),
                                          [&](const Socket &other) { return clash(other, sockets[i]); });
        if (earlier == sockets.begin() + static_cast<std::ptrdiff_t>(i))
            continue;
        add(findings, Severity::Warning, sockets[i].field,
            "port " + std::to_string(sockets[i].port) + " is taken by " + earlier->what
                + " already: Envoy can open it only once",
            "Choose another port, or another address");
    }
}

// Without transparent proxying the workload's address defaults to the listener's own.
void addLoops(std::vector<Finding> &findings, const Dataplane &dataplane)
{
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        const auto &inbound = dataplane.inbounds[i];
        if (!inbound.serviceAddress.empty() || inbound.port == 0
            || dataplane.workloadPort(inbound) != inbound.port)
            continue;
        add(findings, Severity::Warning, "networking.inbound[" + std::to_string(i) + "].port",
            "Envoy would call itself: the application is taken to listen on "
                + dataplane.workloadAddress(inbound) + ":" + std::to_string(inbound.port)
                + ", which is this inbound",
            "Set serviceAddress: 127.0.0.1 or another servicePort");
    }
}

void addReservedTags(std::vector<Finding> &findings, const Tags &tags, const std::string &field)
{
    constexpr std::string_view kKnown[] = {"kuma.io/service",
                                           "kuma.io/zone",
                                           "kuma.io/protocol",
                                           "kuma.io/instance",
                                           "kuma.io/mesh",
                                           "kuma.io/env",
                                           "kuma.io/external-service-name"};
    for (const auto &[key, value] : tags) {
        if (!key.starts_with("kuma.io/")
            || std::find(std::begin(kKnown), std::end(kKnown), key) != std::end(kKnown))
            continue;
        add(findings, Severity::Warning, field + "[\"" + key + "\"]",
            "kuma.io/ is Kuma's own prefix, and \"" + key + "\" is none of its tags",
            "Check the spelling (kuma.io/service, kuma.io/protocol, kuma.io/zone), or use a prefix of your "
            "own");
    }
}

void addUnanswered(std::vector<Finding> &findings, const Dataplane &dataplane,
                   const std::set<std::string> &offered)
{
    const auto own = dataplane.services();
    for (std::size_t i = 0; i < dataplane.outbounds.size(); ++i) {
        const auto &outbound = dataplane.outbounds[i];
        const auto service = outbound.tags.find(kServiceTag);
        // A backendRef names a MeshService, which need not be a service tag.
        if (service == outbound.tags.end() || service->second.empty() || offered.count(service->second) != 0
            || std::find(own.begin(), own.end(), service->second) != own.end())
            continue;
        add(findings, Severity::Warning,
            "networking.outbound[" + std::to_string(i) + "].tags[\"" + kServiceTag + "\"]",
            "no dataplane in this mesh offers \"" + service->second
                + "\"; calls would be refused until one does",
            "Check the name, or start a dataplane with kuma.io/service: " + service->second);
    }
}

}  // namespace

void addOwnFindings(std::vector<Finding> &findings, const Dataplane &dataplane,
                    const ValidationContext &context, KumaEra era)
{
    const bool isTransparent = dataplane.transparentProxying && dataplane.transparentProxying->isOn();
    if (!isTransparent) {
        addClashes(findings, dataplane);
        addLoops(findings, dataplane);
    }
    if (era != KumaEra::V3_0) {
        for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i)
            addReservedTags(findings, dataplane.inbounds[i].tags,
                            "networking.inbound[" + std::to_string(i) + "].tags");
    }
    if (dataplane.gateway)
        addReservedTags(findings, dataplane.gateway->tags, "networking.gateway.tags");
    if (context.offeredServices)
        addUnanswered(findings, dataplane, *context.offeredServices);
}

}  // namespace meshscope
