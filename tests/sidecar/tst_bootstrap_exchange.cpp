#include "backend/sidecar/bootstrap.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kYaml =
    "node: {id: default.web-1}\nadmin:\n  address:\n    socketAddress: {address: 127.0.0.1, "
    "portValue: 9901}\n";

SidecarSpec spec()
{
    SidecarSpec result;
    result.dataplane = {"default", "web-1"};
    result.controlPlane = QUrl(u"https://127.0.0.1:5678"_s);
    return result;
}

QByteArray answerWith(const QByteArray &yaml)
{
    return R"({"bootstrap":")" + yaml.toBase64() + R"(","kumaSidecarConfiguration":{"networking":{}}})";
}

class TestBootstrap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theRequestSaysWhatWeDo()
    {
        auto given = spec();
        given.token = "a.b.c";
        given.dataplaneResource = R"({"type":"Dataplane"})";
        given.caCertificate = "PEM";
        const auto body =
            QJsonDocument::fromJson(bootstrapRequest(given, u"1.39.3"_s, u"/run/ms-1"_s)).object();
        QCOMPARE(body[u"mesh"_s].toString(), u"default"_s);
        QCOMPARE(body[u"name"_s].toString(), u"web-1"_s);
        QCOMPARE(body[u"proxyType"_s].toString(), u"dataplane"_s);
        QCOMPARE(body[u"dataplaneToken"_s].toString(), u"a.b.c"_s);
        QCOMPARE(body[u"dataplaneResource"_s].toString(), uR"({"type":"Dataplane"})"_s);
        QCOMPARE(body[u"caCert"_s].toString(), u"PEM"_s);
        QCOMPARE(body[u"workdir"_s].toString(), u"/run/ms-1"_s);
        QCOMPARE(body[u"version"_s][u"envoy"_s][u"version"_s].toString(), u"1.39.3"_s);
        QVERIFY(body[u"features"_s].isArray() && body[u"features"_s].toArray().isEmpty());
        for (const auto &absent :
             {u"readinessPort"_s, u"dnsPort"_s, u"appProbeProxyDisabled"_s, u"dataplaneTokenPath"_s})
            QVERIFY2(!body.contains(absent), qPrintable(absent));

        const auto plain = QJsonDocument::fromJson(bootstrapRequest(spec(), {}, {})).object();
        QVERIFY(!plain.contains(u"dataplaneToken"_s) && !plain.contains(u"dataplaneResource"_s));
    }

    void anyPathIsReplaced()
    {
        QCOMPARE(bootstrapUrl(QUrl(u"https://cp:5678/some/path?x=1#y"_s)),
                 QUrl(u"https://cp:5678/bootstrap"_s));
    }

    void theBootstrapIsTakenByteForByte()
    {
        const auto outcome = judgeBootstrap({200, answerWith(kYaml), "application/json", {}, {}}, spec());
        QVERIFY(std::holds_alternative<BootstrapReady>(outcome));
        QCOMPARE(std::get<BootstrapReady>(outcome).yaml, kYaml);
        QCOMPARE(std::get<BootstrapReady>(outcome).admin, QUrl(u"http://127.0.0.1:9901"_s));
    }

    void answersAreJudged_data()
    {
        using Answer = HttpAnswer;
        QTest::addColumn<Answer>("answer");
        QTest::addColumn<QString>("kind");  // retry, refused
        QTest::addColumn<QString>("says");
        QTest::newRow("a 404 without a body waits for the Dataplane")
            << Answer{404, "", {}, {}, {}} << u"retry"_s
            << u"waiting for the Dataplane default/web-1 to appear"_s;
        QTest::newRow("a 404 with a body is another server")
            << Answer{404, "404: Page Not Found", {}, {}, {}} << u"retry"_s
            << u"no control plane at this address"_s;
        QTest::newRow("no connection is tried again")
            << Answer{0, {}, {}, u"connection refused"_s, {}} << u"retry"_s << u"connection refused"_s;
        QTest::newRow("a 503 is tried again")
            << Answer{503, "busy", {}, {}, {}} << u"retry"_s << u"503: busy"_s;
        QTest::newRow("a 422 is final and quoted")
            << Answer{422, "networking.address: address can't be empty", "text/plain", {}, {}} << u"refused"_s
            << u"(422): networking.address: address can't be empty"_s;
        QTest::newRow("a 400 is final and quoted")
            << Answer{400, "bad JSON", {}, {}, {}} << u"refused"_s << u"(400): bad JSON"_s;
        QTest::newRow("a missing token is named")
            << Answer{422, "Dataplane Token is required. Generate token using …", {}, {}, {}} << u"refused"_s
            << u"asks for a dataplane token"_s;
        QTest::newRow("a missing mesh is named")
            << Answer{422, R"(mesh: mesh "x" does not exist)", {}, {}, {}} << u"refused"_s
            << u"does not exist"_s;
        QTest::newRow("a certificate that does not match is final")
            << Answer{0, {}, {}, u"handshake failed"_s, u"self-signed"_s} << u"refused"_s
            << u"certificate does not match: self-signed"_s;
        QTest::newRow("HTML is no bootstrap") << Answer{200, "<html>login</html>", "text/html", {}, {}}
                                              << u"refused"_s << u"holds no bootstrap"_s;
        QTest::newRow("JSON without a bootstrap is none")
            << Answer{200, "{}", "application/json", {}, {}} << u"refused"_s << u"holds no bootstrap"_s;
        QTest::newRow("broken base64 is no bootstrap")
            << Answer{200, R"({"bootstrap":"%%%"})", "application/json", {}, {}} << u"refused"_s
            << u"holds no bootstrap"_s;
        QTest::newRow("a pipe for the admin interface is explained")
            << Answer{200,
                      answerWith("admin: {address: {pipe: {path: /run/admin.sock}}}"),
                      "application/json",
                      {},
                      {}}
            << u"refused"_s << u"/run/admin.sock"_s;
        QTest::newRow("a bootstrap without admin is explained")
            << Answer{200, answerWith("node: {id: a.b}"), "application/json", {}, {}} << u"refused"_s
            << u"no admin address"_s;
        QTest::newRow("a bootstrap that is no YAML is explained")
            << Answer{200, answerWith("a: [b"), "application/json", {}, {}} << u"refused"_s << u"no YAML"_s;
    }
    void answersAreJudged()
    {
        QFETCH(HttpAnswer, answer);
        QFETCH(QString, kind);
        QFETCH(QString, says);
        const auto outcome = judgeBootstrap(answer, spec());
        QString text;
        if (const auto *retry = std::get_if<BootstrapRetry>(&outcome)) {
            QCOMPARE(u"retry"_s, kind);
            text = retry->reason;
        } else {
            const auto *refused = std::get_if<BootstrapRefused>(&outcome);
            QVERIFY(refused);
            QCOMPARE(u"refused"_s, kind);
            QVERIFY(!refused->advice.isEmpty());
            text = QString::fromStdString(refused->error.what);
        }
        QVERIFY2(text.contains(says), qPrintable(text));
    }

    void anyAddressBecomesLoopback_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<QUrl>("url");
        QTest::newRow("all of IPv4") << QByteArray("0.0.0.0") << QUrl(u"http://127.0.0.1:9"_s);
        QTest::newRow("all of IPv6") << QByteArray("'::'") << QUrl(u"http://[::1]:9"_s);
        QTest::newRow("one of IPv6") << QByteArray("'::1'") << QUrl(u"http://[::1]:9"_s);
        QTest::newRow("none") << QByteArray("''") << QUrl(u"http://127.0.0.1:9"_s);
    }
    void anyAddressBecomesLoopback()
    {
        QFETCH(QByteArray, address);
        const auto url =
            adminAddressOf("admin: {address: {socketAddress: {address: " + address + ", portValue: 9}}}");
        QVERIFY(url);
        QTEST(*url, "url");
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestBootstrap)
#include "tst_bootstrap_exchange.moc"
