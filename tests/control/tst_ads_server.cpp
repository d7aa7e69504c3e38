// ADS over gRPC with a client in this process: what a proxy gets, and what the API shows of it.
#include "backend/control/control_plane.h"
#include "tests/control/ads_client.h"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QTest>

#include <chrono>

using namespace meshscope;
using namespace meshscope::control;
using meshscope::testing::AdsClient;
using Json = nlohmann::json;

namespace {

constexpr int kTimeout = 5000;

// Status codes of gRPC.
constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;
constexpr int kAlreadyExists = 6;
constexpr int kUnavailable = 14;

Json dataplaneJson(const std::string &name, const std::string &service, int port,
                   const std::string &calls = {})
{
    Json networking{
        {"address", "127.0.0.5"},
        {"inbound", {{{"port", port}, {"servicePort", 8080}, {"tags", {{"kuma.io/service", service}}}}}}};
    if (!calls.empty())
        networking["outbound"] = {{{"port", 10001}, {"tags", {{"kuma.io/service", calls}}}}};
    return {{"type", "Dataplane"}, {"mesh", "default"}, {"name", name}, {"networking", networking}};
}

std::unique_ptr<ControlPlane>
started(std::chrono::milliseconds deregistration = std::chrono::milliseconds(50))
{
    SandboxOptions options;
    options.apiPort = options.dpPort = options.xdsPort = 0;
    ControlPlaneTuning tuning;
    tuning.reconciler.burst = std::chrono::milliseconds(1);
    tuning.reconciler.deregistration = deregistration;
    auto plane = ControlPlane::start(options, tuning);
    if (!plane)
        qFatal("the sandbox does not start: %s", plane.error().what.c_str());
    return std::move(*plane);
}

Json get(const ControlPlane &plane, const std::string &path)
{
    httplib::Client client(plane.addresses().api);
    const auto answer = client.Get(path);
    return answer ? Json::parse(answer->body, nullptr, false) : Json();
}

Json latestSubscription(const ControlPlane &plane, const std::string &name)
{
    const auto overview = get(plane, "/meshes/default/dataplanes/" + name + "/_overview");
    const auto &insight = overview["dataplaneInsight"];
    return insight.contains("subscriptions") ? insight["subscriptions"].back() : Json::object();
}

bool exists(const ControlPlane &plane, const std::string &name)
{
    return get(plane, "/meshes/default/dataplanes/" + name).value("status", 200) == 200;
}

}  // namespace

class TestAdsServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aProxyGetsItsMesh();
    void aChangeReachesThoseItTouches();
    void refusals_data();
    void refusals();
    void aSecondStreamOfOneDataplane();
    void aDataplaneThatComesAndGoes();
    void aDataplaneThatIsBackInTime();
    void aNackIsShownAtOnce();
    void counts();
    void aStrangersCertificateIsNotTrusted();
    void stopsWithProxiesConnected();
};

void TestAdsServer::aProxyGetsItsMesh()
{
    const auto plane = started();
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 80, "backend").dump()));
    QVERIFY(plane->apply(dataplaneJson("backend-1", "backend", 81).dump()));
    AdsClient proxy(plane->addresses(), "default.web-1");
    proxy.ask(AdsClient::kClusters);
    const auto clusters = proxy.waitForNext();
    QVERIFY(clusters);
    QCOMPARE(clusters->typeUrl, std::string(AdsClient::kClusters));
    QCOMPARE(clusters->resources, 2);
    proxy.ask(AdsClient::kClusters, {}, clusters->nonce);
    proxy.ask(AdsClient::kEndpoints, {"backend"});
    const auto endpoints = proxy.waitForNext();
    QVERIFY(endpoints);
    QCOMPARE(endpoints->typeUrl, std::string(AdsClient::kEndpoints));
    QCOMPARE(endpoints->endpointPorts, (std::vector<std::uint32_t>{81}));
    proxy.ask(AdsClient::kEndpoints, {"backend"}, endpoints->nonce);
    proxy.ask(AdsClient::kListeners);
    const auto listeners = proxy.waitForNext();
    QVERIFY(listeners);
    QCOMPARE(listeners->resources, 2);
}

void TestAdsServer::aChangeReachesThoseItTouches()
{
    const auto plane = started();
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 80, "backend").dump()));
    QVERIFY(plane->apply(dataplaneJson("other-1", "other", 80).dump()));
    QVERIFY(plane->apply(dataplaneJson("backend-1", "backend", 81).dump()));
    AdsClient web(plane->addresses(), "default.web-1");
    AdsClient other(plane->addresses(), "default.other-1");
    for (auto *proxy : {&web, &other}) {
        proxy->ask(AdsClient::kClusters);
        const auto clusters = proxy->waitForNext();
        QVERIFY(clusters);
        proxy->ask(AdsClient::kClusters, {}, clusters->nonce);
    }
    web.ask(AdsClient::kEndpoints, {"backend"});
    auto endpoints = web.waitForNext();
    QVERIFY(endpoints);
    web.ask(AdsClient::kEndpoints, {"backend"}, endpoints->nonce);

    QVERIFY(plane->apply(dataplaneJson("backend-2", "backend", 82).dump()));
    endpoints = web.waitForNext();
    QVERIFY(endpoints);
    QCOMPARE(endpoints->typeUrl, std::string(AdsClient::kEndpoints));
    QCOMPARE(endpoints->endpointPorts, (std::vector<std::uint32_t>{81, 82}));
    QVERIFY(!other.next());
    QCOMPARE(latestSubscription(*plane, "other-1")["status"]["total"]["responsesSent"].get<std::string>(),
             std::string("1"));
}

void TestAdsServer::refusals_data()
{
    QTest::addColumn<QString>("node");
    QTest::addColumn<QByteArray>("metadata");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *title, const char *node, const Json &metadata, int code,
                        const char *words) {
        QTest::newRow(title) << QString::fromUtf8(node) << QByteArray::fromStdString(metadata.dump()) << code
                             << QString::fromUtf8(words);
    };
    row("no node", "", Json::object(), kInvalidArgument, "node id");
    row("a node id without a mesh", "web-1", Json::object(), kInvalidArgument, "node id");
    row("a dataplane that does not exist", "default.none", Json::object(), kNotFound, "no such dataplane");
    row("a mesh that does not exist", "nowhere.web-1", Json::object(), kNotFound, "no such dataplane");
    row("a dataplane that comes along and is not valid", "default.bad-1",
        {{"dataplane.resource", R"({"type":"Dataplane","mesh":"default","name":"bad-1","networking":{}})"}},
        kInvalidArgument, "networking.address");
    row("a dataplane that comes along under another name", "default.bad-1",
        {{"dataplane.resource", dataplaneJson("other", "web", 80).dump()}}, kInvalidArgument, "name");
    row("a dataplane that is no JSON", "default.bad-1", {{"dataplane.resource", "type: Dataplane"}},
        kInvalidArgument, "invalid Dataplane object");
    row("a dataplane of a mesh that does not exist", "nowhere.new-1",
        {{"dataplane.resource", dataplaneJson("new-1", "web", 80).dump()}}, kNotFound, "Mesh");
}

void TestAdsServer::refusals()
{
    QFETCH(QString, node);
    QFETCH(QByteArray, metadata);
    QFETCH(int, code);
    QFETCH(QString, words);
    const auto plane = started();
    AdsClient proxy(plane->addresses(), node.toStdString(), metadata.toStdString());
    proxy.ask(AdsClient::kClusters);
    QTRY_VERIFY_WITH_TIMEOUT(proxy.end().has_value(), kTimeout);
    QCOMPARE(proxy.end()->code, code);
    const auto text = QString::fromStdString(proxy.end()->message);
    QVERIFY2(text.contains(words), qPrintable(text));
    QVERIFY(!exists(*plane, "bad-1"));
}

void TestAdsServer::aSecondStreamOfOneDataplane()
{
    const auto plane = started();
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 80).dump()));
    auto first = std::make_unique<AdsClient>(plane->addresses(), "default.web-1");
    first->ask(AdsClient::kClusters);
    QVERIFY(first->waitForNext());
    AdsClient second(plane->addresses(), "default.web-1");
    second.ask(AdsClient::kClusters);
    QTRY_VERIFY_WITH_TIMEOUT(second.end().has_value(), kTimeout);
    QCOMPARE(second.end()->code, kAlreadyExists);
    QVERIFY(!first->end());
    first.reset();
    QTRY_VERIFY_WITH_TIMEOUT(latestSubscription(*plane, "web-1").contains("disconnectTime"), kTimeout);
    AdsClient third(plane->addresses(), "default.web-1");
    third.ask(AdsClient::kClusters);
    QVERIFY(third.waitForNext());
}

void TestAdsServer::aDataplaneThatComesAndGoes()
{
    const auto plane = started();
    {
        AdsClient proxy(plane->addresses(), "default.new-1",
                        Json{{"dataplane.resource", dataplaneJson("new-1", "web", 80).dump()}}.dump());
        proxy.ask(AdsClient::kClusters);
        QVERIFY(proxy.waitForNext());
        QVERIFY(exists(*plane, "new-1"));
    }
    QTRY_VERIFY_WITH_TIMEOUT(!exists(*plane, "new-1"), kTimeout);

    // One that the API made stays.
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 80).dump()));
    {
        AdsClient proxy(plane->addresses(), "default.web-1");
        proxy.ask(AdsClient::kClusters);
        QVERIFY(proxy.waitForNext());
    }
    QTRY_VERIFY_WITH_TIMEOUT(latestSubscription(*plane, "web-1").contains("disconnectTime"), kTimeout);
    QTest::qWait(200);  // four times as long as the other one lived on
    QVERIFY(exists(*plane, "web-1"));
}

void TestAdsServer::aDataplaneThatIsBackInTime()
{
    const auto plane = started(std::chrono::milliseconds(400));
    const Json metadata{{"dataplane.resource", dataplaneJson("new-1", "web", 80).dump()}};
    {
        AdsClient proxy(plane->addresses(), "default.new-1", metadata.dump());
        proxy.ask(AdsClient::kClusters);
        QVERIFY(proxy.waitForNext());
    }
    QTRY_VERIFY_WITH_TIMEOUT(latestSubscription(*plane, "new-1").contains("disconnectTime"), kTimeout);
    AdsClient proxy(plane->addresses(), "default.new-1", metadata.dump());
    proxy.ask(AdsClient::kClusters);
    QVERIFY(proxy.waitForNext());
    QTest::qWait(600);
    QVERIFY(exists(*plane, "new-1"));
    QVERIFY(!latestSubscription(*plane, "new-1").contains("disconnectTime"));
}

void TestAdsServer::aNackIsShownAtOnce()
{
    const auto plane = started();
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 80).dump()));
    AdsClient proxy(plane->addresses(), "default.web-1");
    proxy.ask(AdsClient::kListeners);
    const auto listeners = proxy.waitForNext();
    QVERIFY(listeners);
    proxy.ask(AdsClient::kListeners, {}, listeners->nonce, "cannot bind '127.0.0.5:80': Permission denied");
    QTRY_VERIFY_WITH_TIMEOUT(latestSubscription(*plane, "web-1")["status"].contains("lastRejection"),
                             kTimeout);
    const auto status = latestSubscription(*plane, "web-1")["status"];
    QCOMPARE(status["lastRejection"]["message"].get<std::string>(),
             std::string("cannot bind '127.0.0.5:80': Permission denied"));
    QCOMPARE(status["lastRejection"]["typeUrl"].get<std::string>(), std::string(AdsClient::kListeners));
    QCOMPARE(status["lds"]["responsesRejected"].get<std::string>(), std::string("1"));
    QVERIFY(!proxy.next());  // not the same again
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 8085).dump()));
    QVERIFY(proxy.waitForNext());  // but what differs
}

void TestAdsServer::counts()
{
    const auto plane = started();
    QVERIFY(plane->apply(dataplaneJson("web-1", "web", 80).dump()));
    AdsClient proxy(plane->addresses(), "default.web-1",
                    R"({"version":{"kumaDp":{"version":"2.9.13"},"envoy":{"version":"1.39.3"}}})");
    proxy.ask(AdsClient::kClusters);
    const auto clusters = proxy.waitForNext();
    QVERIFY(clusters);
    proxy.ask(AdsClient::kClusters, {}, clusters->nonce);
    const auto acknowledged = [&] {
        return latestSubscription(*plane, "web-1")["status"]["total"].value("responsesAcknowledged", "0");
    };
    QTRY_COMPARE_WITH_TIMEOUT(acknowledged(), std::string("1"), kTimeout);
    const auto subscription = latestSubscription(*plane, "web-1");
    QCOMPARE(subscription["status"]["total"]["responsesSent"].get<std::string>(), std::string("1"));
    QCOMPARE(subscription["version"]["envoy"]["version"].get<std::string>(), std::string("1.39.3"));
    QCOMPARE(get(*plane, "/mesh-insights/default")["dataplanes"]["online"].get<int>(), 1);
}

void TestAdsServer::aStrangersCertificateIsNotTrusted()
{
    const auto plane = started();
    const auto stranger = makeServerIdentity({});
    QVERIFY(stranger);
    AdsClient proxy(plane->addresses(), "default.web-1", "{}", stranger->caCertificate);
    proxy.ask(AdsClient::kClusters);
    QTRY_VERIFY_WITH_TIMEOUT(proxy.end().has_value(), kTimeout);
    QCOMPARE(proxy.end()->code, kUnavailable);
}

void TestAdsServer::stopsWithProxiesConnected()
{
    auto plane = started();
    std::vector<std::unique_ptr<AdsClient>> proxies;
    for (int i = 0; i < 5; ++i) {
        const auto name = "d" + std::to_string(i);
        QVERIFY(plane->apply(dataplaneJson(name, "web", 80).dump()));
        proxies.push_back(std::make_unique<AdsClient>(plane->addresses(), "default." + name));
        proxies.back()->ask(AdsClient::kClusters);
        QVERIFY(proxies.back()->waitForNext());
    }
    QElapsedTimer timer;
    timer.start();
    plane.reset();
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
    for (const auto &proxy : proxies)
        QTRY_VERIFY_WITH_TIMEOUT(proxy->end().has_value(), kTimeout);
}

QTEST_GUILESS_MAIN(TestAdsServer)
#include "tst_ads_server.moc"
