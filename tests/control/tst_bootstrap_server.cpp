#include "backend/control/bootstrap.h"
#include "backend/control/certificates.h"
#include "backend/control/resource_writer.h"

#include <nlohmann/json.hpp>

#include <QByteArray>
#include <QTest>

using namespace meshscope;
using namespace meshscope::control;
using namespace Qt::StringLiterals;
using Json = nlohmann::json;

namespace {

const TimePoint kNow(std::chrono::milliseconds(1'700'000'000'000));

const char *const kWeb =
    R"({"type":"Dataplane","mesh":"default","name":"web-1","networking":{"address":"127.0.0.5",)"
    R"("admin":{"port":19901},"inbound":[{"port":80,"servicePort":8080,)"
    R"("tags":{"kuma.io/service":"web"}}]}})";

struct Rig {
    Rig()
    {
        if (!store.write(firstResources(kNow)))
            qFatal("the first resources cannot be written");
        pki::KeyPool keys(1);
        ResourceWriter writer(store, keys, [] { return kNow; });
        if (!writer.put(*resourceType("Dataplane"), {"default", "web-1"}, kWeb))
            qFatal("the dataplane cannot be written");
    }

    HttpResponse ask(const std::string &body, const std::string &accept = "application/json",
                     const std::string &host = "127.0.0.1:5678", const std::string &path = "/bootstrap") const
    {
        return answerBootstrap({"POST", path, {{"host", host}, {"accept", accept}}, body, "127.0.0.1"},
                               {"127.0.0.1", 5679, identity().caCertificate, {"127.0.0.1", "localhost"}},
                               *store.snapshot());
    }

    static const ServerIdentity &identity()
    {
        static const auto made = makeServerIdentity({});
        return *made;
    }

    Store store;
};

Json decoded(const HttpResponse &response)
{
    const auto text = Json::parse(response.body)["bootstrap"].get<std::string>();
    return Json::parse(QByteArray::fromBase64(QByteArray::fromStdString(text)).toStdString());
}

}  // namespace

class TestBootstrapServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKnownDataplane();
    void whatTheRequestSaysGoesIntoTheNode();
    void aDataplaneThatComesAlong();
    void olderClientsGetYaml();
    void statuses_data();
    void statuses();
    void theCaMayBeTheCallers();
    void socketPathsAreCut();
};

void TestBootstrapServer::aKnownDataplane()
{
    const Rig rig;
    const auto response = rig.ask(R"({"mesh":"default","name":"web-1"})");
    QCOMPARE(response.status, 200);
    QCOMPARE(response.contentType, std::string("application/json"));
    const auto answer = Json::parse(response.body);
    QVERIFY(answer["kumaSidecarConfiguration"]["networking"]
            == (Json{{"isUsingTransparentProxy", false},
                     {"corefileTemplate", nullptr},
                     {"address", "127.0.0.5"}}));
    const auto bootstrap = decoded(response);
    QCOMPARE(bootstrap["node"]["id"].get<std::string>(), std::string("default.web-1"));
    QCOMPARE(bootstrap["node"]["cluster"].get<std::string>(), std::string("web"));
    QVERIFY(bootstrap["admin"]["address"]["socketAddress"]
            == (Json{{"address", "127.0.0.1"}, {"portValue", 19901}}));
    QVERIFY(!bootstrap.contains("hdsConfig"));
    const auto &ads = bootstrap["dynamicResources"]["adsConfig"];
    QCOMPARE(ads["apiType"].get<std::string>(), std::string("GRPC"));
    QVERIFY(ads["grpcServices"].is_array());
    QVERIFY(!ads["grpcServices"][0].contains("initialMetadata"));
    const auto &cluster = bootstrap["staticResources"]["clusters"][1];
    QCOMPARE(cluster["name"].get<std::string>(), std::string("ads_cluster"));
    QVERIFY(
        cluster["loadAssignment"]["endpoints"][0]["lbEndpoints"][0]["endpoint"]["address"]["socketAddress"]
        == (Json{{"address", "127.0.0.1"}, {"portValue", 5679}}));
    const auto &secret = bootstrap["staticResources"]["secrets"][0];
    QCOMPARE(QByteArray::fromBase64(
                 QByteArray::fromStdString(
                     secret["validationContext"]["trustedCa"]["inlineBytes"].get<std::string>()))
                 .toStdString(),
             Rig::identity().caCertificate);
}

void TestBootstrapServer::whatTheRequestSaysGoesIntoTheNode()
{
    const Rig rig;
    const auto metadata = decoded(rig.ask(
        R"({"mesh":"default","name":"web-1","proxyType":"dataplane","workdir":"/w","dnsPort":15054,"readinessPort":9902,)"
        R"("ipv6Enabled":true,"features":["f"],"dynamicMetadata":{"team":"blue"},"systemCaPath":"/ca",)"
        R"("dataplaneToken":"t0k","appProbeProxyDisabled":true,"somethingNew":1,)"
        R"("version":{"kumaDp":{"version":"2.9.13","gitTag":""},"envoy":{"version":"1.39.3","kumaDpCompatible":false}}})"))
        ["node"]["metadata"];
    QVERIFY(metadata["version"]
            == (Json{{"kumaDp", {{"version", "2.9.13"}}}, {"envoy", {{"version", "1.39.3"}}}}));
    QCOMPARE(metadata["dataplane.dns.port"].get<std::string>(), std::string("15054"));
    QCOMPARE(metadata["dataplane.readinessReporter.port"].get<std::string>(), std::string("9902"));
    QCOMPARE(metadata["dataplane.appProbeProxy.enabled"].get<std::string>(), std::string("true"));
    QVERIFY(metadata["ipv6Enabled"].get<bool>());
    QVERIFY(metadata["dynamicMetadata"] == (Json{{"team", "blue"}}));
    QVERIFY(metadata["features"] == Json::array({"f"}));
    QVERIFY(!metadata.contains("dataplane.resource"));
}

void TestBootstrapServer::aDataplaneThatComesAlong()
{
    const Rig rig;
    auto resource = Json::parse(kWeb);
    resource["name"] = "new-1";
    const Json body{{"mesh", "default"}, {"name", "new-1"}, {"dataplaneResource", resource.dump()}};
    const auto bootstrap = decoded(rig.ask(body.dump()));
    QCOMPARE(bootstrap["node"]["metadata"]["dataplane.resource"].get<std::string>(), resource.dump());
    QVERIFY(!rig.store.snapshot()->find("Dataplane", {"default", "new-1"}));  // only its stream registers it
}

void TestBootstrapServer::olderClientsGetYaml()
{
    const Rig rig;
    const auto response = rig.ask(R"({"mesh":"default","name":"web-1"})", "*/*");
    QCOMPARE(response.status, 200);
    QCOMPARE(response.contentType, std::string("text/x-yaml"));
    QCOMPARE(Json::parse(response.body)["node"]["id"].get<std::string>(), std::string("default.web-1"));
}

void TestBootstrapServer::statuses_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("text");
    const auto with = [](const char *resource) {
        return QByteArray::fromStdString(
            Json{{"mesh", "default"}, {"name", "x"}, {"dataplaneResource", resource}}.dump());
    };
    QTest::newRow("no JSON") << QByteArray("{") << 400 << QString();
    QTest::newRow("nothing") << QByteArray() << 400 << QString();
    QTest::newRow("a number for a name") << QByteArray(R"({"mesh":5})") << 400 << QString();
    QTest::newRow("a list for metadata") << QByteArray(R"({"dynamicMetadata":[1]})") << 400 << QString();
    QTest::newRow("a port that is a text") << QByteArray(R"({"dnsPort":"x"})") << 400 << QString();
    QTest::newRow("an unknown dataplane: not yet")
        << QByteArray(R"({"mesh":"default","name":"none"})") << 404 << QString();
    QTest::newRow("an unknown mesh: not yet")
        << QByteArray(R"({"mesh":"nowhere","name":"web-1"})") << 404 << QString();
    QTest::newRow("an unknown kind of proxy")
        << QByteArray(R"({"mesh":"default","name":"web-1","proxyType":"x"})") << 500 << QString();
    QTest::newRow("an ingress that is not there")
        << QByteArray(R"({"name":"zi","proxyType":"ingress"})") << 404 << QString();
    QTest::newRow("a CA that is none")
        << QByteArray(R"({"mesh":"default","name":"web-1","caCert":"not pem"})") << 500 << QString();
    QTest::newRow("a dataplane that is not valid") << with(
        R"({"type":"Dataplane","mesh":"default","name":"x","networking":{"address":"","inbound":[{"port":0,)"
        R"("tags":{"kuma.io/service":"s"}}]}})") << 422
                                                   << u"networking.address: address can't be empty; "
                                                      u"networking.inbound[0].port: port must be in the "
                                                      u"range "
                                                      "[1, 65535]"_s;
    QTest::newRow("outbounds with transparent proxying")
        << with(
               R"({"type":"Dataplane","mesh":"default","name":"x","networking":{"address":"10.0.0.1","inbound":)"
               R"([{"port":80,"tags":{"kuma.io/service":"s"}}],"outbound":[{"port":1,"tags":{"kuma.io/service":"x"}}],)"
               R"("transparentProxying":{"redirectPortInbound":15006,"redirectPortOutbound":15001}}})")
        << 422 << u"outbound: should be empty since dataplane is in Transparent Proxying mode"_s;
    QTest::newRow("a dataplane that comes along to a mesh that does not exist")
        << QByteArray::fromStdString(
               Json{{"mesh", "nowhere"}, {"name", "x"}, {"dataplaneResource", kWeb}}.dump())
        << 422 << u"mesh: mesh \"nowhere\" does not exist"_s;
}

void TestBootstrapServer::statuses()
{
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    QFETCH(QString, text);
    const Rig rig;
    const auto response = rig.ask(body.toStdString());
    QCOMPARE(response.status, status);
    QCOMPARE(QString::fromStdString(response.body), text);
    QCOMPARE(rig.ask(R"({"mesh":"default","name":"web-1"})", "", "elsewhere.example:5678").status, 400);
    QCOMPARE(rig.ask("{}", "", "127.0.0.1", "/other").status, 404);
}

void TestBootstrapServer::theCaMayBeTheCallers()
{
    const Rig rig;
    const auto other = makeServerIdentity({});
    QVERIFY(other);
    Json body{{"mesh", "default"}, {"name", "web-1"}, {"caCert", other->caCertificate}};
    const auto trusted =
        decoded(rig.ask(body.dump()))["staticResources"]["secrets"][0]["validationContext"]["trustedCa"];
    QCOMPARE(QByteArray::fromBase64(QByteArray::fromStdString(trusted["inlineBytes"].get<std::string>()))
                 .toStdString(),
             other->caCertificate);
    body["caCert"] = other->certificate;  // a certificate, but it may not sign others
    QCOMPARE(rig.ask(body.dump()).status, 400);
}

void TestBootstrapServer::socketPathsAreCut()
{
    const Rig rig;
    const Json body{{"mesh", "default"}, {"name", "web-1"}, {"workdir", "/" + std::string(200, 'w')}};
    const auto cluster = decoded(rig.ask(body.dump()))["staticResources"]["clusters"][0];
    const auto path =
        cluster["loadAssignment"]["endpoints"][0]["lbEndpoints"][0]["endpoint"]["address"]["pipe"]["path"]
            .get<std::string>();
    QCOMPARE(path.size(), 103U);
    QVERIFY(path.ends_with(".sock"));
}

QTEST_GUILESS_MAIN(TestBootstrapServer)
#include "tst_bootstrap_server.moc"
