// Tables as files: quoting, data kept as data, and reading in slices while rows come and go.
#include "models/dataplane_table.h"
#include "models/table_export.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "backend/codec/yaml_document.h"

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

SnapshotPtr many(int count, const std::string &prefix = "dp")
{
    std::vector<DataplanePtr> rows;
    for (int i = 0; i < count; ++i)
        rows.push_back(dp(prefix + ("-" + std::to_string(1'000'000 + i).substr(1)))
                           .service("web", {{"version", "v1"}})
                           .online());
    return snapshotOf(rows);
}

QList<int> allColumns()
{
    QList<int> columns;
    for (int i = 0; i < DataplaneTable::ColumnCount; ++i)
        columns << i;
    return columns;
}

}  // namespace

class TestTableExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cellsAreQuoted_data()
    {
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QByteArray>("csv");
        QTest::newRow("plain") << QVariant(u"web"_s) << QByteArray("web");
        QTest::newRow("a comma") << QVariant(u"a,b"_s) << QByteArray("\"a,b\"");
        QTest::newRow("a quote") << QVariant(u"say \"hi\""_s) << QByteArray("\"say \"\"hi\"\"\"");
        QTest::newRow("a line end") << QVariant(u"a\nb"_s) << QByteArray("\"a\nb\"");
        QTest::newRow("a number") << QVariant(7) << QByteArray("7");
        QTest::newRow("a map") << QVariant(QVariantMap{{u"k"_s, u"v"_s}})
                               << QByteArray("\"{\"\"k\"\":\"\"v\"\"}\"");
        QTest::newRow("nothing") << QVariant() << QByteArray("");
    }
    void cellsAreQuoted()
    {
        QFETCH(QVariant, value);
        QFETCH(QByteArray, csv);
        const ExportTable table{{u"Head"_s}, {{value}}};
        QCOMPARE(exportText(table, ExportFormat::Csv), "Head\r\n" + csv + "\r\n");
    }

    void jsonAndYamlKeepDataAndOrder()
    {
        DataplaneTable model;
        model.setSnapshot(many(2));
        const ExportTable table = exportTableOf(model, allColumns());
        const QByteArray json = exportText(table, ExportFormat::Json);
        const QJsonArray rows = QJsonDocument::fromJson(json).array();
        QCOMPARE(rows.size(), 2);
        const QJsonObject first = rows.at(0).toObject();
        QCOMPARE(first.value(u"name"_s).toString(), u"dp-000000"_s);
        QCOMPARE(first.value(u"tagSet"_s).toArray().at(0).toObject().value(u"version"_s).toString(), u"v1"_s);
        QVERIFY(json.indexOf("\"name\"") < json.indexOf("\"address\""));
        const QByteArray yaml = exportText(table, ExportFormat::Yaml);
        const auto back = YamlDocument::parse(yaml.toStdString());
        QVERIFY(back);
        QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(back->json())).array(), rows);
    }

    void emptyTablesAreEmptyLists()
    {
        const ExportTable table{{u"Name"_s, u"Name"_s}, {}};
        QCOMPARE(exportText(table, ExportFormat::Csv), QByteArray("Name,Name\r\n"));
        QCOMPARE(exportText(table, ExportFormat::Json), QByteArray("[]\n"));
        QCOMPARE(exportText(table, ExportFormat::Yaml), QByteArray("[]\n"));
    }

    void theEndingDecides_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("format");
        QTest::newRow("csv") << u"a.csv"_s << int(ExportFormat::Csv);
        QTest::newRow("JSON in capitals") << u"a.JSON"_s << int(ExportFormat::Json);
        QTest::newRow("yml") << u"a.yml"_s << int(ExportFormat::Yaml);
        QTest::newRow("yaml") << u"/tmp/a.b.yaml"_s << int(ExportFormat::Yaml);
        QTest::newRow("none") << u"table"_s << int(ExportFormat::Csv);
    }
    void theEndingDecides()
    {
        QFETCH(QString, path);
        QFETCH(int, format);
        QCOMPARE(int(exportFormatFor(path)), format);
    }

    void aLargeTableIsReadInSlices()
    {
        QTemporaryDir dir;
        DataplaneTable model;
        model.setSnapshot(many(20000));
        const QString path = dir.filePath(u"out.json"_s);
        TableExport job(&model, allColumns(), path, ExportFormat::Json);
        QSignalSpy progress(&job, &TableExport::progress);
        QSignalSpy finished(&job, &TableExport::finished);
        job.start();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30'000);
        QVERIFY(progress.size() > 2);
        QCOMPARE(*finished.first().first().value<Result<int>>(), 20000);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QJsonDocument::fromJson(file.readAll()).array().size(), 20000);
    }

    void rowsThatComeMeanwhileAreInIt()
    {
        QTemporaryDir dir;  // so many rows that no machine reads them in one slice
        DataplaneTable model;
        model.setSnapshot(many(200'000));
        const QString path = dir.filePath(u"out.csv"_s);
        TableExport job(&model, {DataplaneTable::NameColumn}, path, ExportFormat::Csv);
        QSignalSpy finished(&job, &TableExport::finished);
        bool changed = false;
        connect(&job, &TableExport::progress, &model, [&](int rows, int total) {
            if (changed || rows == total)
                return;
            changed = true;
            model.setSnapshot(many(200'001, "ab"));
        });
        job.start();
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30'000);
        QVERIFY(changed);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QCOMPARE(text.count("ab-"), 200'001);
        QCOMPARE(text.count("dp-"), 0);
    }

    void whatCannotBeWrittenIsSaid()
    {
        DataplaneTable model;
        model.setSnapshot(many(3));
        TableExport job(&model, {0}, u"/nowhere/at/all.csv"_s, ExportFormat::Csv);
        QSignalSpy finished(&job, &TableExport::finished);
        job.start();
        QTRY_COMPARE(finished.size(), 1);
        const auto written = finished.first().first().value<Result<int>>();
        QVERIFY(!written);
        QVERIFY(written.error().what.starts_with("the file cannot be written"));
        QCOMPARE(written.error().where, std::string("/nowhere/at/all.csv"));
    }

    void aTableThatGoesEndsIt()
    {
        auto model = std::make_unique<DataplaneTable>();
        model->setSnapshot(many(50000));
        QTemporaryDir dir;
        TableExport job(model.get(), {0, 1, 2}, dir.filePath(u"x.csv"_s), ExportFormat::Csv);
        QSignalSpy finished(&job, &TableExport::finished);
        job.start();
        model.reset();
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(!finished.first().first().value<Result<int>>());
    }
};

QTEST_GUILESS_MAIN(TestTableExport)
#include "tst_table_export.moc"
