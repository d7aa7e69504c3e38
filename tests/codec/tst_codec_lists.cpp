// Lists cut into their items, rows kept between listings, and what a control plane is, out of its own words.
#include "tests/support/qtest_std.h"

#include "backend/codec/capabilities_codec.h"
#include "backend/codec/overview_codec.h"
#include "backend/codec/overview_writer.h"
#include "backend/codec/page_reader.h"
#include "backend/codec/resource_list_codec.h"
#include "tests/support/mesh_builders.h"

#include <QTest>

#include <random>

using namespace meshscope;
using namespace meshscope::testing;

class TestCodecLists : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsLists_data();
    void cutsLists();
    void leavesOtherTextsToTheParser_data();
    void leavesOtherTextsToTheParser();
    void neverReadsPastADamagedList();
    void keepsRowsWhoseTextIsTheSame();
    void saysWhatASelectorSelects_data();
    void saysWhatASelectorSelects();
    void tellsVersions_data();
    void tellsVersions();
    void tellsModes_data();
    void tellsModes();
    void writesWhatItReads();
    void writesTimes();
};

void TestCodecLists::cutsLists_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QList<QByteArray>>("items");
    QTest::newRow("none") << QByteArray(R"({"total":0,"items":[],"next":null})") << QList<QByteArray>{};
    QTest::newRow("one") << QByteArray(R"({"items":[{"a":1}]})") << QList<QByteArray>{R"({"a":1})"};
    QTest::newRow("blanks everywhere")
        << QByteArray(" {\n \"items\" : [ {\"a\" : 1} ,\t{} ] , \"total\" : 2 }\n ")
        << QList<QByteArray>{R"({"a" : 1})", "{}"};
    QTest::newRow("brackets in strings") << QByteArray(R"({"items":[{"a":"]}[{\"\\"},{"b":"\\\""}]})")
                                         << QList<QByteArray>{R"({"a":"]}[{\"\\"})", R"({"b":"\\\""})"};
    QTest::newRow("nested items") << QByteArray(R"({"other":{"items":[{"x":1}]},"items":[{"items":[{}]}]})")
                                  << QList<QByteArray>{R"({"items":[{}]})"};
}

void TestCodecLists::cutsLists()
{
    QFETCH(QByteArray, json);
    QFETCH(QList<QByteArray>, items);
    const std::string text = json.toStdString();
    const auto cut = cutList(text);
    QVERIFY(cut.has_value());
    QCOMPARE(cut->items.size(), static_cast<std::size_t>(items.size()));
    for (int i = 0; i < items.size(); ++i)
        QCOMPARE(std::string(cut->items[static_cast<std::size_t>(i)]), items[i].toStdString());
}

void TestCodecLists::leavesOtherTextsToTheParser_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text :
         {"", "null", "[]", "{", "{\"items\":", "{\"items\":[", "{\"items\":[{}", "{\"items\":[{}}",
          "{\"total\":1}", "{\"items\":[5]}", "{\"items\":[{},]}", "{\"items\":[{}{}]}", "{\"items\":[]}x",
          "{\"items\":[],}", "{\"items\":[],\"items\":[]}", "{items:[]}", "{\"items\":[{\"a\":\"\n\"}]}",
          "<html>"})
        QTest::newRow(text) << QByteArray(text);
}

void TestCodecLists::leavesOtherTextsToTheParser()
{
    QFETCH(QByteArray, text);
    const std::string json = text.toStdString();
    QVERIFY(!cutList(json));
    // And the reader of lists still gives an answer, most often an error.
    (void)overviewsFromJson(json, {});
}

void TestCodecLists::neverReadsPastADamagedList()
{
    const std::string whole =
        R"({"total":2,"items":[{"type":"DataplaneOverview","mesh":"m","name":"a","dataplane":{"networking":{"address":"1"}}},{"mesh":"m","name":"b \" ] } \\"}],"next":"http://x/y?offset=2\u0026size=1"})";
    VALUE_OR_FAIL(page, overviewsFromJson(whole));
    QCOMPARE(page.items.size(), std::size_t(2));
    QCOMPARE(page.nextOffset, std::optional<std::string>("2"));
    for (std::size_t length = 0; length < whole.size(); ++length)
        QVERIFY2(!overviewsFromJson(whole.substr(0, length)), std::to_string(length).c_str());
    std::minstd_rand random(7);
    int read = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string damaged = whole;
        for (int change = 0; change < 3; ++change)
            damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        read += overviewsFromJson(damaged) ? 1 : 0;
    }
    QVERIFY(read > 0);
}

void TestCodecLists::keepsRowsWhoseTextIsTheSame()
{
    const std::string a = overviewJson(*dp("a").service("web").online().row());
    const std::string b = overviewJson(*dp("b").service("web").online().row());
    const std::string changed = overviewJson(*dp("b").service("web").offline().row());
    const auto listOf = [](const std::string &x, const std::string &y) {
        return R"({"total":2,"items":[)" + x + "," + y + R"(],"next":null})";
    };
    VALUE_OR_FAIL(first, overviewsFromJson(listOf(a, b), {}));
    KnownRows<DataplaneOverview> known;
    for (const auto &item : first.items)
        known[item.fingerprint] = item.row;
    VALUE_OR_FAIL(second, overviewsFromJson(listOf(a, changed), known));
    QCOMPARE(second.items[0].row, first.items[0].row);
    QVERIFY(second.items[1].row != first.items[1].row);
    QCOMPARE(second.items[1].row->status.overall, Health::Offline);
}

void TestCodecLists::saysWhatASelectorSelects_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, const char *body, const char *words) {
        QTest::newRow(name) << QByteArray(R"({"type":"T","mesh":"m","name":"n",)") + body + "}"
                            << QByteArray(words);
    };
    row("all", R"("spec":{"targetRef":{"kind":"Mesh"}})", "Mesh");
    row("no reference", R"("spec":{"to":[]})", "Mesh");
    row("tags", R"("spec":{"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}}})", "MeshSubset a=b");
    row("a service and its port",
        R"("spec":{"targetRef":{"kind":"MeshService","name":"web","sectionName":"http"}})",
        "MeshService web [http]");
    row("labels", R"("spec":{"targetRef":{"kind":"Dataplane","labels":{"app":"web"}}})", "Dataplane app=web");
    row("sources and destinations",
        R"("sources":[{"match":{"kuma.io/service":"web","v":"1"}}],"destinations":[{"match":{"kuma.io/service":"db"}},{"match":{"kuma.io/service":"*"}}])",
        "web v=1 → db, *");
    row("selectors", R"("selectors":[{"match":{"kuma.io/service":"*"}}])", "*");
    row("a MeshService by tags", R"("spec":{"selector":{"dataplaneTags":{"app":"web"}}})", "app=web");
    row("a MeshService by labels", R"("spec":{"selector":{"dataplaneLabels":{"matchLabels":{"app":"web"}}}})",
        "app=web");
    row("nothing", R"("spec":{})", "");
}

void TestCodecLists::saysWhatASelectorSelects()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, words);
    VALUE_OR_FAIL(record, resourceFromJson(json.toStdString()));
    QCOMPARE(record.targetRef, words.toStdString());
    QCOMPARE(record.key, (ResourceKey{"m", "n"}));
}

void TestCodecLists::tellsVersions_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("major");  // 0 = none
    QTest::addColumn<int>("minor");
    QTest::newRow("a release") << QByteArray("2.9.13") << 2 << 9;
    QTest::newRow("with a letter") << QByteArray("v3.0.0") << 3 << 0;
    QTest::newRow("a candidate") << QByteArray("2.10.0-rc1") << 2 << 10;
    QTest::newRow("a preview") << QByteArray("0.0.0-preview.v1a2b") << 0 << 0;
    QTest::newRow("unknown") << QByteArray("unknown") << 0 << 0;
    QTest::newRow("nothing") << QByteArray() << 0 << 0;
    QTest::newRow("half") << QByteArray("2.") << 0 << 0;
}

void TestCodecLists::tellsVersions()
{
    QFETCH(QByteArray, text);
    QFETCH(int, major);
    QFETCH(int, minor);
    const auto version = kumaVersionFrom(text.toStdString());
    QCOMPARE(version.has_value(), major != 0);
    if (version) {
        QCOMPARE(version->major, major);
        QCOMPARE(version->minor, minor);
    }
}

void TestCodecLists::tellsModes_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<int>("mode");
    QTest::addColumn<QByteArray>("dataplane");  // why it cannot be written
    QTest::addColumn<QByteArray>("mesh");
    QTest::newRow("a zone") << QByteArray(R"({"mode":"zone","environment":"universal"})")
                            << static_cast<int>(ControlPlaneMode::Zone)
                            << QByteArray("this control plane says that it takes no Dataplane")
                            << QByteArray("this control plane says that it takes no Mesh");
    QTest::newRow("before 2.7") << QByteArray(R"({"mode":"standalone","environment":"universal"})")
                                << static_cast<int>(ControlPlaneMode::Zone)
                                << QByteArray("this control plane says that it takes no Dataplane")
                                << QByteArray("this control plane says that it takes no Mesh");
    QTest::newRow("a zone with a global control plane") << QByteArray(
        R"({"mode":"zone","environment":"universal","multizone":{"zone":{"globalAddress":"grpcs://g"}}})")
                                                        << static_cast<int>(ControlPlaneMode::FederatedZone)
                                                        << QByteArray("this control plane says that it takes "
                                                                      "no Dataplane")
                                                        << QByteArray("this zone gets every Mesh from its "
                                                                      "global control plane; write it there");
    QTest::newRow("global") << QByteArray(R"({"mode":"global","environment":"universal"})")
                            << static_cast<int>(ControlPlaneMode::Global)
                            << QByteArray(
                                   "a global control plane takes no Dataplane; write it on the control "
                                   "plane of its zone")
                            << QByteArray("this control plane says that it takes no Mesh");
    QTest::newRow("Kubernetes") << QByteArray(R"({"mode":"zone","environment":"kubernetes"})")
                                << static_cast<int>(ControlPlaneMode::Zone)
                                << QByteArray(
                                       "this control plane runs on Kubernetes and takes no writes through "
                                       "its API; use kubectl")
                                << QByteArray(
                                       "this control plane runs on Kubernetes and takes no writes through "
                                       "its API; use kubectl");
}

void TestCodecLists::tellsModes()
{
    QFETCH(QByteArray, config);
    QFETCH(int, mode);
    QFETCH(QByteArray, dataplane);
    QFETCH(QByteArray, mesh);
    VALUE_OR_FAIL(read, configFromJson(config.toStdString()));
    VALUE_OR_FAIL(
        types,
        typesFromResources(
            R"({"resources":[{"name":"Mesh","path":"meshes","scope":"Global","readOnly":true},{"name":"Dataplane","path":"dataplanes","scope":"Mesh","readOnly":true},{"name":"Timeout","path":"timeouts","scope":"Mesh","readOnly":false},{"name":"TrafficRoute","path":"a/b","scope":"Mesh"}]})"));
    QCOMPARE(types.size(), std::size_t(3));  // a path with a slash is none
    const auto plane = capabilitiesFrom("2.9.1", read, types, true);
    QCOMPARE(static_cast<int>(plane.mode), mode);
    QCOMPARE(plane.readOnlyReason("Dataplane"), dataplane.toStdString());
    QCOMPARE(plane.readOnlyReason("Mesh"), mesh.toStdString());
    QCOMPARE(plane.readOnlyReason("Timeout"), std::string());
}

void TestCodecLists::writesWhatItReads()
{
    for (const auto &row :
         {dp("a").service("web", {{"v", "1"}}).notReady().calls("db").online().acks(9, 8, 1).row(),
          dp("b").gateway("edge", Gateway::Type::Builtin).label("team", "blue").offline().row(),
          dp("c").adminPort(9902).rejected("type.googleapis.com/x", "no \"such\" thing").row()}) {
        const std::string json = R"({"items":[)" + overviewJson(*row) + "]}";
        VALUE_OR_FAIL(page, overviewsFromJson(json));
        QVERIFY2(*page.items.at(0) == *row, json.c_str());
    }
}

void TestCodecLists::writesTimes()
{
    QCOMPARE(rfc3339From(TimePoint{}), std::string("1970-01-01T00:00:00Z"));
    QCOMPARE(rfc3339From(at(0)), std::string("2026-01-02T03:04:05Z"));
    QCOMPARE(rfc3339From(at(0) + std::chrono::milliseconds(7)), std::string("2026-01-02T03:04:05.007Z"));
}

QTEST_GUILESS_MAIN(TestCodecLists)
#include "tst_codec_lists.moc"
