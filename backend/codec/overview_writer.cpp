#include "backend/codec/overview_writer.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace meshscope {

namespace {

using Json = nlohmann::ordered_json;

void put(Json &object, const char *name, const std::string &text)
{
    if (!text.empty())
        object[name] = text;
}

void put(Json &object, const char *name, std::uint32_t number)
{
    if (number != 0)
        object[name] = number;
}

void put(Json &object, const char *name, const Tags &tags)
{
    if (!tags.empty())
        object[name] = tags;
}

Json inboundJson(const Inbound &inbound)
{
    Json json = Json::object();
    put(json, "port", inbound.port);
    put(json, "servicePort", inbound.servicePort);
    put(json, "serviceAddress", inbound.serviceAddress);
    put(json, "address", inbound.address);
    put(json, "tags", inbound.tags);
    if (inbound.healthReady)
        json["health"] = *inbound.healthReady ? Json{{"ready", true}} : Json::object();
    if (inbound.hasServiceProbe)
        json["serviceProbe"] = Json::object();
    if (inbound.state != InboundState::Ready)
        json["state"] = inbound.state == InboundState::NotReady ? "NotReady" : "Ignored";
    put(json, "name", inbound.name);
    put(json, "protocol", inbound.protocol);
    return json;
}

Json refJson(const BackendRef &ref)
{
    Json json = Json::object();
    put(json, "kind", ref.kind);
    put(json, "name", ref.name);
    put(json, "port", ref.port);
    put(json, "labels", ref.labels);
    return json;
}

Json outboundJson(const Outbound &outbound)
{
    Json json = Json::object();
    put(json, "address", outbound.address);
    put(json, "port", outbound.port);
    put(json, "tags", outbound.tags);
    if (outbound.backendRef)
        json["backendRef"] = refJson(*outbound.backendRef);
    return json;
}

Json transparentJson(const TransparentProxying &proxying)
{
    Json json = Json::object();
    put(json, "redirectPortInbound", proxying.redirectPortInbound);
    put(json, "redirectPortOutbound", proxying.redirectPortOutbound);
    if (proxying.ipv4Only)
        json["ipFamilyMode"] = "IPv4";
    if (!proxying.directAccessServices.empty())
        json["directAccessServices"] = proxying.directAccessServices;
    if (!proxying.reachableServices.empty())
        json["reachableServices"] = proxying.reachableServices;
    if (proxying.reachableBackends) {
        Json refs = Json::array();
        for (const auto &ref : *proxying.reachableBackends)
            refs.push_back(refJson(ref));
        json["reachableBackends"] = {{"refs", refs}};
    }
    return json;
}

Json probesJson(const Probes &probes)
{
    Json json = Json::object();
    put(json, "port", probes.port);
    for (const auto &endpoint : probes.endpoints) {
        Json one = Json::object();
        put(one, "inboundPort", endpoint.inboundPort);
        put(one, "inboundPath", endpoint.inboundPath);
        put(one, "path", endpoint.path);
        json["endpoints"].push_back(std::move(one));
    }
    return json;
}

Json networkingJson(const Dataplane &dataplane)
{
    Json json = Json::object();
    put(json, "address", dataplane.address);
    put(json, "advertisedAddress", dataplane.advertisedAddress);
    if (dataplane.gateway) {
        Json &gateway = json["gateway"] = Json::object();
        put(gateway, "tags", dataplane.gateway->tags);
        if (dataplane.gateway->type == Gateway::Type::Builtin)
            gateway["type"] = "BUILTIN";
    }
    for (const auto &inbound : dataplane.inbounds)
        json["inbound"].push_back(inboundJson(inbound));
    for (const auto &outbound : dataplane.outbounds)
        json["outbound"].push_back(outboundJson(outbound));
    if (dataplane.transparentProxying)
        json["transparentProxying"] = transparentJson(*dataplane.transparentProxying);
    if (dataplane.adminPort != 0)
        json["admin"] = {{"port", dataplane.adminPort}};
    return json;
}

Json countsJson(const ResponseCounts &counts)
{
    // 64-bit numbers are texts in proto JSON, zero is left out.
    Json json = Json::object();
    if (counts.sent != 0)
        json["responsesSent"] = std::to_string(counts.sent);
    if (counts.acknowledged != 0)
        json["responsesAcknowledged"] = std::to_string(counts.acknowledged);
    if (counts.rejected != 0)
        json["responsesRejected"] = std::to_string(counts.rejected);
    return json;
}

Json subscriptionJson(const Subscription &subscription)
{
    Json json = Json::object();
    put(json, "id", subscription.id);
    put(json, "controlPlaneInstanceId", subscription.controlPlaneInstanceId);
    if (subscription.connectTime)
        json["connectTime"] = rfc3339From(*subscription.connectTime);
    if (subscription.disconnectTime)
        json["disconnectTime"] = rfc3339From(*subscription.disconnectTime);
    Json &status = json["status"] = Json::object();
    if (subscription.lastUpdateTime != TimePoint{})
        status["lastUpdateTime"] = rfc3339From(subscription.lastUpdateTime);
    status["total"] = countsJson(subscription.total);
    status["cds"] = countsJson(subscription.cds);
    status["eds"] = countsJson(subscription.eds);
    status["lds"] = countsJson(subscription.lds);
    status["rds"] = countsJson(subscription.rds);
    if (subscription.lastRejection)
        status["lastRejection"] = {{"typeUrl", subscription.lastRejection->typeUrl},
                                   {"message", subscription.lastRejection->message},
                                   {"time", rfc3339From(subscription.lastRejection->time)}};
    Json version = Json::object();
    if (!subscription.kumaDpVersion.empty())
        version["kumaDp"] = {{"version", subscription.kumaDpVersion}};
    if (!subscription.envoyVersion.empty())
        version["envoy"] = {{"version", subscription.envoyVersion}};
    if (!version.empty())
        json["version"] = version;
    return json;
}

std::string text(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string rfc3339From(TimePoint time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    char out[48];
    std::snprintf(out, sizeof(out), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    std::string result = out;
    if (const auto fraction = static_cast<int>(clock.subseconds().count()); fraction != 0) {
        std::snprintf(out, sizeof(out), ".%03d", fraction);
        result += out;
    }
    return result + "Z";
}

std::string overviewJson(const DataplaneOverview &overview)
{
    const Dataplane &dataplane = *overview.dataplane;
    Json json = Json::object();
    json["type"] = "DataplaneOverview";
    json["mesh"] = dataplane.key.mesh;
    json["name"] = dataplane.key.name;
    if (dataplane.creationTime != TimePoint{})
        json["creationTime"] = rfc3339From(dataplane.creationTime);
    if (dataplane.modificationTime != TimePoint{})
        json["modificationTime"] = rfc3339From(dataplane.modificationTime);
    put(json, "labels", dataplane.labels);
    Json &spec = json["dataplane"] = {{"networking", networkingJson(dataplane)}};
    if (dataplane.probes)
        spec["probes"] = probesJson(*dataplane.probes);
    const DataplaneInsight &insight = overview.insight;
    if (!insight.subscriptions.empty() || insight.certificateExpiration || !insight.issuedBackend.empty()) {
        Json &out = json["dataplaneInsight"] = Json::object();
        for (const auto &subscription : insight.subscriptions)
            out["subscriptions"].push_back(subscriptionJson(subscription));
        Json mtls = Json::object();
        if (insight.certificateExpiration)
            mtls["certificateExpirationTime"] = rfc3339From(*insight.certificateExpiration);
        put(mtls, "issuedBackend", insight.issuedBackend);
        if (!mtls.empty())
            out["mTLS"] = mtls;
    }
    return text(json);
}

}  // namespace meshscope
