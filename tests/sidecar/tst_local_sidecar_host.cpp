// The life of a sidecar, with an Envoy and a control plane of our own making.
#include "backend/sidecar/local_sidecar_host.h"

#include "backend/sidecar/child_process.h"
#include "tests/sidecar/fake_dp_server.h"
#include "tests/support/free_port.h"
#include "tests/support/test_certificate.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace meshscope;
using testing::freePort;
using namespace Qt::StringLiterals;

namespace {

const ResourceKey kKey{"default", "web-1"};
const QString kFakeEnvoy = QStringLiteral(MESHSCOPE_BIN_DIR "/fake_envoy");

QByteArray bootstrapYaml(quint16 adminPort)
{
    return "# as it came\nadmin:\n  address:\n    socketAddress:\n      address: 127.0.0.1\n      portValue: "
           + QByteArray::number(adminPort) + '\n';
}

FakeAnswer bootstrapAnswer(quint16 adminPort) { return bootstrapReply(bootstrapYaml(adminPort)); }

class TestLocalSidecarHost : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LocalSidecarHost> m_host;
    QList<SidecarPhase> m_phases;
    int m_retryTotal = 0;

    void makeHost(const QString &envoy = kFakeEnvoy, int retryTotal = 60'000)
    {
        SidecarHostOptions options;
        options.envoy = {};
        options.envoy.named = envoy;
        options.baseFolder = m_folder->path();
        m_retryTotal = retryTotal;
        options.timings.readyPause = 20;
        options.timings.slowReady = 200;
        options.timings.grace = 300;
        m_host = std::make_unique<LocalSidecarHost>(options);
        connect(m_host.get(), &SidecarHost::sidecarChanged, this, [this](const SidecarStatus &status) {
            if (m_phases.isEmpty() || m_phases.last() != status.phase)
                m_phases << status.phase;
        });
    }

    SidecarSpec specFor(const QUrl &controlPlane) const
    {
        SidecarSpec spec;
        spec.dataplane = kKey;
        spec.controlPlane = controlPlane;
        spec.drainMilliseconds = 100;
        spec.retryPause = 50;
        spec.retryTotal = m_retryTotal;
        return spec;
    }

    SidecarStatus status() const
    {
        const auto all = m_host->sidecars();
        return all.isEmpty() ? SidecarStatus() : all.first();
    }
    QString failure() const
    {
        const auto now = status();
        return now.failure ? QString::fromStdString(now.failure->what) : QString();
    }
    bool hasLogged(const QString &text) const
    {
        const auto lines = m_host->logLines(kKey);
        return std::any_of(lines.begin(), lines.end(),
                           [&](const auto &line) { return line.text.contains(text); });
    }
    QString logText() const
    {
        QString text;
        const auto lines = m_host->logLines(kKey);
        for (const auto &line : lines)
            text += line.text + u'\n';
        return text;
    }
    bool folderIsEmpty() const
    {
        return QDir(m_folder->path()).isEmpty(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden);
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_phases.clear();
        qunsetenv("FAKE_ENVOY");
    }
    void cleanup() { m_host.reset(); }

    void itLivesAndDrains()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        auto spec = specFor(urlOf(controlPlane, u"/any/path"_s));
        spec.token = "head.body.signature";
        spec.concurrency = 3;
        spec.drainMilliseconds = 2000;
        spec.workload = WorkloadSpec{u"/bin/sh"_s, {u"-c"_s, u"echo workload up; exec sleep 1000"_s}};
        QVERIFY(m_host->start(spec));
        QVERIFY(m_host->isBusy());
        const auto again = m_host->start(spec);
        QVERIFY(!again && again.error().code == Error::Code::Conflict);
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);

        const auto ready = status();
        QCOMPARE(ready.key, kKey);
        QCOMPARE(ready.admin, QUrl(u"http://127.0.0.1:%1"_s.arg(admin)));
        QCOMPARE(ready.envoyVersion, u"9.8.7"_s);
        QVERIFY(isProcessAlive(ready.envoyPid) && isProcessAlive(ready.workloadPid));
        QTRY_VERIFY(hasLogged(u"workload up"_s));

        // The bootstrap: as it came, for nobody else to read.
        QFile file(ready.directory + u"/bootstrap.yaml"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), bootstrapYaml(admin));
        QCOMPARE(file.permissions() & QFileDevice::Permissions(0x0077), QFileDevice::Permissions());
        QCOMPARE(QFileInfo(ready.directory).permissions() & QFileDevice::Permissions(0x0077),
                 QFileDevice::Permissions());
        QVERIFY(ready.directory.size() < 80);

        QCOMPARE(controlPlane.requests().size(), 1);
        QCOMPARE(controlPlane.requests()[0].path, u"/bootstrap"_s);
        const auto body = QJsonDocument::fromJson(controlPlane.requests()[0].body).object();
        QCOMPARE(body[u"dataplaneToken"_s].toString(), u"head.body.signature"_s);
        QCOMPARE(body[u"workdir"_s].toString(), ready.directory);
        QVERIFY2(
            hasLogged(u"arguments: --config-path "_s + ready.directory
                      + u"/bootstrap.yaml --drain-time-s 2 --drain-strategy immediate --disable-hot-restart "
                        "--log-level info --concurrency 3"_s),
            qPrintable(logText()));
        QVERIFY2(!logText().contains("head.body.signature"_L1), "the token is in the log");

        QElapsedTimer clock;
        clock.start();
        m_host->stop(kKey);
        QVERIFY2(clock.elapsed() < 50, "stop() blocked");
        QCOMPARE(status().phase, SidecarPhase::Draining);
        QTRY_VERIFY(hasLogged(u"told to drain"_s));
        QVERIFY(isProcessAlive(ready.envoyPid));
        QTRY_COMPARE(status().phase, SidecarPhase::Stopped);
        QVERIFY(clock.elapsed() >= 1800);  // a coarse timer
        QVERIFY(!m_host->isBusy());
        QVERIFY(!isProcessAlive(ready.envoyPid) && !isProcessAlive(ready.workloadPid));
        QVERIFY(folderIsEmpty());
        QCOMPARE(m_phases,
                 (QList{SidecarPhase::Resolving, SidecarPhase::Bootstrapping, SidecarPhase::Starting,
                        SidecarPhase::Ready, SidecarPhase::Draining, SidecarPhase::Stopped}));

        QVERIFY(m_host->start(spec));  // again, in its place
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        QCOMPARE(m_host->sidecars().size(), 1);
        m_host->stop(kKey);
        m_host->stop(kKey);  // a second time: at once
        clock.restart();
        QTRY_COMPARE(status().phase, SidecarPhase::Stopped);
        QVERIFY(clock.elapsed() < 1500);
    }

    void itWaitsForItsDataplane()
    {
        const quint16 admin = freePort();
        int tries = 0;
        FakeHttpServer controlPlane([&](const FakeRequest &) {
            ++tries;
            return tries < 4 ? reply(tries == 2 ? 503 : 404, "", "text/plain") : bootstrapAnswer(admin);
        });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().detail, u"waiting for the Dataplane default/web-1 to appear"_s);
        QCOMPARE(status().phase, SidecarPhase::Bootstrapping);
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        QCOMPARE(status().detail, QString());
        QCOMPARE(tries, 4);
    }

    void itGivesUpInTheEnd()
    {
        FakeHttpServer controlPlane([](const FakeRequest &) { return reply(404, "", "text/plain"); });
        makeHost(kFakeEnvoy, 400);
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QCOMPARE(status().failure->code, Error::Code::NotFound);
        QVERIFY2(failure().startsWith("dataplane not found"_L1), qPrintable(failure()));
        QVERIFY(controlPlane.requests().size() > 1);
        QVERIFY(folderIsEmpty());
    }

    void aRefusalIsFinal()
    {
        FakeHttpServer controlPlane([](const FakeRequest &) {
            return reply(422, "networking.address: address can't be empty", "text/plain");
        });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QVERIFY2(failure().contains("address can't be empty"_L1), qPrintable(failure()));
        QVERIFY(!status().advice.isEmpty());
        QCOMPARE(controlPlane.requests().size(), 1);
    }

    void itCanBeStoppedAtAnyMoment_data()
    {
        QTest::addColumn<int>("phase");
        QTest::newRow("while Envoy is looked for") << int(SidecarPhase::Resolving);
        QTest::newRow("while it waits for the control plane") << int(SidecarPhase::Bootstrapping);
        QTest::newRow("while Envoy starts") << int(SidecarPhase::Starting);
    }
    void itCanBeStoppedAtAnyMoment()
    {
        QFETCH(int, phase);
        const bool answers = phase != int(SidecarPhase::Bootstrapping);
        qputenv("FAKE_ENVOY", "never-ready");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [&](const FakeRequest &) { return answers ? bootstrapAnswer(admin) : reply(Fault::Silent); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(int(status().phase), phase);
        m_host->stopAll();
        QTRY_COMPARE(status().phase, SidecarPhase::Stopped);
        QVERIFY(folderIsEmpty());
        QVERIFY(!status().failure);
    }

    void envoysEndsAreExplained_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::addColumn<QString>("says");
        QTest::newRow("it exits at once") << QByteArray("exit-at-once") << u"port in use: 127.0.0.1:"_s;
        QTest::newRow("it does not take the bootstrap")
            << QByteArray("bad-bootstrap") << u"does not take the bootstrap"_s;
        QTest::newRow("its token is rejected")
            << QByteArray("token-rejected,never-ready")
            << u"rejected the token: authentication failed: token is revoked"_s;
        QTest::newRow("it is no Envoy") << QByteArray("wrong-version") << u"Envoy was not found"_s;
    }
    void envoysEndsAreExplained()
    {
        QFETCH(QByteArray, fault);
        QFETCH(QString, says);
        qputenv("FAKE_ENVOY", fault);
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        auto spec = specFor(controlPlane.url());
        spec.workload = WorkloadSpec{u"/bin/sleep"_s, {u"1000"_s}};
        QVERIFY(m_host->start(spec));
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QVERIFY2(failure().contains(says), qPrintable(failure()));
        QVERIFY(!status().advice.isEmpty());
        QCOMPARE(status().envoyPid, 0);
        QCOMPARE(status().workloadPid, 0);
        QVERIFY(!m_host->isBusy());
        QVERIFY(folderIsEmpty());
    }

    void aMissingEnvoyIsExplained()
    {
        makeHost(u"/not/there/envoy"_s);
        QVERIFY(m_host->start(specFor(QUrl(u"http://127.0.0.1:1"_s))));
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QVERIFY2(failure().contains("/not/there/envoy"_L1), qPrintable(failure()));
        QVERIFY2(status().advice.contains("./installer/setup"_L1), qPrintable(status().advice));
        QVERIFY(!m_host->envoy().isFound());
    }

    void aPortInUseIsExplainedBeforeTheStart_data()
    {
        QTest::addColumn<QByteArray>("resource");
        QTest::addColumn<QString>("purpose");
        QTest::newRow("the admin port") << QByteArray() << u"Envoy's admin interface"_s;
        QTest::newRow("an inbound") << QByteArray(
            R"({"networking":{"address":"127.0.0.1","inbound":[{"port":%1}]}})")
                                    << u"inbound"_s;
        QTest::newRow("an outbound") << QByteArray(
            R"({"networking":{"address":"192.0.2.1","outbound":[{"port":%1}]}})")
                                     << u"outbound"_s;
    }
    void aPortInUseIsExplainedBeforeTheStart()
    {
        QFETCH(QByteArray, resource);
        QFETCH(QString, purpose);
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        const quint16 admin = resource.isEmpty() ? holder.serverPort() : freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        auto spec = specFor(controlPlane.url());
        spec.dataplaneResource =
            resource.replace("%1", QByteArray::number(holder.serverPort())).toStdString();
        QVERIFY(m_host->start(spec));
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QCOMPARE(failure(), u"port in use: 127.0.0.1:%1 (%2) is held by tst_local_sidec (pid %3)"_s
                                .arg(holder.serverPort())
                                .arg(purpose)
                                .arg(QCoreApplication::applicationPid()));
        QCOMPARE(status().failure->code, Error::Code::Conflict);
        QVERIFY2(!hasLogged(u"arguments:"_s), "Envoy was started all the same");
    }

    void aNackIsNoFailure()
    {
        qputenv("FAKE_ENVOY", "nack");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        QVERIFY2(status().detail.startsWith("Envoy refused the control plane's Listener"_L1),
                 qPrintable(status().detail));
    }

    void anEnvoyThatIsNeverReadySaysSo()
    {
        qputenv("FAKE_ENVOY", "never-ready");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().detail, u"Envoy is not ready yet: PRE_INITIALIZING"_s);
        QCOMPARE(status().phase, SidecarPhase::Starting);
    }

    void anEnvoyThatDiesLaterIsAFailure()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        signalGroup(status().envoyPid, GroupSignal::Kill);
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QVERIFY2(failure().startsWith("Envoy was ended by signal 9"_L1), qPrintable(failure()));
    }

    void anEnvoyThatEndsByItselfLaterIsAFailure()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        (void)m_host->admin(kKey, u"end"_s, SidecarHost::AdminVerb::Post);
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QCOMPARE(failure(), u"Envoy ended with status 3: [main] told to end"_s);
        QVERIFY(folderIsEmpty());
    }

    void aRestartInAnswerToTheFailureIsPossible()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        const auto spec = specFor(controlPlane.url());
        int restarts = 0;
        connect(m_host.get(), &SidecarHost::sidecarChanged, m_host.get(), [&](const SidecarStatus &changed) {
            if (changed.phase == SidecarPhase::Failed && ++restarts < 3) {
                qunsetenv("FAKE_ENVOY");
                QVERIFY(m_host->start(spec));
            }
        });
        qputenv("FAKE_ENVOY", "exit-at-once");
        QVERIFY(m_host->start(spec));
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        QCOMPARE(restarts, 1);
    }

    void whatIgnoresSigtermIsKilled()
    {
        qputenv("FAKE_ENVOY", "ignore-sigterm");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        const qint64 pid = status().envoyPid;
        m_host->stop(kKey);
        QTRY_COMPARE(status().phase, SidecarPhase::Stopped);
        QVERIFY(!isProcessAlive(pid));
        QVERIFY(hasLogged(u"ended by signal 9"_s));
    }

    void theDestructorEndsEverything()
    {
        qputenv("FAKE_ENVOY", "ignore-sigterm");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        auto spec = specFor(controlPlane.url());
        spec.workload = WorkloadSpec{u"/bin/sh"_s, {u"-c"_s, u"trap '' TERM; while :; do sleep 1; done"_s}};
        QVERIFY(m_host->start(spec));
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        const auto before = status();
        QElapsedTimer clock;
        clock.start();
        m_host.reset();
        QVERIFY2(clock.elapsed() < LocalSidecarHost::kLastGrace + 1000,
                 qPrintable(QString::number(clock.elapsed())));
        QVERIFY(!isProcessAlive(before.envoyPid) && !isProcessAlive(before.workloadPid));
        QVERIFY(folderIsEmpty());
    }

    void aFloodIsBounded()
    {
        qputenv("FAKE_ENVOY", "flood");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, SidecarPhase::Ready, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(hasLogged(u"lines left out"_s), 30'000);
        QVERIFY(m_host->logLines(kKey).size() <= qsizetype(LogRing::kLines));
    }

    void aWorkloadThatEndsIsSaid_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("says");
        QTest::newRow("it fails") << u"/bin/false"_s << u"the workload ended with status 1"_s;
        QTest::newRow("it is not there") << u"/not/there"_s << u"the workload could not be started"_s;
    }
    void aWorkloadThatEndsIsSaid()
    {
        QFETCH(QString, program);
        QFETCH(QString, says);
        qputenv("FAKE_ENVOY", "never-ready");
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        auto spec = specFor(controlPlane.url());
        spec.workload = WorkloadSpec{program, {}};
        QVERIFY(m_host->start(spec));
        QTRY_VERIFY2(status().detail.startsWith(says), qPrintable(status().detail));
        QVERIFY(!m_host->sidecars().isEmpty() && status().phase == SidecarPhase::Starting);
    }

    void certificatesAreVerified_data()
    {
        QTest::addColumn<bool>("caGiven");
        QTest::addColumn<bool>("caRight");
        QTest::addColumn<bool>("works");
        QTest::newRow("with its CA") << true << true << true;
        QTest::newRow("with another CA") << true << false << false;
        QTest::newRow("with none, on loopback") << false << false << true;
    }
    void certificatesAreVerified()
    {
        QFETCH(bool, caGiven);
        QFETCH(bool, caRight);
        QFETCH(bool, works);
        const auto shown = testing::makeTestCertificate();
        const auto other = testing::makeTestCertificate();
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); },
                                    shown.server);
        makeHost();
        auto spec = specFor(controlPlane.url());
        if (caGiven)
            spec.caCertificate = (caRight ? shown : other).authority.toStdString();
        QVERIFY(m_host->start(spec));
        QTRY_COMPARE(status().phase, works ? SidecarPhase::Ready : SidecarPhase::Failed);
        QCOMPARE(hasLogged(u"identity is not verified"_s), !caGiven);
        if (!works)
            QVERIFY2(failure().startsWith("the control plane's certificate does not match"_L1),
                     qPrintable(failure()));
    }

    void aCaThatIsNoneIsRefused()
    {
        makeHost();
        auto spec = specFor(QUrl(u"https://127.0.0.1:1"_s));
        spec.caCertificate = "no PEM";
        QVERIFY(m_host->start(spec));
        QTRY_COMPARE(status().phase, SidecarPhase::Failed);
        QVERIFY2(failure().contains("no PEM certificate"_L1), qPrintable(failure()));
    }

    void wrongSpecsAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QUrl>("url");
        QTest::newRow("no name") << QString() << QUrl(u"https://127.0.0.1:5678"_s);
        QTest::newRow("no URL") << u"web-1"_s << QUrl();
        QTest::newRow("another scheme") << u"web-1"_s << QUrl(u"ftp://127.0.0.1"_s);
        QTest::newRow("no host") << u"web-1"_s << QUrl(u"https:///x"_s);
    }
    void wrongSpecsAreRefused()
    {
        QFETCH(QString, name);
        QFETCH(QUrl, url);
        makeHost();
        auto spec = specFor(url);
        spec.dataplane.name = name.toStdString();
        const auto started = m_host->start(spec);
        QVERIFY(!started);
        QCOMPARE(started.error().code, Error::Code::Invalid);
        QVERIFY(m_host->sidecars().isEmpty());
        m_host->stop(kKey);  // unknown: nothing happens
    }

    void theAdminInterfaceAnswers()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrapAnswer(admin); });
        makeHost();
        const auto ask = [this](const QString &path) {
            auto future = m_host->admin(kKey, path);
            (void)QTest::qWaitFor([&future] { return future.isFinished(); }, 10'000);
            return future.result();
        };
        QCOMPARE(ask(u"ready"_s).error().code, Error::Code::NotFound);
        QVERIFY(m_host->start(specFor(controlPlane.url())));
        QCOMPARE(ask(u"ready"_s).error().code, Error::Code::Unreachable);
        QTRY_COMPARE(status().phase, SidecarPhase::Ready);
        QCOMPARE(ask(u"ready"_s).value(), QByteArray("LIVE\n"));
        QCOMPARE(ask(u"/stats?filter=x"_s).value().left(16), QByteArray("listener_manager"));
        QCOMPARE(ask(u"nowhere"_s).error().code, Error::Code::NotFound);
    }

    void whatACrashLeftIsRemoved()
    {
        const QString dead = m_folder->filePath(u"ms-999999999-abcdef"_s);
        const QString living = m_folder->filePath(u"ms-%1-abcdef"_s.arg(QCoreApplication::applicationPid()));
        const QString foreign = m_folder->filePath(u"ms-other-abcdef"_s);
        for (const auto &folder : {dead, living, foreign})
            QVERIFY(QDir().mkpath(folder));
        makeHost();
        QVERIFY(!QFileInfo::exists(dead));
        QVERIFY(QFileInfo::exists(living));
        QVERIFY(QFileInfo::exists(foreign));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestLocalSidecarHost)
#include "tst_local_sidecar_host.moc"
