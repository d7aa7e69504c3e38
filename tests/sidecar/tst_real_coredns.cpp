// The real CoreDNS beside the fake Envoy, with a DNS filter of the test's own.
#include "backend/sidecar/dns_message.h"
#include "tests/sidecar/host_fixture.h"

#include <QTest>
#include <QUdpSocket>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

const ResourceKey kKey{"default", "web-1"};

ToolSearch coreDnsSearch() { return ToolSearch::fromEnvironment({}, "MESHSCOPE_COREDNS"); }

class TestRealCoreDns : public QObject
{
    Q_OBJECT

    template <class T>
    Result<T> waitFor(QFuture<Result<T>> future)
    {
        (void)QTest::qWaitFor([&future] { return future.isFinished(); }, 20'000);
        return future.result();
    }

private Q_SLOTS:
    void initTestCase()
    {
        qunsetenv("FAKE_ENVOY");
        if (findCoreDns(coreDnsSearch()).isFound())
            return;
        if (qgetenv("CI") == "true")
            QFAIL("coredns not found, and CI must have it (installer/setup --coredns)");
        QSKIP("coredns not found");
    }

    void itServesNamesAndEndsWithTheSidecar()
    {
        HostFixture rig(fakeEnvoy(), coreDnsSearch());
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::CoreDns;
        spec.dns.metricsPort = kAnyFreePort;
        QVERIFY(rig.host->start(spec));
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(rig.status().dnsPid != 0, 20'000);
        const auto ready = rig.status();
        QVERIFY2(ready.dnsServer.startsWith(u"CoreDNS 1."_s), qPrintable(ready.dnsServer));
        QVERIFY(isProcessAlive(ready.dnsPid));

        QUdpSocket filter;
        QVERIFY(filter.bind(QHostAddress(QHostAddress::LocalHost), ready.envoyDnsPort));
        connect(&filter, &QUdpSocket::readyRead, &filter, [&filter] {
            while (filter.hasPendingDatagrams()) {
                QByteArray query(static_cast<qsizetype>(filter.pendingDatagramSize()), '\0');
                QHostAddress host;
                quint16 port = 0;
                filter.readDatagram(query.data(), query.size(), &host, &port);
                const auto question = dnsQuestion(query);
                const bool isKnown = question && question->name == u"backend.mesh"_s;
                filter.writeDatagram(isKnown ? dnsAnswer(query, {u"240.0.0.1"_s}, 30) : dnsFailure(query, 4),
                                     host, port);
            }
        });
        QStringList addresses;
        QTRY_VERIFY_WITH_TIMEOUT(
            (addresses = waitFor(rig.host->resolve(kKey, u"backend.mesh"_s, u"A"_s))->addresses)
                == QStringList{u"240.0.0.1"_s},
            20'000);
        // Not in the mesh: CoreDNS goes on to the system's resolvers, whatever those say.
        const auto other = waitFor(rig.host->resolve(kKey, u"nobody.invalid"_s, u"A"_s));
        QVERIFY(other);
        QVERIFY2(other->steps.join(u'|').contains(u"Envoy's DNS filter said NOTIMP"_s),
                 qPrintable(other->steps.join(u'|')));

        rig.host->stop(kKey);
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Stopped, 20'000);
        QVERIFY(!isProcessAlive(ready.dnsPid));
        QVERIFY(rig.folderIsEmpty());
    }

    // A proxy that is not transparent has no DNS filter: nobody listens on its port.
    void withoutAFilterTheSystemIsAsked()
    {
        QUdpSocket system;
        QVERIFY(system.bind(QHostAddress(QHostAddress::LocalHost)));
        connect(&system, &QUdpSocket::readyRead, &system, [&system] {
            QByteArray query(static_cast<qsizetype>(system.pendingDatagramSize()), '\0');
            QHostAddress host;
            quint16 port = 0;
            system.readDatagram(query.data(), query.size(), &host, &port);
            system.writeDatagram(dnsAnswer(query, {u"10.1.2.3"_s}, 30), host, port);
        });
        // CoreDNS takes an address with a port where it takes a resolv.conf.
        HostFixture rig(fakeEnvoy(), coreDnsSearch(), u"127.0.0.1:%1"_s.arg(system.localPort()));
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::CoreDns;
        QVERIFY(rig.host->start(spec));
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, 20'000);
        QStringList addresses;
        QTRY_VERIFY_WITH_TIMEOUT(
            (addresses = waitFor(rig.host->resolve(kKey, u"example.org"_s, u"A"_s))->addresses)
                == QStringList{u"10.1.2.3"_s},
            20'000);
    }

    void whenItDiesTheSidecarEnds()
    {
        HostFixture rig(fakeEnvoy(), coreDnsSearch());
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::Auto;
        QVERIFY(rig.host->start(spec));
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(rig.status().dnsPid != 0, 20'000);
        signalGroup(rig.status().dnsPid, GroupSignal::Kill);
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Failed, 20'000);
        QVERIFY2(rig.failure().startsWith(u"CoreDNS was ended by signal 9"_s), qPrintable(rig.failure()));
        QVERIFY(rig.folderIsEmpty());
    }

    void aTemplateForKumasOwnBuildIsReplaced()
    {
        HostFixture rig(fakeEnvoy(), coreDnsSearch());
        const quint16 admin = freePort();
        FakeHttpServer controlPlane(
            [admin](const FakeRequest &) { return bootstrapReply(tcpBootstrap(admin)); });
        auto spec = HostFixture::spec(controlPlane.url());
        spec.dns.server = SidecarDns::CoreDns;
        spec.dns.corefileTemplate =
            u".:{{ .CoreDNSPort }} {\n    forward . 127.0.0.1:{{ .EnvoyDNSPort }}\n    "
            "alternate NXDOMAIN . /etc/resolv.conf\n}\n"_s;
        QVERIFY(rig.host->start(spec));
        QTRY_COMPARE_WITH_TIMEOUT(rig.status().phase, SidecarPhase::Ready, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(rig.status().dnsPid != 0, 20'000);
        QVERIFY(rig.hasLogged(u"no plugin \"alternate\""_s));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestRealCoreDns)
#include "tst_real_coredns.moc"
