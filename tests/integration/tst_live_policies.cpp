// Policies on real Envoys: what a caller sees of each. Every test puts what it needs and takes it away again.
#include "app/support/sample_mesh.h"
#include "app/support/tools.h"
#include "backend/control/sandbox.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "tests/support/qtest_std.h"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>

using namespace Qt::StringLiterals;
using namespace meshscope;
using Json = nlohmann::json;

namespace {

constexpr int kPatience = 20'000;

class TestLivePolicies : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Sandbox> m_sandbox;
    std::unique_ptr<LocalSidecarHost> m_sidecars;
    std::unique_ptr<httplib::Client> m_api;
    std::unique_ptr<httplib::Client> m_web;  // calls the backend as web-1 does
    std::vector<std::string> m_written;      // paths

    bool put(const std::string &type, const std::string &path, const std::string &name, const Json &spec)
    {
        const auto target = "/meshes/default/" + path + "/" + name;
        const Json body{{"type", type}, {"mesh", "default"}, {"name", name}, {"spec", spec}};
        const auto answer = m_api->Put(target, body.dump(), "application/json");
        m_written.push_back(target);
        return answer && (answer->status == 200 || answer->status == 201);
    }

    Json get(const std::string &path)
    {
        const auto answer = m_api->Get(path);
        return answer ? Json::parse(answer->body, nullptr, false) : Json();
    }

    // "200 backend-1", "503", "nothing".
    std::string call(const std::string &path = "/", const httplib::Headers &headers = {})
    {
        const auto answer = m_web->Get(path, headers);
        if (!answer)
            return "nothing";
        if (answer->status != 200)
            return std::to_string(answer->status);
        return "200 " + answer->body.substr(0, answer->body.find('\n'));
    }

    std::map<std::string, int> calls(int count, const httplib::Headers &headers = {})
    {
        std::map<std::string, int> result;
        for (int i = 0; i < count; ++i)
            ++result[call("/", headers)];
        return result;
    }

    // Asked once a try: QTRY_COMPARE would ask once more after it was right, and a call is not a look.
    static bool eventually(const std::function<bool()> &condition)
    {
        return QTest::qWaitFor(condition, kPatience);
    }

    bool areReady() const
    {
        const auto all = m_sidecars->sidecars();
        return all.size() == 3 && std::all_of(all.begin(), all.end(), [](const auto &s) {
                   return s.phase == SidecarPhase::Ready;
               });
    }

    static Json from(const Json &target, const Json &conf)
    {
        return {{"targetRef", target},
                {"from", Json::array({{{"targetRef", {{"kind", "Mesh"}}}, {"default", conf}}})}};
    }

    static Json toBackend(const Json &conf)
    {
        return {{"targetRef", {{"kind", "MeshService"}, {"name", "web"}}},
                {"to", Json::array({{{"targetRef", {{"kind", "MeshService"}, {"name", "backend"}}},
                                     {"default", conf}}})}};
    }

    static Json backend() { return {{"kind", "MeshService"}, {"name", "backend"}}; }
    static Json subset(const char *version)
    {
        return {{"kind", "MeshServiceSubset"}, {"name", "backend"}, {"tags", {{"version", version}}}};
    }

private Q_SLOTS:
    void initTestCase()
    {
        SidecarHostOptions host;
        host.envoy = envoySearch();
        host.baseFolder = m_folder.path();
        m_sidecars = std::make_unique<LocalSidecarHost>(host);
        if (!m_sidecars->envoy().isFound()) {
            QVERIFY2(qgetenv("CI") != "true", "envoy not found, and CI must have it");
            QSKIP("envoy not found");
        }
        SandboxOptions options;
        options.apiPort = options.dpPort = options.xdsPort = 0;
        auto started = Sandbox::start(options);
        QVERIFY2(started, started ? "" : started.error().what.c_str());
        m_sandbox = std::move(*started);
        const auto sample = loadSample(u"hello"_s, SamplePorts::AnyFree);
        QVERIFY2(sample, sample ? "" : sample.error().what.c_str());
        for (const auto &resource : sample->resources)
            QVERIFY(m_sandbox->apply(resource));
        for (const auto &dataplane : sample->dataplanes) {
            auto spec = specFor(dataplane, m_sandbox->addresses());
            spec.concurrency = 1;
            spec.drainMilliseconds = 0;
            const auto workload = workloadFor(dataplane);
            QVERIFY2(workload, workload ? "" : workload.error().what.c_str());
            spec.workload = *workload;
            QVERIFY(m_sidecars->start(spec));
            if (dataplane.key.name == "web-1")
                m_web = std::make_unique<httplib::Client>("127.0.0.1",
                                                          static_cast<int>(dataplane.outbounds.front().port));
        }
        m_api = std::make_unique<httplib::Client>(m_sandbox->addresses().api);
        for (auto *client : {m_api.get(), m_web.get()}) {
            client->set_keep_alive(true);
            client->set_tcp_nodelay(true);
            client->set_read_timeout(std::chrono::seconds(10));
        }
        QTRY_VERIFY_WITH_TIMEOUT(areReady(), 60'000);
    }

    void init()
    {
        if (!m_sandbox)
            QSKIP("envoy not found");
        QVERIFY(eventually([&] {
            return calls(6) == (std::map<std::string, int>{{"200 backend-1", 3}, {"200 backend-2", 3}});
        }));
    }

    void cleanup()
    {
        for (const auto &path : std::exchange(m_written, {}))
            m_api->Delete(path);
    }

    void weightsSplitAsWritten()
    {
        auto heavy = subset("v1");
        heavy["weight"] = 90;
        auto light = subset("v2");
        light["weight"] = 10;
        QVERIFY(put(
            "MeshHTTPRoute", "meshhttproutes", "split",
            {{"targetRef", {{"kind", "MeshService"}, {"name", "web"}}},
             {"to",
              Json::array(
                  {{{"targetRef", backend()},
                    {"rules",
                     Json::array(
                         {{{"matches", Json::array({{{"path", {{"type", "PathPrefix"}, {"value", "/"}}}}})},
                           {"default", {{"backendRefs", Json::array({heavy, light})}}}}})}}})}}));
        QVERIFY(eventually([&] { return calls(40)["200 backend-1"] > 28; }));
        const auto seen = calls(1000);
        const double expected = 100;
        const double deviation = std::sqrt(1000 * 0.1 * 0.9);
        const auto toSecond = seen.contains("200 backend-2") ? seen.at("200 backend-2") : 0;
        QVERIFY2(std::abs(toSecond - expected) < 5 * deviation, qPrintable(QString::number(toSecond)));
        QCOMPARE(toSecond + seen.at("200 backend-1"), 1000);
    }

    void aHeaderChoosesTheVersion()
    {
        const Json canary{
            {"path", {{"type", "PathPrefix"}, {"value", "/"}}},
            {"headers", Json::array({{{"type", "Exact"}, {"name", "x-canary"}, {"value", "yes"}}})}};
        QVERIFY(put(
            "MeshHTTPRoute", "meshhttproutes", "canary",
            {{"targetRef", {{"kind", "MeshService"}, {"name", "web"}}},
             {"to", Json::array(
                        {{{"targetRef", backend()},
                          {"rules", Json::array({{{"matches", Json::array({canary})},
                                                  {"default",
                                                   {{"backendRefs", Json::array({subset("v2")})}}}}})}}})}}));
        const httplib::Headers header{{"x-canary", "yes"}};
        QVERIFY(eventually([&] {
            return calls(10, header) == (std::map<std::string, int>{{"200 backend-2", 10}});
        }));
        QCOMPARE(calls(10).size(), 2U);
    }

    void aFaultIsSeen()
    {
        QVERIFY(
            put("MeshFaultInjection", "meshfaultinjections", "fault",
                from(backend(),
                     {{"http", Json::array({{{"abort", {{"httpStatus", 418}, {"percentage", 100}}}}})}})));
        QVERIFY(eventually([&] { return calls(6) == (std::map<std::string, int>{{"418", 6}}); }));
    }

    void aSlowAnswerRunsIntoTheTimeout()
    {
        QVERIFY(put(
            "MeshFaultInjection", "meshfaultinjections", "slow",
            from(backend(), {{"http", Json::array({{{"delay", {{"value", "2s"}, {"percentage", 100}}}}})}})));
        QVERIFY(put("MeshTimeout", "meshtimeouts", "quick",
                    toBackend({{"http", {{"requestTimeout", "100ms"}}}})));
        QVERIFY(eventually([&] { return call() == std::string("504"); }));
    }

    void retriesHideFailures()
    {
        QVERIFY(
            put("MeshFaultInjection", "meshfaultinjections", "half",
                from(subset("v1"),
                     {{"http", Json::array({{{"abort", {{"httpStatus", 500}, {"percentage", 100}}}}})}})));
        QVERIFY(eventually([&] { return calls(6)["500"] == 3; }));  // 500 is not retried by default
        QVERIFY(put("MeshRetry", "meshretries", "retry",
                    toBackend({{"http",
                                {{"numRetries", 4},
                                 {"retryOn", {"5xx"}},
                                 {"hostSelection", Json::array({{{"predicate", "OmitPreviousHosts"}}})},
                                 {"hostSelectionMaxAttempts", 5}}}})));
        QVERIFY(eventually([&] { return calls(10) == (std::map<std::string, int>{{"200 backend-2", 10}}); }));
    }

    void aCircuitBreakerTakesTheFailingOneOut()
    {
        QVERIFY(put("MeshCircuitBreaker", "meshcircuitbreakers", "breaker",
                    toBackend({{"outlierDetection",
                                {{"interval", "1s"},
                                 {"baseEjectionTime", "60s"},
                                 {"maxEjectionPercent", 100},
                                 {"detectors", {{"totalFailures", {{"consecutive", 3}}}}}}}})));
        QVERIFY(
            put("MeshFaultInjection", "meshfaultinjections", "broken",
                from(subset("v2"),
                     {{"http", Json::array({{{"abort", {{"httpStatus", 500}, {"percentage", 100}}}}})}})));
        QVERIFY(eventually([&] { return calls(10) == (std::map<std::string, int>{{"200 backend-1", 10}}); }));
    }

    void aRateLimitRefusesTheRest()
    {
        QVERIFY(put("MeshRateLimit", "meshratelimits", "few",
                    from(backend(), {{"local",
                                      {{"http",
                                        {{"requestRate", {{"num", 2}, {"interval", "60s"}}},
                                         {"onRateLimit", {{"status", 423}}}}}}}})));
        QVERIFY(eventually([&] { return calls(6) == (std::map<std::string, int>{{"423", 6}}); }));
    }

    void aBrokenPatchIsReportedAndTheOldConfigurationServes()
    {
        const Json broken{
            {"networkFilter",
             {{"operation", "Patch"},
              {"match", {{"name", "envoy.filters.network.http_connection_manager"}, {"origin", "outbound"}}},
              {"jsonPatches", Json::array({{{"op", "replace"}, {"path", "/statPrefix"}, {"value", ""}}})}}}};
        QVERIFY(put("MeshProxyPatch", "meshproxypatches", "broken",
                    {{"targetRef", {{"kind", "MeshService"}, {"name", "web"}}},
                     {"default", {{"appendModifications", Json::array({broken})}}}}));
        const auto rejection = [this] {
            const auto overview = get("/meshes/default/dataplanes/web-1/_overview");
            return overview["dataplaneInsight"]["subscriptions"].back()["status"].value("lastRejection",
                                                                                        Json::object());
        };
        QVERIFY(eventually(
            [&] { return rejection().value("message", "").find("StatPrefix") != std::string::npos; }));
        QCOMPARE(calls(6), (std::map<std::string, int>{{"200 backend-1", 3}, {"200 backend-2", 3}}));
    }

    void cleanupTestCase()
    {
        if (!m_sandbox)
            return;
        m_sidecars->stopAll();
        QTRY_VERIFY_WITH_TIMEOUT(!m_sidecars->isBusy(), 20'000);
        m_sidecars.reset();
        m_sandbox.reset();
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestLivePolicies)
#include "tst_live_policies.moc"
