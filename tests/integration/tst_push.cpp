// A push through the edit session and the HTTP client, the sandbox, and real Envoys: what each end of it
// sees.
#include "app/support/sample_mesh.h"
#include "app/support/tools.h"
#include "backend/client/remote_control_plane.h"
#include "backend/control/sandbox.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "backend/support/when_done.h"
#include "models/edit_session.h"
#include "tests/support/qtest_std.h"

#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <set>
#include <signal.h>

using namespace Qt::StringLiterals;
using namespace meshscope;

namespace {

const ResourceKey kWeb{"default", "web-1"};
const ResourceKey kBackend2{"default", "backend-2"};

class TestPush : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Sandbox> m_sandbox;
    std::unique_ptr<RemoteControlPlane> m_connection;
    std::unique_ptr<LocalSidecarHost> m_sidecars;
    std::uint32_t m_outboundPort = 0;

    SidecarStatus status(const ResourceKey &key) const
    {
        const auto all = m_sidecars->sidecars();
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto &s) { return s.key == key; });
        return found == all.end() ? SidecarStatus() : *found;
    }

    bool areReady() const
    {
        const auto all = m_sidecars->sidecars();
        return all.size() == 3 && std::all_of(all.begin(), all.end(), [](const auto &s) {
                   return s.phase == SidecarPhase::Ready;
               });
    }

    // Who answers web-1's outbound now; errors are in it too.
    std::set<QString> whoAnswers()
    {
        std::set<QString> names;
        bool answered = false;
        QObject receiver;
        const QUrl url(u"http://127.0.0.1:%1/"_s.arg(m_outboundPort));
        whenDone(m_sidecars->call(url, 4), &receiver, [&](const Result<CallReport> &report) {
            answered = true;
            if (report) {
                for (const auto &answer : report->inOrder)
                    names.insert(answer);
            }
        });
        if (!QTest::qWaitFor([&] { return answered; }, 15'000))
            names.insert(u"no answer in time"_s);
        return names;
    }

    std::unique_ptr<EditSession> opened(const ResourceKey &key)
    {
        auto session = std::make_unique<EditSession>(m_connection->editor(), m_connection->source(), key);
        session->load();
        return QTest::qWaitFor([&] { return session->state() == EditSession::State::Ready; }, 10'000)
                   ? std::move(session)
                   : nullptr;
    }

    static bool pushed(EditSession &session, const QString &text)
    {
        session.setText(text);
        if (!QTest::qWaitFor([&] { return session.canPush() && !session.isValidating(); }, 10'000))
            return false;
        session.push();
        return QTest::qWaitFor(
            [&] {
                return session.state() == EditSession::State::Accepted
                       || session.state() == EditSession::State::Nacked
                       || session.state() == EditSession::State::PushFailed;
            },
            20'000);
    }

private Q_SLOTS:
    void initTestCase()
    {
        SidecarHostOptions host;
        host.envoy = envoySearch();
        host.baseFolder = m_folder.path();
        m_sidecars = std::make_unique<LocalSidecarHost>(host);
        if (!m_sidecars->envoy().isFound()) {
            QVERIFY2(qgetenv("CI") != "true", "envoy not found, and CI must have it");
            QSKIP("envoy not found");
        }
        SandboxOptions options;
        options.apiPort = options.dpPort = options.xdsPort = 0;
        auto started = Sandbox::start(options);
        QVERIFY2(started, started ? "" : started.error().what.c_str());
        m_sandbox = std::move(*started);
        const auto sample = loadSample(u"hello"_s, SamplePorts::AnyFree);
        QVERIFY2(sample, sample ? "" : sample.error().what.c_str());
        for (const auto &resource : sample->resources)
            QVERIFY(m_sandbox->apply(resource));

        ConnectionOptions connection;
        connection.baseUrl = QUrl(QString::fromStdString(m_sandbox->addresses().api));
        connection.intervalMilliseconds = 500;
        m_connection = std::make_unique<RemoteControlPlane>(connection);
        for (const auto &dataplane : sample->dataplanes) {
            auto spec = specFor(dataplane, m_sandbox->addresses());
            spec.concurrency = 1;
            spec.drainMilliseconds = 0;
            const auto workload = workloadFor(dataplane);
            QVERIFY2(workload, workload ? "" : workload.error().what.c_str());
            spec.workload = *workload;
            QVERIFY(m_sidecars->start(spec));
            if (dataplane.key == kWeb)
                m_outboundPort = dataplane.outbounds.front().port;
        }
        QTRY_VERIFY_WITH_TIMEOUT(areReady(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(whoAnswers(), (std::set<QString>{u"200 backend-1"_s, u"200 backend-2"_s}),
                                  10'000);
    }

    void aChangedServiceTagMovesTheTraffic()
    {
        auto session = opened(kBackend2);
        QVERIFY(session);
        const QString before = session->text();
        QString changed = before;
        changed.replace(u"kuma.io/service: backend"_s, u"kuma.io/service: elsewhere"_s);
        QVERIFY(changed != before);
        QVERIFY2(pushed(*session, changed), qPrintable(session->whyNotPush()));
        QCOMPARE(session->state(), EditSession::State::Accepted);
        QTRY_COMPARE_WITH_TIMEOUT(whoAnswers(), std::set<QString>{u"200 backend-1"_s}, 5'000);

        QVERIFY(session->canUndoPush());
        session->undoPush();
        QTRY_COMPARE_WITH_TIMEOUT(whoAnswers(), (std::set<QString>{u"200 backend-1"_s, u"200 backend-2"_s}),
                                  10'000);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), EditSession::State::Accepted, 15'000);
        QCOMPARE(session->text(), before);
    }

    void aRefusedConfigurationIsShownAndTheOldOneServes()
    {
        QTcpServer holder;  // Envoy cannot bind what somebody else holds, so it refuses the listener
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        auto session = opened(kWeb);
        QVERIFY(session);
        const QString before = session->text();
        QString changed = before;
        changed.replace(u"  outbound:\n"_s,
                        u"  outbound:\n    - port: %1\n      tags:\n        kuma.io/service: backend\n"_s.arg(
                            holder.serverPort()));
        QVERIFY(changed != before);
        QVERIFY2(pushed(*session, changed), qPrintable(session->whyNotPush()));
        QCOMPARE(session->state(), EditSession::State::Nacked);
        const auto &rows = session->watchReport();
        QVERIFY(std::any_of(rows.begin(), rows.end(), [](const WatchRow &row) {
            return row.proxy == kWeb && row.message.find("Address already in use") != std::string::npos;
        }));
        QCOMPARE(whoAnswers(), (std::set<QString>{u"200 backend-1"_s, u"200 backend-2"_s}));

        session->undoPush();
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), EditSession::State::Accepted, 20'000);
        QCOMPARE(session->text(), before);
    }

    void aDataplaneOfAnotherMeshCannotBePushed()
    {
        auto session = opened(kBackend2);
        QVERIFY(session);
        QString changed = session->text();
        changed.replace(u"mesh: default\n"_s, u"mesh: other\n"_s);
        session->setText(changed);
        QTRY_VERIFY(!session->isValidating() && !session->findings().empty());
        QVERIFY(!session->canPush());
        QVERIFY(session->whyNotPush().size() > 5);
        QCOMPARE(session->findings().front().field, std::string("mesh"));
    }

    void aDeadEnvoyIsSaidAndCanBeStartedAgain()
    {
        const auto pid = static_cast<pid_t>(status(kBackend2).envoyPid);
        QVERIFY(pid > 1);
        QCOMPARE(::kill(pid, SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(status(kBackend2).phase, SidecarPhase::Failed, 10'000);
        QVERIFY(status(kBackend2).failure);
        QVERIFY(!status(kBackend2).failure->what.empty());
        QVERIFY(!status(kBackend2).advice.isEmpty());

        const auto row = m_connection->source()->snapshot()->find(kBackend2);
        QVERIFY(row);
        auto spec = specFor(*row->dataplane, m_sandbox->addresses());
        spec.concurrency = 1;
        spec.drainMilliseconds = 0;
        spec.workload = *workloadFor(*row->dataplane);
        QVERIFY(m_sidecars->start(spec));
        QTRY_VERIFY_WITH_TIMEOUT(areReady(), 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(whoAnswers(), (std::set<QString>{u"200 backend-1"_s, u"200 backend-2"_s}),
                                  10'000);
    }

    void cleanupTestCase()
    {
        if (!m_sandbox)
            return;
        m_sidecars->stopAll();
        QTRY_VERIFY_WITH_TIMEOUT(!m_sidecars->isBusy(), 20'000);
        m_sidecars.reset();
        m_connection.reset();
        m_sandbox.reset();
        QVERIFY2(QDir(m_folder.path()).isEmpty(), "a sidecar's directory was left behind");
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestPush)
#include "tst_push.moc"
