// meshscopectl trace, dns, sidecar wait, sidecar redirect, and sets that cannot be run: as a person types
// them.
#include "tests/app/ctl_process.h"
#include "tests/support/fake_http_server.h"

#include <QFile>
#include <QTemporaryDir>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

QString data(const char *name)
{
    return QStringLiteral(MESHSCOPE_TEST_DATA "/trace/") + QString::fromLatin1(name);
}

class TestMeshscopectlTrace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCallThatArrives()
    {
        const auto result = runCtl({u"trace"_s, u"--dump"_s, data("web.json"), u"--to"_s,
                                    u"backend.mesh/api/7"_s, u"-o"_s, u"json"_s});
        QCOMPARE(result.code, 0);
        const auto rows = result.json();
        QVERIFY2(rows.is_array(), result.err.constData());
        std::vector<std::string> steps;
        for (const auto &row : rows) {
            if (!row["step"].get<std::string>().empty())
                steps.push_back(row["step"]);
        }
        QCOMPARE(steps, (std::vector<std::string>{"name", "listener", "filter chain", "route", "cluster",
                                                  "endpoint"}));
        const auto policy =
            std::find_if(rows.begin(), rows.end(), [](const auto &row) { return row["fact"] == "retries"; });
        QVERIFY(policy != rows.end() && (*policy)["policy"] == "MeshRetry");
    }

    void theOtherEndIsEnteredWhenItsDumpIsThere()
    {
        const auto result =
            runCtl({u"trace"_s, u"--dump"_s, data("backend.json"), u"--dump"_s, data("web.json"), u"--from"_s,
                    u"web-1"_s, u"--to"_s, u"127.0.0.1:10001"_s});
        QCOMPARE(result.code, 1);  // plain text at a strict inbound
        QVERIFY2(result.out.contains("the other side insists on mTLS"), result.out.constData());
    }

    void wrongUsage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no configuration")
            << QStringList{u"trace"_s, u"--to"_s, u"a:1"_s} << 2 << QByteArray("give the configuration");
        QTest::newRow("a target that is none")
            << QStringList{u"trace"_s, u"--dump"_s, data("web.json"), u"--to"_s, u"a:b"_s} << 2
            << QByteArray("is not a host, port and path");
        QTest::newRow("a file that is none")
            << QStringList{u"trace"_s, u"--dump"_s, u"/not/there"_s, u"--to"_s, u"a:1"_s} << 3
            << QByteArray("/not/there");
        QTest::newRow("nobody of that name")
            << QStringList{u"trace"_s,  u"--dump"_s, data("web.json"), u"--from"_s,
                           u"nobody"_s, u"--to"_s,   u"a:1"_s}
            << 3 << QByteArray("none of the configurations is that of nobody");
        QTest::newRow("an Envoy that is not there")
            << QStringList{u"trace"_s, u"--admin"_s, u"unix:/not/there.sock"_s, u"--to"_s, u"a:1"_s} << 3
            << QByteArray("cannot be reached");
        QTest::newRow("a header that is none")
            << QStringList{u"trace"_s, u"--dump"_s, data("web.json"), u"--to"_s, u"a:1"_s, u"-H"_s, u"x"_s}
            << 2 << QByteArray("is not a header");
        QTest::newRow("a name that cannot be")
            << QStringList{u"dns"_s, u"a..b"_s} << 2 << QByteArray("cannot be a DNS name");
        QTest::newRow("a resolver that is not there")
            << QStringList{u"dns"_s, u"a.mesh"_s, u"--server"_s, u"127.0.0.1:9"_s} << 3
            << QByteArray("no answer from 127.0.0.1:9");
        QTest::newRow("a namespace that a shell could misread")
            << QStringList{u"sidecar"_s, u"redirect"_s, u"--namespace"_s, u"a;b"_s} << 2
            << QByteArray("may only have letters");
        QTest::newRow("a set that is not there")
            << QStringList{u"sidecar"_s, u"set"_s, u"run"_s, u"/not/there.yaml"_s} << 2
            << QByteArray("/not/there.yaml");
        QTest::newRow("a time that is none")
            << QStringList{u"sidecar"_s, u"wait"_s, u"--timeout"_s, u"soon"_s} << 2
            << QByteArray("--timeout must be a time");
        QTest::newRow("a token with a line break inside")
            << QStringList{u"sidecar"_s, u"run"_s, u"--name"_s, u"a"_s, u"--dataplane-token"_s, u"a.b\nc"_s}
            << 2 << QByteArray("has a blank or a line break");
        QTest::newRow("a variable that is none")
            << QStringList{u"sidecar"_s, u"run"_s, u"--dataplane"_s, u"type: Dataplane\nname: x"_s,
                           u"-v"_s,      u"x"_s}
            << 2 << QByteArray("is not a variable");
    }
    void wrongUsage()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const auto result = runCtl(arguments);
        QVERIFY2(result.err.contains(says), result.err.constData());
        QCOMPARE(result.code, code);
    }

    void environmentIsKumaDps()
    {
        qputenv("KUMA_READINESS_PORT", "many");
        const auto result = runCtl({u"sidecar"_s, u"run"_s, u"--name"_s, u"a"_s});
        qunsetenv("KUMA_READINESS_PORT");
        QCOMPARE(result.code, 2);
        QVERIFY2(result.err.contains("KUMA_READINESS_PORT must be a number from 0 to 65535"),
                 result.err.constData());
        qputenv("KUMA_CONTROL_PLANE_RETRY_BACKOFF", "soon");
        const auto other = runCtl({u"sidecar"_s, u"run"_s, u"--name"_s, u"a"_s});
        qunsetenv("KUMA_CONTROL_PLANE_RETRY_BACKOFF");
        QVERIFY2(other.err.contains("KUMA_CONTROL_PLANE_RETRY_BACKOFF must be a time"),
                 other.err.constData());
    }

    void waitingForReadiness()
    {
        int asked = 0;
        FakeHttpServer server([&asked](const HttpRequest &) {
            HttpAnswer answer;
            answer.status = ++asked < 3 ? 503 : 200;
            answer.body = "NOT_READY";
            return answer;
        });
        CtlServer ready({u"sidecar"_s, u"wait"_s, u"--url"_s, server.url().toString() + u"/ready"_s,
                         u"--check-frequency"_s, u"20ms"_s});
        QCOMPARE(ready.ended(), 0);
        QCOMPARE(asked, 3);
        asked = -1'000'000;
        CtlServer never({u"sidecar"_s, u"wait"_s, u"--url"_s, server.url().toString() + u"/ready"_s,
                         u"--check-frequency"_s, u"20ms"_s, u"--timeout"_s, u"100ms"_s});
        QCOMPARE(never.ended(), 3);
        QVERIFY2(never.errors().contains("did not become ready within 100ms: 503 NOT_READY"),
                 never.errors().constData());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestMeshscopectlTrace)
#include "tst_meshscopectl_trace.moc"
