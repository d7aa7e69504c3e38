// Queries over 100,000 dataplanes: with the index, and row by row for comparison. Run by hand; what it
// printed stands in tests/bench/README.md.
#include "backend/query/completion.h"
#include "backend/query/facets.h"
#include "backend/query/tag_index.h"
#include "backend/query/tag_lint.h"
#include "tests/support/mesh_builders.h"

#include <QTest>

using namespace meshscope;
using namespace meshscope::query;
using namespace meshscope::testing;

namespace {

constexpr int kDataplanes = 100'000;

DataplanePtr row(int i, int generation = 0)
{
    const auto number = [i](int count) { return std::to_string(i % count); };
    auto builder = dp("dp-" + std::to_string(i) + "-" + std::to_string((i * 7919) % 65521))
                       .service("svc-" + number(300), {{"version", "v" + number(5)},
                                                       {"team", "team-" + number(40)},
                                                       {"kuma.io/zone", "zone-" + number(6)},
                                                       {"instance", "i-" + std::to_string(i)}})
                       .calls("svc-" + std::to_string((i + 1) % 300));
    if (i % 3 == 0)
        builder.service("metrics", {{"version", "v" + number(7)}});
    if (generation > 0)
        return builder.offline().row();
    return i % 20 == 0 ? builder.offline().row() : builder.online().acks(6, 6).row();
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

TagIndex &index()
{
    static TagIndex made;
    made.update(large());
    return made;
}

}  // namespace

class BenchQuery : public QObject
{
    Q_OBJECT

    static void queries()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"svc-7", "dp-99", "service == svc-7", "tag.version == v2 and not status:online",
              "inbound(tag.version == v2 tag.kuma.io/zone == zone-3)", "status in {offline, degraded}",
              "tag.version != v1", "age < 1h", "tag.instance:77 or name:77", "port == 8081 web or metrics",
              "name ~ ^dp-[0-9]*7-", "tag.instance ~ 7{3}", "service ~ (svc-1|metrics)$"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }

private Q_SLOTS:
    void build()
    {
        const auto snapshot = large();
        QBENCHMARK
        {
            TagIndex made;
            made.update(snapshot);
        }
    }

    void updateWithOneInAThousandChanged()
    {
        const auto first = large();
        auto next = std::make_shared<Snapshot>(*first);
        for (std::size_t i = 0; i < next->dataplanes.size(); i += 1000) {
            const auto &dataplane = next->dataplanes[i]->dataplane;
            auto changed = std::make_shared<DataplaneOverview>(*next->dataplanes[i]);
            changed->status.overall = Health::Offline;
            changed->dataplane = dataplane;
            next->dataplanes[i] = std::move(changed);
        }
        TagIndex made;
        made.update(first);
        const SnapshotPtr snapshots[] = {next, first};
        int turn = 0;
        QBENCHMARK { made.update(snapshots[turn++ % 2]); }
    }

    void withIndex_data() { queries(); }
    void withIndex()
    {
        QFETCH(QString, text);
        const auto query = parse(text.toStdString()).query;
        QVERIFY(!query.isEmpty());
        QVERIFY(index().evaluate(query, at(30)) == matchEach(query, *large(), at(30)));
        QBENCHMARK { QVERIFY(index().evaluate(query, at(30)).rows.size() == kDataplanes); }
    }

    void rowByRow_data() { queries(); }
    void rowByRow()
    {
        QFETCH(QString, text);
        const auto query = parse(text.toStdString()).query;
        QBENCHMARK { QVERIFY(matchEach(query, *large(), at(30)).rows.size() == kDataplanes); }
    }

    void complete_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"tag.", "service == ", "tag.instance == ", "name == dp-9"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void complete()
    {
        QFETCH(QString, text);
        const std::string typed = text.toStdString();
        const TagIndex &made = index();
        QBENCHMARK { QVERIFY(!query::complete(typed, typed.size(), made).suggestions.empty()); }
    }

    void tagSets_data()
    {
        QTest::addColumn<int>("what");
        QTest::newRow("facets") << 0;
        QTest::newRow("lattice") << 1;
        QTest::newRow("lint") << 2;
    }
    void tagSets()
    {
        QFETCH(int, what);
        const auto &rows = large()->dataplanes;
        QBENCHMARK
        {
            if (what == 0)
                QVERIFY(!facetsOf(rows).empty());
            else if (what == 1)
                QVERIFY(!latticeOf(rows).nodes.empty());
            else
                lintTags(rows);
        }
    }
};

QTEST_GUILESS_MAIN(BenchQuery)
#include "tst_bench_query.moc"
