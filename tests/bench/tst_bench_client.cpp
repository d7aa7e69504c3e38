// How long a client needs for a mesh of 1,000, 10,000 and 100,000 dataplanes: the whole list beside curl, a
// refresh in which one row of a thousand changed, how long the event loop of the window's thread stood still
// meanwhile, and the memory it takes. The control plane is a second process of this program that has its
// pages ready.
#include "backend/client/remote_control_plane.h"
#include "tests/bench/mesh_server.h"
#include "tests/support/refreshed.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

double megabytesOf(const char *line)
{
    QFile file(u"/proc/self/status"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const auto text = file.readAll();
    const auto at = text.indexOf(line);
    return at < 0 ? 0
                  : text.mid(at + static_cast<int>(std::strlen(line)), 32)
                            .simplified()
                            .split(' ')
                            .value(0)
                            .toDouble()
                        / 1024;
}

// The longest time between two turns of the event loop.
class Heartbeat : public QObject
{
public:
    Heartbeat()
    {
        m_clock.start();
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_longest = std::max(m_longest, static_cast<double>(m_clock.nsecsElapsed()) / 1e6);
            m_clock.restart();
        });
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.start(1);
    }
    double longest() const { return m_longest; }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_longest = 0;
};

}  // namespace

class BenchClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : {1'000, 10'000, 100'000})
            QTest::newRow(std::to_string(count).c_str()) << count;
    }

    void reads()
    {
        QFETCH(int, count);
        QProcess server;
        server.start(QCoreApplication::applicationFilePath(), {u"--serve"_s, QString::number(count)});
        QVERIFY(server.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(server.canReadLine(), 60'000);
        const QString base = u"http://127.0.0.1:"_s + QString::fromLatin1(server.readLine().trimmed());

        const QString curl = QStandardPaths::findExecutable(u"curl"_s);
        double curlMilliseconds = 0;
        for (int round = 0; !curl.isEmpty() && round < 3; ++round) {  // the first one lets the pages be made
            const QString url = base + u"/dataplanes/_overview?size=1000&offset=[0-%1:1000]"_s.arg(count - 1);
            QElapsedTimer clock;
            clock.start();
            QProcess get;
            get.start(curl, {u"-s"_s, u"-o"_s, u"/dev/null"_s, base});
            QVERIFY(get.waitForFinished(60'000));
            clock.restart();
            get.start(curl, {u"-s"_s, u"-o"_s, u"/dev/null"_s, url});
            QVERIFY(get.waitForFinished(600'000));
            curlMilliseconds = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        }

        const double before = megabytesOf("VmRSS:");
        ConnectionOptions options;
        options.baseUrl = QUrl(base);
        options.intervalMilliseconds = 0;
        RemoteControlPlane remote(options);
        MeshSource &source = *remote.source();
        double first = 0;
        QElapsedTimer clock;
        connect(&source, &MeshSource::snapshotChanged, this, [&] {
            if (first == 0)
                first = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        });
        double whole = 0, stall = 0;
        {
            Heartbeat heart;
            clock.start();
            QVERIFY(refreshedWithin(source, 120'000));
            whole = static_cast<double>(clock.nsecsElapsed()) / 1e6;
            stall = heart.longest();
        }
        QCOMPARE(source.snapshot()->dataplanes.size(), static_cast<std::size_t>(count));
        const double held = megabytesOf("VmRSS:") - before;
        qInfo(
            "%d dataplanes: curl %.0f ms, first rows %.0f ms, whole list %.0f ms (ratio %.2f), longest stall "
            "%.1f ms, memory +%.0f MB",
            count, curlMilliseconds, first, whole, curlMilliseconds > 0 ? whole / curlMilliseconds : 0.0,
            stall, held);

        QNetworkAccessManager network;
        double refresh = 0, refreshStall = 0;
        for (int round = 0; round < 3; ++round) {
            const std::unique_ptr<QNetworkReply> changed(
                network.get(QNetworkRequest(QUrl(base + u"/change"_s))));
            QTRY_VERIFY(changed->isFinished());
            const auto old = source.snapshot();
            Heartbeat heart;
            clock.restart();
            QVERIFY(refreshedWithin(source, 120'000));
            refresh = static_cast<double>(clock.nsecsElapsed()) / 1e6;
            refreshStall = std::max(refreshStall, heart.longest());
            std::size_t different = 0;
            for (std::size_t i = 0; i < old->dataplanes.size(); ++i)
                different += old->dataplanes[i] != source.snapshot()->dataplanes[i] ? 1 : 0;
            QVERIFY(different > 0 && different <= static_cast<std::size_t>(count / 1'000 + 1));
        }
        qInfo("%d dataplanes, 0.1 %% changed: refresh %.0f ms, longest stall %.1f ms, memory +%.0f MB (peak "
              "%.0f "
              "MB of the process)",
              count, refresh, refreshStall, megabytesOf("VmRSS:") - before, megabytesOf("VmHWM:"));
        server.closeWriteChannel();
        QVERIFY(server.waitForFinished());
    }
};

int main(int argc, char **argv)
{
    if (argc == 3 && std::strcmp(argv[1], "--serve") == 0)
        return serveMesh(std::atoi(argv[2]));
    QCoreApplication app(argc, argv);
    BenchClient bench;
    return QTest::qExec(&bench, argc, argv);
}

#include "tst_bench_client.moc"
