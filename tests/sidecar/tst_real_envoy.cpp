// The launcher with the real Envoy, on a bootstrap without a control plane behind it.
#include "backend/sidecar/child_process.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "tests/sidecar/fake_dp_server.h"
#include "tests/support/free_port.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace meshscope;
using testing::freePort;
using namespace Qt::StringLiterals;

namespace {

const ResourceKey kKey{"default", "web-1"};

FakeAnswer bootstrap(quint16 adminPort, const QByteArray &more = {})
{
    const QByteArray yaml =
        "node: {id: default.web-1, cluster: web}\nadmin:\n  address:\n    socketAddress: {address: "
        "127.0.0.1, portValue: "
        + QByteArray::number(adminPort) + "}\n" + more;
    return bootstrapReply(yaml);
}

class TestRealEnvoy : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<LocalSidecarHost> m_host;

    SidecarStatus status() const { return m_host->sidecars().value(0); }
    void start(const FakeHttpServer &controlPlane)
    {
        SidecarSpec spec;
        spec.dataplane = kKey;
        spec.controlPlane = controlPlane.url();
        spec.drainMilliseconds = 200;
        spec.concurrency = 1;
        QVERIFY(m_host->start(spec));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!findEnvoy(ToolSearch::fromEnvironment()).isFound()) {
            if (qgetenv("CI") == "true")
                QFAIL("envoy not found, and CI must have it");
            QSKIP("envoy not found");
        }
    }
    void init()
    {
        SidecarHostOptions options;
        options.baseFolder = m_folder.path();
        m_host = std::make_unique<LocalSidecarHost>(options);
    }
    void cleanup() { m_host.reset(); }

    void itLivesAndDrains()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([admin](const FakeRequest &) { return bootstrap(admin); });
        start(controlPlane);
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, SidecarPhase::Ready, 30'000);
        const qint64 pid = status().envoyPid;
        QVERIFY(isProcessAlive(pid));
        QVERIFY2(status().envoyVersion.count(u'.') == 2, qPrintable(status().envoyVersion));
        auto info = m_host->admin(kKey, u"server_info"_s);
        QTRY_VERIFY(info.isFinished());
        QVERIFY(info.result());
        QVERIFY(info.result()->contains("\"state\": \"LIVE\""));
        const auto lines = m_host->logLines(kKey);
        QVERIFY(std::any_of(lines.begin(), lines.end(), [](const auto &line) {
            return line.origin == SidecarLogLine::Origin::Envoy
                   && line.text.contains("starting main dispatch loop"_L1);
        }));
        m_host->stop(kKey);
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, SidecarPhase::Stopped, 10'000);
        QVERIFY(!isProcessAlive(pid));
        QVERIFY(QDir(m_folder.path()).isEmpty());
    }

    void itsWordsAreUnderstood_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("says");
        QTest::newRow("an unknown field")
            << QByteArray("noSuchField: 1\n") << u"does not take the bootstrap"_s;
        QTest::newRow("an unknown extension")
            << QByteArray("bootstrapExtensions:\n- name: x\n  typedConfig: {\"@type\": "
                          "type.googleapis.com/envoy.no.such.Thing}\n")
            << u"Envoy"_s;
        QTest::newRow("a listener on a foreign address") << QByteArray(
            "staticResources:\n  listeners:\n  - name: x\n    address: {socketAddress: {address: 192.0.2.1, "
            "portValue: 80}}\n    filterChains: [{}]\n") << u"cannot listen on 192.0.2.1:80"_s;
    }
    void itsWordsAreUnderstood()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, says);
        const quint16 admin = freePort();
        FakeHttpServer controlPlane([&](const FakeRequest &) { return bootstrap(admin, more); });
        start(controlPlane);
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, SidecarPhase::Failed, 30'000);
        const QString what = QString::fromStdString(status().failure->what);
        QVERIFY2(what.contains(says), qPrintable(what));
    }

    void aPortTakenByAListenerIsExplained()
    {
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        const quint16 admin = freePort();
        const QByteArray more =
            "staticResources:\n  listeners:\n  - name: x\n    address: {socketAddress: {address: "
            "127.0.0.1, portValue: "
            + QByteArray::number(holder.serverPort())
            + "}}\n    enableReusePort: false\n    filterChains: [{}]\n";
        FakeHttpServer controlPlane([&](const FakeRequest &) { return bootstrap(admin, more); });
        start(controlPlane);
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, SidecarPhase::Failed, 30'000);
        const QString what = QString::fromStdString(status().failure->what);
        QVERIFY2(what.contains(u"port in use: 127.0.0.1:%1 is held by "_s.arg(holder.serverPort())),
                 qPrintable(what));
    }

    void itDiesWithAKilledLauncher()
    {
        // Envoy itself as the child of a process that is killed.
        const quint16 admin = freePort();
        QFile config(m_folder.filePath(u"b.yaml"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("admin: {address: {socketAddress: {address: 127.0.0.1, portValue: "
                     + QByteArray::number(admin) + "}}}\n");
        config.close();
        QProcess owner;
        owner.start(QStringLiteral(MESHSCOPE_BIN_DIR "/child_owner"),
                    {findEnvoy(ToolSearch::fromEnvironment()).path, u"--config-path"_s, config.fileName(),
                     u"--disable-hot-restart"_s});
        QVERIFY(owner.waitForReadyRead(10'000));
        const qint64 pid = owner.readAll().trimmed().toLongLong();
        QVERIFY(isProcessAlive(pid));
        owner.kill();
        QVERIFY(owner.waitForFinished(10'000));
        QTRY_VERIFY(!portHolder(QHostAddress(QHostAddress::LocalHost), admin));
        QVERIFY(config.remove());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestRealEnvoy)
#include "tst_real_envoy.moc"
