#include "models/table_diff.h"

#include "tests/support/qtest_std.h"

#include <QTest>

#include <random>
#include <set>

using namespace Qt::StringLiterals;
using namespace meshscope;

namespace {

struct Item {
    std::string key;
    int value = 0;
    bool operator==(const Item &) const = default;
};
using ItemPtr = std::shared_ptr<const Item>;
using Items = std::vector<ItemPtr>;

// "a1" is the item a with value 1.
Items items(const QString &text)
{
    Items list;
    for (const auto &word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts))
        list.push_back(std::make_shared<Item>(Item{word.left(1).toStdString(), word.mid(1).toInt()}));
    return list;
}

QString described(const std::vector<RowRun> &runs)
{
    QStringList parts;
    for (const auto &run : runs)
        parts += u"%1+%2"_s.arg(run.at).arg(run.count);
    return parts.join(QLatin1Char(' '));
}

TableDiff diffOf(const Items &before, const Items &after)
{
    return diffSorted(before, after, [](const ItemPtr &item) -> const std::string & { return item->key; });
}

}  // namespace

class TestTableDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesRuns_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("removed");
        QTest::addColumn<QString>("inserted");
        QTest::addColumn<QString>("changed");
        QTest::newRow("two empty lists do not differ") << ""
                                                       << ""
                                                       << ""
                                                       << ""
                                                       << "";
        QTest::newRow("equal values of other objects do not differ") << "a1 b2"
                                                                     << "a1 b2"
                                                                     << ""
                                                                     << ""
                                                                     << "";
        QTest::newRow("from nothing all is one insert") << ""
                                                        << "a b c"
                                                        << ""
                                                        << "0+3"
                                                        << "";
        QTest::newRow("to nothing all is one removal") << "a b c"
                                                       << ""
                                                       << "0+3"
                                                       << ""
                                                       << "";
        QTest::newRow("neighbours make one run") << "a d"
                                                 << "a b c d"
                                                 << ""
                                                 << "1+2"
                                                 << "";
        QTest::newRow("separate ones make several runs") << "b d"
                                                         << "a b c d e"
                                                         << ""
                                                         << "0+1 2+1 4+1"
                                                         << "";
        QTest::newRow("removals name rows of the old list") << "a b c d e"
                                                            << "b e"
                                                            << "0+1 2+2"
                                                            << ""
                                                            << "";
        QTest::newRow("changes name rows of the new list") << "b1 c1 d1"
                                                           << "a b2 c2 d1"
                                                           << ""
                                                           << "0+1"
                                                           << "1+2";
        QTest::newRow("everything at once") << "a b1 c d"
                                            << "b2 d e"
                                            << "0+1 2+1"
                                            << "2+1"
                                            << "0+1";
    }

    void namesRuns()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        const TableDiff diff = diffOf(items(before), items(after));
        QTEST(described(diff.removed), "removed");
        QTEST(described(diff.inserted), "inserted");
        QTEST(described(diff.changed), "changed");
        QCOMPARE(diff.signalCount(), diff.removed.size() + diff.inserted.size());
    }

    void sharedObjectsAreNotCompared()
    {
        struct Untouchable {
            std::string key;
            bool operator==(const Untouchable &) const { qFatal("compared"); }
        };
        const std::vector rows{std::make_shared<const Untouchable>(Untouchable{"a"}),
                               std::make_shared<const Untouchable>(Untouchable{"b"})};
        const auto diff =
            diffSorted(rows, rows, [](const auto &row) -> const std::string & { return row->key; });
        QVERIFY(diff.isEmpty());
    }

    void appliedToTheOldItGivesTheNew()
    {
        std::mt19937 random(20260102);
        std::set<int> now;
        for (int step = 0; step < 300; ++step) {
            std::set<int> next = now;
            for (int i = 0; i < 20; ++i) {
                const int key = static_cast<int>(random() % 60);
                if (random() % 2)
                    next.insert(key);
                else
                    next.erase(key);
            }
            std::vector<int> rows(now.begin(), now.end());
            const std::vector<int> goal(next.begin(), next.end());
            const auto diff = diffSorted(
                rows, goal, [](const int &row) -> const int & { return row; }, std::equal_to<>());
            for (auto run = diff.removed.rbegin(); run != diff.removed.rend(); ++run)
                rows.erase(rows.begin() + run->at, rows.begin() + run->at + run->count);
            for (const auto [at, count] : diff.inserted)
                rows.insert(rows.begin() + at, goal.begin() + at, goal.begin() + at + count);
            QVERIFY(rows == goal);
            now = next;
        }
    }
};

QTEST_GUILESS_MAIN(TestTableDiff)
#include "tst_table_diff.moc"
