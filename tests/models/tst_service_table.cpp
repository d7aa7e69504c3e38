#include "models/query_filter.h"
#include "models/service_table.h"

#include "models/focus.h"
#include "tests/models/random_mesh.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

QStringList column(const QAbstractItemModel &model, int column)
{
    QStringList found;
    for (int row = 0; row < model.rowCount(); ++row)
        found += model.index(row, column).data().toString();
    return found;
}

}  // namespace

class TestServiceTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheHelloMesh()
    {
        ServiceTable table;
        QAbstractItemModelTester tester(&table, kMode);
        table.setSnapshot(helloMesh());
        QCOMPARE(column(table, ServiceTable::NameColumn), (QStringList{u"backend"_s, u"web"_s}));
        QCOMPARE(column(table, ServiceTable::DataplanesColumn), (QStringList{u"2 of 2"_s, u"1 of 1"_s}));
        QCOMPARE(column(table, ServiceTable::ProtocolsColumn), (QStringList{u"http"_s, u"http"_s}));
        QCOMPARE(column(table, ServiceTable::CallsColumn), (QStringList{QString(), u"backend"_s}));
        QCOMPARE(column(table, ServiceTable::TagSetsColumn).first(),
                 u"protocol=http version=v1 | protocol=http version=v2"_s);
        const auto backend = table.indexOf({"default", "backend"});
        QCOMPARE(backend.data(TagsRole).value<TagSets>().size(), 2U);
        QCOMPARE(backend.data(TargetRole).value<FocusTarget>().kind, FocusKind::Service);
    }

    void statusSaysWhy_data()
    {
        QTest::addColumn<SnapshotPtr>("snapshot");
        QTest::addColumn<int>("health");
        QTest::addColumn<QString>("reason");
        const auto is = [](Health health) { return static_cast<int>(health); };
        QTest::newRow("all online") << snapshotOf({dp("a").service("s").online()}) << is(Health::Online)
                                    << "1 online";
        QTest::newRow("one of two offline")
            << snapshotOf({dp("a").service("s").online(), dp("b").service("s").offline()})
            << is(Health::Degraded) << "1 online, 1 offline";
        QTest::newRow("never connected")
            << snapshotOf({dp("a").service("s")}) << is(Health::Unknown) << "1 never connected";
        QTest::newRow("only called") << snapshotOf({dp("a").calls("s")}) << is(Health::Unknown)
                                     << "it is called, but no dataplane offers it";
    }

    void statusSaysWhy()
    {
        QFETCH(SnapshotPtr, snapshot);
        QFETCH(int, health);
        ServiceTable table;
        table.setSnapshot(snapshot);
        const auto index = table.indexOf({"default", "s"}, ServiceTable::StatusColumn);
        QVERIFY(index.isValid());
        QCOMPARE(static_cast<int>(index.data(HealthRole).value<Health>()), health);
        QTEST(index.data(ReasonRole).toString(), "reason");
    }

    void tagSetsAreBoundedAndCounted()
    {
        std::vector<DataplanePtr> rows;
        for (int i = 0; i < 100; ++i)
            rows.push_back(dp("d" + std::to_string(i)).service("s", {{"instance", std::to_string(i % 50)}}));
        ServiceTable table;
        table.setSnapshot(snapshotOf(std::move(rows)));
        const auto index = table.index(0, ServiceTable::TagSetsColumn);
        QCOMPARE(index.data(ServiceTable::TagSetCountRole).toInt(), 50);
        QCOMPARE(index.data(TagsRole).value<TagSets>().size(), ServiceEntry::kMaxTagSets);
        QVERIFY(index.data().toString().endsWith(u"and 18 more"_s));
    }

    void filtersByMeshAndWords()
    {
        ServiceTable table;
        ServiceProxy proxy;
        QAbstractItemModelTester tester(&proxy, kMode);
        proxy.setSourceModel(&table);
        const auto snapshot = snapshotOf({dp("a").service("web").calls("store"),
                                          dp("b").service("backend", {{"version", "V2"}}),
                                          dp("c").mesh("other").service("web")});
        QueryFilter filter;
        filter.setSnapshot(snapshot);
        proxy.setFilter(&filter);
        table.setSnapshot(snapshot);
        QCOMPARE(proxy.countText(), u"4"_s);
        QSignalSpy counts(&proxy, &ServiceProxy::countsChanged);
        proxy.setMesh(u"default"_s);
        QVERIFY(!counts.isEmpty());
        QCOMPARE(proxy.countText(), u"3"_s);
        filter.setText(u"back v2 HTTP"_s);
        QCOMPARE(proxy.countText(), u"1 of 3"_s);
        QVERIFY(proxy.indexOf({"default", "backend"}).isValid());
        QVERIFY(!proxy.indexOf({"other", "web"}).isValid());
        // What is only called is found by its name, and has no status.
        filter.setText(u"stor"_s);
        QVERIFY(proxy.indexOf({"default", "store"}).isValid());
        filter.setText(u"service == store and not status:online"_s);
        QVERIFY(proxy.indexOf({"default", "store"}).isValid());
        // What does not parse leaves the answer as it is.
        filter.setText(u"service =="_s);
        QVERIFY(proxy.indexOf({"default", "store"}).isValid());
        filter.setText({});
        QCOMPARE(proxy.countText(), u"3"_s);
    }

    void sortsByValue()
    {
        ServiceTable table;
        ServiceProxy proxy;
        proxy.setSourceModel(&table);
        table.setSnapshot(snapshotOf({dp("a").service("s10").online(), dp("b").service("s9").offline(),
                                      dp("c").service("s9").offline(), dp("d").service("s2")}));
        proxy.sort(ServiceTable::NameColumn);
        QCOMPARE(column(proxy, 0), (QStringList{u"s2"_s, u"s9"_s, u"s10"_s}));
        proxy.sort(ServiceTable::StatusColumn);
        QCOMPARE(column(proxy, 0), (QStringList{u"s9"_s, u"s2"_s, u"s10"_s}));
        proxy.sort(ServiceTable::DataplanesColumn, Qt::DescendingOrder);
        QCOMPARE(column(proxy, 0).first(), u"s9"_s);
    }

    void survivesAnySequenceOfUpdates()
    {
        ServiceTable table;
        ServiceProxy proxy;
        QAbstractItemModelTester tableTester(&table, kMode), proxyTester(&proxy, kMode);
        proxy.setSourceModel(&table);
        proxy.sort(ServiceTable::StatusColumn);
        QueryFilter filter;
        proxy.setFilter(&filter);
        RandomMesh mesh(99);
        for (int step = 0; step < 60; ++step) {
            const auto snapshot = mesh.next();
            filter.setSnapshot(snapshot);
            table.setSnapshot(snapshot);
            if (step % 9 == 0)
                filter.setText(step % 2 ? u"v1"_s : QString());
            std::size_t total = 0;
            for (const auto &row : table.rows())
                total += row->summary.key.name.empty() ? row->summary.total() : 0;
            const auto without =
                std::count_if(snapshot->dataplanes.begin(), snapshot->dataplanes.end(),
                              [](const auto &row) { return row->dataplane->services().empty(); });
            QCOMPARE(total, static_cast<std::size_t>(without));
        }
    }

    void aLargeMeshIsWorkedOutInThePoolAndTheNewestWins()
    {
        const auto large = [](const std::string &service) {
            std::vector<DataplanePtr> rows;
            for (std::size_t i = 0; i < Digester::kAtOnce + 10; ++i)
                rows.push_back(dp("d" + std::to_string(i)).service(service));
            return snapshotOf(std::move(rows));
        };
        Digester digester;
        QSignalSpy changed(&digester, &Digester::digestChanged);
        const auto newest = large("third");
        digester.setSnapshot(large("first"));
        QVERIFY(digester.isWorking());
        digester.setSnapshot(large("second"));
        digester.setSnapshot(newest);
        QTRY_VERIFY(!digester.isWorking());
        QCOMPARE(changed.count(), 2);  // the second was overtaken
        QCOMPARE(digester.digest()->snapshot, newest);
        QVERIFY(digester.digest()->findService({"default", "third"}));
        QVERIFY(!digester.digest()->findService({"default", "first"}));
        Digester dying;
        dying.setSnapshot(newest);
    }

    void equalServicesAreTakenOverAsObjects()
    {
        const auto before = digestOf(helloMesh());
        const auto after = digestOf(helloMesh(), before);
        QVERIFY(before->services == after->services);
        QCOMPARE(after->meshes.size(), 1U);
        QCOMPARE(after->meshes.front().services, 2U);
    }
};

QTEST_GUILESS_MAIN(TestServiceTable)
#include "tst_service_table.moc"
