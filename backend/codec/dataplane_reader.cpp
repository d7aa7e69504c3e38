#include "backend/codec/dataplane_reader.h"

#include "backend/codec/go_duration.h"
#include "backend/codec/proto_json.h"

#include <charconv>

namespace meshscope {

void ReadProblem::prepend(std::string_view member)
{
    const auto step = pathTo({}, member);
    if (!where.empty() && where.front() != '[')
        where = step + "." + where;
    else
        where = step + where;
}

void ReadProblem::prepend(std::size_t index)
{
    const auto step = "[" + std::to_string(index) + "]";
    where = where.empty() || where.front() == '[' ? step + where : step + "." + where;
}

namespace {

bool wrongType(std::string_view member, std::string_view expected, JsonValue value, ReadProblem &problem)
{
    problem.where.clear();
    problem.prepend(member);
    problem.what = "must be " + std::string(expected) + ", not " + (value.is(JsonKind::Array) ? "a list" : "")
                   + (value.is(JsonKind::Object) ? "an object" : "")
                   + (value.is(JsonKind::String) ? "the text " + std::string(value.raw()) : "")
                   + (value.is(JsonKind::Number) || value.is(JsonKind::Bool) ? std::string(value.raw()) : "");
    return false;
}

bool isAbsent(JsonValue value) { return !value || value.is(JsonKind::Null); }

bool readText(JsonValue value, std::string &out, ReadProblem &problem)
{
    if (isAbsent(value))
        return true;
    if (!value.is(JsonKind::String))
        return wrongType(value.key(), "text", value, problem);
    value.textInto(out);
    return true;
}

// Also takes "80", and 64-bit numbers in quotes, as proto JSON writes them.
template <class Number>
bool readNumber(JsonValue value, Number &out, ReadProblem &problem)
{
    if (isAbsent(value))
        return true;
    auto digits = value.raw();
    if (value.is(JsonKind::String) && digits.size() > 2)
        digits = digits.substr(1, digits.size() - 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error != std::errc() || end != digits.data() + digits.size())
        return wrongType(value.key(), "a whole number", value, problem);
    return true;
}

bool readBool(JsonValue value, bool &out, ReadProblem &problem)
{
    if (isAbsent(value))
        return true;
    if (!value.is(JsonKind::Bool))
        return wrongType(value.key(), "true or false", value, problem);
    out = value.raw() == "true";
    return true;
}

bool readTags(JsonValue value, Tags &out, ReadProblem &problem)
{
    if (isAbsent(value))
        return true;
    if (!value.is(JsonKind::Object))
        return wrongType(value.key(), "an object", value, problem);
    for (JsonValue entry = value.first(); entry; entry = entry.next()) {
        std::string &text = out[entry.key()];
        text.clear();
        if (!readText(entry, text, problem)) {
            problem.prepend(value.key());
            return false;
        }
    }
    return true;
}

bool readTime(JsonValue value, std::optional<TimePoint> &out, ReadProblem &problem)
{
    if (isAbsent(value))
        return true;
    std::string text;
    if (!readText(value, text, problem))
        return false;
    out = timeFromRfc3339(text);
    if (out && *out < TimePoint{})
        out.reset();  // Go's zero time, year 1
    return true;
}

// Calls read(member) for an object member; its problems are placed below it.
template <class Read>
bool within(JsonValue value, ReadProblem &problem, Read read)
{
    if (isAbsent(value))
        return true;
    if (!value.is(JsonKind::Object))
        return wrongType(value.key(), "an object", value, problem);
    if (read(value))
        return true;
    problem.prepend(value.key());
    return false;
}

template <class Item, class Read>
bool readList(JsonValue value, std::vector<Item> &out, ReadProblem &problem, Read read)
{
    if (isAbsent(value))
        return true;
    if (!value.is(JsonKind::Array))
        return wrongType(value.key(), "a list", value, problem);
    out.reserve(value.size());
    std::size_t index = 0;
    for (JsonValue element = value.first(); element; element = element.next(), ++index) {
        Item &item = out.emplace_back();
        if (element.is(JsonKind::Null))
            continue;
        if (!element.is(JsonKind::Object)) {
            wrongType({}, "an object", element, problem);
            problem.where.clear();
        } else if (read(element, item)) {
            continue;
        }
        problem.prepend(index);
        problem.where = value.key() + problem.where;
        return false;
    }
    return true;
}

bool readTexts(JsonValue value, std::vector<std::string> &out, ReadProblem &problem)
{
    if (isAbsent(value))
        return true;
    if (!value.is(JsonKind::Array))
        return wrongType(value.key(), "a list", value, problem);
    for (JsonValue element = value.first(); element; element = element.next())
        if (!readText(element, out.emplace_back(), problem))
            return false;
    return true;
}

JsonValue findEither(JsonValue object, std::string_view name, std::string_view protoName)
{
    const JsonValue found = object.find(name);
    return found ? found : object.find(protoName);
}

bool readInbound(JsonValue object, Inbound &out, ReadProblem &problem)
{
    const auto state = object.find("state");
    if (state.is(JsonKind::String)) {
        if (state.raw() == "\"NotReady\"")
            out.state = InboundState::NotReady;
        else if (state.raw() == "\"Ignored\"")
            out.state = InboundState::Ignored;
    } else if (state.is(JsonKind::Number)) {
        out.state = state.raw() == "1"   ? InboundState::NotReady
                    : state.raw() == "2" ? InboundState::Ignored
                                         : InboundState::Ready;
    } else if (!isAbsent(state)) {
        return wrongType("state", "Ready, NotReady or Ignored", state, problem);
    }
    const auto probe = object.find("serviceProbe");
    out.hasServiceProbe = !isAbsent(probe);
    return readText(object.find("name"), out.name, problem)
           && readText(object.find("address"), out.address, problem)
           && readNumber(object.find("port"), out.port, problem)
           && readText(object.find("serviceAddress"), out.serviceAddress, problem)
           && readNumber(object.find("servicePort"), out.servicePort, problem)
           && readText(object.find("protocol"), out.protocol, problem)
           && readTags(object.find("tags"), out.tags, problem)
           && within(object.find("health"), problem, [&](JsonValue health) {
                  out.healthReady = false;
                  return readBool(health.find("ready"), *out.healthReady, problem);
              });
}

bool readBackendRef(JsonValue value, BackendRef &ref, ReadProblem &problem)
{
    return readText(value.find("kind"), ref.kind, problem) && readText(value.find("name"), ref.name, problem)
           && readNumber(value.find("port"), ref.port, problem)
           && readTags(value.find("labels"), ref.labels, problem);
}

bool readOutbound(JsonValue object, Outbound &out, ReadProblem &problem)
{
    return readText(object.find("address"), out.address, problem)
           && readNumber(object.find("port"), out.port, problem)
           && readTags(object.find("tags"), out.tags, problem)
           && within(object.find("backendRef"), problem, [&](JsonValue value) {
                  return readBackendRef(value, out.backendRef.emplace(), problem);
              });
}

bool readProbes(JsonValue value, Probes &out, ReadProblem &problem)
{
    return readNumber(value.find("port"), out.port, problem)
           && readList(value.find("endpoints"), out.endpoints, problem,
                       [&](JsonValue item, Probes::Endpoint &endpoint) {
                           return readNumber(findEither(item, "inboundPort", "inbound_port"),
                                             endpoint.inboundPort, problem)
                                  && readText(findEither(item, "inboundPath", "inbound_path"),
                                              endpoint.inboundPath, problem)
                                  && readText(item.find("path"), endpoint.path, problem);
                       });
}

bool readNetworking(JsonValue networking, Dataplane &out, ReadProblem &problem)
{
    return readText(networking.find("address"), out.address, problem)
           && readText(networking.find("advertisedAddress"), out.advertisedAddress, problem)
           && readList(
               networking.find("inbound"), out.inbounds, problem,
               [&](JsonValue value, Inbound &inbound) { return readInbound(value, inbound, problem); })
           && readList(
               networking.find("outbound"), out.outbounds, problem,
               [&](JsonValue value, Outbound &outbound) { return readOutbound(value, outbound, problem); })
           && within(networking.find("gateway"), problem,
                     [&](JsonValue value) {
                         Gateway &gateway = out.gateway.emplace();
                         const auto type = value.find("type");
                         if (!isAbsent(type) && !type.is(JsonKind::String) && !type.is(JsonKind::Number))
                             return wrongType("type", "DELEGATED or BUILTIN", type, problem);
                         if (type && (type.raw() == "\"BUILTIN\"" || type.raw() == "1"))
                             gateway.type = Gateway::Type::Builtin;
                         return readTags(value.find("tags"), gateway.tags, problem);
                     })
           && within(
               findEither(networking, "transparentProxying", "transparent_proxying"), problem,
               [&](JsonValue value) {
                   TransparentProxying &proxying = out.transparentProxying.emplace();
                   const auto family = findEither(value, "ipFamilyMode", "ip_family_mode");
                   proxying.ipv4Only = family && (family.raw() == "\"IPv4\"" || family.raw() == "2");
                   return readTexts(findEither(value, "directAccessServices", "direct_access_services"),
                                    proxying.directAccessServices, problem)
                          && readTexts(findEither(value, "reachableServices", "reachable_services"),
                                       proxying.reachableServices, problem)
                          && within(findEither(value, "reachableBackends", "reachable_backends"), problem,
                                    [&](JsonValue backends) {
                                        return readList(backends.find("refs"),
                                                        proxying.reachableBackends.emplace(), problem,
                                                        [&](JsonValue item, BackendRef &ref) {
                                                            return readBackendRef(item, ref, problem);
                                                        });
                                    })
                          && readNumber(findEither(value, "redirectPortInbound", "redirect_port_inbound"),
                                        proxying.redirectPortInbound, problem)
                          && readNumber(findEither(value, "redirectPortOutbound", "redirect_port_outbound"),
                                        proxying.redirectPortOutbound, problem);
               })
           && within(networking.find("admin"), problem,
                     [&](JsonValue value) { return readNumber(value.find("port"), out.adminPort, problem); });
}

bool readCounts(JsonValue status, std::string_view member, ResponseCounts &out, ReadProblem &problem)
{
    return within(status.find(member), problem, [&](JsonValue value) {
        return readNumber(value.find("responsesSent"), out.sent, problem)
               && readNumber(value.find("responsesAcknowledged"), out.acknowledged, problem)
               && readNumber(value.find("responsesRejected"), out.rejected, problem);
    });
}

// The sandbox's own addition to a subscription's status: Envoy's words for a refused configuration.
bool readRejection(JsonValue status, std::optional<Rejection> &out, ReadProblem &problem)
{
    return within(status.find("lastRejection"), problem, [&](JsonValue value) {
        Rejection &rejection = out.emplace();
        std::optional<TimePoint> time;
        if (!readText(value.find("typeUrl"), rejection.typeUrl, problem)
            || !readText(value.find("message"), rejection.message, problem)
            || !readTime(value.find("time"), time, problem)
            || !readTime(value.find("resolvedTime"), rejection.resolved, problem))
            return false;
        rejection.time = time.value_or(TimePoint{});
        return true;
    });
}

bool readSubscription(JsonValue object, Subscription &out, ReadProblem &problem)
{
    const auto readStatus = [&](JsonValue status) {
        std::optional<TimePoint> updated;
        if (!readTime(status.find("lastUpdateTime"), updated, problem))
            return false;
        out.lastUpdateTime = updated.value_or(TimePoint{});
        return readCounts(status, "total", out.total, problem) && readCounts(status, "cds", out.cds, problem)
               && readCounts(status, "eds", out.eds, problem) && readCounts(status, "lds", out.lds, problem)
               && readCounts(status, "rds", out.rds, problem)
               && readRejection(status, out.lastRejection, problem);
    };
    const auto readVersion = [&](JsonValue version) {
        return within(version.find("kumaDp"), problem,
                      [&](JsonValue value) {
                          return readText(value.find("version"), out.kumaDpVersion, problem);
                      })
               && within(version.find("envoy"), problem, [&](JsonValue value) {
                      return readText(value.find("version"), out.envoyVersion, problem);
                  });
    };
    return readText(object.find("id"), out.id, problem)
           && readText(object.find("controlPlaneInstanceId"), out.controlPlaneInstanceId, problem)
           && readTime(object.find("connectTime"), out.connectTime, problem)
           && readTime(object.find("disconnectTime"), out.disconnectTime, problem)
           && within(object.find("status"), problem, readStatus)
           && within(object.find("version"), problem, readVersion);
}

}  // namespace

bool readMeta(JsonValue object, Dataplane &out, ReadProblem &problem)
{
    std::optional<TimePoint> created, modified;
    if (!readText(object.find("mesh"), out.key.mesh, problem)
        || !readText(object.find("name"), out.key.name, problem)
        || !readTags(object.find("labels"), out.labels, problem)
        || !readTime(object.find("creationTime"), created, problem)
        || !readTime(object.find("modificationTime"), modified, problem))
        return false;
    out.creationTime = created.value_or(TimePoint{});
    out.modificationTime = modified.value_or(TimePoint{});
    return true;
}

bool readSpec(JsonValue object, Dataplane &out, ReadProblem &problem)
{
    return within(object.find("networking"), problem,
                  [&](JsonValue networking) { return readNetworking(networking, out, problem); })
           && within(object.find("probes"), problem,
                     [&](JsonValue value) { return readProbes(value, out.probes.emplace(), problem); });
}

bool readInsight(JsonValue object, DataplaneInsight &out, ReadProblem &problem)
{
    const auto readMtls = [&](JsonValue value) {
        return readTime(value.find("certificateExpirationTime"), out.certificateExpiration, problem)
               && readText(value.find("issuedBackend"), out.issuedBackend, problem);
    };
    return readList(
               object.find("subscriptions"), out.subscriptions, problem,
               [&](JsonValue value, Subscription &item) { return readSubscription(value, item, problem); })
           && within(object.find("mTLS"), problem, readMtls);
}

}  // namespace meshscope
