#include "backend/validation/validate.h"

#include "backend/validation/rules.h"

#include <algorithm>
#include <charconv>

namespace meshscope {

std::optional<KumaEra> kumaEraFromText(std::string_view text)
{
    for (const auto era : {KumaEra::V2_9, KumaEra::V2_14, KumaEra::V3_0}) {
        if (text == textOf(era))
            return era;
    }
    return std::nullopt;
}

KumaEra kumaEraFromVersion(std::string_view version)
{
    int major = 0, minor = 0;
    const char *end = version.data() + version.size();
    const auto afterMajor = std::from_chars(version.data(), end, major);
    if (afterMajor.ec != std::errc() || afterMajor.ptr == end || *afterMajor.ptr != '.')
        return KumaEra::V2_14;
    if (std::from_chars(afterMajor.ptr + 1, end, minor).ec != std::errc() || major < 1)
        return KumaEra::V2_14;
    if (major > 2)
        return KumaEra::V3_0;
    return major < 2 || minor < 10 ? KumaEra::V2_9 : KumaEra::V2_14;
}

std::string_view textOf(KumaEra era)
{
    switch (era) {
    case KumaEra::V2_9:
        return "2.9";
    case KumaEra::V2_14:
        return "2.14";
    case KumaEra::V3_0:
        return "3.0";
    }
    return {};
}

bool hasErrors(const std::vector<Finding> &findings)
{
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding &finding) { return finding.severity == Finding::Severity::Error; });
}

std::vector<Finding> validateDataplane(std::string_view canonicalJson, KumaEra era)
{
    Violations out;
    const Json dataplane = Json::parse(canonicalJson, nullptr, false);
    const Json &networking = memberAt(dataplane, "networking");
    if (!networking.is_object()) {
        out.add("networking", "must be defined", "Add networking with an address and an inbound");
        return out.take();
    }
    const Json &inbounds = memberAt(networking, "inbound");
    const Json &gateway = memberAt(networking, "gateway");
    // A number instead of a name is a type that this era does not know; it is then neither kind of gateway.
    const bool isBuiltin = gateway.is_object() && textAt(gateway, "type") == "BUILTIN";
    const bool isDelegated = gateway.is_object() && !isBuiltin && !memberAt(gateway, "type").is_number();
    const bool knowsListeners = era != KumaEra::V2_9;
    const std::string gatewayKind = isBuiltin ? "builtin" : "delegated";

    checkAdminPort(out, networking);
    if (isDelegated || isBuiltin) {
        if (!inbounds.empty())
            out.add("networking.inbound", "inbound cannot be defined for " + gatewayKind + " gateways",
                    "Remove the inbounds; a gateway has none");
        if (isBuiltin && !memberAt(networking, "outbound").empty())
            out.add("networking.outbound", "outbound cannot be defined for builtin gateways",
                    "Remove the outbounds; MeshGateway routes say where it goes");
        if (isBuiltin && memberAt(dataplane, "probes").is_object())
            out.add("networking.probes", "probes cannot be defined for builtin gateways", "Remove probes");
        if (knowsListeners && !memberAt(networking, "listeners").empty())
            out.add("networking.listeners", "listeners cannot be defined for " + gatewayKind + " gateways",
                    "Remove the listeners, or the gateway");
        checkGateway(out, gateway, era);
    } else if (era == KumaEra::V2_9 && inbounds.empty()) {
        out.add("networking", "has to contain at least one inbound interface or gateway",
                "Add an inbound: its port and the tag kuma.io/service");
    }

    const auto address = textAt(networking, "address");
    checkAddress(out, "networking.address", address);
    std::size_t index = 0;
    for (const Json &inbound : inbounds)
        checkInbound(out, "networking.inbound[" + std::to_string(index++) + "]", inbound, address, era);
    index = 0;
    for (const Json &outbound : memberAt(networking, "outbound"))
        checkOutbound(out, "networking.outbound[" + std::to_string(index++) + "]", outbound, era);
    checkReachableBackends(out, memberAt(networking, "transparentProxying"));
    if (knowsListeners && !isDelegated && !isBuiltin)
        checkListeners(out, networking);
    if (era != KumaEra::V3_0 && !isBuiltin)
        checkProbes(out, memberAt(dataplane, "probes"));
    if (era != KumaEra::V3_0 && !isDelegated && !isBuiltin)
        checkMetrics(out, memberAt(dataplane, "metrics"));
    return out.take();
}

}  // namespace meshscope
