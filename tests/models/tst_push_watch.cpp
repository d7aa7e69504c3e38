#include "models/push_watch.h"

#include "models/document_diff.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;
using State = WatchRow::State;

namespace {

const ResourceKey kOwn{"default", "backend-2"};

DataplaneBuilder own() { return dp("backend-2").service("backend"); }
DataplaneBuilder web() { return dp("web-1").service("web").calls("backend"); }

QString states(const PushWatch &watch)
{
    static const char *const kNames[] = {"waiting", "accepted", "rejected", "unchanged", "not connected"};
    QStringList parts;
    for (const auto &row : watch.rows())
        parts += QString::fromStdString(row.proxy.name) + u": "_s
                 + QLatin1String(kNames[static_cast<int>(row.state)]);
    return parts.join(u", "_s);
}

}  // namespace

class TestPushWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countersTellWhatAProxySaid_data()
    {
        QTest::addColumn<SnapshotPtr>("before");
        QTest::addColumn<SnapshotPtr>("after");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<bool>("settled");
        const auto pair = [](DataplaneBuilder a, DataplaneBuilder b) { return snapshotOf({a, b}); };
        const auto start = pair(own().online().acks(6, 6), web().online().acks(8, 8));
        QTest::newRow("nothing sent: waiting")
            << start << start << "backend-2: waiting, web-1: waiting" << false;
        QTest::newRow("sent and not answered: waiting")
            << start << pair(own().online().acks(6, 6), web().online().acks(9, 8))
            << "backend-2: waiting, web-1: waiting" << false;
        QTest::newRow("answered: accepted; the other got nothing")
            << start << pair(own().online().acks(6, 6), web().online().acks(9, 9))
            << "backend-2: waiting, web-1: accepted" << true;
        QTest::newRow("one still owes an answer")
            << start << pair(own().online().acks(7, 6), web().online().acks(9, 9))
            << "backend-2: waiting, web-1: accepted" << false;
        QTest::newRow("a NACK among ACKs is a rejection")
            << start << pair(own().online().acks(8, 7, 1), web().online().acks(8, 8))
            << "backend-2: rejected, web-1: waiting" << true;
        QTest::newRow("an old NACK is not about this push")
            << pair(own().online().acks(6, 5, 1), web().online().acks(8, 8))
            << pair(own().online().acks(7, 6, 1), web().online().acks(8, 8))
            << "backend-2: accepted, web-1: waiting" << true;
        QTest::newRow("an answer to what was sent before is none to this")
            << pair(own().online().acks(6, 5), web().online().acks(8, 8))
            << pair(own().online().acks(6, 6), web().online().acks(8, 8))
            << "backend-2: waiting, web-1: waiting" << false;
        QTest::newRow("nobody is connected") << pair(own(), web().offline()) << pair(own(), web().offline())
                                             << "backend-2: not connected, web-1: not connected" << false;
        QTest::newRow("one that connects afterwards counts from zero")
            << pair(own(), web().offline()) << pair(own().online().acks(4, 4), web().offline())
            << "backend-2: accepted, web-1: not connected" << true;
        QTest::newRow("one that goes away is waited for no more")
            << start << pair(own().offline().acks(7, 6), web().online().acks(9, 9))
            << "backend-2: not connected, web-1: accepted" << true;
    }

    void countersTellWhatAProxySaid()
    {
        QFETCH(SnapshotPtr, before);
        QFETCH(SnapshotPtr, after);
        PushWatch watch(*before, kOwn, {"backend"});
        watch.update(*after);
        QTEST(states(watch), "expected");
        QTEST(watch.isSettled(), "settled");
    }

    void onlyWhoIsConcernedIsWatched()
    {
        auto transparent = std::make_shared<DataplaneOverview>(*dp("through").online().row());
        auto document = std::make_shared<Dataplane>(*transparent->dataplane);
        TransparentProxying proxying;
        proxying.redirectPortInbound = 15006;
        proxying.redirectPortOutbound = 15001;
        document->transparentProxying = proxying;
        transparent->dataplane = document;
        const auto snapshot =
            snapshotOf({own().online(), web().online(), dp("stranger").service("x").calls("y").online(),
                        dp("web-1").mesh("other").calls("backend").online(), transparent});
        const PushWatch watch(*snapshot, kOwn, {"backend"});
        QCOMPARE(states(watch), u"backend-2: waiting, through: waiting, web-1: waiting"_s);
    }

    void closingSettlesWhoGotNothing()
    {
        const auto start = snapshotOf({own().online().acks(6, 6), web().online().acks(8, 8)});
        PushWatch watch(*start, kOwn, {"backend"});
        watch.update(*snapshotOf({own().online().acks(6, 6), web().online().acks(9, 8)}));
        watch.close();
        QCOMPARE(states(watch), u"backend-2: unchanged, web-1: waiting"_s);
    }

    void aNackBringsItsWords()
    {
        PushWatch watch(*snapshotOf({own().online().acks(6, 6)}), kOwn, {});
        watch.update(*snapshotOf({own().online().acks(7, 6).rejected("lds", "no such port")}));
        QCOMPARE(watch.rows().front().message, std::string("no such port"));
        QVERIFY(watch.anyRejected());
    }

    void documentsDifferByField_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("expected");
        QTest::newRow("equal") << R"({"a":1})"
                               << R"({ "a": 1 })"
                               << "";
        QTest::newRow("the order of keys does not count") << R"({"a":1,"b":2})"
                                                          << R"({"b":2,"a":1})"
                                                          << "";
        QTest::newRow("times do not count") << R"({"creationTime":"x"})"
                                            << R"({"modificationTime":"y","kri":"z"})"
                                            << "";
        QTest::newRow("times further down do") << R"({"a":{"creationTime":"x"}})"
                                               << R"({"a":{}})"
                                               << R"(- a.creationTime "x" )";
        QTest::newRow("dropped, added, changed") << R"({"a":1,"b":{"c":[1,2]}})"
                                                 << R"({"b":{"c":[1,3]},"d":null})"
                                                 << R"(- a 1 ; ~ b.c[1] 2 3; + d  null)";
        QTest::newRow("keys that are no names are quoted") << R"({"tags":{"kuma.io/service":"a"}})"
                                                           << R"({"tags":{"kuma.io/service":"b"}})"
                                                           << R"(~ tags["kuma.io/service"] "a" "b")";
        QTest::newRow("another type is a change") << R"({"a":[1]})"
                                                  << R"({"a":{"0":1}})"
                                                  << R"(~ a [1] {"0":1})";
        QTest::newRow("no JSON counts as empty") << "nonsense"
                                                 << R"({"a":true})"
                                                 << R"(+ a  true)";
    }

    void documentsDifferByField()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QStringList parts;
        const auto found = differences(before.toStdString(), after.toStdString());
        for (const auto &difference : found) {
            static const char *const kMarks[] = {"-", "+", "~"};
            parts += QLatin1String(kMarks[static_cast<int>(difference.kind)]) + u' ' + difference.path + u' '
                     + difference.before + u' ' + difference.after;
        }
        QTEST(parts.join(u"; "_s), "expected");
        QCOMPARE(sameDocument(before.toStdString(), after.toStdString()), found.empty());
    }
};

QTEST_GUILESS_MAIN(TestPushWatch)
#include "tst_push_watch.moc"
