#include "backend/control/control_plane.h"

#include "backend/control/access.h"
#include "backend/control/bootstrap.h"
#include "backend/control/grpc_log.h"
#include "backend/store/sqlite_file.h"

#include <nlohmann/json.hpp>

#include <array>
#include <unistd.h>

namespace meshscope::control {

namespace {

constexpr char kVersion[] = "2.9.13";  // of the API that we speak
constexpr std::size_t kBootstrapConnections = 8;
constexpr char kServerIdentityType[] = "ServerIdentity";  // kept in the store, not a resource of the API
constexpr std::size_t kSpareKeys = 4;                     // what a small mesh needs at once

std::string hostname()
{
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::string authority(const std::string &address, std::uint16_t port)
{
    const bool v6 = address.find(':') != std::string::npos;
    return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<void> checkLoopback(const std::string &address, std::uint16_t port, const char *purpose)
{
    if (isLoopbackAddress(address))
        return {};
    return fail(Error::Code::Refused,
                std::string("the sandbox has no authentication, so ") + purpose
                    + " can listen on a loopback address only, such as 127.0.0.1",
                authority(address, port));
}

Result<std::unique_ptr<Store>> openStore(const SandboxOptions &options)
{
    if (options.storeFile.empty())
        return std::make_unique<Store>();
    auto file = openSqliteFile(options.storeFile);
    if (!file)
        return fail(file.error());
    return Store::open(std::move(*file));
}

ProxyFacts proxyFacts(const InsightTracker &insights)
{
    return {[&insights](const ResourceKey &key) { return insights.insight(key).isOnline(); },
            [&insights](const ResourceKey &key) { return !insights.insight(key).issuedBackend.empty(); }};
}

// The certificate of a control plane with a store on disk outlives it, so that proxies know it again after a
// restart.
Result<ServerIdentity> serverIdentity(Store &store, const SandboxOptions &options, TimePoint now)
{
    const std::vector<std::string> hosts{options.dpAddress, options.xdsAddress};
    const ResourceKey key{{}, "server"};
    if (const auto kept = store.snapshot()->find(kServerIdentityType, key)) {
        const auto spec = nlohmann::json::parse(kept->spec, nullptr, false);
        if (spec.is_object() && spec.value("hosts", std::vector<std::string>()) == hosts)
            return ServerIdentity{spec.value("caCertificate", ""), spec.value("certificate", ""),
                                  spec.value("key", "")};
    }
    auto made = makeServerIdentity(hosts);
    if (!made || options.storeFile.empty())
        return made;
    StoredResource resource;
    resource.type = kServerIdentityType;
    resource.key = key;
    resource.creationTime = now;
    resource.modificationTime = now;
    resource.spec = nlohmann::json{
        {"hosts", hosts},
        {"caCertificate", made->caCertificate},
        {"certificate", made->certificate},
        {"key",
         made->key}}.dump();
    if (auto written = store.write({StoreWrite::put(std::move(resource))}); !written)
        return fail(written.error());
    return made;
}

ControlPlaneIdentity identityOf(const SandboxOptions &options)
{
    ControlPlaneIdentity identity;
    identity.version = kVersion;
    identity.hostname = hostname();
    identity.instanceId = identity.hostname + "-" + newUuid().substr(0, 4);
    identity.clusterId = newUuid();
    identity.apiAddress = options.apiAddress;
    identity.dpAddress = options.dpAddress;
    identity.storeKind = options.storeFile.empty() ? "memory" : "sqlite";
    return identity;
}

}  // namespace

ControlPlane::ControlPlane(const SandboxOptions &options, const ControlPlaneTuning &tuning,
                           std::unique_ptr<Store> store)
    : m_log(options.log ? options.log : [](int, const std::string &) {})
    , m_clock(tuning.clock)
    , m_identity(identityOf(options))
    , m_store(std::move(store))
    , m_insights(m_identity.instanceId, m_clock)
    , m_keys(kSpareKeys)
    , m_writer(*m_store, m_keys, m_clock)
    , m_housekeeper(*m_store, m_cache, m_keys, proxyFacts(m_insights), m_clock, m_log)
    , m_reconciler(*m_store, m_cache, m_writer, m_insights, m_housekeeper, m_keys, m_clock, m_log,
                   tuning.reconciler)
{}

ControlPlane::~ControlPlane()
{
    m_apiServer.reset();
    m_dpServer.reset();
    m_adsServer.reset();
    unrouteGrpcLog();
}

Result<std::unique_ptr<ControlPlane>> ControlPlane::start(const SandboxOptions &options,
                                                          const ControlPlaneTuning &tuning)
{
    for (const auto &checked : {checkLoopback(options.apiAddress, options.apiPort, "the API"),
                                checkLoopback(options.dpAddress, options.dpPort, "the bootstrap endpoint"),
                                checkLoopback(options.xdsAddress, options.xdsPort, "xDS")})
        if (!checked)
            return fail(checked.error());
    auto store = openStore(options);
    if (!store)
        return fail(store.error());
    if ((*store)->snapshot()->types().empty()) {
        if (auto written = (*store)->write(firstResources(tuning.clock())); !written)
            return fail(written.error());
    }
    std::unique_ptr<ControlPlane> plane(new ControlPlane(options, tuning, std::move(*store)));
    if (auto listening = plane->listen(options); !listening)
        return fail(listening.error());
    return plane;
}

Result<void> ControlPlane::listen(const SandboxOptions &options)
{
    routeGrpcLog(m_log);
    const auto certificate = serverIdentity(*m_store, options, m_clock());
    if (!certificate)
        return fail(certificate.error());
    auto tls = makeTlsContext(*certificate);
    if (!tls)
        return fail(tls.error());
    m_addresses.caCertificate = certificate->caCertificate;

    auto ads = AdsServer::listen({options.xdsAddress, options.xdsPort, m_identity.instanceId, m_clock, m_log},
                                 *certificate, m_reconciler, m_insights);
    if (!ads)
        return fail(ads.error());
    m_adsServer = std::move(*ads);
    m_addresses.xds = authority(options.xdsAddress, m_adsServer->port());

    auto dp = HttpServer::bind(
        {options.dpAddress, options.dpPort, "the bootstrap endpoint", *tls, kBootstrapConnections});
    if (!dp)
        return fail(dp.error());
    m_dpServer = std::move(*dp);
    m_identity.dpPort = m_dpServer->port();
    m_addresses.dp = "https://" + authority(options.dpAddress, m_identity.dpPort);

    auto api = HttpServer::bind({options.apiAddress, options.apiPort, "the API", nullptr});
    if (!api)
        return fail(api.error());
    m_apiServer = std::move(*api);
    m_identity.apiPort = m_apiServer->port();
    m_addresses.api = "http://" + authority(options.apiAddress, m_identity.apiPort);

    const BootstrapContext bootstrap{
        options.xdsAddress,
        m_adsServer->port(),
        certificate->caCertificate,
        {options.dpAddress, options.xdsAddress, "localhost", "127.0.0.1", "::1"}};
    m_dpServer->serve([this, bootstrap](const HttpRequest &request) {
        return answerBootstrap(request, bootstrap, *m_store->snapshot());
    });
    m_api = std::make_unique<ApiContext>(
        ApiContext{*m_store, m_cache, m_insights, m_writer, m_clock, m_identity,
                   [this](const ResourceKey &key) { return m_reconciler.connectedProxy(key); }});
    addIndexRoutes(m_router, *m_api);
    addResourceRoutes(m_router, *m_api);
    addInsightRoutes(m_router, *m_api);
    addTokenRoutes(m_router, *m_api);
    addInspectRoutes(m_router, *m_api);
    addRulesRoutes(m_router, *m_api);
    m_apiServer->serve([this](const HttpRequest &request) {
        auto response = m_router.handle(request);
        m_log(0, request.method + " " + request.target + " " + std::to_string(response.status));
        return response;
    });
    m_log(1,
          "sandbox: API " + m_addresses.api + ", bootstrap " + m_addresses.dp + ", xDS " + m_addresses.xds);
    return {};
}

Result<void> ControlPlane::apply(const std::string &json)
{
    const auto document = nlohmann::json::parse(json, nullptr, false);
    const auto text = [&document](const char *name) {
        const auto found = document.find(name);
        return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (!document.is_object())
        return fail(Error::Code::Invalid, "a resource is a JSON object");
    const auto name = text("name");
    const auto where = text("type") + (name.empty() ? "" : " " + name);
    const auto *type = resourceType(text("type"));
    if (!type)
        return fail(Error::Code::Invalid, "there is no resource type \"" + text("type") + "\"", where);
    const auto written =
        m_writer.put(*type, {type->scope == Scope::Mesh ? text("mesh") : std::string(), name}, json);
    if (!written)
        return fail(written.error().error(where));
    return {};
}

}  // namespace meshscope::control

namespace meshscope {

Result<std::unique_ptr<Sandbox>> Sandbox::start(const SandboxOptions &options)
{
    auto plane = control::ControlPlane::start(options);
    if (!plane)
        return fail(plane.error());
    return std::unique_ptr<Sandbox>(std::move(*plane));
}

}  // namespace meshscope
