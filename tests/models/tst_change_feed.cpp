// What is told of two snapshots, and what counts as news.
#include "models/change_feed.h"
#include "tests/support/fake_mesh_source.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

DataplanePtr web(const std::string &version = "v1")
{
    return dp("web-1").service("web", {{"version", version}}).online().acks(1, 1).row();
}

QStringList told(const SnapshotPtr &before, const SnapshotPtr &after)
{
    QStringList words;
    for (const MeshChange &change : changesBetween(*before, *after, nullptr, at(9)))
        words << QString::fromStdString(change.target.key.name) + u' ' + change.what;
    return words;
}

SnapshotPtr withPolicies(const SnapshotPtr &snapshot, const std::vector<std::string> &names,
                         const std::string &json = "{}")
{
    auto copy = std::make_shared<Snapshot>(*snapshot);
    auto list = std::make_shared<ResourceList>();
    list->type = "MeshTimeout";
    for (const std::string &name : names) {
        auto record = std::make_shared<ResourceRecord>();
        record->type = list->type;
        record->key = {"default", name};
        record->targetRef = "Mesh";
        record->json = json;
        list->rows.push_back(record);
    }
    copy->resources = {list};
    return copy;
}

}  // namespace

class TestChangeFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesAreTold_data()
    {
        QTest::addColumn<SnapshotPtr>("before");
        QTest::addColumn<SnapshotPtr>("after");
        QTest::addColumn<QStringList>("wanted");
        const SnapshotPtr plain = snapshotOf({web()});
        QTest::newRow("nothing") << plain << snapshotOf({web()}) << QStringList{};
        QTest::newRow("the first answer is no news")
            << SnapshotPtr(std::make_shared<Snapshot>()) << plain << QStringList{};
        QTest::newRow("one came") << plain << snapshotOf({web(), dp("a").service("a").online().acks(1, 1)})
                                  << QStringList{u"a protocol=http"_s};
        QTest::newRow("one went") << plain << snapshotOf({}) << QStringList{u"web-1 gone"_s};
        QTest::newRow("a tag has another value")
            << plain << snapshotOf({web("v2")}) << QStringList{u"web-1 version v1 → v2"_s};
        QTest::newRow("a proxy was lost")
            << plain << snapshotOf({dp("web-1").service("web", {{"version", "v1"}}).offline()})
            << QStringList{u"web-1 Online → Offline"_s};
        QTest::newRow("counters alone are no change")
            << plain << snapshotOf({dp("web-1").service("web", {{"version", "v1"}}).online().acks(9, 9)})
            << QStringList{};
        QTest::newRow("a policy came")
            << withPolicies(plain, {"a"}) << withPolicies(plain, {"a", "b"}) << QStringList{u"b Mesh"_s};
        QTest::newRow("a policy was written")
            << withPolicies(plain, {"a"}) << withPolicies(plain, {"a"}, "{1}") << QStringList{u"a Mesh"_s};
        QTest::newRow("a type that is read for the first time is no news")
            << plain << withPolicies(plain, {"a"}) << QStringList{};
    }
    void changesAreTold()
    {
        QFETCH(SnapshotPtr, before);
        QFETCH(SnapshotPtr, after);
        QFETCH(QStringList, wanted);
        const QStringList words = told(before, after);
        QCOMPARE(words.size(), wanted.size());
        for (qsizetype i = 0; i < wanted.size(); ++i)
            QVERIFY2(words.at(i).startsWith(wanted.at(i).left(28)), qPrintable(words.at(i)));
    }

    void manyAreCountedNotListed()
    {
        std::vector<DataplanePtr> rows;
        for (int i = 0; i < 500; ++i)
            rows.push_back(dp("a-" + std::to_string(i)).online().row());
        const auto changes = changesBetween(*snapshotOf({web()}), *snapshotOf(rows), nullptr, at(9), 50);
        QCOMPARE(changes.size(), std::size_t(51));
        QVERIFY(changes.back().what.contains(u"451"_s));
    }

    void newsAreNewsUntilLookedAt()
    {
        FakeMeshSource source;
        source.setSnapshot(snapshotOf({web()}));
        ChangeFeed feed;
        QAbstractItemModelTester tester(&feed, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy news(&feed, &ChangeFeed::unseenChanged);
        feed.follow(&source);
        QCOMPARE(feed.rowCount(), 0);
        source.setSnapshot(snapshotOf({web("v2")}));
        QCOMPARE(feed.unseen(), 1);
        QCOMPARE(feed.index(0, ChangeFeed::WhatColumn).data().toString(), u"version v1 → v2"_s);
        QVERIFY(feed.index(0, 0).data(ChangeFeed::UnseenRole).toBool());
        feed.markSeen();
        QCOMPARE(feed.unseen(), 0);
        source.setSnapshot(snapshotOf({}));
        QCOMPARE(feed.unseen(), 1);
        QVERIFY(feed.index(0, 0).data(ChangeFeed::UnseenRole).toBool());
        QVERIFY(!feed.index(1, 0).data(ChangeFeed::UnseenRole).toBool());
        QCOMPARE(feed.rowsOf(&source, {"default", "web-1"}).size(), std::size_t(2));
        QVERIFY(news.size() >= 3);
        feed.forget(&source);
        QCOMPARE(feed.rowCount(), 0);
        source.setSnapshot(snapshotOf({web()}));
        QCOMPARE(feed.rowCount(), 0);
    }

    void itIsBounded()
    {
        ChangeFeed feed;
        QAbstractItemModelTester tester(&feed, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int i = 0; i < 30; ++i)
            feed.append(std::vector<MeshChange>(
                100, MeshChange{MeshChange::Kind::Changed, {}, u"x"_s, Health::Online, at(i)}));
        QCOMPARE(static_cast<std::size_t>(feed.rowCount()), ChangeFeed::kCapacity);
        QCOMPARE(feed.index(0, ChangeFeed::WhenColumn).data(TimeRole).toDateTime().toMSecsSinceEpoch(),
                 at(29).time_since_epoch().count());
    }
};

QTEST_GUILESS_MAIN(TestChangeFeed)
#include "tst_change_feed.moc"
