// How fast a change is everywhere, and what it costs: a control plane as a process of its own, and N fake
// proxies, each with a connection and an ADS stream. 200 services, each proxy calls 5 of them. From the first
// byte of a PUT until the last proxy that the change concerns has what it needs and has said so.
#include "tests/bench/fake_proxies.h"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <QFile>
#include <QProcess>
#include <QTest>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace meshscope;
using meshscope::bench::FakeProxies;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kServices = 200;
constexpr int kCalls = 5;
constexpr int kChanges = 40;
constexpr std::chrono::seconds kPatience{60};

std::string service(int index) { return "service-" + std::to_string(index % kServices); }

// The first of the services that proxy i calls; the others follow it.
int firstCall(int proxy) { return proxy * 7 + 1; }

Json dataplane(int index, bool ready = true)
{
    Json outbounds = Json::array();
    for (int call = 0; call < kCalls; ++call)
        outbounds.push_back(
            {{"port", 20000 + call}, {"tags", {{"kuma.io/service", service(firstCall(index) + call)}}}});
    Json inbound{{"port", 8080},
                 {"servicePort", 18080},
                 {"tags", {{"kuma.io/service", service(index)}, {"kuma.io/protocol", "http"}}}};
    if (!ready)
        inbound["state"] = "NotReady";
    const auto address = "10." + std::to_string(index / 65536) + "." + std::to_string(index / 256 % 256) + "."
                         + std::to_string(index % 256);
    return {
        {"type", "Dataplane"},
        {"mesh", "default"},
        {"name", "proxy-" + std::to_string(index)},
        {"networking",
         {{"address", address}, {"inbound", Json::array({inbound})}, {"outbound", std::move(outbounds)}}}};
}

int callersOf(int target, int proxies)
{
    int count = 0;
    for (int i = 0; i < proxies; ++i)
        for (int call = 0; call < kCalls; ++call)
            count += (firstCall(i) + call) % kServices == target % kServices ? 1 : 0;
    return count;
}

double processorMilliseconds(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const auto text = file.readAll();
    const auto fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    const auto ticks = fields.value(11).toLongLong() + fields.value(12).toLongLong();
    return 1000.0 * static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double residentKilobytes(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/statm").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const auto pages = file.readAll().split(' ').value(1).toLongLong();
    return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace

class BenchDelivery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void delivery_data();
    void delivery();
};

void BenchDelivery::delivery_data()
{
    QTest::addColumn<int>("proxies");
    for (const int count : {10, 100, 1000})
        QTest::addRow("%d proxies", count) << count;
}

void BenchDelivery::delivery()
{
    QFETCH(int, proxies);
    QProcess plane;
    plane.start(QStringLiteral(MESHSCOPE_BIN_DIR "/meshscopectl"),
                {QStringLiteral("control-plane"), QStringLiteral("run"), QStringLiteral("--api"),
                 QStringLiteral("127.0.0.1:0"), QStringLiteral("--dp"), QStringLiteral("127.0.0.1:0"),
                 QStringLiteral("--xds"), QStringLiteral("127.0.0.1:0")});
    QVERIFY(plane.waitForReadyRead(20'000));
    const auto addresses = Json::parse(plane.readLine().toStdString(), nullptr, false);
    QVERIFY(addresses.is_object());
    httplib::Client api(addresses["api"].get<std::string>());
    api.set_keep_alive(true);
    api.set_tcp_nodelay(true);
    const auto put = [&api](const std::string &path, const Json &body) {
        const auto answer = api.Put(path, body.dump(), "application/json");
        return answer && (answer->status == 200 || answer->status == 201);
    };
    const auto emptyMemory = residentKilobytes(plane.processId());
    for (int i = 0; i < proxies; ++i)
        QVERIFY(put("/meshes/default/dataplanes/proxy-" + std::to_string(i), dataplane(i)));

    FakeProxies fakes(addresses["xds"].get<std::string>(), proxies);
    QVERIFY(fakes.waitUntilAllHave("Listener", 1, kPatience));
    const auto memory = residentKilobytes(plane.processId());
    std::printf("%d proxies: %.0f kB without any, %.0f kB a proxy\n", proxies, emptyMemory,
                (memory - emptyMemory) / proxies);
    const auto idleBefore = processorMilliseconds(plane.processId());
    QTest::qWait(3'000);
    std::printf("%d proxies, nothing changes: %.2f %% of a core\n", proxies,
                (processorMilliseconds(plane.processId()) - idleBefore) / 3'000 * 100);

    const auto measure = [&](const char *what, const char *type, int concerned, const auto &change) {
        std::vector<double> milliseconds;
        const auto before = processorMilliseconds(plane.processId());
        for (int i = 0; i < kChanges; ++i) {
            const auto expected = fakes.received(type) + concerned;
            const auto begin = Clock::now();
            QVERIFY2(change(i), what);
            QVERIFY2(fakes.waitForTotal(type, expected, kPatience), what);
            milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        }
        const auto processor = (processorMilliseconds(plane.processId()) - before) / kChanges;
        std::sort(milliseconds.begin(), milliseconds.end());
        std::printf("%d proxies, %s (%d concerned): p50 %.1f ms, p99 %.1f ms, CPU %.1f ms\n", proxies, what,
                    concerned, milliseconds[kChanges / 2], milliseconds[kChanges * 99 / 100], processor);
    };
    // Proxy 1's endpoint goes and comes; there is another of its service only from 201 proxies on.
    measure("one endpoint", "ClusterLoadAssignment", callersOf(1, proxies),
            [&](int i) { return put("/meshes/default/dataplanes/proxy-1", dataplane(1, i % 2 != 0)); });
    const auto timeout = [](const Json &target, int seconds) {
        return Json{
            {"type", "MeshTimeout"},
            {"mesh", "default"},
            {"name", "bench"},
            {"spec",
             {{"targetRef", target},
              {"to", Json::array({{{"targetRef", {{"kind", "Mesh"}}},
                                   {"default",
                                    {{"idleTimeout", std::to_string(seconds) + "s"},
                                     {"http", {{"requestTimeout", std::to_string(seconds) + "s"}}}}}}})}}}};
    };
    const auto ofOne = (proxies + kServices - 1 - 1) / kServices;
    measure("a policy for one service", "Listener", ofOne, [&](int i) {
        return put("/meshes/default/meshtimeouts/bench",
                   timeout({{"kind", "MeshService"}, {"name", service(1)}}, 100 + i));
    });
    measure("a policy for the whole mesh", "Listener", proxies, [&](int i) {
        return put("/meshes/default/meshtimeouts/bench", timeout({{"kind", "Mesh"}}, 200 + i));
    });
    plane.terminate();
    QVERIFY(plane.waitForFinished(20'000));
}

QTEST_GUILESS_MAIN(BenchDelivery)
#include "tst_bench_delivery.moc"
