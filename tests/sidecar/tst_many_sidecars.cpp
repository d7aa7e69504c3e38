// Many sidecars at once: ports, restarts, kills, and what is left when they are gone. The long form of the
// chaos is MESHSCOPE_CHAOS_ROUNDS=2000.
#include "backend/sidecar/child.h"
#include "tests/sidecar/host_fixture.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <set>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatience = 60'000;

QByteArray dataplane(int number)
{
    return R"({"type":"Dataplane","mesh":"default","name":"p-)" + QByteArray::number(number)
           + R"(","networking":{"address":"127.0.0.1"}})";
}

// As a control plane does: the admin port that the Dataplane names.
FakeAnswer bootstrapFor(const FakeRequest &request)
{
    const auto body = QJsonDocument::fromJson(request.body).object();
    const auto resource =
        QJsonDocument::fromJson(body.value(u"dataplaneResource"_s).toString().toUtf8()).object();
    const int port = resource[u"networking"_s][u"admin"_s][u"port"_s].toInt();
    return bootstrapReply(tcpBootstrap(static_cast<quint16>(port)));
}

qsizetype openDescriptors()
{
    return QDir(u"/proc/self/fd"_s).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size();
}

qsizetype ownThreads()
{
    return QDir(u"/proc/self/task"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size();
}

class TestManySidecars : public QObject
{
    Q_OBJECT

    static SidecarSpec spec(const QUrl &controlPlane, int number)
    {
        auto result = HostFixture::spec(controlPlane, "p-" + std::to_string(number));
        result.dataplaneResource = dataplane(number).toStdString();
        result.hasFreeAdminPort = true;
        result.drainMilliseconds = 10;
        result.dns.server = SidecarDns::Auto;
        return result;
    }
    static int count(const SidecarHost &host, SidecarPhase phase)
    {
        const auto all = host.sidecars();
        return static_cast<int>(
            std::count_if(all.begin(), all.end(), [phase](const auto &one) { return one.phase == phase; }));
    }

private Q_SLOTS:
    void init() { qunsetenv("FAKE_ENVOY"); }

    void twentyStartedTogetherHavePortsOfTheirOwn()
    {
        constexpr int kEach = 10;
        FakeHttpServer controlPlane(bootstrapFor);
        // Two launchers, as two people or a window and a terminal.
        HostFixture first;
        HostFixture second;
        for (int i = 0; i < kEach; ++i) {
            QVERIFY(first.host->start(spec(controlPlane.url(), i)));
            QVERIFY(second.host->start(spec(controlPlane.url(), 100 + i)));
        }
        std::set<int> ports;
        for (const auto *rig : {&first, &second}) {
            QTRY_COMPARE_WITH_TIMEOUT(count(*rig->host, SidecarPhase::Ready), kEach, kPatience);
            for (const auto &status : rig->host->sidecars()) {
                for (const int port : {status.admin.port(), int(status.readinessPort), int(status.dnsPort),
                                       int(status.envoyDnsPort)}) {
                    QVERIFY(port > 0);
                    QVERIFY2(ports.insert(port).second, "a port was given twice");
                }
            }
        }
        for (const auto *rig : {&first, &second}) {
            rig->host->stopAll();
            QTRY_COMPARE_WITH_TIMEOUT(count(*rig->host, SidecarPhase::Stopped), kEach, kPatience);
            QVERIFY(rig->folderIsEmpty());
        }
    }

    void aFailedOneIsStartedAgain()
    {
        FakeHttpServer controlPlane(bootstrapFor);
        HostFixture rig;
        auto wished = spec(controlPlane.url(), 1);
        wished.restart = SidecarRestart::OnFailure;
        QVERIFY(rig.host->start(wished));
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, kPatience);
        const qint64 before = rig.status().envoyPid;
        QList<bool> plans;
        connect(rig.host.get(), &SidecarHost::sidecarChanged, this, [&plans](const SidecarStatus &status) {
            if (status.phase == SidecarPhase::Failed)
                plans << status.restartAt.isValid();
        });
        signalGroup(before, GroupSignal::Kill);
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Failed, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, kPatience);
        QVERIFY(rig.status().envoyPid != before);
        QCOMPARE(rig.status().restarts, 1);
        QVERIFY(!rig.status().restartAt.isValid());
        QCOMPARE(plans, QList<bool>{true});
        QVERIFY(rig.hasLogged(u"starting again in"_s, "p-1"));
    }

    void itIsTriedAgainUntilItIsStopped()
    {
        qputenv("FAKE_ENVOY", "exit-at-once");
        FakeHttpServer controlPlane(bootstrapFor);
        HostFixture rig;
        auto wished = spec(controlPlane.url(), 1);
        wished.restart = SidecarRestart::OnFailure;
        QVERIFY(rig.host->start(wished));
        QTRY_VERIFY_WITH_TIMEOUT(rig.status().restarts >= 3, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Failed, kPatience);
        rig.host->stop({"default", "p-1"});
        QVERIFY(!rig.status().restartAt.isValid());
        const int restarts = rig.status().restarts;
        QTest::qWait(600);  // longer than the longest pause: nothing may happen
        QCOMPARE(rig.status().restarts, restarts);
        QVERIFY(!rig.host->isBusy());
    }

    void whatADeadLauncherLeftIsFoundAndEnded()
    {
        // A process that says of itself that it belongs to a sidecar of a launcher that is gone.
        QTemporaryDir folder;
        const QString left = folder.filePath(u"ms-999999999-abcdef"_s);
        QVERIFY(QDir().mkpath(left));
        QProcess orphan;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(kSidecarVariable), left);
        orphan.setProcessEnvironment(environment);
        orphan.start(u"/bin/sleep"_s, {u"1000"_s});
        QVERIFY(orphan.waitForStarted());
        SidecarHostOptions options;
        options.baseFolder = folder.path();
        LocalSidecarHost host(options);
        QTRY_COMPARE(host.leftovers().size(), 1);
        const auto found = host.leftovers().first();
        QCOMPARE(found.directory, left);
        QCOMPARE(found.pids, QList<qint64>{orphan.processId()});
        QCOMPARE(found.programs, QStringList{u"sleep"_s});
        QVERIFY(QFileInfo::exists(left));  // not taken from under it
        host.removeLeftovers();
        QVERIFY(orphan.waitForFinished());
        QCOMPARE(orphan.exitStatus(), QProcess::CrashExit);
        QVERIFY(!QFileInfo::exists(left));
        QVERIFY(host.leftovers().isEmpty());
    }

    void childrenAreKnownAgain()
    {
        FakeHttpServer controlPlane(bootstrapFor);
        HostFixture rig;
        auto wished = spec(controlPlane.url(), 1);
        wished.workload = WorkloadSpec{u"/bin/sh"_s, {u"-c"_s, u"sleep 1000"_s}};
        QVERIFY(rig.host->start(wished));
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, kPatience);
        std::set<qint64> marked;
        for (const auto &process : markedProcesses()) {
            if (process.directory == rig.status().directory)
                marked.insert(process.pid);
        }
        QVERIFY(marked.count(rig.status().envoyPid) == 1 && marked.count(rig.status().workloadPid) == 1);
    }

    // Started, stopped, killed and restarted at random; then nothing of it may be left.
    void chaosLeavesNothing()
    {
        constexpr int kSidecars = 50;
        const int rounds = std::max(qEnvironmentVariableIntValue("MESHSCOPE_CHAOS_ROUNDS"), 150);
        FakeHttpServer controlPlane(bootstrapFor);
        QRandomGenerator random(4711);
        const auto ownLeft = [](const QString &folder) {
            const auto marked = markedProcesses();
            return std::count_if(marked.begin(), marked.end(), [&folder](const MarkedProcess &process) {
                return process.directory.startsWith(folder);
            });
        };
        QString warmFolder;
        {
            HostFixture warm;  // what Qt opens once for all is open then
            warmFolder = warm.folder.path();
            QVERIFY(warm.host->start(spec(controlPlane.url(), 0)));
            QTRY_COMPARE_WITH_TIMEOUT(count(*warm.host, SidecarPhase::Ready), 1, kPatience);
        }
        QTRY_COMPARE(ownLeft(warmFolder), 0);
        const auto descriptors = openDescriptors();
        const auto threads = ownThreads();
        auto rig = std::make_unique<HostFixture>();
        for (int i = 0; i < kSidecars; ++i) {
            auto wished = spec(controlPlane.url(), i);
            wished.restart = i % 3 == 0 ? SidecarRestart::OnFailure : SidecarRestart::Never;
            QVERIFY(rig->host->start(wished));
        }
        for (int round = 0; round < rounds; ++round) {
            const auto all = rig->host->sidecars();
            const auto &one = all[random.bounded(static_cast<int>(all.size()))];
            switch (random.bounded(4)) {
            case 0:
                signalGroup(one.envoyPid, GroupSignal::Kill);
                break;
            case 1:
                rig->host->stop(one.key);
                break;
            case 2:
                (void)rig->host->start(spec(controlPlane.url(), std::stoi(one.key.name.substr(2))));
                break;
            default:
                (void)rig->host->admin(one.key, u"ready"_s);
                break;
            }
            QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        }
        rig->host->stopAll();
        QTRY_VERIFY_WITH_TIMEOUT(!rig->host->isBusy(), kPatience);
        QVERIFY(rig->folderIsEmpty());
        QCOMPARE(ownLeft(rig->folder.path()), 0);
        rig.reset();
        // Sockets that were let go close in the event loop.
        QTRY_VERIFY2(openDescriptors() <= descriptors + 3,
                     qPrintable(u"%1 descriptors, %2 before"_s.arg(openDescriptors()).arg(descriptors)));
        QTRY_VERIFY2(ownThreads() <= threads,
                     qPrintable(u"%1 threads, %2 before"_s.arg(ownThreads()).arg(threads)));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestManySidecars)
#include "tst_many_sidecars.moc"
