#include "models/focus.h"

#include "tests/support/fake_mesh_source.h"
#include "tests/support/qtest_std.h"

#include <QSignalSpy>
#include <QTest>

using namespace meshscope;
using meshscope::testing::FakeMeshSource;

namespace {

FocusTarget dataplane(const char *name, MeshSource *source = nullptr)
{
    return {FocusKind::Dataplane, source, {"default", name}, -1};
}

}  // namespace

class TestFocus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void severalInOneTurnAreOneChange()
    {
        Focus focus;
        QSignalSpy changed(&focus, &Focus::changed);
        focus.set(dataplane("a"));
        focus.set(dataplane("b"));
        focus.set(dataplane("c"));
        QCOMPARE(focus.target(), dataplane("c"));
        QCOMPARE(changed.count(), 0);
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(changed.at(0).at(0).value<FocusTarget>(), dataplane("c"));
        QVERIFY(!focus.canGoBack());
    }

    void thereAndBackInOneTurnIsNoChange()
    {
        Focus focus;
        focus.set(dataplane("a"));
        QSignalSpy changed(&focus, &Focus::changed);
        QTRY_COMPARE(changed.count(), 1);
        focus.set(dataplane("b"));
        focus.set(dataplane("a"));
        QCoreApplication::processEvents();
        QCOMPARE(changed.count(), 1);
    }

    void backAndForwardWalkTheHistory()
    {
        Focus focus;
        QSignalSpy changed(&focus, &Focus::changed);
        int expected = 0;
        for (const char *name : {"a", "b", "c"}) {
            focus.set(dataplane(name));
            ++expected;
            QTRY_COMPARE(changed.count(), expected);
        }
        focus.back();
        QCOMPARE(focus.target(), dataplane("b"));
        QTRY_COMPARE(changed.count(), 4);
        focus.back();
        QTRY_COMPARE(changed.count(), 5);
        QCOMPARE(focus.target(), dataplane("a"));
        QVERIFY(!focus.canGoBack());
        focus.forward();
        focus.forward();
        QCOMPARE(focus.target(), dataplane("c"));
        QVERIFY(!focus.canGoForward());
        focus.back();
        focus.set(dataplane("d"));
        QTRY_VERIFY(!focus.canGoForward());
        focus.back();
        QCOMPARE(focus.target(), dataplane("b"));
    }

    void historyIsBounded()
    {
        Focus focus;
        QSignalSpy changed(&focus, &Focus::changed);
        for (int i = 0; i < static_cast<int>(Focus::kMaxHistory) + 50; ++i) {
            focus.set(dataplane(QByteArray::number(i).constData()));
            QCoreApplication::processEvents();
        }
        std::size_t steps = 0;
        for (; focus.canGoBack(); ++steps)
            focus.back();
        QCOMPARE(steps, Focus::kMaxHistory);
    }

    void aSourceThatDiesIsForgotten()
    {
        Focus focus;
        QSignalSpy changed(&focus, &Focus::changed);
        auto *source = new FakeMeshSource;
        focus.set(dataplane("a"));
        QTRY_COMPARE(changed.count(), 1);
        focus.set(dataplane("b", source));
        QTRY_COMPARE(changed.count(), 2);
        focus.set(dataplane("c", source));
        QTRY_COMPARE(changed.count(), 3);
        delete source;
        QVERIFY(focus.target().isNone());
        QTRY_COMPARE(changed.count(), 4);
        QVERIFY(changed.at(3).at(0).value<FocusTarget>().isNone());
        focus.back();
        QCOMPARE(focus.target(), dataplane("a"));
        QVERIFY(!focus.canGoBack());
    }

    void meshOfATarget()
    {
        QCOMPARE(meshOf({FocusKind::Mesh, nullptr, {"", "m"}, -1}), std::string("m"));
        QCOMPARE(meshOf(dataplane("a")), std::string("default"));
        QCOMPARE(meshOf({}), std::string());
    }
};

QTEST_GUILESS_MAIN(TestFocus)
#include "tst_focus.moc"
