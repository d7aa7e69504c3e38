#include "backend/sidecar/envoy_words.h"

#include <QTest>

#include <csignal>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

using Level = SidecarLogLine::Level;
using Words = std::deque<QByteArray>;

class TestEnvoyWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesHaveLevels_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("level");  // -1: not in Envoy's form
        QTest::addColumn<QString>("text");
        QTest::newRow("info") << QByteArray(
            "[2026-11-23 18:10:30.602][11519][info][main] [source/server/server.cc:796] "
            "Starting admin") << int(Level::Info)
                              << u"[main] Starting admin"_s;
        QTest::newRow("critical is an error")
            << QByteArray("[t][1][critical][main] [a.cc:1] dead") << int(Level::Error) << u"[main] dead"_s;
        QTest::newRow("trace is debug") << QByteArray("[t][1][trace][http] [a.cc:1] [Tags: \"C\":\"0\"] x")
                                        << int(Level::Debug) << u"[http] [Tags: \"C\":\"0\"] x"_s;
        QTest::newRow("a text without a source stays whole")
            << QByteArray("[t][1][warning][misc] no source [at] all") << int(Level::Warning)
            << u"[misc] no source [at] all"_s;
        QTest::newRow("another form") << QByteArray("cannot bind '127.0.0.1:1'") << -1 << QString();
        QTest::newRow("almost the form") << QByteArray("[t][1][strange][main] x") << -1 << QString();
        QTest::newRow("a bracket alone") << QByteArray("[") << -1 << QString();
        QTest::newRow("empty") << QByteArray() << -1 << QString();
    }
    void linesHaveLevels()
    {
        QFETCH(QByteArray, line);
        QFETCH(int, level);
        const auto parsed = parseEnvoyLine(line);
        QCOMPARE(parsed ? int(parsed->level) : -1, level);
        if (parsed)
            QTEST(parsed->text, "text");
    }

    void newsAreSeen_data()
    {
        using Kind = EnvoyNews::Kind;
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("kind");  // -1 = none
        const QByteArray closed =
            "[t][1][warning][config] [grpc_stream.h:1] StreamAggregatedResources gRPC config stream "
            "to ads_cluster closed";
        QTest::newRow("the token is rejected")
            << closed + " since 3s ago: 16, authentication failed" << int(Kind::TokenRejected);
        QTest::newRow("the token is not allowed")
            << closed + ": 7, not this mesh" << int(Kind::TokenRejected);
        QTest::newRow("the certificate is not accepted")
            << closed
                   + " since 1s ago: 14, upstream connect error or disconnect/reset before headers. reset "
                     "reason: "
                     "connection failure, transport failure reason: TLS_error:|268435581:SSL "
                     "routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end"
            << int(Kind::CertificateMismatch);
        QTest::newRow("the control plane is away")
            << closed + ": 14, upstream connect error" << int(Kind::ControlPlaneUnreachable);
        QTest::newRow("a configuration is refused") << QByteArray(
            "[t][1][warning][config] [a.cc:1] gRPC config for "
            "type.googleapis.com/envoy.config.cluster.v3.Cluster rejected: Error adding/updating cluster")
                                                    << int(Kind::ConfigurationRejected);
        QTest::newRow("an ordinary line")
            << QByteArray("[t][1][info][main] [a.cc:1] all dependencies initialized") << -1;
        QTest::newRow("a connection that closed")
            << QByteArray("[t][1][debug][conn] [a.cc:1] [C1] closed") << -1;
    }
    void newsAreSeen()
    {
        QFETCH(QByteArray, line);
        const auto news = newsIn(line);
        QTEST(news ? int(news->kind) : -1, "kind");
    }

    void endsAreExplained_data()
    {
        QTest::addColumn<Words>("words");
        QTest::addColumn<QString>("says");
        QTest::addColumn<int>("code");
        const Words bind{
            "[t][1][critical][main] [a.cc:1] error `cannot bind '127.0.0.1:9901': Address already in use` "
            "initializing config 'goo.gle/debugproto  ",
            "  /tmp/bootstrap.yaml'", "[t][1][info][main] [a.cc:1] exiting",
            "cannot bind '127.0.0.1:9901': Address already in use"};
        QTest::newRow("a port in use, with its holder")
            << bind << u"port in use: 127.0.0.1:9901 is held by nginx (pid 7)"_s
            << int(Error::Code::Conflict);
        QTest::newRow("a port in use, IPv6") << Words{"cannot bind '[::1]:9901': Address already in use"}
                                             << u"port in use: [::1]:9901"_s << int(Error::Code::Conflict);
        QTest::newRow("a port below 1024")
            << Words{"cannot bind '127.0.0.1:80': Permission denied"} << u"may not listen on 127.0.0.1:80"_s
            << int(Error::Code::Refused);
        QTest::newRow("a foreign address")
            << Words{"cannot bind '10.9.9.9:80': Cannot assign requested address"}
            << u"cannot listen on 10.9.9.9:80: Cannot assign"_s << int(Error::Code::Invalid);
        QTest::newRow("a bootstrap with an unknown field")
            << Words{"Protobuf message (type envoy.config.bootstrap.v3.Bootstrap reason …) has unknown "
                     "fields"}
            << u"does not take the bootstrap"_s << int(Error::Code::Invalid);
        QTest::newRow("an extension that is not there")
            << Words{"Didn't find a registered implementation for 'x' with type URL: 'y'"}
            << u"lacks an extension"_s << int(Error::Code::Invalid);
        QTest::newRow("an unknown argument")
            << Words{"PARSE ERROR: Argument: --cpuset-threads"} << u"does not know one of its arguments"_s
            << int(Error::Code::Invalid);
        QTest::newRow("too many files")
            << Words{"[t][1][critical][main] [a.cc:1] epoll_create: Too many open files"}
            << u"as many files as it needs"_s << int(Error::Code::Refused);
        QTest::newRow("no memory") << Words{"terminate called after throwing an instance of 'std::bad_alloc'"}
                                   << u"got no memory"_s << int(Error::Code::Refused);
        QTest::newRow("anything else is quoted")
            << Words{"[t][1][critical][main] [a.cc:1] out of luck", "[t][1][info][main] [a.cc:1] exiting"}
            << u"ended with status 1: [main] out of luck"_s << int(Error::Code::Internal);
        QTest::newRow("nothing was said")
            << Words{} << u"Envoy ended with status 1"_s << int(Error::Code::Internal);
    }
    void endsAreExplained()
    {
        QFETCH(Words, words);
        QFETCH(QString, says);
        ChildEnd end;
        end.exitCode = 1;
        end.text = u"ended with status 1"_s;
        const auto explained = explainEnd(end, words, u"/bin/envoy"_s,
                                          [](const QString &, quint16) { return u"nginx (pid 7)"_s; });
        QVERIFY2(QString::fromStdString(explained.error.what).contains(says), explained.error.what.c_str());
        QTEST(int(explained.error.code), "code");
        QVERIFY(!explained.advice.isEmpty());
    }

    void signalsAreExplained_data()
    {
        QTest::addColumn<int>("signal");
        QTest::addColumn<QString>("advice");
        QTest::newRow("killed") << SIGKILL << u"for want of memory"_s;
        QTest::newRow("crashed") << SIGSEGV << u"It crashed"_s;
        QTest::newRow("another one") << SIGHUP << u"last log lines"_s;
    }
    void signalsAreExplained()
    {
        QFETCH(int, signal);
        QFETCH(QString, advice);
        ChildEnd end;
        end.signal = signal;
        end.text = u"was ended by signal %1"_s.arg(signal);
        const auto explained = explainEnd(end, {}, u"/bin/envoy"_s, {});
        QVERIFY2(explained.advice.contains(advice), qPrintable(explained.advice));
    }

    void whatNeverStartedIsExplained()
    {
        ChildEnd end;
        end.neverStarted = true;
        end.text = u"could not be started: Exec format error"_s;
        const auto explained = explainEnd(end, {}, u"/bin/envoy"_s, {});
        QCOMPARE(explained.error.what, std::string("Envoy could not be started: Exec format error"));
        QCOMPARE(explained.error.where, std::string("/bin/envoy"));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestEnvoyWords)
#include "tst_envoy_words.moc"
