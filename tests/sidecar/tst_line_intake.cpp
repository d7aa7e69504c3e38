#include "backend/sidecar/line_intake.h"

#include <QTest>

using namespace meshscope;

namespace {

using Lines = QList<QByteArray>;

class TestLineIntake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesAreCutAtNewlines_data()
    {
        QTest::addColumn<Lines>("chunks");
        QTest::addColumn<Lines>("lines");
        QTest::newRow("two lines in one chunk") << Lines{"a\nb\n"} << Lines{"a", "b"};
        QTest::newRow("one line in three chunks") << Lines{"a", "b", "c\n"} << Lines{"abc"};
        QTest::newRow("the last line has no newline") << Lines{"a\nb"} << Lines{"a", "b"};
        QTest::newRow("an empty line is a line") << Lines{"a\n\nb\n"} << Lines{"a", "", "b"};
        QTest::newRow("carriage returns are left out") << Lines{"a\r\nb\r\n"} << Lines{"a", "b"};
        QTest::newRow("nothing is nothing") << Lines{""} << Lines{};
    }
    void linesAreCutAtNewlines()
    {
        QFETCH(Lines, chunks);
        LineIntake intake;
        Lines lines;
        const auto sink = [&lines](const QByteArray &line) { lines << line; };
        for (const auto &chunk : chunks)
            intake.feed(chunk, 1, sink);
        intake.finish(1, sink);
        QTEST(lines, "lines");
        QCOMPARE(intake.takeLeftOut(), 0);
    }

    void aLineWithoutEndTakesNoMemory()
    {
        LineIntake intake({10, 100, 64});
        Lines lines;
        const auto sink = [&lines](const QByteArray &line) { lines << line; };
        for (int i = 0; i < 1000; ++i)
            intake.feed(QByteArray(1000, 'x'), 1, sink);
        QVERIFY(lines.isEmpty());
        intake.feed("\nnext\n", 1, sink);
        QCOMPARE(lines, (Lines{QByteArray(64, 'x') + "…", "next"}));
    }

    void aFloodIsCountedAndItsEndRemembered()
    {
        LineIntake intake({3, 100, 64});
        Lines lines;
        const auto sink = [&lines](const QByteArray &line) { lines << line; };
        for (int i = 0; i < 1000; ++i)
            intake.feed("line " + QByteArray::number(i) + '\n', 150, sink);
        QCOMPARE(lines, (Lines{"line 0", "line 1", "line 2"}));
        QCOMPARE(intake.takeLeftOut(), 997);
        QCOMPARE(intake.takeLeftOut(), 0);
        QCOMPARE(intake.lastLines().size(), LineIntake::kRemembered);
        QCOMPARE(intake.lastLines().back(), QByteArray("line 999"));

        intake.feed("later\n", 250, sink);  // a new window
        QCOMPARE(lines.back(), QByteArray("later"));
        QCOMPARE(intake.takeLeftOut(), 0);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestLineIntake)
#include "tst_line_intake.moc"
