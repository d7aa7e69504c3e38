#include "backend/validation/rules.h"

#include "backend/validation/addresses.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <set>

namespace meshscope {

namespace {

constexpr char kPortRange[] = "port must be in the range [1, 65535]";
constexpr char kServiceTagMissing[] = "mandatory tag \"kuma.io/service\" is missing";
constexpr char kBackendKinds[] =
    "invalid value. Available values are: MeshExternalService,MeshMultiZoneService,MeshService";
constexpr char kSubdomainExplained[] = "invalid characters. A lowercase RFC 1123 subdomain must consist of "
                                       "lower case alphanumeric characters, '-' or "
                                       "'.', and must start and end with an alphanumeric character";

bool isOneOf(const std::string &text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool isTagText(const std::string &text, bool slashAllowed)
{
    return std::all_of(text.begin(), text.end(), [slashAllowed](unsigned char c) {
        return (c < 0x80 && std::isalnum(c) != 0) || c == '.' || c == '-' || c == '_' || c == ':'
               || (slashAllowed && c == '/');
    });
}

std::string tagField(const std::string &field, const std::string &key) { return field + "[\"" + key + "\"]"; }

bool isBackendKind(const std::string &kind)
{
    return isOneOf(kind, {"MeshService", "MeshExternalService", "MeshMultiZoneService"});
}

bool hasTags(const Json &tags) { return tags.is_object() && !tags.empty(); }

bool isIp(const std::string &text) { return ipAddressFrom(text).has_value(); }

// "0s", "-0s", "0.000s"
bool isZeroDuration(const Json &duration)
{
    const auto text = duration.is_string() ? duration.get<std::string>() : std::string();
    return !text.empty() && text.find_first_of("123456789") == std::string::npos;
}

// Go's url.ParseRequestURI, as far as a path can break it.
bool isUrlPath(const std::string &path)
{
    if (path.empty())
        return false;
    const bool hasControl =
        std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (hasControl)
        return false;
    if (path.front() != '/') {
        const auto colon = path.find("://");
        if (colon == std::string::npos || colon == 0 || path.find(' ') != std::string::npos)
            return false;
    }
    const std::string beforeQuery = path.substr(0, path.find('?'));
    for (std::size_t at = beforeQuery.find('%'); at != std::string::npos;
         at = beforeQuery.find('%', at + 1)) {
        if (at + 2 >= beforeQuery.size()
            || std::isxdigit(static_cast<unsigned char>(beforeQuery[at + 1])) == 0
            || std::isxdigit(static_cast<unsigned char>(beforeQuery[at + 2])) == 0)
            return false;
    }
    return true;
}

void checkProtocolTag(Violations &out, const std::string &field, const Json &tags, KumaEra era)
{
    if (!tags.is_object() || !tags.contains("kuma.io/protocol"))
        return;
    const std::string value = textAt(tags, "kuma.io/protocol");
    const std::string protocol = lower(value);
    if (isOneOf(protocol, {"http", "http2", "tcp", "tls", "grpc", "kafka"})
        || (era != KumaEra::V2_9 && protocol == "mysql"))
        return;
    out.add(tagField(field, "kuma.io/protocol"),
            "tag \"kuma.io/protocol\" has an invalid value \"" + value
                + "\". Allowed values: grpc, http, http2, kafka, tcp",
            "Use one of grpc, http, http2, kafka, tcp; leave the tag out for opaque TCP");
}

void checkServiceProbe(Violations &out, const std::string &field, const Json &probe)
{
    if (!probe.is_object())
        return;
    constexpr char kPositive[] = "must have a positive value";
    for (const char *member : {"interval", "timeout"}) {
        if (isZeroDuration(memberAt(probe, member)))
            out.add(field + "." + member, kPositive, "Give a time such as 10s, or leave it out");
    }
    for (const char *member : {"unhealthyThreshold", "healthyThreshold"}) {
        if (probe.contains(member) && numberAt(probe, member) == 0)
            out.add(field + "." + member, kPositive, "Give a number from 1, or leave it out");
    }
}

}  // namespace

std::string textAt(const Json &object, const char *member)
{
    const Json &value = memberAt(object, member);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::uint64_t numberAt(const Json &object, const char *member)
{
    const Json &value = memberAt(object, member);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

const Json &memberAt(const Json &object, const char *member)
{
    static const Json kNothing;
    if (!object.is_object())
        return kNothing;
    const auto found = object.find(member);
    return found == object.end() ? kNothing : *found;
}

void checkPort(Violations &out, const std::string &field, std::uint64_t port)
{
    if (port < 1 || port > 65535)
        out.add(field, kPortRange, "Give a port from 1 to 65535");
}

void checkTags(Violations &out, const std::string &field, const Json &tags)
{
    if (!tags.is_object())
        return;
    for (const auto &[key, json] : tags.items()) {
        const auto value = json.is_string() ? json.get<std::string>() : std::string();
        if (key.empty())
            out.add(field, "tag name must be non-empty", "Name the tag or remove it");
        if (!isTagText(key, true))
            out.add(tagField(field, key),
                    "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores",
                    "Rename the tag; letters, digits and . - _ : / are allowed");
        if (value.empty())
            out.add(tagField(field, key), "tag value must be non-empty", "Give a value or remove the tag");
        else if (!isTagText(value, false))
            out.add(tagField(field, key),
                    "tag value must consist of alphanumeric characters, dots, dashes and underscores",
                    "Only letters, digits and . - _ : are allowed; a slash or a blank is not");
    }
}

void checkAddress(Violations &out, const std::string &field, const std::string &address)
{
    constexpr char kAdvice[] = "Give the IP address or the DNS name under which other proxies reach this one";
    if (address.empty()) {
        out.add(field, "address can't be empty", kAdvice);
        return;
    }
    if (address == "0.0.0.0" || address == "::")
        out.add(field, "must not be 0.0.0.0 or ::", kAdvice);
    if (!isIp(address) && !isDnsName(address))
        out.add(field, "address has to be valid IP address or domain name", kAdvice);
}

void checkInbound(Violations &out, const std::string &field, const Json &inbound,
                  const std::string &dataplaneAddress, KumaEra era)
{
    constexpr char kSameSocket[] = "serviceAddress and servicePort has to differ from address and port";
    constexpr char kSameSocketAdvice[] = "Set serviceAddress: 127.0.0.1 or another servicePort";
    const auto port = numberAt(inbound, "port");
    const auto servicePort = numberAt(inbound, "servicePort");
    const auto address = textAt(inbound, "address");
    const auto serviceAddress = textAt(inbound, "serviceAddress");
    const bool samePort = servicePort == 0 || servicePort == port;

    checkPort(out, field + ".port", port);
    if (servicePort != 0)
        checkPort(out, field + ".servicePort", servicePort);
    if (!serviceAddress.empty()) {
        if (!isIp(serviceAddress))
            out.add(field + ".serviceAddress", "serviceAddress has to be valid IP address",
                    "Give an IP address, such as 127.0.0.1; names are not allowed here");
        if (serviceAddress == dataplaneAddress && samePort)
            out.add(field + ".serviceAddress", kSameSocket, kSameSocketAdvice);
    }
    if (!address.empty()) {
        if (!isIp(address))
            out.add(field + ".address", "address has to be valid IP address",
                    "Give an IP address, or leave it out to use networking.address");
        if (address == serviceAddress && samePort)
            out.add(field + ".serviceAddress", kSameSocket, kSameSocketAdvice);
    }
    const Json &tags = memberAt(inbound, "tags");
    if (era != KumaEra::V3_0) {
        checkProtocolTag(out, field + ".tags", tags, era);
        checkTags(out, field + ".tags", tags);
    }
    if (const auto protocol = textAt(inbound, "protocol"); era != KumaEra::V2_9 && !protocol.empty()) {
        const bool known = isOneOf(lower(protocol), {"http", "http2", "tcp", "tls", "grpc", "mysql"})
                           || (era == KumaEra::V2_14 && lower(protocol) == "kafka");
        const std::string allowed =
            era == KumaEra::V2_14 ? "grpc, http, http2, kafka, tcp" : "grpc, http, http2, tcp";
        if (!known)
            out.add(field + ".protocol",
                    "has an invalid value \"" + protocol + "\". Allowed values: " + allowed,
                    "Use one of " + allowed);
    }
    checkServiceProbe(out, field + ".serviceProbe", memberAt(inbound, "serviceProbe"));
    const bool needsService = era == KumaEra::V2_9 || (era == KumaEra::V2_14 && hasTags(tags));
    if (needsService && (!tags.is_object() || !tags.contains("kuma.io/service")))
        out.add(tagField(field + ".tags", "kuma.io/service"), "tag has to exist",
                "Add kuma.io/service with the name of the service this inbound offers");
}

void checkOutbound(Violations &out, const std::string &field, const Json &outbound, KumaEra era)
{
    checkPort(out, field + ".port", numberAt(outbound, "port"));
    if (const auto address = textAt(outbound, "address"); !address.empty() && !isIp(address))
        out.add(field + ".address", "address has to be valid IP address",
                "Give an IP address, or leave it out for 127.0.0.1");
    const Json &ref = memberAt(outbound, "backendRef");
    const Json &tags = memberAt(outbound, "tags");
    if (ref.is_object()) {
        const auto kind = textAt(ref, "kind");
        if (!isBackendKind(kind))
            out.add(field + ".backendRef.kind", kBackendKinds,
                    "For a service of this mesh the kind is MeshService");
        if (textAt(ref, "name").empty() && memberAt(ref, "labels").empty())
            out.add(field + ".backendRef", "either 'name' or 'labels' should be specified",
                    "Name the service to call");
        if (kind != "MeshExternalService")
            checkPort(out, field + ".backendRef.port", numberAt(ref, "port"));
    } else if (era == KumaEra::V3_0) {
        out.add(field + ".backendRef", "must be defined",
                "From Kuma 3.0 on an outbound names its service by backendRef; tags are ignored");
    } else if (!hasTags(tags)) {
        out.add(field + ".tags", kServiceTagMissing, "Add the tag kuma.io/service with the service to call");
    } else {
        checkTags(out, field + ".tags", tags);
        if (!tags.contains("kuma.io/service"))
            out.add(field + ".tags", kServiceTagMissing,
                    "Add the tag kuma.io/service with the service to call");
    }
    if (ref.is_object() && hasTags(tags) && era != KumaEra::V3_0)
        out.add(field + ".backendRef", "both backendRef and tags/service cannot be defined",
                "Keep one of the two");
}

void checkGateway(Violations &out, const Json &gateway, KumaEra era)
{
    const std::string field = "networking.gateway.tags";
    const Json &tags = memberAt(gateway, "tags");
    const auto protocol = textAt(tags, "kuma.io/protocol");
    if (tags.is_object() && tags.contains("kuma.io/protocol") && protocol != "tcp")
        out.add(tagField(field, "kuma.io/protocol"),
                "other values than tcp are not allowed, provided value \"" + protocol + "\"",
                "Set it to tcp or remove it");
    checkTags(out, field, tags);
    if ((era == KumaEra::V2_9 || hasTags(tags)) && (!tags.is_object() || !tags.contains("kuma.io/service")))
        out.add(field, kServiceTagMissing, "Add kuma.io/service with the name of this gateway's service");
}

void checkReachableBackends(Violations &out, const Json &transparentProxying)
{
    const Json &refs = memberAt(memberAt(transparentProxying, "reachableBackends"), "refs");
    std::size_t index = 0;
    for (const Json &ref : refs) {
        // Kuma misspells the section's name here.
        const std::string field =
            "networking.transparentProxing.reachableBackends.refs[" + std::to_string(index++) + "]";
        const auto name = textAt(ref, "name");
        const auto inNamespace = textAt(ref, "namespace");
        const bool hasLabels = hasTags(memberAt(ref, "labels"));
        if (!isBackendKind(textAt(ref, "kind")))
            out.add(field + ".kind", kBackendKinds, "For a service of this mesh the kind is MeshService");
        if (!name.empty() && !isSubdomain(name))
            out.add(field + ".name", kSubdomainExplained, "Use lower case letters, digits, - and .");
        if (name.empty() && inNamespace.empty() && !hasLabels)
            out.add(field + ".name", "name or labels are required", "Name the service");
        if (name.empty() && !inNamespace.empty())
            out.add(field + ".name", "name is required, when namespace is defined", "Name the service");
        if ((!name.empty() || !inNamespace.empty()) && hasLabels)
            out.add(field + ".labels", "labels cannot be defined when name is specified",
                    "Keep one of the two");
    }
}

void checkAdminPort(Violations &out, const Json &networking)
{
    const Json &admin = memberAt(networking, "admin");
    if (!admin.is_object())
        return;
    const auto adminPort = numberAt(admin, "port");
    const auto loopback = *ipAddressFrom("127.0.0.1");
    const auto uses = [&](std::uint64_t port, const std::string &address) {
        const auto ip = ipAddressFrom(address);
        return port == adminPort && ip && overlaps(*ip, loopback);
    };
    const auto dataplaneAddress = textAt(networking, "address");
    constexpr char kAdvice[] = "Choose another networking.admin.port; Envoy's admin listens on 127.0.0.1";
    for (const Json &inbound : memberAt(networking, "inbound")) {
        const auto own = textAt(inbound, "address");
        const auto address = own.empty() ? dataplaneAddress : own;
        const auto service = textAt(inbound, "serviceAddress");
        const auto port = numberAt(inbound, "port");
        const auto servicePort = numberAt(inbound, "servicePort");
        if (uses(port, address)
            || uses(servicePort == 0 ? port : servicePort, service.empty() ? address : service)) {
            out.add("networking.admin.port", "must differ from inbound", kAdvice);
            break;
        }
    }
    for (const Json &outbound : memberAt(networking, "outbound")) {
        const auto own = textAt(outbound, "address");
        if (uses(numberAt(outbound, "port"), own.empty() ? "127.0.0.1" : own)) {
            out.add("networking.admin.port", "must differ from outbound", kAdvice);
            break;
        }
    }
}

void checkListeners(Violations &out, const Json &networking)
{
    std::set<std::string> names;
    for (const Json &inbound : memberAt(networking, "inbound")) {
        if (const auto name = textAt(inbound, "name"); !name.empty())
            names.insert(name);
    }
    std::map<std::string, std::string> typeBySocket;
    std::set<std::string> inboundSockets;
    for (const Json &inbound : memberAt(networking, "inbound")) {
        const auto own = textAt(inbound, "address");
        inboundSockets.insert((own.empty() ? textAt(networking, "address") : own) + ":"
                              + std::to_string(numberAt(inbound, "port")));
    }
    std::size_t index = 0;
    for (const Json &listener : memberAt(networking, "listeners")) {
        const std::string field = "networking.listeners[" + std::to_string(index++) + "]";
        const auto type = textAt(listener, "type");
        const auto port = numberAt(listener, "port");
        if (!isOneOf(type, {"ZoneIngress", "ZoneEgress"}))
            out.add(field + ".type", "type must be ZoneIngress or ZoneEgress", "Say which of the two it is");
        checkAddress(out, field + ".address", textAt(listener, "address"));
        checkPort(out, field + ".port", port);
        const auto name = textAt(listener, "name");
        if (!name.empty() && !names.insert(name).second)
            out.add(field + ".name", "name \"" + name + "\" must be unique across inbounds and listeners",
                    "Give it a name of its own");
        const auto socket = textAt(listener, "address") + ":" + std::to_string(port);
        const auto [known, isNew] = typeBySocket.try_emplace(socket, type);
        if (!isNew && known->second != type)
            out.add(field, "address:port " + socket + " is used by listeners of different types",
                    "Give it another port");
        else if (!isNew)
            out.add(field, "address:port " + socket + " is used by another listener", "Give it another port");
        if (inboundSockets.count(socket) != 0)
            out.add(field, "address:port " + socket + " is used by an inbound", "Give it another port");
    }
}

void checkProbes(Violations &out, const Json &probes)
{
    if (!probes.is_object())
        return;
    checkPort(out, "probes.port", numberAt(probes, "port"));
    std::size_t index = 0;
    for (const Json &endpoint : memberAt(probes, "endpoints")) {
        const std::string field = "probes.endpoints[" + std::to_string(index++) + "]";
        checkPort(out, field + ".inboundPort", numberAt(endpoint, "inboundPort"));
        for (const char *member : {"inboundPath", "path"}) {
            if (!isUrlPath(textAt(endpoint, member)))
                out.add(field + "." + member, "should be a valid URL Path", "Begin it with /");
        }
    }
}

void checkMetrics(Violations &out, const Json &metrics)
{
    if (metrics.is_object() && textAt(metrics, "type") != "prometheus")
        out.add("metrics.type", "unknown backend type. Available backends: \"prometheus\"",
                "Set it to prometheus");
}

}  // namespace meshscope
