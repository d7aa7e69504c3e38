#include "backend/sidecar/bootstrap.h"

#include <QDirIterator>
#include <QFile>
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
        BootstrapFacts facts;
        facts.envoyVersion = u"1.39.3"_s;
        facts.workdir = u"/run/ms-1"_s;
        const auto body = QJsonDocument::fromJson(bootstrapRequest(given, facts)).object();
        QCOMPARE(body[u"mesh"_s].toString(), u"default"_s);
        QCOMPARE(body[u"name"_s].toString(), u"web-1"_s);
        QCOMPARE(body[u"proxyType"_s].toString(), u"dataplane"_s);
        QCOMPARE(body[u"dataplaneToken"_s].toString(), u"a.b.c"_s);
        QCOMPARE(body[u"dataplaneResource"_s].toString(), uR"({"type":"Dataplane"})"_s);
        QCOMPARE(body[u"caCert"_s].toString(), u"PEM"_s);
        QCOMPARE(body[u"workdir"_s].toString(), u"/run/ms-1"_s);
        QCOMPARE(body[u"version"_s][u"envoy"_s][u"version"_s].toString(), u"1.39.3"_s);
        QCOMPARE(body[u"features"_s].toArray(), QJsonArray{u"feature-tcp-accesslog-via-named-pipe"_s});
        for (const auto &absent :
             {u"readinessPort"_s, u"dnsPort"_s, u"appProbeProxyDisabled"_s, u"dataplaneTokenPath"_s})
            QVERIFY2(!body.contains(absent), qPrintable(absent));

        const auto plain = QJsonDocument::fromJson(bootstrapRequest(spec(), {})).object();
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

    void anAdminInterfaceMayBeOnAUnixSocket()
    {
        const auto outcome = judgeBootstrap(
            {200, answerWith("admin: {address: {pipe: {path: /run/a b.sock}}}"), "application/json", {}, {}},
            spec());
        QVERIFY(std::holds_alternative<BootstrapReady>(outcome));
        const auto admin = std::get<BootstrapReady>(outcome).admin;
        QCOMPARE(admin.scheme(), u"unix"_s);
        QCOMPARE(admin.path(), u"/run/a b.sock"_s);
    }

    void theRequestNamesItsPorts()
    {
        auto given = spec();
        given.proxyType = u"ingress"_s;
        given.dns.isEmbeddedProtocol = true;
        given.metricsCertPath = u"/c"_s;
        given.maxMemoryBytes = 7;
        given.ipv6Enabled = false;
        BootstrapFacts facts;
        facts.tokenPath = u"/run/token"_s;
        facts.readinessPort = 9902;
        facts.dnsPort = 15053;
        const auto body = QJsonDocument::fromJson(bootstrapRequest(given, facts)).object();
        QCOMPARE(body[u"readinessPort"_s].toInt(), 9902);
        QCOMPARE(body[u"dnsPort"_s].toInt(), 15053);
        QCOMPARE(body[u"dataplaneTokenPath"_s].toString(), u"/run/token"_s);
        QCOMPARE(body[u"proxyType"_s].toString(), u"ingress"_s);
        QCOMPARE(body[u"metricsResources"_s][u"certPath"_s].toString(), u"/c"_s);
        QCOMPARE(body[u"resources"_s][u"maxHeapSizeBytes"_s].toInt(), 7);
        QCOMPARE(body[u"ipv6Enabled"_s].toBool(), false);
        QVERIFY(body[u"features"_s].toArray().contains(u"feature-embedded-dns"_s));
    }

    void anAdminPortIsAddedOnlyWhereNoneIs()
    {
        QVERIFY(!hasAdminPort(R"({"networking":{"address":"127.0.0.1"}})"));
        QVERIFY(hasAdminPort(R"({"networking":{"admin":{"port":9901}}})"));
        const auto text = withAdminPort(R"({"name":"a","networking":{"address":"127.0.0.1"}})", 23456);
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
        QCOMPARE(json[u"networking"_s][u"admin"_s][u"port"_s].toInt(), 23456);
        QCOMPARE(json[u"networking"_s][u"address"_s].toString(), u"127.0.0.1"_s);
    }

    // What real control planes sent to a real kuma-dp, wrapped as they wrap it.
    void recordedBootstrapsAreTakenByteForByte()
    {
        const QString set = qEnvironmentVariable("MESHSCOPE_CONFORMANCE");
        const QString root =
            set.isEmpty() ? QStringLiteral(MESHSCOPE_SOURCE_DIR "/../shared/conformance") : set;
        QDirIterator files(root + u"/recordings"_s, {u"bootstrap-*.json"_s}, QDir::Files,
                           QDirIterator::Subdirectories);
        int count = 0;
        int onSockets = 0;
        int withoutCoreDns = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QJsonObject recorded = QJsonDocument::fromJson(file.readAll()).object();
            QJsonObject body = recorded[u"response"_s][u"body"_s].toObject();
            const QJsonObject bootstrap = body[u"bootstrap"_s].toObject();
            if (bootstrap.isEmpty())
                continue;
            const QByteArray yaml =
                QJsonDocument(bootstrap.begin().value().toObject()).toJson(QJsonDocument::Indented);
            body[u"bootstrap"_s] = QString::fromLatin1(yaml.toBase64());
            const auto outcome =
                judgeBootstrap({200, QJsonDocument(body).toJson(), "application/json", {}, {}}, spec());
            QVERIFY2(std::holds_alternative<BootstrapReady>(outcome), qPrintable(file.fileName()));
            const auto &ready = std::get<BootstrapReady>(outcome);
            QCOMPARE(ready.yaml, yaml);
            const bool isSocket = ready.admin.scheme() == u"unix"_s;
            QVERIFY2(isSocket ? ready.admin.path().endsWith(u"kuma-envoy-admin.sock"_s)
                              : ready.admin.port() > 0,
                     qPrintable(file.fileName()));
            onSockets += isSocket ? 1 : 0;
            QCOMPARE(ready.knowsCoreDns, !file.fileName().contains(u"/3.0-dev/"_s));
            withoutCoreDns += ready.knowsCoreDns ? 0 : 1;
            ++count;
        }
        if (count == 0)
            QSKIP("no recordings of control planes here (MESHSCOPE_CONFORMANCE)");
        QVERIFY(onSockets > 0 && onSockets < count && withoutCoreDns > 0);
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
