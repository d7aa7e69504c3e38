// meshscopectl sidecar run against meshscopectl control-plane run: three real Envoys, and what is left when
// they end.
#include "app/support/tools.h"
#include "backend/sidecar/child_process.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "backend/support/when_done.h"
#include "tests/app/ctl_process.h"

#include <QDir>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTcpServer>
#include <QTemporaryDir>

#include <csignal>
#include <set>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

class TestMeshscopectlSidecar : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_run;  // where the sidecars' directories are
    std::unique_ptr<CtlServer> m_controlPlane;
    nlohmann::json m_addresses;

    QByteArray http(const QByteArray &verb, const QString &path, const QByteArray &body = {})
    {
        QNetworkAccessManager network;
        QNetworkRequest request(QUrl(QString::fromStdString(m_addresses["api"].get<std::string>()) + path));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        const std::unique_ptr<QNetworkReply> reply(network.sendCustomRequest(request, verb, body));
        (void)QTest::qWaitFor([&reply] { return reply->isFinished(); }, 10'000);
        return reply->readAll();
    }
    nlohmann::json dataplane(const QString &name)
    {
        return nlohmann::json::parse(http("GET", u"/meshes/default/dataplanes/"_s + name).toStdString(),
                                     nullptr, false);
    }
    std::unique_ptr<CtlServer> sidecar(const QStringList &arguments)
    {
        return std::make_unique<CtlServer>(
            QStringList{u"sidecar"_s, u"run"_s, u"--cp-address"_s,
                        QString::fromStdString(m_addresses["dp"].get<std::string>()), u"--concurrency"_s,
                        u"1"_s}
            + arguments);
    }
    std::unique_ptr<CtlServer> workload(const nlohmann::json &of)
    {
        const int port = of["networking"]["inbound"][0]["servicePort"];
        return std::make_unique<CtlServer>(QStringList{u"workload"_s, u"--name"_s,
                                                       QString::fromStdString(of["name"].get<std::string>()),
                                                       u"--listen"_s, u"127.0.0.1:%1"_s.arg(port)});
    }
    static std::map<std::string, int> answersOf(const QUrl &url, int times)
    {
        LocalSidecarHost host;
        auto future = host.call(url, times);
        (void)QTest::qWaitFor([&future] { return future.isFinished(); }, 30'000);
        const auto report = future.result();
        return report ? report->answers : std::map<std::string, int>{{report.error().what, 1}};
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!findEnvoy(envoySearch()).isFound()) {
            if (qgetenv("CI") == "true")
                QFAIL("envoy not found, and CI must have it");
            QSKIP("envoy not found");
        }
    }
    void init()
    {
        m_run = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", m_run->path().toUtf8());
        m_controlPlane = std::make_unique<CtlServer>(
            QStringList{u"control-plane"_s, u"run"_s, u"--free-ports"_s, u"--sample"_s, u"hello"_s});
        m_addresses = m_controlPlane->jsonLine();
        QVERIFY2(m_addresses.is_object(), m_controlPlane->errors().constData());
    }
    void cleanup() { m_controlPlane.reset(); }

    void threeProxiesCarryTraffic()
    {
        const auto web = dataplane(u"web-1"_s);
        const auto first = dataplane(u"backend-1"_s);
        auto second = dataplane(u"backend-2"_s);
        const auto workloads = {workload(web), workload(first), workload(second)};
        for (const auto &one : workloads)
            QVERIFY2(one->line().contains("listens on"), one->errors().constData());
        std::vector<std::unique_ptr<CtlServer>> proxies;
        for (const auto &name : {u"web-1"_s, u"backend-1"_s, u"backend-2"_s})
            proxies.push_back(sidecar({u"--name"_s, name, u"--drain-time"_s, u"500ms"_s}));
        std::vector<qint64> envoys;
        for (const auto &proxy : proxies) {
            const auto ready = proxy->jsonLine();
            QVERIFY2(ready.is_object(), proxy->errors().constData());
            envoys.push_back(ready["envoyPid"].get<qint64>());
            QVERIFY(isProcessAlive(envoys.back()));
        }

        const QUrl outbound(
            u"http://127.0.0.1:%1/"_s.arg(web["networking"]["outbound"][0]["port"].get<int>()));
        const std::map<std::string, int> inTurn{{"200 backend-1", 5}, {"200 backend-2", 5}};
        QTRY_COMPARE_WITH_TIMEOUT(answersOf(outbound, 10), inTurn, 10'000);

        second["networking"]["inbound"][0]["state"] = "NotReady";
        http("PUT", u"/meshes/default/dataplanes/backend-2"_s, QByteArray::fromStdString(second.dump()));
        const std::map<std::string, int> onlyFirst{{"200 backend-1", 4}};
        QTRY_COMPARE_WITH_TIMEOUT(answersOf(outbound, 4), onlyFirst, 10'000);

        for (const auto &proxy : proxies)
            proxy->process().terminate();
        for (const auto &proxy : proxies)
            QVERIFY2(proxy->ended() == 0, proxy->errors().constData());
        for (const qint64 pid : envoys)
            QVERIFY(!isProcessAlive(pid));
        QVERIFY(QDir(m_run->path()).isEmpty());
    }

    void anEnvoyThatDiesEndsIt()
    {
        const auto proxy = sidecar({u"--name"_s, u"web-1"_s});
        const auto ready = proxy->jsonLine();
        QVERIFY2(ready.is_object(), proxy->errors().constData());
        signalGroup(ready["envoyPid"].get<qint64>(), GroupSignal::Kill);
        QCOMPARE(proxy->ended(), 3);
        QVERIFY(proxy->errors().contains("Envoy was ended by signal 9"));
        QVERIFY(QDir(m_run->path()).isEmpty());
    }

    void aKilledLauncherLeavesNoEnvoy()
    {
        const auto proxy = sidecar({u"--name"_s, u"web-1"_s});
        const auto ready = proxy->jsonLine();
        QVERIFY2(ready.is_object(), proxy->errors().constData());
        const auto admin = QUrl(QString::fromStdString(ready["admin"].get<std::string>()));
        proxy->process().kill();
        QCOMPARE(proxy->ended(), -1);
        const QHostAddress loopback(QHostAddress::LocalHost);
        QTRY_VERIFY(!portHolder(loopback, static_cast<quint16>(admin.port())));
        // Its directory goes with the next one's start.
        QVERIFY(!QDir(m_run->path()).isEmpty());
        const auto next = sidecar({u"--name"_s, u"web-1"_s, u"--drain-time"_s, u"0s"_s});
        QVERIFY2(next->jsonLine().is_object(), next->errors().constData());
        QCOMPARE(next->terminated(), 0);
        QVERIFY(QDir(m_run->path()).isEmpty());
    }

    void aSecondSignalEndsItAtOnce()
    {
        const auto proxy = sidecar({u"--name"_s, u"web-1"_s, u"--drain-time"_s, u"60s"_s});
        QVERIFY2(proxy->jsonLine().is_object(), proxy->errors().constData());
        proxy->process().terminate();
        QTRY_VERIFY2(proxy->errors().contains("draining"), proxy->errors().constData());
        QCOMPARE(proxy->terminated(10'000), 0);
    }

    void signalsAreKumaDps()
    {
        const auto proxy = sidecar({u"--name"_s, u"web-1"_s, u"--drain-time"_s, u"60s"_s});
        const auto ready = proxy->jsonLine();
        QVERIFY2(ready.is_object(), proxy->errors().constData());
        ::kill(static_cast<pid_t>(proxy->process().processId()), SIGUSR2);
        QTRY_VERIFY2(proxy->errors().contains("its inbounds take no new requests"),
                     proxy->errors().constData());
        QVERIFY(isProcessAlive(ready["envoyPid"].get<qint64>()));
        QCOMPARE(proxy->terminated(10'000), 0);  // no wait any more
    }

    void aSetOfThreeRunsTogether()
    {
        QFile file(m_run->filePath(u"set.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString("controlPlane: " + m_addresses["dp"].get<std::string>()
                                             + "\nconcurrency: 1\ndrainTime: 0s\nsidecars:\n- name: web-1\n- "
                                               "name: backend-1\n  dns: embedded\n"
                                               "- name: backend-2\n  dns: off\n"));
        file.close();
        CtlServer set({u"sidecar"_s, u"set"_s, u"run"_s, file.fileName()});
        std::set<std::string> names;
        std::set<int> ports;
        for (int i = 0; i < 3; ++i) {
            const auto ready = set.jsonLine();
            QVERIFY2(ready.is_object(), set.errors().constData());
            names.insert(ready["name"].get<std::string>());
            ports.insert(ready["readinessPort"].get<int>());
            if (ready["name"] == "backend-1")
                QCOMPARE(ready["dns"].get<std::string>(), "embedded resolver");
        }
        QCOMPARE(names, (std::set<std::string>{"backend-1", "backend-2", "web-1"}));
        QCOMPARE(ports.size(), std::size_t(3));
        QCOMPARE(set.terminated(), 0);
        QVERIFY(file.remove());
        QVERIFY(QDir(m_run->path()).isEmpty());
    }

    void aDataplaneOfItsOwnComesAndGoes()
    {
        QTcpServer ports[3];
        for (auto &port : ports)
            QVERIFY(port.listen(QHostAddress::LocalHost));
        const QString yaml =
            u"type: Dataplane\nmesh: default\nname: own-1\nnetworking:\n  address: 127.0.0.1\n"
            "  admin: {port: %1}\n  inbound:\n  - {port: %2, servicePort: %3, tags: {kuma.io/service: "
            "own}}\n"_s.arg(ports[0].serverPort())
                .arg(ports[1].serverPort())
                .arg(ports[2].serverPort());
        for (auto &port : ports)
            port.close();
        const auto proxy = sidecar({u"--dataplane"_s, yaml, u"--drain-time"_s, u"0s"_s});
        QVERIFY2(proxy->jsonLine().is_object(), proxy->errors().constData());
        QCOMPARE(dataplane(u"own-1"_s).value("name", ""), "own-1");
        QCOMPARE(proxy->terminated(), 0);
    }

    void anInvalidDataplaneIsRefused()
    {
        const auto proxy =
            sidecar({u"--dataplane"_s, u"type: Dataplane\nmesh: default\nname: bad\nnetworking: {}\n"_s});
        QCOMPARE(proxy->ended(), 3);
        QVERIFY2(proxy->errors().contains("(422)"), proxy->errors().constData());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestMeshscopectlSidecar)
#include "tst_meshscopectl_sidecar.moc"
