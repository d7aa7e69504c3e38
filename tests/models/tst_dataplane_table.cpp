#include "models/dataplane_table.h"
#include "models/query_filter.h"

#include "models/focus.h"
#include "models/text.h"
#include "tests/models/random_mesh.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;
using Rows = std::vector<DataplanePtr>;
Q_DECLARE_METATYPE(Rows)

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

QString cell(const QAbstractItemModel &model, int row, int column, int role = Qt::DisplayRole)
{
    return model.index(row, column).data(role).toString();
}

QStringList names(const QAbstractItemModel &model)
{
    QStringList found;
    for (int row = 0; row < model.rowCount(); ++row)
        found += cell(model, row, DataplaneTable::NameColumn);
    return found;
}

}  // namespace

class TestDataplaneTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheHelloMesh()
    {
        DataplaneTable table;
        QAbstractItemModelTester tester(&table, kMode);
        table.setSnapshot(helloMesh());
        table.setNow(at(2) + std::chrono::seconds(90));
        QCOMPARE(names(table), (QStringList{u"backend-1"_s, u"backend-2"_s, u"web-1"_s}));
        QCOMPARE(cell(table, 0, DataplaneTable::ServiceColumn), u"backend"_s);
        QCOMPARE(cell(table, 0, DataplaneTable::TagSetColumn), u"protocol=http version=v1"_s);
        QCOMPARE(cell(table, 0, DataplaneTable::AddressColumn), u"127.0.0.2:8080"_s);
        QCOMPARE(cell(table, 0, DataplaneTable::StatusColumn), u"Online"_s);
        QCOMPARE(cell(table, 0, DataplaneTable::ConfigurationColumn), u"6 accepted"_s);
        QCOMPARE(cell(table, 0, DataplaneTable::SeenColumn), u"1 min"_s);
        QCOMPARE(table.index(0, 0).data(KeyRole).value<ResourceKey>(), (ResourceKey{"default", "backend-1"}));
        QCOMPARE(table.index(0, 0).data(TargetRole).value<FocusTarget>().kind, FocusKind::Dataplane);
        QCOMPARE(table.index(0, 0).data(TagsRole).value<TagSets>().size(), 1U);
        QCOMPARE(table.indexOf({"default", "web-1"}).row(), 2);
        QVERIFY(!table.indexOf({"default", "web-2"}).isValid());
        QVERIFY(!table.indexOf({"other", "web-1"}).isValid());
    }

    void updateEmitsOnlyWhatChanged_data()
    {
        QTest::addColumn<Rows>("before");
        QTest::addColumn<Rows>("after");
        QTest::addColumn<QList<int>>("signalCounts");  // inserted, removed, changed, reset
        Rows many;
        for (int i = 0; i < 1000; ++i)
            many.push_back(dp("n" + std::to_string(1000 + i)));
        Rows even;
        for (std::size_t i = 0; i < many.size(); i += 2)
            even.push_back(many[i]);
        QTest::newRow("nothing happened") << Rows{dp("a")} << Rows{dp("a")} << QList<int>{0, 0, 0, 0};
        QTest::newRow("one run of inserts")
            << Rows{dp("a"), dp("d")} << Rows{dp("a"), dp("b"), dp("c"), dp("d")} << QList<int>{1, 0, 0, 0};
        QTest::newRow("health flipped") << Rows{dp("a")} << Rows{dp("a").offline()} << QList<int>{0, 0, 1, 0};
        QTest::newRow("one goes, one comes, one changes")
            << Rows{dp("a"), dp("b"), dp("c")} << Rows{dp("b").online(), dp("c"), dp("d")}
            << QList<int>{1, 1, 1, 0};
        QTest::newRow("every second of a thousand goes: reset") << many << even << QList<int>{0, 0, 0, 1};
        QTest::newRow("a thousand at once are one run") << Rows{} << many << QList<int>{1, 0, 0, 0};
    }

    void updateEmitsOnlyWhatChanged()
    {
        QFETCH(Rows, before);
        QFETCH(Rows, after);
        DataplaneTable table;
        QAbstractItemModelTester tester(&table, kMode);
        table.setSnapshot(snapshotOf(before));
        QSignalSpy inserted(&table, &QAbstractItemModel::rowsInserted),
            removed(&table, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changed(&table, &QAbstractItemModel::dataChanged),
            reset(&table, &QAbstractItemModel::modelReset);
        table.setSnapshot(snapshotOf(after));
        QTEST((QList<int>{int(inserted.count()), int(removed.count()), int(changed.count()),
                          int(reset.count())}),
              "signalCounts");
        QCOMPARE(table.rows().size(), after.size());
    }

    void configurationTellsAckFromNack_data()
    {
        QTest::addColumn<Rows>("row");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("health");
        const auto health = [](Health value) { return static_cast<int>(value); };
        QTest::newRow("never connected: nothing") << Rows{dp("a")} << "" << -1;
        QTest::newRow("connected, nothing sent")
            << Rows{dp("a").online()} << "nothing sent" << health(Health::Unknown);
        QTest::newRow("sent, no answer")
            << Rows{dp("a").online().acks(3, 0)} << "waiting" << health(Health::Degraded);
        QTest::newRow("accepted") << Rows{dp("a").online().acks(12, 12)} << "12 accepted"
                                  << health(Health::Online);
        QTest::newRow("a rejection stands out")
            << Rows{dp("a").online().acks(12, 11).rejected("type", "bad port")} << "1 rejected"
            << health(Health::Offline);
        QTest::newRow("a rejection that was mended stands out no more")
            << Rows{dp("a").online().acks(13, 12).rejected("type", "bad port").mended()} << "12 accepted"
            << health(Health::Online);
    }

    void configurationTellsAckFromNack()
    {
        QFETCH(Rows, row);
        QFETCH(int, health);
        DataplaneTable table;
        table.setSnapshot(snapshotOf(row));
        const auto index = table.index(0, DataplaneTable::ConfigurationColumn);
        QTEST(index.data().toString(), "text");
        const QVariant mark = index.data(HealthRole);
        QCOMPARE(mark.isValid() ? static_cast<int>(mark.value<Health>()) : -1, health);
    }

    void aRejectionSaysEnvoysWords()
    {
        DataplaneTable table;
        table.setSnapshot(snapshotOf({dp("a").online().acks(2, 1).rejected("lds", "cannot bind 80")}));
        const auto index = table.index(0, DataplaneTable::ConfigurationColumn);
        QCOMPARE(index.data(DataplaneTable::RejectionRole).toString(), u"cannot bind 80"_s);
        QVERIFY(index.data(Qt::ToolTipRole).toString().contains(u"cannot bind 80"_s));
    }

    void filterFindsWords_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("no text: all") << ""
                                      << "backend-1 backend-2 web-1";
        QTest::newRow("part of a name") << "end-1"
                                        << "backend-1";
        QTest::newRow("a service") << "backend"
                                   << "backend-1 backend-2";
        QTest::newRow("a tag value") << "v2"
                                     << "backend-2";
        QTest::newRow("an address") << "127.0.0.3"
                                    << "backend-2";
        QTest::newRow("words are joined by and, in any order") << "v1 back"
                                                               << "backend-1";
        QTest::newRow("letters of either case") << "BackEnd V1"
                                                << "backend-1";
        QTest::newRow("blanks do not matter") << "  web  "
                                              << "web-1";
        QTest::newRow("no row has both") << "v1 v2"
                                         << "";
        QTest::newRow("a tag's key is no value") << "version"
                                                 << "";
    }

    void filterFindsWords()
    {
        QFETCH(QString, text);
        DataplaneTable table;
        DataplaneProxy proxy;
        QAbstractItemModelTester tester(&proxy, kMode);
        proxy.setSourceModel(&table);
        table.setSnapshot(helloMesh());
        QueryFilter filter;
        filter.setSnapshot(helloMesh());
        proxy.setFilter(&filter);
        filter.setText(text);
        proxy.sort(DataplaneTable::NameColumn);
        QTEST(names(proxy).join(QLatin1Char(' ')), "shown");
        QCOMPARE(proxy.total(), 3);
        QCOMPARE(proxy.countText(), proxy.shown() == 3 ? u"3"_s : u"%1 of 3"_s.arg(proxy.shown()));
    }

    void meshAndServiceNarrowIt()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.setSourceModel(&table);
        QSignalSpy counts(&proxy, &DataplaneProxy::countsChanged);
        table.setSnapshot(
            snapshotOf({dp("a").service("x"), dp("b").service("y"), dp("a").mesh("other").service("x"),
                        dp("g").mesh("other").gateway("edge")}));
        QTRY_COMPARE(counts.count(), 1);
        proxy.setMesh(u"other"_s);
        QCOMPARE(proxy.total(), 2);
        QCOMPARE(proxy.countText(), u"2"_s);
        proxy.setService(u"edge"_s);
        QCOMPARE(names(proxy), QStringList{u"g"_s});
        QCOMPARE(proxy.countText(), u"1 of 2"_s);
        proxy.setMesh({});
        proxy.setService(u"x"_s);
        QCOMPARE(proxy.shown(), 2);
        QTRY_COMPARE(counts.count(), 2);
        QVERIFY(proxy.indexOf({"other", "a"}).isValid());
        QVERIFY(!proxy.indexOf({"default", "b"}).isValid());
    }

    void sortsByValueAndNotByText()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        QAbstractItemModelTester tester(&proxy, kMode);
        proxy.setSourceModel(&table);
        table.setSnapshot(snapshotOf({dp("web-10").online(), dp("web-9").offline(), dp("web-1"),
                                      dp("api").online().acks(3, 2).rejected("t", "m")}));
        proxy.sort(DataplaneTable::NameColumn);
        QCOMPARE(names(proxy), (QStringList{u"api"_s, u"web-1"_s, u"web-9"_s, u"web-10"_s}));
        proxy.sort(DataplaneTable::NameColumn, Qt::DescendingOrder);
        QCOMPARE(names(proxy), (QStringList{u"web-10"_s, u"web-9"_s, u"web-1"_s, u"api"_s}));
        proxy.sort(DataplaneTable::ConfigurationColumn);
        QCOMPARE(names(proxy).first(), u"api"_s);
        proxy.sort(DataplaneTable::SeenColumn);
        QCOMPARE(names(proxy).last(), u"web-1"_s);  // never seen
    }

    void aTickTouchesOnlyTheAges()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.setSourceModel(&table);
        table.setSnapshot(helloMesh());
        QSignalSpy changed(&proxy, &QAbstractItemModel::dataChanged);
        QSignalSpy sourceChanged(&table, &QAbstractItemModel::dataChanged);
        table.setNow(at(10));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(sourceChanged.count(), 0);
        QCOMPARE(changed.at(0).at(0).toModelIndex().column(), int(DataplaneTable::SeenColumn));
        QCOMPARE(proxy.index(0, DataplaneTable::SeenColumn).data().toString(), u"8 min"_s);
    }

    void survivesAnySequenceOfUpdates()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        QAbstractItemModelTester tableTester(&table, kMode), proxyTester(&proxy, kMode);
        proxy.setSourceModel(&table);
        proxy.sort(DataplaneTable::StatusColumn);
        QueryFilter filter;
        proxy.setFilter(&filter);
        RandomMesh mesh(4711);
        const QStringList filters{u""_s,
                                  u"v1"_s,
                                  u"svc-3"_s,
                                  u"dp-1 v"_s,
                                  u"edge"_s,
                                  u"not status:online"_s,
                                  u"inbound(service == svc-3 tag.version == v1)"_s};
        for (int step = 0; step < 60; ++step) {
            const auto snapshot = mesh.next();
            filter.setSnapshot(snapshot);
            table.setSnapshot(snapshot);
            if (step % 5 == 0)
                filter.setText(filters.at(step / 5 % filters.size()));
            if (step % 7 == 0)
                proxy.setMesh(step % 2 ? u"other"_s : QString());
            if (step % 11 == 0)
                proxy.sort(step % DataplaneTable::ColumnCount,
                           step % 2 ? Qt::DescendingOrder : Qt::AscendingOrder);
            QVERIFY(table.rows() == snapshot->dataplanes);
            for (int row = 1; row < proxy.rowCount(); ++row) {
                const auto a = proxy.mapToSource(proxy.index(row - 1, 0)).row(),
                           b = proxy.mapToSource(proxy.index(row, 0)).row();
                QVERIFY(a != b);
            }
            for (int row = 0; row < table.rowCount(); ++row) {
                const auto &key = table.rowAt(row)->key();
                const bool wanted = filter.query().matches(*table.rowAt(row), at(0))
                                    && (proxy.mesh().isEmpty() || proxy.mesh().toStdString() == key.mesh);
                QCOMPARE(proxy.indexOf(key).isValid(), wanted);
            }
        }
    }

    void orderHoldsThroughUpdates()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        QAbstractItemModelTester tester(&proxy, kMode);
        proxy.setSourceModel(&table);
        RandomMesh mesh(815);
        for (int step = 0; step < 40; ++step) {
            if (step % 10 == 0)
                proxy.sort((step / 10) % DataplaneTable::ColumnCount,
                           step % 20 ? Qt::DescendingOrder : Qt::AscendingOrder);
            table.setSnapshot(mesh.next());
            QCoreApplication::processEvents();  // what changed is put in order once a turn
            DataplaneProxy sorted;
            sorted.setSourceModel(&table);
            sorted.sort((step / 10) % DataplaneTable::ColumnCount,
                        (step / 10) % 2 ? Qt::DescendingOrder : Qt::AscendingOrder);
            QCOMPARE(proxy.rowCount(), sorted.rowCount());
            for (int row = 0; row < proxy.rowCount(); ++row)
                QCOMPARE(proxy.mapToSource(proxy.index(row, 0)), sorted.mapToSource(sorted.index(row, 0)));
        }
    }

    void aLargeTableIsSortedInThePool()
    {
        Rows rows;
        for (int i = 0; i < 20'000; ++i)
            rows.push_back(dp("dp-" + std::to_string(i)).service("svc-" + std::to_string(i % 300)).online());
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.sort(DataplaneTable::NameColumn, Qt::DescendingOrder);
        proxy.setSourceModel(&table);
        table.setSnapshot(snapshotOf(rows));
        QVERIFY(proxy.isSorting());
        QCOMPARE(proxy.rowCount(), 20'000);
        const QPersistentModelIndex held(proxy.indexOf({"default", "dp-7"}));
        QTRY_VERIFY(!proxy.isSorting());
        QCOMPARE(proxy.index(0, 0).data().toString(), u"dp-19999"_s);
        QCOMPARE(held.row(), 20'000 - 8);
        QCOMPARE(held.data(KeyRole).value<ResourceKey>().name, std::string("dp-7"));
        // Changed while it is sorted anew: sorted once more.
        proxy.sort(DataplaneTable::NameColumn, Qt::AscendingOrder);
        rows.erase(rows.begin());
        table.setSnapshot(snapshotOf(rows));
        QTRY_VERIFY(!proxy.isSorting());
        QCOMPARE(proxy.rowCount(), 19'999);
        QCOMPARE(proxy.index(0, 0).data().toString(), u"dp-1"_s);
    }

    void aLargeRefreshSaysOnlyWhatChanged()
    {
        Rows rows;
        for (int i = 0; i < 20'000; ++i)
            rows.push_back(dp("dp-" + std::to_string(i)).service("svc-" + std::to_string(i % 300)).online());
        const auto first = snapshotOf(rows);
        auto next = std::make_shared<Snapshot>(*first);
        for (std::size_t i = 500; i < next->dataplanes.size(); i += 1000)
            next->dataplanes[i] = dp(next->dataplanes[i]->key().name).service("svc-1").offline();
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.setSourceModel(&table);
        table.setSnapshot(first);
        QCOMPARE(proxy.shown(), 20'000);
        QSignalSpy changed(&table, &QAbstractItemModel::dataChanged),
            reset(&proxy, &QAbstractItemModel::modelReset);
        table.setSnapshot(next);
        QCOMPARE(changed.count(), 20);
        QCOMPARE(reset.count(), 0);
        // A filter on so many rows is one relayout and keeps what is selected.
        const QPersistentModelIndex held(proxy.indexOf({"default", "dp-7"}));
        QSignalSpy layout(&proxy, &QAbstractItemModel::layoutChanged),
            removed(&proxy, &QAbstractItemModel::rowsRemoved);
        QueryFilter filter;
        filter.setSnapshot(next);
        proxy.setFilter(&filter);
        QVERIFY(filter.answer() == nullptr);
        layout.clear();
        filter.setText(u"service == svc-7"_s);
        QVERIFY(filter.isWorking());  // in its thread
        QTRY_COMPARE(layout.count(), 1);
        QCOMPARE(removed.count(), 0);
        QCOMPARE(held.data(KeyRole).value<ResourceKey>().name, std::string("dp-7"));
        const QAbstractItemModelTester tester(&proxy, kMode);
        filter.setText(u"\"nothing has this\""_s);
        QTRY_VERIFY(!held.isValid());
        QCOMPARE(proxy.countText(), u"0 of %1"_s.arg(QLocale().toString(20'000)));
    }

    void ages_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("a clock that is behind") << -5 << "now";
        QTest::newRow("just now") << 0 << "now";
        QTest::newRow("seconds") << 2 << "2 s";
        QTest::newRow("minutes") << 240 << "4 min";
        QTest::newRow("hours") << 3 * 3600 << "3 h";
        QTest::newRow("up to two days in hours") << 47 * 3600 << "47 h";
        QTest::newRow("days") << 12 * 86'400 << "12 d";
    }

    void ages()
    {
        QFETCH(int, seconds);
        QTEST(ageText(at(0), at(0) + std::chrono::seconds(seconds)), "text");
    }

    void naturalOrder()
    {
        QVERIFY(compareNatural("web-2", "web-10") < 0);
        QVERIFY(compareNatural("Web-2", "web-2") != 0);
        QVERIFY(compareNatural("a", "B") < 0);
        QVERIFY(compareNatural("a01", "a1") != 0);
        QVERIFY(compareNatural("10.0.0.9", "10.0.0.10") < 0);
        QCOMPARE(compareNatural("x", "x"), 0);
        QVERIFY(compareNatural("x", "x1") < 0);
        QVERIFY(compareNatural("99999999999999999999999", "100000000000000000000000") < 0);
    }
};

QTEST_GUILESS_MAIN(TestDataplaneTable)
#include "tst_dataplane_table.moc"
