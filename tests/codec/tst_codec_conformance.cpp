// Reads what real control planes answered (MESHSCOPE_CONFORMANCE, else ../shared/conformance beside the
// source). Skipped by name where there are no recordings.
#include "tests/support/qtest_std.h"

#include "backend/codec/api_answers.h"
#include "backend/codec/capabilities_codec.h"
#include "backend/codec/overview_codec.h"
#include "backend/codec/resource_list_codec.h"
#include "backend/codec/yaml_document.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QTest>

using namespace meshscope;
using Json = nlohmann::ordered_json;

class TestCodecConformance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheIndexAndWhatMayBeWritten_data() { eras(); }
    void readsTheIndexAndWhatMayBeWritten();
    void readsEveryListOfDataplanes_data() { eras(); }
    void readsEveryListOfDataplanes();
    void readsEveryOtherList_data() { eras(); }
    void readsEveryOtherList();
    void readsEveryError_data() { eras(); }
    void readsEveryError();
    void writesEveryResourceAsYaml_data() { eras(); }
    void writesEveryResourceAsYaml();

private:
    static void eras();
    static QDir folder();
};

namespace {

Json load(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? Json::parse(file.readAll().toStdString(), nullptr, false)
                                          : Json();
}

// The JSON body of a recorded answer; null when it has none.
Json bodyOf(const Json &recording)
{
    if (!recording.is_object() || !recording.contains("response"))
        return {};
    const auto &response = recording["response"];
    return response.contains("body") && response["body"].is_object() && response["body"].contains("json")
               ? response["body"]["json"]
               : Json();
}

QStringList recordingsIn(const QDir &scenario)
{
    QStringList paths;
    const auto names = scenario.entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name);
    for (const auto &name : names) {
        if (!name.startsWith(QLatin1Char('_')))
            paths << scenario.filePath(name);
    }
    return paths;
}

}  // namespace

QDir TestCodecConformance::folder()
{
    QFETCH(QString, version);
    const QString set = qEnvironmentVariable("MESHSCOPE_CONFORMANCE");
    const QString root = set.isEmpty() ? QStringLiteral(MESHSCOPE_SOURCE_DIR "/../shared/conformance") : set;
    return QDir(root + QStringLiteral("/recordings/") + version);
}

void TestCodecConformance::eras()
{
    QTest::addColumn<QString>("version");
    for (const char *version : {"2.9.13", "2.14.3", "3.0-dev"})
        QTest::newRow(version) << QString::fromUtf8(version);
}

#define SKIP_WITHOUT(dir)                                                                                    \
    if (!(dir).exists())                                                                                     \
    QSKIP("no recordings of control planes here (MESHSCOPE_CONFORMANCE)")

void TestCodecConformance::readsTheIndexAndWhatMayBeWritten()
{
    const QDir dir(folder().filePath(QStringLiteral("index")));
    SKIP_WITHOUT(dir);
    VALUE_OR_FAIL(info,
                  controlPlaneInfoFromJson(bodyOf(load(dir.filePath(QStringLiteral("index.json")))).dump()));
    QCOMPARE(info.product, std::string("Kuma"));
    VALUE_OR_FAIL(config, configFromJson(bodyOf(load(dir.filePath(QStringLiteral("config.json")))).dump()));
    QCOMPARE(config.mode, std::string("zone"));
    QCOMPARE(config.environment, std::string("universal"));
    VALUE_OR_FAIL(types,
                  typesFromResources(bodyOf(load(dir.filePath(QStringLiteral("resources.json")))).dump()));
    // The recorded programs carried no version: the types alone have to tell the era.
    const auto plane = capabilitiesFrom(info.version, config, types, true);
    QFETCH(QString, version);
    QCOMPARE(plane.era, version.startsWith(QLatin1String("2.9"))    ? KumaEra::V2_9
                        : version.startsWith(QLatin1String("2.14")) ? KumaEra::V2_14
                                                                    : KumaEra::V3_0);
    QCOMPARE(plane.mode, ControlPlaneMode::Zone);
    QCOMPARE(plane.environment, ControlPlaneEnvironment::Universal);
    QCOMPARE(plane.zone, std::string("default"));
    QCOMPARE(plane.readOnlyReason("Dataplane"), std::string());
    QCOMPARE(plane.readOnlyReason("DataplaneInsight"),
             std::string("insights are written by the control plane itself"));
    QCOMPARE(plane.has("TrafficPermission"), plane.era != KumaEra::V3_0);
    QCOMPARE(plane.overviews.zoneIngresses,
             std::string(plane.era == KumaEra::V2_9    ? "/zone-ingresses/_overview"
                         : plane.era == KumaEra::V2_14 ? "/zoneingresses/_overview"
                                                       : ""));
    VALUE_OR_FAIL(meshes,
                  meshesFromJson(bodyOf(load(folder().filePath(QStringLiteral("meshes/list.json")))).dump()));
    QVERIFY(!meshes.items.empty());
}

void TestCodecConformance::readsEveryListOfDataplanes()
{
    SKIP_WITHOUT(folder());
    std::size_t lists = 0, rows = 0;
    for (const char *scenario : {"dataplanes", "lists", "insights", "inspect"}) {
        for (const auto &path : recordingsIn(QDir(folder().filePath(QString::fromUtf8(scenario))))) {
            const Json body = bodyOf(load(path));
            if (!body.is_object() || !body.contains("items") || body["items"].empty()
                || body["items"][0].value("type", "") != "DataplaneOverview")
                continue;
            const auto page = overviewsFromJson(body.dump());
            QVERIFY2(page.has_value(),
                     (path.toStdString() + ": " + (page ? "" : page.error().where + " " + page.error().what))
                         .c_str());
            QCOMPARE(page->items.size(), body["items"].size());
            QCOMPARE(page->total, body["total"].get<std::size_t>());
            QCOMPARE(page->nextOffset.has_value(), !body["next"].is_null());
            for (std::size_t i = 0; i < page->items.size(); ++i)
                QCOMPARE(page->items[i]->key().name, body["items"][i]["name"].get<std::string>());
            ++lists;
            rows += page->items.size();
        }
    }
    qInfo("%zu lists, %zu dataplanes", lists, rows);
    QVERIFY(lists > 3);
}

void TestCodecConformance::readsEveryOtherList()
{
    SKIP_WITHOUT(folder());
    std::map<std::string, std::size_t> rows;
    const auto scenarios = folder().entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const auto &scenario : scenarios) {
        for (const auto &path : recordingsIn(QDir(scenario.filePath()))) {
            const Json body = bodyOf(load(path));
            if (!body.is_object() || !body.contains("items") || !body["items"].is_array()
                || body["items"].empty() || !body["items"][0].contains("type")
                || !body["items"][0].contains("name"))
                continue;
            const auto type = body["items"][0]["type"].get<std::string>();
            const auto text = body.dump();
            const auto size = body["items"].size();
            if (type == "ZoneOverview") {
                VALUE_OR_FAIL(page, zonesFromJson(text));
                QCOMPARE(page.items.size(), size);
            } else if (type == "ZoneIngressOverview" || type == "ZoneEgressOverview") {
                VALUE_OR_FAIL(page, zoneProxiesFromJson(text));
                QCOMPARE(page.items.size(), size);
                QCOMPARE(page.items[0].type + "Overview", type);
                QCOMPARE(page.items[0].zone, std::string("default"));
                QVERIFY(page.items[0].port != 0);
            } else if (type == "ServiceInsight") {
                VALUE_OR_FAIL(page, serviceInsightsFromJson(text));
                QCOMPARE(page.items.size(), size);
                QVERIFY(!page.items[0].status.empty());
            } else if (type == "MeshInsight") {
                VALUE_OR_FAIL(page, meshInsightsFromJson(text));
                QCOMPARE(page.items.size(), size);
            } else if (type != "DataplaneOverview") {
                VALUE_OR_FAIL(page, resourcesFromJson(text, type, {}));
                QCOMPARE(page.items.size(), size);
                for (std::size_t i = 0; i < size; ++i) {
                    QCOMPARE(page.items[i].row->key.name, body["items"][i]["name"].get<std::string>());
                    QCOMPARE(page.items[i].row->json, body["items"][i].dump());
                    if (type.starts_with("Mesh") && body["items"][i].contains("spec")
                        && body["items"][i]["spec"].contains("to"))
                        QVERIFY2(!page.items[i].row->targetRef.empty(), path.toUtf8().constData());
                }
                KnownRows<ResourceRecord> known;
                for (const auto &item : page.items)
                    known[item.fingerprint] = item.row;
                VALUE_OR_FAIL(again, resourcesFromJson(text, type, known));
                for (std::size_t i = 0; i < size; ++i)
                    QCOMPARE(again.items[i].row, page.items[i].row);
            }
            rows[type] += size;
        }
    }
    for (const auto &[type, count] : rows)
        qInfo("%s: %zu", type.c_str(), count);
    QVERIFY(rows.size() > 5);
}

void TestCodecConformance::readsEveryError()
{
    SKIP_WITHOUT(folder());
    int errors = 0;
    const auto scenarios = folder().entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const auto &scenario : scenarios) {
        for (const auto &path : recordingsIn(QDir(scenario.filePath()))) {
            const Json body = bodyOf(load(path));
            if (!body.is_object() || body.value("type", Json()) != "/std-errors")
                continue;
            const auto error = errorBodyFrom(body.dump(), "application/json");
            QVERIFY2(!error.title.empty(), path.toUtf8().constData());
            QCOMPARE(error.detail, body.value("detail", std::string()));
            QCOMPARE(error.invalidParameters.size(),
                     body.contains("invalid_parameters") ? body["invalid_parameters"].size() : 0);
            ++errors;
        }
    }
    qInfo("%d errors", errors);
    QVERIFY(errors > 100);
}

void TestCodecConformance::writesEveryResourceAsYaml()
{
    SKIP_WITHOUT(folder());
    int resources = 0;
    const auto scenarios = folder().entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const auto &scenario : scenarios) {
        for (const auto &path : recordingsIn(QDir(scenario.filePath()))) {
            Json body = bodyOf(load(path));
            if (!body.is_object() || body.empty())
                continue;
            const auto yaml = yamlFromJson(body.dump());
            QVERIFY2(yaml.has_value(), path.toUtf8().constData());
            const auto back = YamlDocument::parse(*yaml);
            QVERIFY2(back.has_value(),
                     (path.toStdString() + ": " + (back ? "" : back.error().message)).c_str());
            for (const char *member : {"creationTime", "modificationTime", "kri"})
                body.erase(member);
            QVERIFY2(nlohmann::json::parse(back->json()) == nlohmann::json::parse(body.dump()),
                     path.toUtf8().constData());
            ++resources;
        }
    }
    qInfo("%d answers", resources);
    QVERIFY(resources > 300);
}

QTEST_GUILESS_MAIN(TestCodecConformance)
#include "tst_codec_conformance.moc"
