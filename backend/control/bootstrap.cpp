#include "backend/control/bootstrap.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/control/access.h"
#include "backend/control/certificates.h"
#include "backend/control/resource_json.h"
#include "backend/control/resource_parser.h"
#include "backend/control/url.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>

namespace meshscope::control {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kDefaultAdminPort = 9901;
constexpr char kAdminAddress[] = "127.0.0.1";
constexpr std::size_t kMaxSocketPath = 98;  // Kuma cuts the whole path there, then adds ".sock"

HttpResponse emptyResponse(int status) { return {status, {}, {}, {}}; }
HttpResponse sentence(int status, std::string text) { return textResponse(status, std::move(text)); }

Json anyOf(const char *type, Json fields = Json::object())
{
    Json any{{"@type", std::string("type.googleapis.com/") + type}};
    any.update(fields);
    return any;
}

std::string base64(const std::string &text)
{
    std::string result(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char *>(result.data()),
                        reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
    result.resize(static_cast<std::size_t>(size));
    return result;
}

// What is used of the request's body. Absent members are empty; unknown ones are ignored.
struct BootstrapRequest {
    std::string mesh, name, proxyType, resource, caCert, workdir, systemCaPath, metricsCertPath,
        metricsKeyPath, token;
    std::uint32_t dnsPort = 0, readinessPort = 0;
    bool ipv6Enabled = false, probeProxy = false;
    Json features = Json::array(), dynamicMetadata = Json::object(), version = Json::object();
};

template <class T>
void read(const Json &object, const char *name, T &target)
{
    if (const auto found = object.find(name); found != object.end() && !found->is_null())
        found->get_to(target);
}

std::optional<BootstrapRequest> parse(const std::string &body)
{
    try {
        const auto json = Json::parse(body);
        BootstrapRequest request;
        read(json, "mesh", request.mesh);
        read(json, "name", request.name);
        read(json, "proxyType", request.proxyType);
        read(json, "dataplaneResource", request.resource);
        read(json, "dataplaneToken", request.token);
        read(json, "caCert", request.caCert);
        read(json, "workdir", request.workdir);
        read(json, "systemCaPath", request.systemCaPath);
        read(json, "dnsPort", request.dnsPort);
        read(json, "readinessPort", request.readinessPort);
        read(json, "ipv6Enabled", request.ipv6Enabled);
        read(json, "appProbeProxyDisabled", request.probeProxy);  // on the wire true means enabled
        if (const auto found = json.find("metricsResources"); found != json.end() && found->is_object()) {
            read(*found, "certPath", request.metricsCertPath);
            read(*found, "keyPath", request.metricsKeyPath);
        }
        read(json, "features", request.features);
        read(json, "dynamicMetadata", request.dynamicMetadata);
        read(json, "version", request.version);
        if (!request.features.is_array() || !request.dynamicMetadata.is_object()
            || !request.version.is_object())
            return std::nullopt;
        return request;
    } catch (const nlohmann::json::exception &) {
        return std::nullopt;
    }
}

Json withoutEmpty(const Json &object)
{
    auto result = Json::object();
    for (const auto &[name, value] : object.items())
        if (value != "" && value != false && !value.is_null())
            result[name] = value;
    return result;
}

Json nodeMetadata(const BootstrapRequest &request, std::uint32_t adminPort)
{
    Json metadata;
    metadata["version"] = Json::object();
    for (const char *program : {"kumaDp", "envoy"}) {
        const auto found = request.version.find(program);
        metadata["version"][program] =
            found != request.version.end() && found->is_object() ? withoutEmpty(*found) : Json::object();
    }
    metadata["features"] = request.features;
    metadata["workdir"] = request.workdir;
    metadata["metricsCertPath"] = request.metricsCertPath;
    metadata["metricsKeyPath"] = request.metricsKeyPath;
    metadata["systemCaPath"] = request.systemCaPath;
    metadata["ipv6Enabled"] = request.ipv6Enabled;
    metadata["dataplane.proxyType"] = request.proxyType.empty() ? "dataplane" : request.proxyType;
    metadata["dataplane.admin.port"] = std::to_string(adminPort);
    metadata["dataplane.admin.address"] = kAdminAddress;
    if (!request.resource.empty())
        metadata["dataplane.resource"] = request.resource;
    if (request.dnsPort != 0)
        metadata["dataplane.dns.port"] = std::to_string(request.dnsPort);
    if (request.readinessPort != 0)
        metadata["dataplane.readinessReporter.port"] = std::to_string(request.readinessPort);
    if (request.probeProxy)
        metadata["dataplane.appProbeProxy.enabled"] = "true";
    if (!request.dynamicMetadata.empty())
        metadata["dynamicMetadata"] = request.dynamicMetadata;
    return metadata;
}

std::string accessLogSocket(const BootstrapRequest &request)
{
    std::string path = request.workdir + (request.workdir.empty() ? "" : "/") + "kuma-al-" + request.name
                       + "-" + request.mesh;
    return path.substr(0, kMaxSocketPath) + ".sock";
}

Json http2Cluster(const char *name, Json address)
{
    Json cluster{{"name", name}, {"connectTimeout", "1s"}, {"type", "STATIC"}};
    cluster["loadAssignment"] = {
        {"clusterName", name},
        {"endpoints", {{{"lbEndpoints", {{{"endpoint", {{"address", std::move(address)}}}}}}}}}};
    constexpr char kOptions[] = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    cluster["typedExtensionProtocolOptions"][kOptions] =
        anyOf(kOptions, {{"explicitHttpConfig", {{"http2ProtocolOptions", Json::object()}}}});
    cluster["upstreamConnectionOptions"]["tcpKeepalive"] = {
        {"keepaliveInterval", 10}, {"keepaliveProbes", 3}, {"keepaliveTime", 10}};
    return cluster;
}

Json adsSource()
{
    return {{"ads", Json::object()}, {"initialFetchTimeout", "0s"}, {"resourceApiVersion", "V3"}};
}

Json envoyBootstrap(const BootstrapRequest &request, const BootstrapContext &context,
                    const Dataplane &dataplane)
{
    const auto adminPort = dataplane.adminPort == 0 ? kDefaultAdminPort : dataplane.adminPort;
    const auto services = dataplane.services();
    Json result;
    result["node"] = {{"id", request.mesh + "." + request.name},
                      {"cluster", services.empty() ? std::string() : services.front()},
                      {"metadata", nodeMetadata(request, adminPort)}};
    result["admin"] = {
        {"address", {{"socketAddress", {{"address", kAdminAddress}, {"portValue", adminPort}}}}},
        {"accessLog",
         {{{"name", "envoy.access_loggers.file"},
           {"typedConfig",
            anyOf("envoy.extensions.access_loggers.file.v3.FileAccessLog", {{"path", "/dev/null"}})}}}}};
    result["defaultRegexEngine"] = {{"name", "envoy.regex_engines.google_re2"},
                                    {"typedConfig", anyOf("envoy.extensions.regex_engines.v3.GoogleRE2")}};
    result["layeredRuntime"]["layers"] = {
        {{"name", "kuma"},
         {"staticLayer",
          {{"re2.max_program_size.error_level", 4294967295U}, {"re2.max_program_size.warn_level", 1000}}}}};
    // Kuma 2.9 knows only the other variant; later ones give this one to whoever says this.
    const bool wantsDelta = std::find(request.features.begin(), request.features.end(), "feature-delta-grpc")
                            != request.features.end();
    Json grpcService{{"envoyGrpc", {{"clusterName", "ads_cluster"}}}};
    if (!request.token.empty())
        grpcService["initialMetadata"] = {{{"key", "authorization"}, {"value", request.token}}};
    result["dynamicResources"] = {{"ldsConfig", adsSource()},
                                  {"cdsConfig", adsSource()},
                                  {"adsConfig",
                                   {{"apiType", wantsDelta ? "DELTA_GRPC" : "GRPC"},
                                    {"transportApiVersion", "V3"},
                                    {"setNodeOnFirstMessageOnly", true},
                                    {"grpcServices", Json::array({std::move(grpcService)})}}}};

    auto ads =
        http2Cluster("ads_cluster",
                     {{"socketAddress", {{"address", context.xdsAddress}, {"portValue", context.xdsPort}}}});
    ads["transportSocket"] = {
        {"name", "envoy.transport_sockets.tls"},
        {"typedConfig", anyOf("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                              {{"sni", context.xdsAddress},
                               {"commonTlsContext",
                                {{"tlsParams", {{"tlsMinimumProtocolVersion", "TLSv1_2"}}},
                                 {"validationContextSdsSecretConfig", {{"name", "cp_validation_ctx"}}}}}})}};
    const auto &ca = request.caCert.empty() ? context.caCertificate : request.caCert;
    auto names = Json::array();
    for (const char *kind : {"DNS", "IP_ADDRESS"})
        names.push_back({{"sanType", kind}, {"matcher", {{"exact", context.xdsAddress}}}});
    result["staticResources"]["clusters"] = {
        http2Cluster("access_log_sink", {{"pipe", {{"path", accessLogSocket(request)}}}}), std::move(ads)};
    result["staticResources"]["secrets"] = {
        {{"name", "cp_validation_ctx"},
         {"validationContext",
          {{"matchTypedSubjectAltNames", std::move(names)}, {"trustedCa", {{"inlineBytes", base64(ca)}}}}}}};
    static constexpr std::pair<const char *, const char *> kStatsTags[] = {
        {"name", "^grpc\\.((.+)\\.)"},
        {"status", "^grpc.*streams_closed(_([0-9]+))"},
        {"kafka_name", "^kafka(\\.(\\S*[0-9]))\\."},
        {"kafka_type", "^kafka\\..*\\.(.*?(?=_duration|$))"},
        {"worker", "(worker_([0-9]+)\\.)"},
        {"listener", "((.+?)\\.)rbac\\."},
    };
    for (const auto &[name, regex] : kStatsTags)
        result["statsConfig"]["statsTags"].push_back({{"tagName", name}, {"regex", regex}});
    return result;
}

// The Dataplane to serve: the one that came along, else the stored one. The response is what stands in the
// way.
tl::expected<Dataplane, HttpResponse> dataplaneOf(const BootstrapRequest &request, const StoreSnapshot &store)
{
    const ResourceKey key{request.mesh, request.name};
    if (request.resource.empty()) {
        const auto stored = store.find(kDataplaneType, key);
        if (!stored)
            return tl::unexpected(emptyResponse(404));  // "not yet": kuma-dp waits for it
        return dataplaneFromJson(flatJson(*stored)).value_or(Dataplane());
    }
    const auto parsed = parseResource(*resourceType(kDataplaneType), request.resource);
    if (!parsed) {
        std::string text;
        for (const auto &[field, reason] : parsed.error().violations)
            text += (text.empty() ? "" : "; ") + field + ": " + reason;
        return tl::unexpected(sentence(422, text.empty() ? parsed.error().detail : text));
    }
    auto dataplane = dataplaneFromJson(parsed->canonical).value_or(Dataplane());
    const bool transparent = dataplane.transparentProxying && dataplane.transparentProxying->isOn();
    if (transparent && !dataplane.outbounds.empty())
        return tl::unexpected(
            sentence(422, "outbound: should be empty since dataplane is in Transparent Proxying mode"));
    if (!store.find(kMeshType, {{}, request.mesh}))
        return tl::unexpected(sentence(422, "mesh: mesh \"" + request.mesh + "\" does not exist"));
    return dataplane;
}

bool wantsJson(const HttpRequest &request)
{
    return request.header("accept").find("application/json") != std::string::npos;
}

}  // namespace

HttpResponse answerBootstrap(const HttpRequest &http, const BootstrapContext &context,
                             const StoreSnapshot &store)
{
    const auto target = parseTarget(http.target);
    if (!target || target->path != "/bootstrap")
        return textResponse(404, "404 page not found\n");
    const auto request = parse(http.body);
    if (!request)
        return emptyResponse(400);
    const auto host = hostOf(http.header("host"));
    const auto &known = context.certificateHosts;
    if (std::find(known.begin(), known.end(), host) == known.end()) {
        return sentence(
            400, "A data plane proxy is trying to connect to the control plane using \"" + host
                     + "\" address, but the certificate of the control plane is not for it. Connect to an"
                       " address that it is for, as 127.0.0.1 or localhost");
    }
    if (request->proxyType == "ingress" || request->proxyType == "egress") {
        return request->resource.empty() ? emptyResponse(404)
                                         : sentence(422, "proxyType: zone proxies are not supported here");
    }
    bool isAuthority = true;
    if (!(request->proxyType.empty() || request->proxyType == "dataplane")
        || (!request->caCert.empty() && !readCertificate(request->caCert, isAuthority)))
        return emptyResponse(500);
    if (!isAuthority)
        return sentence(400, "caCert: the certificate is no certificate authority (CA:FALSE)");
    const auto dataplane = dataplaneOf(*request, store);
    if (!dataplane)
        return dataplane.error();

    const auto bootstrap = envoyBootstrap(*request, context, *dataplane)
                               .dump(2, ' ', false, Json::error_handler_t::replace);  // JSON is YAML
    if (!wantsJson(http))
        return {200, "text/x-yaml", bootstrap, {}};
    const bool transparent = dataplane->transparentProxying && dataplane->transparentProxying->isOn();
    const Json answer{{"bootstrap", base64(bootstrap)},
                      {"kumaSidecarConfiguration",
                       {{"networking",
                         {{"isUsingTransparentProxy", transparent},
                          {"corefileTemplate", nullptr},
                          {"address", dataplane->address}}},
                        {"metrics", {{"aggregate", Json::array()}}}}}};
    return jsonResponse(answer.dump());
}

}  // namespace meshscope::control
