#include "backend/sidecar/child.h"
#include "backend/sidecar/child_process.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

bool isGone(qint64 pid)
{
    QFile stat(u"/proc/%1/stat"_s.arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return true;
    const QByteArray line = stat.readAll();
    return line.mid(line.lastIndexOf(')') + 2).startsWith('Z');
}

class TestChild : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itsLinesAndItsEndAreHeard()
    {
        Child child;
        QSignalSpy lines(&child, &Child::lineWritten);
        QSignalSpy ended(&child, &Child::ended);
        child.start(u"/bin/sh"_s, {u"-c"_s, u"echo one; echo two >&2; printf three; exit 7"_s});
        QTRY_COMPARE(ended.size(), 1);
        QStringList texts;
        for (const auto &line : lines)
            texts << QString::fromUtf8(line[0].toByteArray());
        QCOMPARE(texts, (QStringList{u"one"_s, u"two"_s, u"three"_s}));
        const auto end = ended[0][0].value<ChildEnd>();
        QCOMPARE(end.exitCode, 7);
        QCOMPARE(end.signal, 0);
        QVERIFY(!child.isAlive());
        QCOMPARE(child.state(), Child::State::Exited);
    }

    void whatCannotStartSaysWhy()
    {
        Child child;
        QSignalSpy ended(&child, &Child::ended);
        child.start(u"/not/there"_s, {});
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(ended[0][0].value<ChildEnd>().neverStarted);
        QVERIFY(!child.isAlive());
    }

    void itIsAskedThenKilled()
    {
        Child child;
        QSignalSpy lines(&child, &Child::lineWritten);
        QSignalSpy ended(&child, &Child::ended);
        child.start(u"/bin/sh"_s,
                    {u"-c"_s, u"trap 'echo asked' TERM; echo up; while :; do sleep 0.05; done"_s});
        QTRY_COMPARE(lines.size(), 1);
        QElapsedTimer clock;
        clock.start();
        child.stop(200);
        QVERIFY2(clock.elapsed() < 50, "stop() blocked");
        QCOMPARE(child.state(), Child::State::Stopping);
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(clock.elapsed() >= 200);
        QVERIFY(std::any_of(lines.begin(), lines.end(),
                            [](const auto &line) { return line[0].toByteArray() == "asked"; }));
        QCOMPARE(ended[0][0].value<ChildEnd>().signal, SIGKILL);
    }

    void itsOwnChildrenEndWithIt()
    {
        Child child;
        QSignalSpy lines(&child, &Child::lineWritten);
        QSignalSpy ended(&child, &Child::ended);
        child.start(u"/bin/sh"_s, {u"-c"_s, u"sleep 1000 & echo $!; wait"_s});
        QTRY_COMPARE(lines.size(), 1);
        const qint64 grandchild = lines[0][0].toByteArray().toLongLong();
        QVERIFY(!isGone(grandchild));
        child.stop(5000);
        QTRY_COMPARE(ended.size(), 1);
        QTRY_VERIFY(isGone(grandchild));
    }

    void itHasNothingOfOurs()
    {
        // A descriptor without FD_CLOEXEC, as a careless library would leave it.
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        Child child;
        QSignalSpy lines(&child, &Child::lineWritten);
        QSignalSpy ended(&child, &Child::ended);
        child.start(u"/bin/sh"_s,
                    {u"-c"_s, u"readlink /proc/self/fd/0; ls -l /proc/$$/fd; ps -o pgid= -p $$ || "
                              "cut -d' ' -f5 /proc/$$/stat; echo $$"_s});
        QTRY_COMPARE(ended.size(), 1);
        ::close(ends[0]);
        ::close(ends[1]);
        QByteArrayList texts;
        for (const auto &line : lines)
            texts << line[0].toByteArray();
        QCOMPARE(texts.first(), QByteArray("/dev/null"));
        QCOMPARE(texts.value(texts.size() - 2).trimmed(), texts.last());  // leads its group
        for (const int descriptor : ends) {
            const QByteArray entry = ' ' + QByteArray::number(descriptor) + " -> ";
            for (const auto &text : texts)
                QVERIFY2(!text.contains(entry), text.constData());
        }
    }

    void theDestructorLeavesNothing()
    {
        qint64 pid = 0;
        {
            Child child;
            QSignalSpy started(&child, &Child::started);
            child.start(u"/bin/sleep"_s, {u"1000"_s});
            QTRY_COMPARE(started.size(), 1);
            pid = child.pid();
            QVERIFY(pid > 0);
        }
        QVERIFY(isGone(pid));
    }

    void aKilledOwnerLeavesNothing()
    {
        QProcess owner;
        owner.start(QStringLiteral(MESHSCOPE_BIN_DIR "/child_owner"), {u"/bin/sleep"_s, u"1000"_s});
        QVERIFY(owner.waitForReadyRead(10'000));
        const qint64 pid = owner.readAll().trimmed().toLongLong();
        QVERIFY(pid > 0 && !isGone(pid));
        owner.kill();  // SIGKILL
        QVERIFY(owner.waitForFinished(10'000));
        QTRY_VERIFY(isGone(pid));
    }

    void aFloodCostsLittle()
    {
        Child child;
        int lines = 0;
        qint64 leftOut = 0;
        qint64 longestTurn = 0;
        QElapsedTimer turn;
        QTimer ticks;
        connect(&child, &Child::lineWritten, this, [&lines] { ++lines; });
        connect(&child, &Child::linesLeftOut, this, [&leftOut](qint64 count) { leftOut += count; });
        connect(&ticks, &QTimer::timeout, this, [&] { longestTurn = std::max(longestTurn, turn.restart()); });
        QSignalSpy ended(&child, &Child::ended);
        turn.start();
        ticks.start(5);
        child.start(
            u"/bin/sh"_s,
            {u"-c"_s, u"yes 'a line of the flood, as long as log lines often are' | head -c 100000000"_s});
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 60'000);
        constexpr qint64 kWritten = 100'000'000 / 52 + 1;
        QCOMPARE(lines + leftOut, kWritten);
        QVERIFY2(lines < 200'000, qPrintable(QString::number(lines)));
        QVERIFY2(longestTurn < 2000, qPrintable(u"the event loop stood still for %1 ms"_s.arg(longestTurn)));
    }

    void theHolderOfAPortIsFound()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const auto holder = portHolder(QHostAddress(QHostAddress::LocalHost), server.serverPort());
        QVERIFY(holder);
        QCOMPARE(holder->pid, QCoreApplication::applicationPid());
        QCOMPARE(holder->program, u"tst_child"_s);
        QVERIFY(portHolder(QHostAddress(QHostAddress::AnyIPv4), server.serverPort()));
        const quint16 port = server.serverPort();
        server.close();
        QVERIFY(!portHolder(QHostAddress(QHostAddress::LocalHost), port));

        QVERIFY(server.listen(QHostAddress::Any));  // an IPv6 socket for both
        QCOMPARE(
            portHolder(QHostAddress(QHostAddress::LocalHost), server.serverPort()).value_or(PortHolder{}).pid,
            QCoreApplication::applicationPid());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestChild)
#include "tst_child.moc"
