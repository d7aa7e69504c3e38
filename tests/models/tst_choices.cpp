// Opening by name: what is found in which order, across connections, and as the list under the field shows
// it.
#include "models/object_choices.h"
#include "tests/support/fake_mesh_source.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <memory>
#include <random>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

std::unique_ptr<ObjectChoices> choicesOf(FakeMeshSource &source, const SnapshotPtr &snapshot)
{
    auto choices = std::make_unique<ObjectChoices>();
    choices->addConnection(&source, u"Sandbox"_s);
    choices->addDigest(&source, u"Sandbox"_s, digestOf(snapshot));
    return choices;
}

QStringList titles(const ChoiceList &list)
{
    QStringList result;
    for (int row = 0; row < list.rowCount(); ++row)
        result << list.index(row).data().toString();
    return result;
}

}  // namespace

class TestChoices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsObjectsOfEveryKind()
    {
        FakeMeshSource source;
        ChoiceList list;
        QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
        list.setSource(choicesOf(source, helloMesh()));
        list.setTyped({});
        QCOMPARE(titles(list), (QStringList{u"Sandbox"_s, u"default"_s, u"backend"_s, u"web"_s,
                                            u"backend-1"_s, u"backend-2"_s, u"web-1"_s}));
        list.setTyped(u"back"_s);
        QCOMPARE(titles(list), (QStringList{u"backend"_s, u"backend-1"_s, u"backend-2"_s}));
        QCOMPARE(list.index(0).data(ChoiceList::DetailRole).toString(), u"service in default"_s);
        QCOMPARE(list.index(0).data(ChoiceList::MatchedRole).value<QList<int>>(), (QList<int>{0, 1, 2, 3}));
        list.setTyped(u"b2"_s);
        QCOMPARE(titles(list), QStringList{u"backend-2"_s});
        list.setTyped(u"nobody"_s);
        QCOMPARE(list.rowCount(), 0);
    }

    void targetsNameTheConnection()
    {
        FakeMeshSource first, second;
        ObjectChoices choices;
        choices.addConnection(&first, u"one"_s);
        choices.addDigest(&first, u"one"_s, digestOf(helloMesh()));
        choices.addConnection(&second, u"two"_s);
        choices.addDigest(&second, u"two"_s, digestOf(snapshotOf({dp("web-1").service("web").online()})));
        const auto found = choices.find(FuzzyPattern("web-1"), 10);
        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(choices.targetOf(found[0]),
                 (FocusTarget{FocusKind::Dataplane, &first, {"default", "web-1"}, -1}));
        QCOMPARE(choices.targetOf(found[1]).source, static_cast<MeshSource *>(&second));
        QCOMPARE(choices.at(found[1]).detail, u"dataplane in default · two"_s);
        const auto planes = choices.find(FuzzyPattern("two"), 10);
        QCOMPARE(planes.size(), std::size_t(1));
        QCOMPARE(choices.targetOf(planes[0]), (FocusTarget{FocusKind::ControlPlane, &second, {}, -1}));
    }

    void namesOutliveTheirSnapshot()
    {
        FakeMeshSource source;
        auto choices =
            choicesOf(source, snapshotOf({dp("a-rather-long-name-that-is-not-stored-inline").online()}));
        const auto found = choices->find(FuzzyPattern("rather"), 5);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(choices->at(found[0]).title, u"a-rather-long-name-that-is-not-stored-inline"_s);
    }

    // Looking only at what fitted before must never lose anything.
    void typingOnFindsWhatStartingAnewFinds()
    {
        std::mt19937 random(20260102);
        std::vector<DataplanePtr> rows;
        for (int i = 0; i < 300; ++i) {
            std::string name;
            for (int letter = 0; letter < 8; ++letter)
                name += "abc-1"[random() % 5];
            rows.push_back(dp("x" + name + std::to_string(i)).online());
        }
        const SnapshotPtr snapshot = snapshotOf(rows);
        FakeMeshSource source;
        for (int round = 0; round < 50; ++round) {
            auto typing = choicesOf(source, snapshot);
            std::string typed;
            for (int letter = 0; letter < 5; ++letter) {
                if (random() % 5 == 0 && !typed.empty())
                    typed.pop_back();
                else
                    typed += "abc 1-"[random() % 6];
                auto anew = choicesOf(source, snapshot);
                QCOMPARE(typing->find(FuzzyPattern(typed), 20), anew->find(FuzzyPattern(typed), 20));
            }
        }
    }

    void keepsTheBestOnly()
    {
        BestChoices best(2);
        best.offer(5, 0);
        best.offer(9, 1);
        best.offer(5, 2);
        best.offer(7, 3);
        QCOMPARE(best.take(), (std::vector<std::size_t>{1, 3}));
        BestChoices none(0);
        none.offer(1, 1);
        QCOMPARE(none.take().size(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestChoices)
#include "tst_choices.moc"
