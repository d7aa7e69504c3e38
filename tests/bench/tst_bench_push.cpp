// How long after a PUT the other Envoy has it: 50 pushes that take backend-2's inbound out and put it back,
// each measured from the first byte of the request until web-1's own /clusters shows the change. Real Envoys.
#include "app/support/sample_mesh.h"
#include "app/support/tools.h"
#include "backend/control/sandbox.h"
#include "backend/sidecar/local_sidecar_host.h"

#include <QElapsedTimer>
#include <QTest>

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

using namespace meshscope;

namespace {

constexpr int kPushes = 50;

class BenchPush : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void putUntilTheOtherEnvoyHasIt()
    {
        SidecarHostOptions hostOptions;
        hostOptions.envoy = envoySearch();
        LocalSidecarHost host(hostOptions);
        if (!host.envoy().isFound())
            QSKIP("envoy not found");
        SandboxOptions options;
        options.apiPort = options.dpPort = options.xdsPort = 0;
        auto sandbox = Sandbox::start(options);
        QVERIFY2(sandbox, sandbox ? "" : sandbox.error().what.c_str());
        const auto sample = loadSample(QStringLiteral("hello"), SamplePorts::AnyFree);
        QVERIFY2(sample, sample ? "" : sample.error().what.c_str());
        for (const auto &resource : sample->resources)
            QVERIFY((*sandbox)->apply(resource));
        std::uint32_t adminPort = 0, endpointPort = 0;
        for (const auto &dataplane : sample->dataplanes) {
            auto spec = specFor(dataplane, (*sandbox)->addresses());
            spec.concurrency = 1;
            QVERIFY(host.start(spec));
            if (dataplane.key.name == "web-1")
                adminPort = dataplane.adminPort;
            if (dataplane.key.name == "backend-2")
                endpointPort = dataplane.inbounds.front().port;
        }
        const auto allReady = [&host] {
            const auto all = host.sidecars();
            return std::all_of(all.begin(), all.end(),
                               [](const auto &s) { return s.phase == SidecarPhase::Ready; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(allReady(), 60'000);

        httplib::Client api((*sandbox)->addresses().api);
        httplib::Client envoy("127.0.0.1", static_cast<int>(adminPort));
        for (auto *client : {&api, &envoy}) {
            client->set_keep_alive(true);
            client->set_tcp_nodelay(true);
        }
        const char *path = "/meshes/default/dataplanes/backend-2";
        auto document = nlohmann::json::parse(api.Get(path)->body);
        const std::string mark = "127.0.0.1:" + std::to_string(endpointPort) + "::";

        std::vector<double> milliseconds;
        for (int push = 0; push < kPushes; ++push) {
            const bool gone = push % 2 == 0;
            document["networking"]["inbound"][0]["state"] = gone ? "NotReady" : "Ready";
            const std::string body = document.dump();
            QElapsedTimer clock;
            clock.start();
            const auto answer = api.Put(path, body, "application/json");
            QVERIFY(answer && answer->status == 200);
            bool seen = false;
            while (!seen && clock.elapsed() < 5'000) {
                const auto clusters = envoy.Get("/clusters");
                QVERIFY(clusters);
                seen = (clusters->body.find("backend::" + mark) == std::string::npos) == gone;
            }
            QVERIFY2(seen, "the change never arrived");
            milliseconds.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            QTest::qWait(20);  // one push at a time: bursts are merged, and that is another question
        }
        std::sort(milliseconds.begin(), milliseconds.end());
        std::printf(
            "PUT to /clusters of the other Envoy, %d pushes: median %.1f ms, p90 %.1f ms, max %.1f ms\n",
            kPushes, milliseconds[kPushes / 2], milliseconds[kPushes * 9 / 10], milliseconds.back());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(BenchPush)
#include "tst_bench_push.moc"
