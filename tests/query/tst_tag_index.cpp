// The index answers what the predicate answers, of any snapshot after any other.
#include "backend/query/tag_index.h"
#include "tests/query/random_rows.h"
#include "tests/support/qtest_std.h"

#include <QTest>

using namespace meshscope;
using namespace meshscope::query;
using namespace meshscope::testing;

namespace {

class TestTagIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theAnswerIsThatOfThePredicate_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 12; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void theAnswerIsThatOfThePredicate()
    {
        QFETCH(unsigned, seed);
        RandomRows random(seed);
        std::map<ResourceKey, DataplanePtr> mesh;
        TagIndex index;
        std::size_t hits = 0;
        for (int step = 0; step < 25; ++step) {
            const int changes = step == 0 ? 300 : random.below(4) == 0 ? 200 : random.below(12);
            for (int i = 0; i < changes; ++i) {
                auto row = random.row(random.below(400));
                if (random.below(4) == 0)
                    mesh.erase(row->key());
                else
                    mesh[row->key()] = std::move(row);
            }
            std::vector<DataplanePtr> rows;
            for (const auto &[key, row] : mesh)
                rows.push_back(row);
            auto next = std::make_shared<Snapshot>(*snapshotOf(std::move(rows)));
            next->resources = random.policies();
            const SnapshotPtr snapshot = next;
            index.update(snapshot);
            QCOMPARE(index.snapshot(), snapshot);
            for (int i = 0; i < 40; ++i) {
                const std::string text = random.query();
                const auto parsed = parse(text);
                QVERIFY2(parsed.diagnosis.verdict == Diagnosis::Verdict::Good,
                         (text + ": " + parsed.diagnosis.sentence()).c_str());
                const auto fromIndex = index.evaluate(parsed.query, at(45));
                const auto fromRows = matchEach(parsed.query, *snapshot, at(45));
                QVERIFY2(fromIndex == fromRows, text.c_str());
                hits += fromRows.count;
            }
        }
        QVERIFY(hits > 1000);  // it was not emptiness that agreed
    }

    void anEmptyIndexHasNoRows()
    {
        const TagIndex index;
        QCOMPARE(index.evaluate(parse("web").query, at(0)).count, std::size_t(0));
        QVERIFY(index.values(Field::Name, {}, {}, 9).empty());
        QVERIFY(index.keys(Field::Tag, {}, 9).empty());
    }

    void theEmptyQueryIsEveryRow()
    {
        TagIndex index;
        index.update(helloMesh());
        QCOMPARE(index.evaluate(Query(), at(0)).count, std::size_t(3));
    }

    void valuesAreCountedByDataplane()
    {
        TagIndex index;
        index.update(
            snapshotOf({dp("a").service("web", {{"version", "v2"}}).service("x", {{"version", "v2"}}),
                        dp("b").service("web", {{"version", "v1"}}).label("team", "shop"),
                        dp("c").service("store", {{"version", "v2"}})}));
        QCOMPARE(index.values(Field::Tag, "version", {}, 9), (std::vector<ValueCount>{{"v2", 2}, {"v1", 1}}));
        QCOMPARE(index.values(Field::Service, {}, "WE", 9), (std::vector<ValueCount>{{"web", 2}}));
        QCOMPARE(index.values(Field::Service, {}, "e", 9),
                 (std::vector<ValueCount>{{"web", 2}, {"store", 1}}));
        QCOMPARE(index.values(Field::Service, {}, {}, 1), (std::vector<ValueCount>{{"web", 2}}));
        QCOMPARE(index.keys(Field::Tag, "ver", 9), (std::vector<ValueCount>{{"version", 3}}));
        QCOMPARE(index.keys(Field::Label, {}, 9), (std::vector<ValueCount>{{"team", 1}}));

        index.update(snapshotOf({dp("a").service("web", {{"version", "v3"}})}));
        QCOMPARE(index.values(Field::Tag, "version", {}, 9), (std::vector<ValueCount>{{"v3", 1}}));
        QVERIFY(index.keys(Field::Label, {}, 9).empty());
    }

    void aZeroByteInAQueryIsSearchedForLikeAnyOther()
    {
        TagIndex index;
        const auto snapshot = snapshotOf({dp("a").service("web"), dp("b").service("we")});
        index.update(snapshot);
        const auto query = parse(std::string("\"b\0we\"", 6)).query;
        QVERIFY(index.evaluate(query, at(0)) == matchEach(query, *snapshot, at(0)));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestTagIndex)
#include "tst_tag_index.moc"
