// What runs beside Envoy: readiness, access logs, metrics, names; and an admin interface on a Unix socket.
#include "backend/sidecar/access_log_pipe.h"
#include "backend/sidecar/dns_message.h"
#include "backend/sidecar/sidecar_sockets.h"
#include "backend/sidecar/socket_exchange.h"
#include "tests/sidecar/host_fixture.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <unistd.h>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

const ResourceKey kKey{"default", "web-1"};

class TestCompanions : public QObject
{
    Q_OBJECT

    std::unique_ptr<HostFixture> m_rig;
    HttpExchange m_http;

    meshscope::HttpAnswer ask(const HttpQuestion &question)
    {
        std::optional<meshscope::HttpAnswer> result;
        m_http.ask(question, this, [&result](const meshscope::HttpAnswer &answer) { result = answer; });
        (void)QTest::qWaitFor([&result] { return result.has_value(); }, 10'000);
        return result.value_or(meshscope::HttpAnswer());
    }
    meshscope::HttpAnswer get(quint16 port, const QString &path)
    {
        HttpQuestion question;
        question.url = QUrl(u"http://127.0.0.1:%1%2"_s.arg(port).arg(path));
        return ask(question);
    }
    template <class T>
    Result<T> waitFor(QFuture<Result<T>> future)
    {
        (void)QTest::qWaitFor([&future] { return future.isFinished(); }, 10'000);
        return future.result();
    }

private Q_SLOTS:
    void init()
    {
        qunsetenv("FAKE_ENVOY");
        m_rig = std::make_unique<HostFixture>();
    }
    void cleanup() { m_rig.reset(); }

    void readinessIsServed()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.drainMilliseconds = 60'000;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        const quint16 port = m_rig->status().readinessPort;
        const auto body = QJsonDocument::fromJson(controlPlane.requests()[0].body).object();
        QCOMPARE(body[u"readinessPort"_s].toInt(), port);
        auto answer = get(port, u"/ready"_s);
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body, QByteArray("READY"));
        QVERIFY(answer.contentType.startsWith("text/plain"));
        QCOMPARE(get(port, u"/"_s).status, 404);
        m_rig->host->stop(kKey);
        answer = get(port, u"/ready"_s);
        QCOMPARE(answer.status, 503);
        QCOMPARE(answer.body, QByteArray("TERMINATING"));
        m_rig->host->stop(kKey);
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Stopped);
        QCOMPARE(get(port, u"/ready"_s).status, 0);  // the port is free again
        QVERIFY(m_rig->folderIsEmpty());
    }

    void aTakenReadinessPortIsExplainedOrMoved_data()
    {
        QTest::addColumn<bool>("mayMove");
        QTest::newRow("as kuma-dp has it") << false;
        QTest::newRow("as a laptop wants it") << true;
    }
    void aTakenReadinessPortIsExplainedOrMoved()
    {
        QFETCH(bool, mayMove);
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.readinessPort = holder.serverPort();
        spec.portsMayMove = mayMove;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, mayMove ? SidecarPhase::Ready : SidecarPhase::Failed);
        if (mayMove) {
            QVERIFY(m_rig->status().readinessPort != holder.serverPort());
            QVERIFY2(m_rig->hasLogged(u"is taken: readiness is on"_s), m_rig->logText().constData());
        } else {
            QVERIFY2(m_rig->failure().contains(u"the readiness endpoint) is held by tst_companions"_s),
                     qPrintable(m_rig->failure()));
        }
    }

    void anAdminInterfaceOnAUnixSocketWorks()
    {
        FakeHttpServer controlPlane([](const FakeRequest &request) {
            const auto body = QJsonDocument::fromJson(request.body).object();
            const QByteArray folder = body.value(u"workdir"_s).toString().toUtf8();
            return bootstrapReply("admin: {address: {pipe: {path: " + folder + "/kuma-envoy-admin.sock}}}\n");
        });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.drainMilliseconds = 200;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        const auto ready = m_rig->status();
        QCOMPARE(ready.admin.scheme(), u"unix"_s);
        QCOMPARE(*waitFor(m_rig->host->admin(kKey, u"ready"_s)), QByteArray("LIVE\n"));
        QVERIFY(waitFor(m_rig->host->admin(kKey, u"/stats?filter=x"_s))->startsWith("listener_manager"));
        QCOMPARE(waitFor(m_rig->host->admin(kKey, u"nowhere"_s)).error().code, Error::Code::NotFound);
        QVERIFY(waitFor(m_rig->host->admin(kKey, u"logging?level=debug"_s, SidecarHost::AdminVerb::Post)));
        QTRY_VERIFY(m_rig->hasLogged(u"told to log: /logging?level=debug"_s));
        QCOMPARE(get(ready.readinessPort, u"/ready"_s).body, QByteArray("LIVE\n"));  // Envoy's own words
        m_rig->host->stop(kKey);
        QTRY_VERIFY(m_rig->hasLogged(u"told to drain"_s));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Stopped);
        QVERIFY(m_rig->folderIsEmpty());
    }

    void aQuestionOverASocketFailsInWords()
    {
        HttpQuestion question;
        question.url = QUrl(u"http://localhost/ready"_s);
        question.socketPath = m_rig->folder.filePath(u"nobody.sock"_s);
        const auto answer = ask(question);
        QCOMPARE(answer.status, 0);
        QCOMPARE(answer.failure, u"connection refused"_s);
    }

    void inboundsAreDrainedOnce()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.drainMilliseconds = 60'000;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        m_rig->host->drainInbounds(kKey);
        m_rig->host->drainInbounds(kKey);
        QTRY_VERIFY(
            m_rig->hasLogged(u"told to drain listeners: /drain_listeners?inboundonly&graceful&skip_exit"_s));
        QCOMPARE(m_rig->logText().count("told to drain listeners"), 1);
        QCOMPARE(m_rig->status().phase, SidecarPhase::Ready);
        QCOMPARE(m_rig->status().detail, u"its inbounds take no new requests"_s);
        QElapsedTimer clock;
        clock.start();
        m_rig->host->stop(kKey);  // no wait any more
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Stopped);
        QVERIFY(clock.elapsed() < 30'000);
    }

    void accessLogLinesAreRead_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("as JSON") << QByteArray(R"({"address":"10.0.0.1:514","message":"GET / 200"})")
                                 << u"10.0.0.1:514"_s << QByteArray("GET / 200\n");
        QTest::newRow("as older control planes have it")
            << QByteArray("logs:514;GET /;x") << u"logs:514"_s << QByteArray("GET /;x\n");
        QTest::newRow("no address") << QByteArray("something else") << QString() << QByteArray();
        QTest::newRow("no port") << QByteArray("logs:;x") << QString() << QByteArray();
        QTest::newRow("broken JSON") << QByteArray(R"({"address":)") << QString() << QByteArray();
    }
    void accessLogLinesAreRead()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, address);
        QFETCH(QByteArray, message);
        const auto read = accessLogLine(line);
        QCOMPARE(read.has_value(), !address.isEmpty());
        if (read) {
            QCOMPARE(QString::fromStdString(read->first), address);
            QCOMPARE(read->second, message);
        }
    }

    void accessLogsAreForwarded()
    {
        QTcpServer receiver;
        QVERIFY(receiver.listen(QHostAddress::LocalHost));
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        QVERIFY(m_rig->host->start(HostFixture::spec(controlPlane.url())));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        const QString path = accessLogPipe(m_rig->status().directory, kKey);
        QVERIFY(path.endsWith(u"/kuma-al-web-1-default.sock"_s));
        QFile pipe(path);
        QVERIFY(pipe.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        const QByteArray address = "127.0.0.1:" + QByteArray::number(receiver.serverPort());
        pipe.write(R"({"address":")" + address + R"(","message":"first"})" + '\n' + address + ";second\n");
        QTRY_VERIFY(receiver.hasPendingConnections());
        auto *connection = receiver.nextPendingConnection();
        QByteArray received;
        QTRY_VERIFY((received += connection->readAll()) == "first\nsecond\n");
        // Nobody listens there: said once, and nothing is held up.
        const QByteArray nobody = "127.0.0.1:" + QByteArray::number(freePort());
        for (int i = 0; i < 50; ++i)
            pipe.write(nobody + ";lost\n");
        QTRY_VERIFY(m_rig->hasLogged(u"access logs cannot be sent to "_s + QString::fromLatin1(nobody)));
        pipe.write(address + ";third\n");
        received.clear();
        QTRY_VERIFY((received += connection->readAll()) == "third\n");
        QCOMPARE(m_rig->logText().count("cannot be sent"), 1);
        pipe.close();
        m_rig->host->stop(kKey);
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Stopped);
        QVERIFY(!QFileInfo::exists(path));
        QVERIFY(m_rig->folderIsEmpty());
    }

    void metricsAreMerged()
    {
        FakeHttpServer application([](const FakeRequest &request) {
            return reply(200, "app_requests{path=\"" + request.path.toUtf8() + "\"} 7");
        });
        const quint16 admin = freePort();
        const quint16 nobody = freePort();
        const QByteArray aggregate = R"([{"name":"app","address":"127.0.0.1","port":)"
                                     + QByteArray::number(application.url().port())
                                     + R"(,"path":"/metrics"},{"name":"gone","address":"","port":)"
                                     + QByteArray::number(nobody) + R"(,"path":"/"}])";
        FakeHttpServer controlPlane([&](const FakeRequest &) {
            return reply(
                200,
                R"({"bootstrap":")" + tcpBootstrap(admin).toBase64()
                    + R"(","kumaSidecarConfiguration":{"networking":{"corefileTemplate":null},"metrics":{"aggregate":)"
                    + aggregate + "}}}",
                "application/json");
        });
        QVERIFY(m_rig->host->start(HostFixture::spec(controlPlane.url())));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        HttpQuestion question;
        question.url = QUrl(u"http://localhost/"_s);
        question.socketPath = metricsSocket(m_rig->status().directory, kKey);
        question.timeoutMilliseconds = 10'000;
        const auto answer = ask(question);
        QCOMPARE(answer.status, 200);
        QVERIFY2(answer.body.contains("listener_manager.workers_started"), answer.body.constData());
        QVERIFY2(answer.body.contains("app_requests{path=\"/metrics\"} 7\n"), answer.body.constData());
        QVERIFY2(answer.body.contains("# gone could not be asked: connection refused\n"),
                 answer.body.constData());
    }

    void longFoldersMakeShortSockets()
    {
        const QString folder = u"/"_s + QString(120, u'x');
        QCOMPARE(accessLogPipe(folder, kKey).size(), 98 + 5);
        QCOMPARE(configurationSocket(u"/run/ms"_s), u"/run/ms/kuma-mesh-metric-config.sock"_s);
    }

    void namesAreServedWithoutCoreDns()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::Auto;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        const auto ready = m_rig->status();
        QCOMPARE(ready.dnsServer, u"embedded resolver (CoreDNS was not found)"_s);
        QVERIFY(ready.dnsPort != 0 && ready.envoyDnsPort != 0 && ready.dnsPort != ready.envoyDnsPort);
        const auto body = QJsonDocument::fromJson(controlPlane.requests()[0].body).object();
        QCOMPARE(body[u"dnsPort"_s].toInt(), ready.envoyDnsPort);

        // A filter as Envoy's, in its place.
        QUdpSocket filter;
        QVERIFY(filter.bind(QHostAddress(QHostAddress::LocalHost), ready.envoyDnsPort));
        connect(&filter, &QUdpSocket::readyRead, &filter, [&filter] {
            QByteArray query(static_cast<qsizetype>(filter.pendingDatagramSize()), '\0');
            QHostAddress host;
            quint16 port = 0;
            filter.readDatagram(query.data(), query.size(), &host, &port);
            filter.writeDatagram(dnsAnswer(query, {u"240.0.0.1"_s}, 30), host, port);
        });
        const auto report = waitFor(m_rig->host->resolve(kKey, u"backend.mesh"_s, u"A"_s));
        QVERIFY(report);
        QCOMPARE(report->addresses, QStringList{u"240.0.0.1"_s});
        QCOMPARE(report->answerer, u"Envoy's DNS filter"_s);
        QCOMPARE(report->rcode, u"NOERROR"_s);
        QCOMPARE(waitFor(m_rig->host->resolve(kKey, u"a..b"_s, u"A"_s)).error().code, Error::Code::Invalid);
        QCOMPARE(waitFor(m_rig->host->resolve(kKey, u"a.b"_s, u"MX"_s)).error().code, Error::Code::Invalid);
        m_rig->host->stop(kKey);
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Stopped);
        QVERIFY(!isTaken(QHostAddress(QHostAddress::LocalHost), ready.dnsPort));
    }

    void recordsComeThroughEnvoysConfigurationSocket()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::Auto;
        spec.dns.isEmbeddedProtocol = true;
        spec.refreshPause = 20;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        std::atomic<int> withTag = 0;
        {
            LocalServer envoy([&withTag](const LocalRequest &request) {
                if (request.path != "/dns")
                    return LocalReply{404, {}, "text/plain", {}};
                if (request.header("if-none-match") == "v1") {
                    ++withTag;
                    return LocalReply{304, {}, "text/plain", {}};
                }
                return LocalReply{200,
                                  R"({"records":[{"name":"backend.mesh","ips":["240.0.0.9"]}],"ttl":30})",
                                  "application/json",
                                  {{"Etag", "v1"}}};
            });
            QVERIFY(envoy.listen(configurationSocket(m_rig->status().directory)));
            QTRY_VERIFY(withTag > 1);
        }
        const auto report = waitFor(m_rig->host->resolve(kKey, u"Backend.MESH"_s, u"A"_s));
        QVERIFY(report);
        QCOMPARE(report->addresses, QStringList{u"240.0.0.9"_s});
        QCOMPARE(report->answerer, u"the control plane's records"_s);
    }

    void aMissingCoreDnsThatWasAskedForIsAFailure()
    {
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::CoreDns;
        spec.dns.coreDnsPath = u"/not/there/coredns"_s;
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Failed);
        QVERIFY2(m_rig->failure().contains(u"/not/there/coredns"_s), qPrintable(m_rig->failure()));
        QVERIFY(m_rig->status().advice.contains(u"./installer/setup --coredns"_s));
        QVERIFY(m_rig->folderIsEmpty());
    }

    void filesGoWhereTheyAreWanted()
    {
        QTemporaryDir config;
        QTemporaryDir sockets;
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.configDir = config.path();
        spec.socketDir = sockets.path();
        spec.token = "a.b.c";
        QVERIFY(m_rig->host->start(spec));
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Ready);
        QVERIFY(QFileInfo::exists(config.filePath(u"bootstrap.yaml"_s)));
        QFile token(config.filePath(u"web-1"_s));
        QVERIFY(token.open(QIODevice::ReadOnly));
        QCOMPARE(token.readAll(), QByteArray("a.b.c"));
        QCOMPARE(token.permissions() & QFileDevice::Permissions(0x0077), QFileDevice::Permissions());
        QVERIFY(QFileInfo::exists(sockets.filePath(u"kuma-al-web-1-default.sock"_s)));
        const auto body = QJsonDocument::fromJson(controlPlane.requests()[0].body).object();
        QCOMPARE(body[u"workdir"_s].toString(), sockets.path());
        QCOMPARE(body[u"dataplaneTokenPath"_s].toString(), token.fileName());
        m_rig->host->stop(kKey);
        QTRY_COMPARE(m_rig->status().phase, SidecarPhase::Stopped);
        for (const auto &folder : {config.path(), sockets.path()})
            QVERIFY(QDir(folder).isEmpty(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::System));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestCompanions)
#include "tst_companions.moc"
