// What is read from Envoy's admin interface, the rates made of it, and log levels raised for a while.
#include "models/envoy_live.h"
#include "models/envoy_logging.h"
#include "models/path_trace.h"
#include "tests/support/fake_sidecar_host.h"
#include "tests/support/qtest_std.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

const ResourceKey kKey{"default", "web-1"};

const QByteArray kHealthy = R"({"eds_health_status":"HEALTHY"})";

QByteArray clustersJson(int total, int errors, const QByteArray &health = kHealthy)
{
    QByteArray text = R"({"cluster_statuses":[{"name":"kuma:envoy:admin","host_statuses":[]},
        {"name":"backend","host_statuses":[
          {"address":{"socket_address":{"address":"10.0.0.2","port_value":80}},"health_status":HEALTH,
           "stats":[{"name":"rq_total","type":"COUNTER","value":"TOTAL"},{"name":"rq_error","value":"ERRORS"},
                    {"name":"cx_active","type":"GAUGE","value":"3"}]},
          {"address":{"socket_address":{"address":"::1","port_value":81}},"health_status":{}}]},
        {"name":"api","host_statuses":[]}]})";
    text.replace("HEALTH,", QByteArray(health + ','));
    text.replace("TOTAL", QByteArray::number(total));
    return text.replace("ERRORS", QByteArray::number(errors));
}

class TestEnvoyLive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clustersAreRead()
    {
        const auto clusters = liveClusters(clustersJson(12, 2));
        QCOMPARE(clusters.size(), std::size_t(2));  // without Kuma's own
        QCOMPARE(clusters[0].name, u"api"_s);
        QCOMPARE(clusters[0].healthy(), 0);
        const auto &backend = clusters[1];
        QCOMPARE(backend.requests(), 12ULL);
        QCOMPARE(backend.errors(), 2ULL);
        QCOMPARE(backend.healthy(), 2);
        QCOMPARE(backend.endpoints[0].address, u"10.0.0.2:80"_s);
        QCOMPARE(backend.endpoints[0].connections, 3ULL);
        QCOMPARE(backend.endpoints[1].address, u"[::1]:81"_s);
        for (const auto &odd : {"", "[]", "{}", R"({"cluster_statuses":[1,{"name":7}]})"})
            QVERIFY(liveClusters(odd).empty());
    }

    void healthIsSaidInWords_data()
    {
        QTest::addColumn<QByteArray>("health");
        QTest::addColumn<QString>("says");
        QTest::newRow("well") << QByteArray(R"({"eds_health_status":"HEALTHY"})") << u"healthy"_s;
        QTest::newRow("nothing known") << QByteArray("{}") << u"healthy"_s;
        QTest::newRow("a check fails")
            << QByteArray(R"({"failed_active_health_check":true})") << u"failed active health check"_s;
        QTest::newRow("thrown out") << QByteArray(
            R"({"failed_outlier_check":true,"eds_health_status":"HEALTHY"})")
                                    << u"failed outlier check"_s;
        QTest::newRow("the control plane says no")
            << QByteArray(R"({"eds_health_status":"UNHEALTHY"})") << u"unhealthy"_s;
    }
    void healthIsSaidInWords()
    {
        QFETCH(QByteArray, health);
        QFETCH(QString, says);
        const auto endpoint = liveClusters(clustersJson(0, 0, health))[1].endpoints[0];
        QCOMPARE(endpoint.health, says);
        QCOMPARE(endpoint.isHealthy, says == u"healthy"_s);
    }

    void certificatesAreRead()
    {
        const auto certificates = liveCertificates(
            R"({"certificates":[{"ca_cert":[{"path":"<inline>","subject_alt_names":[{"uri":"urn:default"}],
                "expiration_time":"2036-01-02T03:04:05Z"}],"cert_chain":[{"subject_alt_names":[{"uri":
                "urn:default/web"}],"expiration_time":"2026-01-02T03:04:05Z"}]},{}]})");
        QCOMPARE(certificates.size(), std::size_t(2));
        QCOMPARE(certificates[0].subject, u"urn:default/web"_s);
        QVERIFY(!certificates[0].isAuthority && certificates[1].isAuthority);
        QCOMPARE(certificates[1].expires.date().year(), 2036);
    }

    void ratesAreBounded()
    {
        RateHistory history;
        history.add(100, 1000);
        QVERIFY(history.rates().empty());  // one value is no rate
        history.add(110, 3000);
        QCOMPARE(history.last(), 5.0);
        history.add(4, 4000);  // Envoy began anew
        QCOMPARE(history.last(), 0.0);
        history.add(5, 4000);  // the same moment twice
        QCOMPARE(history.rates().size(), std::size_t(2));
        for (int i = 1; i <= 200; ++i)
            history.add(static_cast<quint64>(5 + i), 4000 + 1000 * i);
        QCOMPARE(history.rates().size(), RateHistory::kLength);
        QCOMPARE(history.last(), 1.0);
    }

    void itAsksOnlyWhileItIsWatched()
    {
        FakeSidecarHost host;
        host.setAdminAnswer(u"clusters"_s, clustersJson(10, 0));
        host.setAdminAnswer(u"certs"_s, "{}");
        EnvoyLive live(&host);
        live.setPause(10);
        QSignalSpy changes(&live, &EnvoyLive::changed);
        live.watch(kKey);
        QTest::qWait(50);
        QVERIFY(live.clusters().empty());
        live.setActive(true);
        QTRY_COMPARE(live.clusters().size(), std::size_t(2));
        host.setAdminAnswer(u"clusters"_s, clustersJson(1010, 0));
        QTRY_VERIFY(!live.ratesOf(u"backend"_s).requests.rates().empty());
        QTRY_VERIFY(std::any_of(live.ratesOf(u"backend"_s).requests.rates().begin(),
                                live.ratesOf(u"backend"_s).requests.rates().end(),
                                [](double rate) { return rate > 0; }));
        QVERIFY(live.ratesOf(u"nobody"_s).requests.rates().empty());
        live.watch({"default", "other"});
        QVERIFY(live.ratesOf(u"backend"_s).requests.rates().empty());  // another's history
        live.setActive(false);
        QTest::qWait(30);
        changes.clear();
        QTest::qWait(50);
        QCOMPARE(changes.size(), 0);
    }

    void aFailureIsKept()
    {
        FakeSidecarHost host;
        EnvoyLive live(&host);
        live.watch(kKey);
        live.setActive(true);
        QTRY_VERIFY(live.failure());
        QCOMPARE(live.failure()->code, Error::Code::NotFound);
    }

    void logLevelsGoBack()
    {
        FakeSidecarHost host;
        host.setAdminAnswer(u"logging"_s,
                            "active loggers:\n  admin: info\n  http: warning\n  upstream: info\n");
        EnvoyLogging logging(&host);
        QSignalSpy changes(&logging, &EnvoyLogging::changed);
        logging.raise(kKey, u"upstream"_s, u"debug"_s, 50);
        QTRY_VERIFY(logging.isRaised(kKey));
        QVERIFY(host.posted().contains(u"logging?upstream=debug"_s));
        QCOMPARE(logging.secondsLeft(kKey), 1);
        QTRY_VERIFY(!logging.isRaised(kKey));
        QCOMPARE(host.posted(), (QStringList{u"logging"_s, u"logging?upstream=debug"_s,
                                             u"logging?level=info"_s, u"logging?http=warning"_s}));
        QCOMPARE(logging.secondsLeft(kKey), 0);
        QCOMPARE(changes.size(), 2);
    }

    void theyGoBackWhenTheWindowCloses()
    {
        FakeSidecarHost host;
        host.setAdminAnswer(u"logging"_s, "active loggers:\n  admin: info\n");
        {
            EnvoyLogging logging(&host);
            logging.raise(kKey, {}, u"trace"_s, 60'000);
            QTRY_VERIFY(logging.isRaised(kKey));
            logging.raise(kKey, u"http"_s, u"debug"_s, 60'000);  // again: what is put back stays the same
        }
        QCOMPARE(host.posted(), (QStringList{u"logging"_s, u"logging?level=trace"_s, u"logging?http=debug"_s,
                                             u"logging?level=info"_s}));
    }

    void aRefusalToRaiseIsSaid()
    {
        FakeSidecarHost host;
        EnvoyLogging logging(&host);
        QSignalSpy failures(&logging, &EnvoyLogging::failed);
        logging.raise(kKey, {}, u"debug"_s, 50);
        QTRY_COMPARE(failures.size(), 1);
        QVERIFY(!logging.isRaised(kKey));
    }

    void aPathIsTraced()
    {
        QFile file(QStringLiteral(MESHSCOPE_TEST_DATA "/trace/web.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        FakeSidecarHost host;
        host.setAdminAnswer(u"config_dump"_s, file.readAll());
        DnsReport dns;
        dns.name = u"backend.mesh"_s;
        dns.addresses = {u"240.0.0.0"_s};
        host.setDnsAnswer(dns);
        PathTrace trace(&host);
        std::optional<PathResult> result;
        std::optional<Error> failure;
        connect(&trace, &PathTrace::done, this, [&result](const PathResult &one) { result = one; });
        connect(&trace, &PathTrace::failed, this, [&failure](const Error &error) { failure = error; });
        trace.start(kKey, *traceQuestion("nobody.mesh"));
        trace.start(kKey, *traceQuestion("backend.mesh/x"));  // the latest wins
        QTRY_VERIFY(result);
        QVERIFY(!trace.isRunning());
        QVERIFY2(result->isReached(), qPrintable(result->stop()));
        QCOMPARE(result->dns->addresses, QStringList{u"240.0.0.0"_s});
        QCOMPARE(result->legs.size(), std::size_t(1));
        QCOMPARE(result->legs[0].proxy, u"web-1"_s);
        host.setAdminAnswer(u"config_dump"_s, "no JSON");
        trace.start(kKey, *traceQuestion("127.0.0.1:10001"));
        QTRY_VERIFY(failure);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestEnvoyLive)
#include "tst_envoy_live.moc"
