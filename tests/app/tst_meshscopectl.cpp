// The commands of meshscopectl that need no Envoy, as processes.
#include "tests/app/ctl_process.h"

#include <QDir>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTcpServer>
#include <QTemporaryDir>

using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kGood =
    "type: Dataplane\nmesh: default\nname: a\nnetworking:\n  address: 127.0.0.1\n  inbound:\n"
    "  - port: 8080\n    servicePort: 80\n    tags: {kuma.io/service: a, kuma.io/protocol: http}\n";
const QByteArray kBad =
    "type: Dataplane\nmesh: default\nname: b\nnetworking:\n  address: ''\n  inbound:\n"
    "  - port: 8080\n    servicePort: 80\n    tags: {kuma.io/service: b, kuma.io/protocol: http}\n";

class TestMeshscopectl : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString file(const QString &name, const QByteArray &text)
    {
        QDir().mkpath(QFileInfo(m_folder.filePath(name)).path());
        QFile out(m_folder.filePath(name));
        return out.open(QIODevice::WriteOnly) && out.write(text) == text.size() ? out.fileName() : QString();
    }

    static QByteArray fetched(const QString &url)
    {
        QNetworkAccessManager network;
        const std::unique_ptr<QNetworkReply> reply(network.get(QNetworkRequest(QUrl(url))));
        (void)QTest::qWaitFor([&reply] { return reply->isFinished(); }, 10'000);
        return reply->readAll();
    }

private Q_SLOTS:
    void wrongUsageIsExitTwo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no command") << QStringList{} << QByteArray("subcommand is required");
        QTest::newRow("an unknown option") << QStringList{u"doctor"_s, u"--what"_s} << QByteArray("--what");
        QTest::newRow("an unknown form of output")
            << QStringList{u"doctor"_s, u"-o"_s, u"xml"_s} << QByteArray("xml");
        QTest::newRow("a file that is not there") << QStringList{u"validate"_s, u"/not/there.yaml"_s}
                                                  << QByteArray("/not/there.yaml cannot be read");
        QTest::newRow("a folder for a file")
            << QStringList{u"validate"_s, u"/"_s} << QByteArray("is a folder");
        QTest::newRow("an unknown Kuma")
            << QStringList{u"validate"_s, u"--kuma"_s, u"1.0"_s, u"-"_s} << QByteArray("2.9, 2.14 and 3.0");
        QTest::newRow("a folder that is not there")
            << QStringList{u"xds"_s, u"--dir"_s, u"/not/there"_s, u"--dataplane"_s, u"a"_s}
            << QByteArray("/not/there");
        QTest::newRow("no address") << QStringList{u"control-plane"_s, u"run"_s, u"--api"_s, u"here"_s}
                                    << QByteArray("\"here\" is not an address and port");
        QTest::newRow("a port too large")
            << QStringList{u"control-plane"_s, u"run"_s, u"--api"_s, u"127.0.0.1:70000"_s}
            << QByteArray("70000");
        QTest::newRow("an unknown sample")
            << QStringList{u"control-plane"_s, u"run"_s, u"--free-ports"_s, u"--sample"_s, u"nope"_s}
            << QByteArray("there are: hello");
        QTest::newRow("a sidecar without a name")
            << QStringList{u"sidecar"_s, u"run"_s} << QByteArray("--name");
        QTest::newRow("a name beside a Dataplane")
            << QStringList{u"sidecar"_s, u"run"_s,         u"--name"_s,
                           u"a"_s,       u"--dataplane"_s, u"type: Dataplane"_s}
            << QByteArray("are read from the Dataplane");
        QTest::newRow("a Dataplane of another type")
            << QStringList{u"sidecar"_s, u"run"_s, u"--dataplane"_s, u"type: Mesh"_s}
            << QByteArray("no resource of type Dataplane");
        QTest::newRow("a token that is none")
            << QStringList{u"sidecar"_s, u"run"_s, u"--name"_s, u"a"_s, u"--dataplane-token"_s, u"secret"_s}
            << QByteArray("is no JWT");
        QTest::newRow("no time for draining")
            << QStringList{u"sidecar"_s, u"run"_s, u"--name"_s, u"a"_s, u"--drain-time"_s, u"soon"_s}
            << QByteArray("--drain-time");
        QTest::newRow("a workload without a name") << QStringList{u"workload"_s} << QByteArray("--name");
    }
    void wrongUsageIsExitTwo()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const auto result = runCtl(arguments);
        QVERIFY2(result.code == 2, result.err.constData());
        QVERIFY2(result.err.contains(says), result.err.constData());
        QVERIFY2(!result.err.contains("secret"), "the token is in the message");
    }

    void helpAndVersionAreExitZero()
    {
        QVERIFY(runCtl({u"--version"_s}).out.contains("meshscopectl 0."));
        for (const auto &command :
             {u"control-plane"_s, u"sidecar"_s, u"validate"_s, u"xds"_s, u"doctor"_s, u"workload"_s}) {
            const auto result = runCtl({command, u"--help"_s});
            QCOMPARE(result.code, 0);
            QVERIFY(!result.out.isEmpty());
        }
    }

    void validateFindsWithPositions()
    {
        // Three documents; the last one is wrong. A marker inside of a block scalar is still a marker, so
        // none is here.
        const auto path =
            file(u"three.yaml"_s, "# first\n" + kGood + "---\ntype: Mesh\nname: m\n---\n" + kBad);
        const auto result = runCtl({u"validate"_s, u"-o"_s, u"json"_s, path});
        QCOMPARE(result.code, 1);
        const auto rows = result.json();
        QVERIFY(rows.is_array());
        QCOMPARE(rows.size(), 2U);
        QCOMPARE(rows[0]["severity"].get<std::string>(), std::string("hint"));
        QCOMPARE(rows[0]["message"].get<std::string>(),
                 std::string("resources of type Mesh are not checked yet"));
        QCOMPARE(rows[1]["file"].get<std::string>(), path.toStdString());
        QCOMPARE(rows[1]["field"].get<std::string>(), std::string("networking.address"));
        QCOMPARE(rows[1]["severity"].get<std::string>(), std::string("error"));
        QCOMPARE(rows[1]["line"].get<int>(), 19);
        QCOMPARE(rows[1]["column"].get<int>(), 12);

        const auto table = runCtl({u"validate"_s, path});
        QCOMPARE(table.code, 1);
        QVERIFY2(table.out.startsWith("FILE"), table.out.constData());
        QVERIFY(table.out.contains("networking.address"));
        const auto csv = runCtl({u"validate"_s, u"-o"_s, u"csv"_s, path});
        QVERIFY2(csv.out.startsWith("file,line,column,field,severity,message\r\n"), csv.out.constData());
        const auto yaml = runCtl({u"validate"_s, u"-o"_s, u"yaml"_s, path});
        QVERIFY2(yaml.out.contains("field: networking.address"), yaml.out.constData());
    }

    void validateReadsStandardInput_data()
    {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<int>("code");
        QTest::newRow("a good one") << kGood << 0;
        QTest::newRow("a bad one") << kBad << 1;
        QTest::newRow("as JSON") << QByteArray(
            R"({"type":"Dataplane","mesh":"default","name":"a","networking":{"address":"127.0.0.1",)"
            R"("inbound":[{"port":1,"servicePort":2,"tags":{"kuma.io/service":"a"}}]}})")
                                 << 0;
        QTest::newRow("no YAML") << QByteArray("a: [b\n") << 1;
        QTest::newRow("with a directive") << "%YAML 1.2\n---\n" + kGood << 0;
        QTest::newRow("with an end marker") << kGood + "...\n---\n" + kGood << 0;
        QTest::newRow("no document at all") << QByteArray("# nothing\n---\n") << 2;
        QTest::newRow("nothing") << QByteArray() << 2;
    }
    void validateReadsStandardInput()
    {
        QFETCH(QByteArray, input);
        const auto result = runCtl({u"validate"_s, u"-"_s}, input);
        QTEST(result.code, "code");
    }

    void xdsPrintsWhatIsMade()
    {
        const QString samples = QStringLiteral(MESHSCOPE_SOURCE_DIR "/resources/samples");
        const QStringList web{u"xds"_s,   u"--dir"_s, samples,  u"--dataplane"_s,
                              u"web-1"_s, u"-o"_s,    u"json"_s};
        const auto all = runCtl(web);
        QCOMPARE(all.code, 0);
        const auto resources = all.json()["resources"];
        std::vector<std::string> names;
        for (const auto &entry : resources)
            names.push_back(entry["name"].get<std::string>());
        QVERIFY(std::is_sorted(names.begin(), names.end()));
        for (const char *name :
             {"inbound:127.0.0.1:11000", "outbound:127.0.0.1:11080", "backend", "localhost:11001"})
            QVERIFY2(std::count(names.begin(), names.end(), name) > 0, name);
        QCOMPARE(resources[0]["resource"]["@type"].get<std::string>().rfind("type.googleapis.com/envoy.", 0),
                 0U);

        const auto listeners = runCtl(web + QStringList{u"--type"_s, u"lds"_s}).json()["resources"];
        QCOMPARE(listeners.size(), 2U);
        QCOMPARE(listeners[1]["resource"]["address"]["socketAddress"]["portValue"].get<int>(), 11080);

        QVERIFY(runCtl(web.mid(0, 5)).out.startsWith("resources:\n  - name: "));
        const auto unknown = runCtl({u"xds"_s, u"--dir"_s, samples, u"--dataplane"_s, u"nobody"_s});
        QCOMPARE(unknown.code, 1);
        QVERIFY(unknown.err.contains("default/nobody"));
    }

    void brokenFilesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no YAML") << QByteArray("type: Mesh\nname: m\n---\n\na: [b\n")
                                 << QByteArray("broken.yaml:");
        QTest::newRow("no resource") << QByteArray("type: Mesh\nname: m\n---\nfoo: bar\n")
                                     << QByteArray("broken.yaml:3");
        QTest::newRow("an impossible value")
            << QByteArray("type: Dataplane\nmesh: default\nname: a\nnetworking: 5\n")
            << QByteArray("broken.yaml:1");
    }
    void brokenFilesAreNamed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, says);
        QTemporaryDir folder;
        QFile broken(folder.filePath(u"broken.yaml"_s));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write(text);
        broken.close();
        const auto result = runCtl({u"xds"_s, u"--dir"_s, folder.path(), u"--dataplane"_s, u"a"_s});
        QCOMPARE(result.code, 2);
        QVERIFY2(result.err.contains(says), result.err.constData());
        CtlServer server({u"control-plane"_s, u"run"_s, u"--free-ports"_s, u"--load"_s, folder.path()});
        const int code = server.ended();
        QVERIFY2(code == 3 || code == 2, server.errors().constData());
        QVERIFY2(server.errors().contains(says), server.errors().constData());
    }

    void doctorLooksAtEverything()
    {
        QTcpServer holder;
        const bool holds = holder.listen(QHostAddress::LocalHost, 5681);
        const auto result = runCtl({u"doctor"_s, u"-o"_s, u"json"_s});
        QVERIFY2(result.code == 0 || result.code == 1, result.err.constData());
        const auto rows = result.json();
        QVERIFY(rows.is_array());
        std::map<std::string, nlohmann::json> checks;
        for (const auto &row : rows)
            checks[row["check"].get<std::string>()] = row;
        for (const char *name :
             {"qt", "envoy", "dot", "coredns", "display", "port 5681", "port 5678", "port 5679"})
            QVERIFY2(checks.count(name) == 1, name);
        QCOMPARE(checks["qt"]["version"].get<std::string>(), std::string(qVersion()));
        bool isWell = true;
        for (const auto &[name, row] : checks)
            isWell = isWell && row["state"] != "problem";
        QCOMPARE(result.code, isWell ? 0 : 1);
        if (holds) {
            const auto detail = checks["port 5681"]["detail"].get<std::string>();
            QVERIFY2(detail.find("tst_meshscopect (pid ") != std::string::npos, detail.c_str());
        }
    }

    void aMissingEnvoyIsAProblem()
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"MESHSCOPE_ENVOY"_s, u"/not/there/envoy"_s);
        CtlServer doctor({u"doctor"_s}, environment);
        QCOMPARE(doctor.ended(), 1);
        const auto output = doctor.process().readAll();
        QVERIFY2(output.contains("./installer/setup"), output.constData());
    }

    void theWorkloadAnswersWithItsName()
    {
        CtlServer server({u"workload"_s, u"--name"_s, u"backend-1"_s});
        const auto line = server.line();
        QVERIFY2(line.startsWith("backend-1 listens on 127.0.0.1:"), line.constData());
        const QString address = QString::fromUtf8(line).section(u' ', -1);
        const auto answer = fetched(u"http://"_s + address + u"/some/path?q=1"_s);
        QVERIFY2(answer.startsWith("backend-1\nGET /some/path?q=1\n"), answer.constData());
        QVERIFY2(answer.contains(QByteArray("\nHost: " + address.toUtf8() + '\n')), answer.constData());

        const auto second = runCtl({u"workload"_s, u"--name"_s, u"x"_s, u"--listen"_s, address});
        QCOMPARE(second.code, 3);
        QVERIFY2(second.err.contains(QByteArray("cannot listen on " + address.toUtf8())),
                 second.err.constData());
    }

    void theControlPlaneServesUntilItIsTold()
    {
        file(u"mesh/b.yaml"_s, "type: Mesh\nname: other\n");
        file(u"mesh/a.yaml"_s, QByteArray(kGood).replace("mesh: default", "mesh: other"));
        CtlServer server({u"control-plane"_s, u"run"_s, u"--free-ports"_s, u"--sample"_s, u"hello"_s,
                          u"--load"_s, m_folder.filePath(u"mesh"_s)});
        const auto addresses = server.jsonLine();
        QVERIFY2(addresses.is_object(), server.errors().constData());
        for (const char *key : {"api", "dp", "xds"})
            QVERIFY2(addresses.contains(key), key);
        const auto api = QString::fromStdString(addresses["api"].get<std::string>());
        QVERIFY(api.startsWith("http://127.0.0.1:"_L1));
        QVERIFY(addresses["dp"].get<std::string>().rfind("https://127.0.0.1:", 0) == 0);
        const auto list =
            nlohmann::json::parse(fetched(api + u"/dataplanes"_s).toStdString(), nullptr, false);
        QVERIFY(list.is_object());
        QCOMPARE(list["total"].get<int>(), 4);
        QCOMPARE(server.terminated(), 0);
    }

    void aTakenPortIsRefused()
    {
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        const QString taken = u"127.0.0.1:%1"_s.arg(holder.serverPort());
        const QString any = u"127.0.0.1:0"_s;
        const auto result =
            runCtl({u"control-plane"_s, u"run"_s, u"--api"_s, taken, u"--dp"_s, any, u"--xds"_s, any});
        QCOMPARE(result.code, 3);
        QVERIFY2(result.err.contains(taken.toUtf8()), result.err.constData());
    }

    void theControlPlaneEndsOnSigterm()
    {
        CtlServer server({u"control-plane"_s, u"run"_s, u"--free-ports"_s});
        QVERIFY2(server.jsonLine().is_object(), server.errors().constData());
        QCOMPARE(server.terminated(), 0);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestMeshscopectl)
#include "tst_meshscopectl.moc"
