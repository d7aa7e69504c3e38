#include "tests/support/qtest_std.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/codec/overview_codec.h"
#include "tests/support/mesh_builders.h"

#include <QTest>

using namespace meshscope;
using namespace meshscope::testing;

class TestCodecJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesWhatKumaWouldStore_data();
    void writesWhatKumaWouldStore();
};

void TestCodecJson::writesWhatKumaWouldStore_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("stored");
    QTest::newRow("zero values are left out")
        << QByteArray(R"({"networking":{"address":"","inbound":[{"port":0,"state":"Ready"}]}})")
        << QByteArray(R"({"networking":{"inbound":[{}]}})");
}

void TestCodecJson::writesWhatKumaWouldStore()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, stored);
    VALUE_OR_FAIL(canonical, canonicalDataplane(given.toStdString()));
    QCOMPARE(canonical.json, stored.toStdString());
}

QTEST_GUILESS_MAIN(TestCodecJson)
#include "tst_codec_json.moc"
