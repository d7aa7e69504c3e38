#include "tests/support/qtest_std.h"

#include "backend/codec/api_answers.h"
#include "backend/codec/capabilities_codec.h"
#include "backend/codec/overview_codec.h"
#include "tests/support/mesh_builders.h"

#include <QTest>

using namespace meshscope;
using namespace meshscope::testing;

class TestCodecOverview : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheIndexOfEachEra();
    void refusesWhatIsNoControlPlane_data();
    void refusesWhatIsNoControlPlane();
    void readsMeshes();
    void readsOverviews();
    void readsNumbersAsTextAndTheirAbsence();
    void readsTheOffsetOfTheNextPage_data();
    void readsTheOffsetOfTheNextPage();
    void readsErrorsOfEachKind_data();
    void readsErrorsOfEachKind();
    void readsConfigurationAndTypes();
    void readsWarnings();
};

void TestCodecOverview::readsTheIndexOfEachEra()
{
    VALUE_OR_FAIL(
        now,
        controlPlaneInfoFromJson(
            R"({"hostname":"cp","product":"Kuma","version":"2.9.13","instanceId":"cp-1","clusterId":"","gui":"/gui"})"));
    QCOMPARE(now, (ControlPlaneInfo{"Kuma", "2.9.13", "cp", "cp-1", "", ""}));
    VALUE_OR_FAIL(old, controlPlaneInfoFromJson(R"({"hostname":"cp","tagline":"Kuma","version":"2.0.0"})"));
    QCOMPARE(old.product, std::string("Kuma"));
    VALUE_OR_FAIL(other, controlPlaneInfoFromJson(
                             R"({"product":"Some Mesh","version":"2.9.1","basedOnKuma":"2.9.13"})"));
    QCOMPARE(other.product, std::string("Some Mesh"));
}

void TestCodecOverview::refusesWhatIsNoControlPlane_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("a web page") << QByteArray("\n <!DOCTYPE html>…") << QByteArray("a web page");
    QTest::newRow("nothing") << QByteArray() << QByteArray("not JSON");
    QTest::newRow("another API") << QByteArray(R"({"version":{"number":"8"}})")
                                 << QByteArray("something else answers here");
    QTest::newRow("a list") << QByteArray("[]") << QByteArray("not the index");
    QTest::newRow("half a character")
        << QByteArray(QByteArray(119, 'x') + "\xC3\xA9").repeated(3) << QByteArray("not JSON");
}

void TestCodecOverview::refusesWhatIsNoControlPlane()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, words);
    const auto info = controlPlaneInfoFromJson(body.toStdString());
    QVERIFY(!info);
    QCOMPARE(info.error().code, Error::Code::Invalid);
    QVERIFY2(info.error().what.find(words.toStdString()) != std::string::npos, info.error().what.c_str());
    QVERIFY(info.error().where.size() < 200);
}

void TestCodecOverview::readsMeshes()
{
    VALUE_OR_FAIL(
        page,
        meshesFromJson(
            R"({"total":3,"items":[{"type":"Mesh","name":"b","mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-0","mode":"PERMISSIVE"},{"name":"ca-1"}]}},
        {"type":"Mesh","name":"a","mtls":{"backends":[]}},{"type":"Mesh","name":"c"}],"next":null})"));
    QCOMPARE(page.items.size(), std::size_t(3));
    QCOMPARE(page.items[0].name, std::string("b"));
    QCOMPARE(page.items[0].mtlsBackend, std::string("ca-1"));
    QCOMPARE(page.items[0].mtlsMode, std::string("STRICT"));
    QVERIFY(page.items[0].mtlsEnabled);
    QCOMPARE(page.items[1],
             (MeshInfo{"a", false, {}, {}, R"({"type":"Mesh","name":"a","mtls":{"backends":[]}})", {}}));
    QCOMPARE(page.items[2], (MeshInfo{"c", false, {}, {}, R"({"type":"Mesh","name":"c"})", {}}));
    QCOMPARE(page.total, std::size_t(3));
    QVERIFY(!page.nextOffset);
    QVERIFY(!meshesFromJson(R"({"items":[{}]})"));
    QVERIFY(!meshesFromJson(R"({"items":[5]})"));
    VALUE_OR_FAIL(none, meshesFromJson(R"({"total":0,"items":null})"));
    QVERIFY(none.items.empty());
}

void TestCodecOverview::readsOverviews()
{
    VALUE_OR_FAIL(page, overviewsFromJson(R"({"total":2,"items":[
      {"type":"DataplaneOverview","mesh":"default","name":"web-1","creationTime":"2026-01-02T03:04:05Z","modificationTime":"2026-01-02T03:04:05Z",
       "dataplane":{"networking":{"address":"10.0.0.1","inbound":[{"port":80,"tags":{"kuma.io/service":"web"}},{"port":81,"state":"NotReady","tags":{"kuma.io/service":"web"}}]}},
       "dataplaneInsight":{"subscriptions":[
          {"id":"1","controlPlaneInstanceId":"cp-1","connectTime":"2026-01-02T03:05:05Z","disconnectTime":"2026-01-02T03:06:05Z","status":{"total":{},"cds":{},"eds":{},"lds":{},"rds":{}}},
          {"id":"2","controlPlaneInstanceId":"cp-1","connectTime":"2026-01-02T03:07:05Z","status":{"lastUpdateTime":"2026-01-02T03:08:05Z",
             "total":{"responsesSent":"10","responsesAcknowledged":"9","responsesRejected":"1"},"lds":{"responsesSent":"4","responsesRejected":"1"},
             "lastRejection":{"typeUrl":"type.googleapis.com/envoy.config.listener.v3.Listener","message":"no such cluster","time":"2026-01-02T03:08:05Z","resolvedTime":"2026-01-02T03:09:05Z"}},
             "version":{"kumaDp":{"version":"2.9.13"},"envoy":{"version":"1.34.13","build":"x"},"dependencies":{"coredns":"1.11"}}}],
          "mTLS":{"certificateExpirationTime":"2026-01-02T04:04:05Z","issuedBackend":"ca-1","supportedBackends":["ca-1"]},"metadata":{"any":"thing"}}},
      {"type":"DataplaneOverview","mesh":"default","name":"web-2","dataplane":{"networking":{"address":"10.0.0.2"}}}],"next":null})"));
    QCOMPARE(page.items.size(), std::size_t(2));
    const auto &web = *page.items[0];
    QCOMPARE(web.key(), (ResourceKey{"default", "web-1"}));
    QCOMPARE(web.insight.subscriptions.size(), std::size_t(2));
    QVERIFY(!web.insight.subscriptions[0].isOnline());
    const auto &latest = *web.insight.latest();
    QCOMPARE(latest.id, std::string("2"));
    QCOMPARE(latest.total, (ResponseCounts{10, 9, 1}));
    QCOMPARE(latest.lds, (ResponseCounts{4, 0, 1}));
    QCOMPARE(latest.connectTime, std::optional<TimePoint>(at(3)));
    QCOMPARE(latest.lastUpdateTime, at(4));
    QCOMPARE(latest.kumaDpVersion, std::string("2.9.13"));
    QCOMPARE(latest.envoyVersion, std::string("1.34.13"));
    QVERIFY(latest.lastRejection.has_value());
    QCOMPARE(latest.lastRejection->message, std::string("no such cluster"));
    QCOMPARE(latest.lastRejection->resolved, std::optional<TimePoint>(at(5)));
    QVERIFY(!latest.isRefusing());
    QCOMPARE(web.insight.certificateExpiration, std::optional<TimePoint>(at(60)));
    QCOMPARE(web.status.overall, Health::Degraded);
    QCOMPARE(page.items[1]->status.overall, Health::Unknown);
    QVERIFY(page.items[1]->insight.subscriptions.empty());
}

void TestCodecOverview::readsNumbersAsTextAndTheirAbsence()
{
    VALUE_OR_FAIL(
        page,
        overviewsFromJson(
            R"({"items":[{"mesh":"m","name":"n","dataplaneInsight":{"subscriptions":[{"status":{"total":{"responsesSent":5}}},{}]}}]})"));
    QCOMPARE(page.items[0]->insight.subscriptions[0].total.sent, std::uint64_t(5));
    QVERIFY(!page.items[0]->insight.isOnline());
    QCOMPARE(page.total, std::size_t(1));
    const auto broken = overviewsFromJson(
        R"({"items":[{"mesh":"m","name":"n"},{"mesh":"m","name":"o","dataplaneInsight":{"subscriptions":[{"status":{"cds":{"responsesSent":"many"}}}]}}]})");
    QVERIFY(!broken);
    QCOMPARE(broken.error().where,
             std::string("items[1].dataplaneInsight.subscriptions[0].status.cds.responsesSent"));
}

void TestCodecOverview::readsTheOffsetOfTheNextPage_data()
{
    QTest::addColumn<QByteArray>("next");
    QTest::addColumn<QByteArray>("offset");
    QTest::newRow("the only parameter") << QByteArray("\"http://h/d?offset=100\"") << QByteArray("100");
    QTest::newRow("before others") << QByteArray("\"http://h/d?offset=100&size=100\"") << QByteArray("100");
    QTest::newRow("after others") << QByteArray("\"https://elsewhere/d?name=offset=7&offset=200\"")
                                  << QByteArray("200");
    QTest::newRow("escaped") << QByteArray(R"("http:\/\/h\/d?size=1\u0026offset=3")") << QByteArray("3");
    QTest::newRow("none") << QByteArray("null") << QByteArray();
    QTest::newRow("without a value") << QByteArray("\"http://h/d?offset=\"") << QByteArray();
    QTest::newRow("no query") << QByteArray("\"http://h/d\"") << QByteArray();
}

void TestCodecOverview::readsTheOffsetOfTheNextPage()
{
    QFETCH(QByteArray, next);
    QFETCH(QByteArray, offset);
    VALUE_OR_FAIL(page, overviewsFromJson(R"({"total":5000,"items":[],"next":)" + next.toStdString() + "}"));
    QCOMPARE(page.total, std::size_t(5000));
    QCOMPARE(page.nextOffset.value_or(""), offset.toStdString());
}

void TestCodecOverview::readsErrorsOfEachKind_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("title");
    QTest::addColumn<QByteArray>("detail");
    QTest::addColumn<int>("parameters");
    const auto row = [](const char *name, const QByteArray &body, const QByteArray &type,
                        const QByteArray &title, const QByteArray &detail, int parameters) {
        QTest::newRow(name) << body << type << title << detail << parameters;
    };
    row("now",
        R"({"title":"T","detail":"D","details":"D","invalid_parameters":[{"field":"f","reason":"r"}],"causes":[{"field":"f","message":"r"}]})",
        "application/json", "T", "D", 1);
    row("2.0", R"({"title":"T","details":"D","causes":[{"field":"f","message":"r"}]})", "application/json",
        "T", "D", 1);
    row("without a list", R"({"title":"T","status":404})", "application/json", "T", "", 0);
    row("plain text", "404: Page Not Found", "text/plain", "404: Page Not Found", "", 0);
    row("a web page", "<html><head><title>502 Bad Gateway</title></head></html>", "text/html",
        "502 Bad Gateway", "the answer is a web page; something between here and the control plane sent it",
        0);
    row("nothing", "", "", "", "", 0);
    row("of the wrong shape", R"({"title":5,"invalid_parameters":[1,{"field":2}],"causes":"x"})",
        "application/json", "", "", 1);
}

void TestCodecOverview::readsErrorsOfEachKind()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, title);
    QFETCH(QByteArray, detail);
    QFETCH(int, parameters);
    const auto error = errorBodyFrom(body.toStdString(), type.toStdString());
    QCOMPARE(error.title, title.toStdString());
    QCOMPARE(error.detail, detail.toStdString());
    QCOMPARE(static_cast<int>(error.invalidParameters.size()), parameters);
}

void TestCodecOverview::readsConfigurationAndTypes()
{
    VALUE_OR_FAIL(
        config,
        configFromJson(
            R"({"mode":"zone","environment":"universal","apiServer":{"readOnly":true},"multizone":{"zone":{"name":"east"}}})"));
    QCOMPARE(config, (ConfigInfo{"zone", "universal", "east", {}, true}));
    QVERIFY(!configFromJson("<html>"));
    VALUE_OR_FAIL(
        types,
        typesFromResources(
            R"({"resources":[{"name":"Mesh","path":"meshes","scope":"Global","readOnly":false},{"name":"Dataplane","path":"dataplanes","scope":"Mesh","readOnly":true}]})"));
    QCOMPARE(types.size(), std::size_t(2));
    QCOMPARE(types[0].name, std::string("Dataplane"));
    QVERIFY(types[0].isReadOnly);
    QVERIFY(types[1].isGlobal);
    QVERIFY(!typesFromResources("404: Page Not Found"));
}

void TestCodecOverview::readsWarnings()
{
    QCOMPARE(warningsFromJson(R"({"warnings":["a","b",5]})"), (std::vector<std::string>{"a", "b"}));
    QVERIFY(warningsFromJson("{}").empty());
    QVERIFY(warningsFromJson("").empty());
}

QTEST_GUILESS_MAIN(TestCodecOverview)
#include "tst_codec_overview.moc"
