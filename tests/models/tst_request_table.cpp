#include "models/request_table.h"

#include "tests/support/fake_mesh_source.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

RequestRecord record(const QString &method, const QString &url, int status = 200)
{
    RequestRecord made;
    made.started = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5));
    made.method = method;
    made.url = QUrl(url);
    made.status = status;
    made.milliseconds = 12;
    made.bytes = 3456;
    return made;
}

}  // namespace

class TestRequestTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void kumactlSaysTheSame_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("command");
        QTest::newRow("the index") << "GET"
                                   << "/"
                                   << "kumactl version";
        QTest::newRow("meshes") << "GET"
                                << "/meshes"
                                << "kumactl get meshes";
        QTest::newRow("overviews") << "GET"
                                   << "/meshes/default/dataplanes/_overview?size=100"
                                   << "kumactl inspect dataplanes --mesh default";
        QTest::newRow("dataplanes") << "GET"
                                    << "/meshes/default/dataplanes"
                                    << "kumactl get dataplanes --mesh default";
        QTest::newRow("one dataplane") << "GET"
                                       << "/meshes/default/dataplanes/web-1"
                                       << "kumactl get dataplane web-1 --mesh default -o yaml";
        QTest::newRow("its configuration")
            << "GET"
            << "/meshes/default/dataplanes/web-1/xds"
            << "kumactl inspect dataplane web-1 --mesh default --type=config-dump";
        QTest::newRow("a write") << "PUT"
                                 << "/meshes/default/dataplanes/web-1"
                                 << "kumactl apply -f web-1.yaml";
        QTest::newRow("a removal") << "DELETE"
                                   << "/meshes/m/dataplanes/web-1"
                                   << "kumactl delete dataplane web-1 --mesh m";
        QTest::newRow("a mesh that needs quotes") << "GET"
                                                  << "/meshes/a b/dataplanes"
                                                  << "kumactl get dataplanes --mesh 'a b'";
        QTest::newRow("what kumactl has no word for") << "GET"
                                                      << "/_resources"
                                                      << "";
        QTest::newRow("nor for a write to the index") << "POST"
                                                      << "/"
                                                      << "";
    }

    void kumactlSaysTheSame()
    {
        QFETCH(QString, method);
        QFETCH(QString, path);
        QTEST(kumactlEquivalent(record(method, u"http://127.0.0.1:5681"_s + path)), "command");
    }

    void curlSaysTheSameAndNothingSecret_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("command");
        QTest::newRow("a read") << "GET"
                                << "http://h:1/meshes"
                                << "curl 'http://h:1/meshes'";
        QTest::newRow("a write")
            << "PUT"
            << "http://h:1/meshes/m"
            << "curl -X PUT -H 'content-type: application/json' --data @body.json 'http://h:1/meshes/m'";
        QTest::newRow("a user in the address is left out") << "GET"
                                                           << "https://me:pass@h/x"
                                                           << "curl 'https://h/x'";
        QTest::newRow("a token in the query is blotted out")
            << "GET"
            << "http://h/x?size=1&access_token=abc"
            << "curl 'http://h/x?size=1&access_token=%E2%80%A6'";
        QTest::newRow("an apostrophe does not end the quotes") << "GET"
                                                               << "http://h/it's"
                                                               << "curl 'http://h/it'\\''s'";
    }

    void curlSaysTheSameAndNothingSecret()
    {
        QFETCH(QString, method);
        QFETCH(QString, url);
        QTEST(curlEquivalent(record(method, url)), "command");
    }

    void followsASource()
    {
        RequestTable table;
        QAbstractItemModelTester tester(&table, kMode);
        FakeMeshSource source;
        source.setDisplayName(u"prod"_s);
        table.follow(&source);
        source.record(record(u"GET"_s, u"http://me:pass@127.0.0.1:5681/meshes?size=10"_s));
        auto failed = record(u"PUT"_s, u"http://127.0.0.1:5681/meshes/m"_s, 0);
        failed.error = u"connection refused"_s;
        source.record(failed);
        QCOMPARE(table.rowCount(), 2);
        const auto at = [&](int row, int column, int role = Qt::DisplayRole) {
            return table.index(row, column).data(role);
        };
        QCOMPARE(at(0, RequestTable::StartedColumn).toString(), u"03:04:05.000"_s);
        QCOMPARE(at(0, RequestTable::SourceColumn).toString(), u"prod"_s);
        QCOMPARE(at(0, RequestTable::PathColumn).toString(), u"/meshes?size=10"_s);
        QCOMPARE(at(0, RequestTable::StatusColumn).toString(), u"200"_s);
        QCOMPARE(at(1, RequestTable::StatusColumn).toString(), u"no answer"_s);
        QCOMPARE(at(1, RequestTable::StatusColumn, HealthRole).value<Health>(), Health::Offline);
        QCOMPARE(at(1, 0, RequestTable::ErrorRole).toString(), u"connection refused"_s);
        for (int role :
             {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(SearchTextRole), int(RequestTable::CurlRole)})
            QVERIFY(!at(0, RequestTable::PathColumn, role).toString().contains(u"pass"_s));
    }

    void isBounded()
    {
        RequestTable table;
        const auto appendMany = [&table](int first, int last) {
            for (int i = first; i < last; ++i)
                table.append(record(u"GET"_s, u"http://h/%1"_s.arg(i)));
        };
        appendMany(0, RequestTable::kCapacity - 1);
        QAbstractItemModelTester tester(&table, kMode);  // from here on: it looks at every row each time
        appendMany(RequestTable::kCapacity - 1, RequestTable::kCapacity + 25);
        QCOMPARE(table.rowCount(), RequestTable::kCapacity);
        QCOMPARE(table.index(0, RequestTable::PathColumn).data().toString(), u"/25"_s);
        table.clear();
        QCOMPARE(table.rowCount(), 0);
    }
};

QTEST_GUILESS_MAIN(TestRequestTable)
#include "tst_request_table.moc"
