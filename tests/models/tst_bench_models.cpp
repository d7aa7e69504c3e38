// The budgets of the models at 100,000 dataplanes: no turn of the GUI thread over 16 ms. Run by hand:
// build/<preset>/bin/tst_bench_models; what it printed here on two cores stands in tests/models/README.md.
#include "models/change_feed.h"
#include "models/dataplane_table.h"
#include "models/graph/spatial_grid.h"
#include "models/mesh_digest.h"
#include "models/mesh_overview.h"
#include "models/navigator_tree.h"
#include "models/object_choices.h"
#include "models/query_filter.h"

#include "backend/findings/finding.h"

#include "tests/support/fake_mesh_source.h"
#include "tests/support/mesh_builders.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

constexpr int kDataplanes = 100'000;

DataplanePtr row(int i, bool isOnline = true)
{
    auto builder =
        dp("dp-" + std::to_string(i))
            .service("svc-" + std::to_string(i % 300),
                     {{"version", "v" + std::to_string(i % 5)}, {"team", "team-" + std::to_string(i % 40)}})
            .calls("svc-" + std::to_string((i + 1) % 300));
    return isOnline ? builder.online().acks(6, 6).row() : builder.offline().row();
}

SnapshotPtr large()
{
    static const SnapshotPtr snapshot = [] {
        std::vector<DataplanePtr> rows;
        rows.reserve(kDataplanes);
        for (int i = 0; i < kDataplanes; ++i)
            rows.push_back(row(i));
        return snapshotOf(std::move(rows));
    }();
    return snapshot;
}

// One in a thousand differs; the rest are the same objects, as a client publishes them.
SnapshotPtr changed()
{
    auto next = std::make_shared<Snapshot>(*large());
    for (int i = 0; i < kDataplanes; i += 1000) {
        const DataplanePtr other = row(i, false);
        auto at = std::lower_bound(next->dataplanes.begin(), next->dataplanes.end(), other->key(),
                                   [](const auto &a, const ResourceKey &key) { return a->key() < key; });
        *at = other;
    }
    return next;
}

// The same values in new objects: what a client that does not reuse rows would publish.
SnapshotPtr copied()
{
    auto next = std::make_shared<Snapshot>(*large());
    for (auto &entry : next->dataplanes)
        entry = std::make_shared<const DataplaneOverview>(*entry);
    return next;
}

}  // namespace

class BenchModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Every key typed is one turn of the GUI thread.
    void openByName_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::newRow("opened, nothing typed") << QString();
        QTest::newRow("the first letter") << u"d"_s;
        QTest::newRow("letters in their order") << u"d99"_s;
        QTest::newRow("two words that nothing has") << u"qq zz"_s;
    }
    void openByName()
    {
        QFETCH(QString, typed);
        testing::FakeMeshSource source;
        const DigestPtr digest = digestOf(large());
        QBENCHMARK
        {
            ObjectChoices choices;
            choices.addDigest(&source, u"prod"_s, digest);
            choices.find(FuzzyPattern(typed.toStdString()), ChoiceList::kLimit);
        }
    }

    // In the pool; here is what it costs there.
    void findingsOfAMesh()
    {
        const SnapshotPtr snapshot = large();
        QBENCHMARK
        {
            const auto found = findings::findingsOf(*snapshot, at(5));
            QVERIFY(found.list.size() <= 1000);
        }
    }

    void figuresOfAMesh()
    {
        const SnapshotPtr snapshot = large();
        QBENCHMARK { QCOMPARE(overviewOf(*snapshot, {}, at(5)).total, std::size_t(kDataplanes)); }
    }

    void changesOfARefresh()
    {
        const SnapshotPtr before = large(), after = changed();
        QBENCHMARK { QVERIFY(!changesBetween(*before, *after, nullptr, at(9)).empty()); }
    }

    void refreshWithOneInAThousandChanged_data()
    {
        QTest::addColumn<int>("sortedBy");  // -1 = no proxy
        QTest::newRow("the table alone") << -1;
        QTest::newRow("under a proxy in the table's order") << -2;
        QTest::newRow("under a proxy sorted by name") << int(DataplaneTable::NameColumn);
        QTest::newRow("under a proxy sorted by status") << int(DataplaneTable::StatusColumn);
    }

    void refreshWithOneInAThousandChanged()
    {
        QFETCH(int, sortedBy);
        const SnapshotPtr snapshots[] = {large(), changed()};
        DataplaneTable table;
        DataplaneProxy proxy;
        if (sortedBy != -1)
            proxy.setSourceModel(&table);
        if (sortedBy >= 0)
            proxy.sort(sortedBy);
        table.setSnapshot(snapshots[0]);
        int turn = 0;
        QBENCHMARK { table.setSnapshot(snapshots[++turn % 2]); }
    }

    void refreshWithNewObjectsOfEqualValue()
    {
        const SnapshotPtr snapshots[] = {large(), copied()};
        DataplaneTable table;
        table.setSnapshot(snapshots[0]);
        int turn = 0;
        QBENCHMARK { table.setSnapshot(snapshots[++turn % 2]); }
    }

    void filterByText_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("few match") << "dp-9999";
        QTest::newRow("many match") << "v3";
        QTest::newRow("two words") << "team-7 svc-1";
    }

    void filterByText()
    {
        QFETCH(QString, text);
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.setSourceModel(&table);
        table.setSnapshot(large());
        QueryFilter filter;
        filter.setSnapshot(large());
        proxy.setFilter(&filter);
        QSignalSpy answered(&filter, &QueryFilter::answered);
        int turn = 0;
        QBENCHMARK
        {
            answered.clear();
            filter.setText(++turn % 2 ? text : QString());
            QVERIFY(!answered.isEmpty() || answered.wait());
            // The proxy works when it is asked.
            QVERIFY(proxy.shown() > 0);
        }
    }

    void sortByName()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.setSourceModel(&table);
        table.setSnapshot(large());
        int turn = 0;
        QBENCHMARK
        {
            proxy.sort(DataplaneTable::NameColumn, ++turn % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
        }
    }

    void tickOfTheAges()
    {
        DataplaneTable table;
        DataplaneProxy proxy;
        proxy.setSourceModel(&table);
        table.setSnapshot(large());
        int minute = 0;
        QBENCHMARK { table.setNow(at(++minute)); }
    }

    void digestInThePool()
    {
        const DigestPtr before = digestOf(large());
        const SnapshotPtr next = changed();
        QBENCHMARK { digestOf(next, before); }
    }

    // The part of a refresh that the GUI thread does for the navigator, one service open.
    void navigatorTakesADigest()
    {
        FakeMeshSource source;
        NavigatorTree tree;
        source.setSnapshot(large());
        tree.addSource(&source);
        const auto services = [&] {
            return tree.rowCount(tree.index(0, 0, tree.index(0, 0, tree.index(0, 0))));
        };
        QTRY_COMPARE(services(), 300);
        tree.indexOf({FocusKind::Dataplane, &source, {"default", "dp-7"}, -1});
        const SnapshotPtr snapshots[] = {changed(), large()};
        qint64 worst = 0;
        for (int turn = 0; turn < 6; ++turn) {
            source.setSnapshot(snapshots[turn % 2]);
            // Each turn of the loop is timed: the longest one is what a person feels.
            QElapsedTimer total;
            total.start();
            while (total.elapsed() < 800) {
                QElapsedTimer one;
                one.start();
                QCoreApplication::processEvents();
                worst = std::max(worst, one.nsecsElapsed());
            }
        }
        QTest::setBenchmarkResult(static_cast<qreal>(worst) / 1e6, QTest::WalltimeMilliseconds);
    }

    void hitsInALargeGraph()
    {
        std::vector<graph::Rect> cards;
        for (int i = 0; i < kDataplanes; ++i)
            cards.push_back(graph::cardAround({(i % 316) * 220.0, (i / 316) * 90.0}));
        const graph::SpatialGrid grid(cards);
        std::size_t seen = 0;
        QBENCHMARK { seen += grid.itemsIn({10'000, 10'000, 1920, 1080}).size(); }
        QVERIFY(seen > 0);
    }
};

QTEST_GUILESS_MAIN(BenchModels)
#include "tst_bench_models.moc"
