// Calls walked through configurations: small ones of our own, and what real control planes sent, where the
// recordings are.
#include "backend/trace/permission.h"
#include "backend/trace/trace.h"

#include "tests/support/qtest_std.h"

#include <QFile>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

ConfigDump dumpFrom(const QString &file)
{
    QFile data(QStringLiteral(MESHSCOPE_TEST_DATA "/trace/") + file);
    if (!data.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(data.fileName()));
    return ConfigDump::parse(data.readAll().toStdString()).value();
}

std::optional<ConfigDump> recorded(const QString &situation, const QString &proxy,
                                   const QString &version = u"2.9.13"_s)
{
    const QString set = qEnvironmentVariable("MESHSCOPE_CONFORMANCE");
    const QString root = set.isEmpty() ? QStringLiteral(MESHSCOPE_SOURCE_DIR "/../shared/conformance") : set;
    QFile data(root + u"/recordings/"_s + version + u"/envoy/"_s + situation + u"/config_dump-"_s + proxy
               + u".json"_s);
    if (!data.open(QIODevice::ReadOnly))
        return std::nullopt;
    return ConfigDump::parse(data.readAll().toStdString()).value();
}

TraceQuestion question(const char *text) { return traceQuestion(text).value(); }

// "listener outbound:… > filter chain … > …", without facts.
std::string way(const Trace &trace)
{
    std::string text;
    for (const auto &step : trace.steps) {
        if (step.kind == TraceStep::Kind::FilterChain)
            continue;
        text += (text.empty() ? "" : " > ") + step.what;
    }
    return text;
}

std::string factOf(const Trace &trace, const std::string &name)
{
    for (const auto &step : trace.steps) {
        for (const auto &fact : step.facts) {
            if (fact.name == name)
                return fact.value + (fact.policy.empty() ? "" : " (" + fact.policy + ")");
        }
    }
    return {};
}

class TestTrace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void questionsAreRead_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<std::string>("path");
        QTest::newRow("a host") << std::string("Backend.mesh") << std::string("backend.mesh") << 80
                                << std::string("/");
        QTest::newRow("with a port") << std::string("127.0.0.1:10001") << std::string("127.0.0.1") << 10001
                                     << std::string("/");
        QTest::newRow("a URL") << std::string("http://backend.mesh:8080/api?x=1:2")
                               << std::string("backend.mesh") << 8080 << std::string("/api?x=1:2");
        QTest::newRow("https") << std::string("https://a.mesh") << std::string("a.mesh") << 443
                               << std::string("/");
        QTest::newRow("IPv6") << std::string("[::1]:81/x") << std::string("::1") << 81 << std::string("/x");
    }
    void questionsAreRead()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, host);
        QFETCH(int, port);
        QFETCH(std::string, path);
        const auto read = traceQuestion(text);
        QVERIFY(read);
        QCOMPARE(read->host, host);
        QCOMPARE(int(read->port), port);
        QCOMPARE(read->path, path);
    }
    void wrongQuestionsAreRefused()
    {
        for (const char *text : {"", ":80", "a:b", "a:0", "a:70000", "[::1", "a b"})
            QVERIFY2(!traceQuestion(text), text);
    }

    void callsFindTheirWay_data()
    {
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<std::string>("expected");
        QTest::addColumn<std::string>("stop");
        QTest::newRow("an HTTP outbound by its address")
            << QByteArray("127.0.0.1:10001/x")
            << std::string(
                   "outbound:127.0.0.1:10001 > outbound:backend > backend-v1 > 10.0.0.2:80 > 10.0.0.3:80")
            << std::string();
        QTest::newRow("a longer prefix first")
            << QByteArray("127.0.0.1:10001/api/7")
            << std::string("outbound:127.0.0.1:10001 > outbound:backend > backend-v2 > 10.0.0.4:80")
            << std::string();
        QTest::newRow("a split goes both ways")
            << QByteArray("127.0.0.1:10001/split")
            << std::string(
                   "outbound:127.0.0.1:10001 > outbound:backend > backend-v1 > 10.0.0.2:80 > 10.0.0.3:80 > "
                   "backend-v2 > 10.0.0.4:80")
            << std::string();
        QTest::newRow("a TCP outbound")
            << QByteArray("localhost:10002") << std::string("outbound:127.0.0.1:10002 > db > 10.0.0.5:5432")
            << std::string();
        QTest::newRow("a name of the mesh")
            << QByteArray("backend.mesh/x")
            << std::string(
                   "backend.mesh > outbound:240.0.0.0:80 > outbound:backend > backend-v1 > 10.0.0.2:80 > "
                   "10.0.0.3:80")
            << std::string();
        QTest::newRow("an address of nobody passes through")
            << QByteArray("93.184.216.34:443")
            << std::string("outbound:passthrough:ipv4 > outbound:passthrough:ipv4 > 93.184.216.34:443")
            << std::string();
        QTest::newRow("a name of nobody") << QByteArray("example.org") << std::string()
                                          << std::string("the mesh does not know the name example.org");
        QTest::newRow("an IPv6 address has no passthrough here")
            << QByteArray("[2001:db8::1]:80") << std::string()
            << std::string("no outbound of this proxy takes [2001:db8::1]:80");
        QTest::newRow("a service without endpoints")
            << QByteArray("127.0.0.1:10003") << std::string("outbound:127.0.0.1:10003 > nobody")
            << std::string("no endpoint: nobody offers nobody");
        QTest::newRow("all endpoints down")
            << QByteArray("127.0.0.1:10004") << std::string("outbound:127.0.0.1:10004 > sick > 10.0.0.6:80")
            << std::string("no healthy endpoint of sick: all 1 are down");
        QTest::newRow("a cluster that is not there")
            << QByteArray("127.0.0.1:10005") << std::string("outbound:127.0.0.1:10005 > missing")
            << std::string("the cluster missing is not there");
        QTest::newRow("a cluster that is warming")
            << QByteArray("127.0.0.1:10006") << std::string("outbound:127.0.0.1:10006 > warm")
            << std::string("the cluster warm is warming");
        QTest::newRow("a listener that Envoy refused")
            << QByteArray("127.0.0.1:10007") << std::string()
            << std::string("Envoy refused the listener outbound:127.0.0.1:10007: no such option");
        QTest::newRow("a redirect is an answer")
            << QByteArray("127.0.0.1:10001/old") << std::string("outbound:127.0.0.1:10001 > outbound:backend")
            << std::string("answered by the proxy itself: a redirect to new.example");
        QTest::newRow("no route") << QByteArray("127.0.0.1:10008/x")
                                  << std::string("outbound:127.0.0.1:10008 > outbound:strict")
                                  << std::string("no route: none of outbound:strict fits GET /x");
    }
    void callsFindTheirWay()
    {
        QFETCH(QByteArray, to);
        QFETCH(std::string, expected);
        QFETCH(std::string, stop);
        const auto trace = traceOutbound(dumpFrom(u"web.json"_s), question(to.constData()));
        QCOMPARE(way(trace), expected);
        QVERIFY2(trace.stop.rfind(stop, 0) == 0 && trace.stop.empty() == stop.empty(), trace.stop.c_str());
        QCOMPARE(trace.isReached(), !trace.endpoints.empty());
    }

    void headersMethodsAndQueriesChoose()
    {
        const auto dump = dumpFrom(u"web.json"_s);
        auto asked = question("127.0.0.1:10008/allowed?canary=1");
        QVERIFY(traceOutbound(dump, asked).isReached());
        asked.path = "/allowed?canary=2";
        auto trace = traceOutbound(dump, asked);
        QCOMPARE(
            factOf(trace, "passed over"),
            std::string(
                "prefix /allowed, canary = 1 (the query parameter canary does not fit) (MeshHTTPRoute)"));
        asked.headers["x-user"] = "ann";
        QVERIFY(traceOutbound(dump, asked).isReached());
        asked.headers["x-user"] = "bob";
        QVERIFY(!traceOutbound(dump, asked).isReached());
        asked.path = "/re/42";
        QVERIFY(traceOutbound(dump, asked).isReached());
        asked.method = "POST";
        QVERIFY(!traceOutbound(dump, asked).isReached());
    }

    void valuesNameTheirPolicies()
    {
        const auto trace = traceOutbound(dumpFrom(u"web.json"_s), question("127.0.0.1:10001/api/7"));
        QCOMPARE(factOf(trace, "timeout"), std::string("15s (MeshTimeout)"));
        QCOMPARE(factOf(trace, "retries"), std::string("5 on gateway-error (MeshRetry)"));
        QCOMPARE(factOf(trace, "max_connections"), std::string("1024 (MeshCircuitBreaker)"));
        QCOMPARE(factOf(trace, "passed over"),
                 std::string("path /old (the path does not fit) (MeshHTTPRoute)"));
    }

    void theOtherEndJudges_data()
    {
        QTest::addColumn<int>("port");
        QTest::addColumn<std::string>("caller");
        QTest::addColumn<std::string>("stop");
        QTest::newRow("a caller that is permitted")
            << 80 << std::string("spiffe://default/web") << std::string();
        QTest::newRow("another one") << 80 << std::string("spiffe://default/other")
                                     << std::string("denied by permission: no permission names the caller");
        QTest::newRow("plain text where mTLS is strict")
            << 80 << std::string() << std::string("the other side insists on mTLS");
        QTest::newRow("plain text where it is permissive") << 81 << std::string() << std::string();
        QTest::newRow("a caller of Kuma 3") << 82 << std::string("spiffe://default/web") << std::string();
        QTest::newRow("one that Kuma 3 denies")
            << 82 << std::string("spiffe://default/other") << std::string("denied by permission: kri_mtp_a");
        QTest::newRow("one that no rule of Kuma 3 names")
            << 82 << std::string("spiffe://default/x") << std::string("denied by permission: default");
    }
    void theOtherEndJudges()
    {
        QFETCH(int, port);
        QFETCH(std::string, caller);
        QFETCH(std::string, stop);
        TraceCaller who;
        if (!caller.empty())
            who.identities = {caller};
        const auto trace = traceInbound(dumpFrom(u"backend.json"_s), "10.0.0.2",
                                        static_cast<std::uint16_t>(port), who, question("backend.mesh/x"));
        QVERIFY2(trace.stop.rfind(stop, 0) == 0 && trace.stop.empty() == stop.empty(), trace.stop.c_str());
    }

    void whatIsNoDumpIsRefused()
    {
        for (const char *text : {"", "{}", "[]", "no JSON", R"({"configs":1})"})
            QVERIFY2(!ConfigDump::parse(text), text);
        // Fields of another kind are passed over.
        const auto odd = ConfigDump::parse(
            R"({"configs":[{"@type":"ListenersConfigDump","dynamic_listeners":[1,{"name":2},{"active_state":[]}]},
                {"@type":"ClustersConfigDump","static_clusters":{"a":1}},{"@type":7},3]})");
        QVERIFY(odd);
        QVERIFY(!traceOutbound(*odd, question("127.0.0.1:1")).isReached());
    }

    void recordedConfigurationsAreWalked_data()
    {
        QTest::addColumn<QString>("situation");
        QTest::addColumn<QString>("proxy");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<std::string>("expected");  // the last steps
        QTest::addColumn<std::string>("stop");
        const auto row = [](const char *name, const char *situation, const char *proxy, const char *version,
                            const char *to, const char *expected, const char *stop) {
            QTest::newRow(name) << QString::fromLatin1(situation) << QString::fromLatin1(proxy)
                                << QString::fromLatin1(version) << QByteArray(to) << std::string(expected)
                                << std::string(stop);
        };
        row("plain HTTP", "plain", "web-1", "2.9.13", "127.0.0.1:10001",
            "outbound:127.0.0.1:10001 > outbound:backend > backend > 192.168.10.2:8080 > 192.168.10.3:8080",
            "");
        row("one version of it", "plain", "web-1", "2.9.13", "127.0.0.1:10005",
            "outbound:127.0.0.1:10005 > outbound:backend > backend-5b73b3f4adf20020 > 192.168.10.3:8080", "");
        row("a service nobody offers", "plain", "web-1", "2.9.13", "127.0.0.1:10004",
            "outbound:127.0.0.1:10004 > nobody", "no endpoint: nobody offers nobody");
        row("a route by exact path", "http-route-split", "web-1", "2.9.13", "127.0.0.1:10001/api/v2",
            "outbound:127.0.0.1:10001 > outbound:backend > backend-5b73b3f4adf20020 > 192.168.10.3:8080", "");
        row("the regex that prefix / shadows", "http-route-split", "web-1", "2.9.13",
            "127.0.0.1:10001/re/123",
            "outbound:127.0.0.1:10001 > outbound:backend > backend-154693772bc47249 > 192.168.10.2:8080 > "
            "backend-5b73b3f4adf20020 > 192.168.10.3:8080",
            "");
        row("a name by DNS", "transparent-dns", "web-1", "2.9.13", "backend.mesh",
            "backend.mesh > outbound:240.0.0.0:80 > outbound:backend > backend > 192.168.10.2:8080", "");
        row("a name of Kuma 3", "transparent-dns", "web-1", "3.0-dev", "backend.svc.mesh.local:8080",
            "backend.svc.mesh.local > kri_msvc_default_default__backend_http", "");
    }
    void recordedConfigurationsAreWalked()
    {
        QFETCH(QString, situation);
        QFETCH(QString, proxy);
        QFETCH(QString, version);
        QFETCH(QByteArray, to);
        QFETCH(std::string, expected);
        QFETCH(std::string, stop);
        const auto dump = recorded(situation, proxy, version);
        if (!dump)
            QSKIP("no recordings of control planes here (MESHSCOPE_CONFORMANCE)");
        const auto trace = traceOutbound(*dump, question(to.constData()));
        QVERIFY2(way(trace).rfind(expected, 0) == 0, way(trace).c_str());
        QVERIFY2(trace.stop.rfind(stop, 0) == 0 && trace.stop.empty() == stop.empty(), trace.stop.c_str());
    }

    void recordedPermissionsAreJudged()
    {
        const auto backend = recorded(u"mtls-strict"_s, u"backend-1"_s);
        const auto web = recorded(u"mtls-strict"_s, u"web-1"_s);
        const auto other = recorded(u"mtls-strict"_s, u"other-1"_s);
        if (!backend || !web || !other)
            QSKIP("no recordings of control planes here (MESHSCOPE_CONFORMANCE)");
        const auto out = traceOutbound(*web, question("127.0.0.1:10001"));
        QVERIFY2(out.isReached() && !out.endpoints.empty(), out.stop.c_str());
        const auto place = question(out.endpoints[0].c_str());
        const auto allowed =
            traceInbound(*backend, place.host, place.port, callerOf(*web, true), question("backend"));
        QVERIFY2(allowed.isReached(), allowed.stop.c_str());
        const auto denied =
            traceInbound(*backend, place.host, place.port, callerOf(*other, true), question("backend"));
        QCOMPARE(denied.stop, std::string("denied by permission: no permission names the caller"));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestTrace)
#include "tst_trace.moc"
