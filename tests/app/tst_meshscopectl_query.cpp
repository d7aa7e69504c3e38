// meshscopectl query, services, tagsets: on a folder and on the sandbox, as processes.
#include "tests/app/ctl_process.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

class TestMeshscopectlQuery : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    static QByteArray dataplane(const QByteArray &name, const QByteArray &tags,
                                const QByteArray &mesh = "default")
    {
        return "---\ntype: Dataplane\nmesh: " + mesh + "\nname: " + name
               + "\nnetworking:\n  address: 127.0.0.1\n  inbound:\n  - port: 8080\n    servicePort: 80\n    "
                 "tags: {"
               + tags + "}\n";
    }

    QStringList onFolder(const QString &command, const QStringList &more) const
    {
        return QStringList{command, u"--dir"_s, m_folder.path()} + more;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QFile file(m_folder.filePath(u"mesh.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("type: Mesh\nname: other\n"
                   + dataplane("web-1", "kuma.io/service: web, kuma.io/protocol: http, version: v1")
                   + dataplane("web-2", "kuma.io/service: web, kuma.io/protocol: http, version: v2")
                   + dataplane("web-3", "kuma.io/service: web, kuma.io/protocol: http, version: V2")
                   + dataplane("store-1", "kuma.io/service: store, kuma.io/colour: red", "other"));
    }

    void queryFindsAndSaysWhat()
    {
        const auto result = runCtl(onFolder(u"query"_s, {u"-o"_s, u"json"_s, u"tag.version == v2"_s}));
        QCOMPARE(result.code, 0);
        const auto json = result.json();
        QCOMPARE(json.size(), std::size_t(1));
        QCOMPARE(json[0]["name"].get<std::string>(), std::string("web-2"));
        QCOMPARE(json[0]["status"].get<std::string>(), std::string("unknown"));
        QCOMPARE(json[0]["matched"].get<std::string>(), std::string("tag.version=v2 (inbound 8080)"));
        QCOMPARE(json[0]["tagSets"][0]["version"].get<std::string>(), std::string("v2"));
    }

    void wordsOfTheCommandLineAreOneQuery()
    {
        const auto result = runCtl(onFolder(u"query"_s, {u"-o"_s, u"csv"_s, u"web"_s, u"not"_s, u"v1"_s}));
        QCOMPARE(result.code, 0);
        QCOMPARE(result.out.split('\n').value(0).trimmed(),
                 QByteArray("mesh,name,service,address,status,matched"));
        QCOMPARE(result.out.count("\r\n"), 3);
        QVERIFY(!result.out.contains("default,web-1"));
    }

    void exitCodes_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("a match") << onFolder(u"query"_s, {u"web"_s}) << 0 << QByteArray();
        QTest::newRow("no match") << onFolder(u"query"_s, {u"nothing-has-this"_s}) << 1 << QByteArray();
        QTest::newRow("one mesh only")
            << onFolder(u"query"_s, {u"--mesh"_s, u"other"_s, u"web"_s}) << 1 << QByteArray();
        QTest::newRow("a query that is none")
            << onFolder(u"query"_s, {u"status == broken"_s}) << 2
            << QByteArray("column 11: online, unknown, degraded or offline");
        QTest::newRow("no query") << onFolder(u"query"_s, {}) << 2 << QByteArray("expression");
        QTest::newRow("no mesh of that name") << onFolder(u"query"_s, {u"--mesh"_s, u"nope"_s, u"web"_s}) << 2
                                              << QByteArray("there is no mesh nope");
        QTest::newRow("neither folder nor control plane")
            << QStringList{u"query"_s, u"web"_s} << 2 << QByteArray("--dir");
        QTest::newRow("a folder that is not there")
            << QStringList{u"services"_s, u"--dir"_s, u"/not/there"_s} << 2 << QByteArray("/not/there");
        QTest::newRow("no URL") << QStringList{u"query"_s, u"--cp"_s, u"nonsense"_s, u"web"_s} << 2
                                << QByteArray("is no URL");
        QTest::newRow("nobody answers")
            << QStringList{u"query"_s, u"--cp"_s, u"http://127.0.0.1:1"_s, u"web"_s} << 3
            << QByteArray("127.0.0.1:1");
        QTest::newRow("findings in the tags") << onFolder(u"tagsets"_s, {u"--lint"_s}) << 1 << QByteArray();
        QTest::newRow("no findings") << onFolder(u"tagsets"_s, {u"--lint"_s, u"name == web-1"_s}) << 0
                                     << QByteArray();
        QTest::newRow("a selector that is none")
            << onFolder(u"tagsets"_s, {u"--select"_s, u"kind: MeshService"_s}) << 2
            << QByteArray("needs a name");
        QTest::newRow("a selector that chooses nobody")
            << onFolder(u"tagsets"_s, {u"--select"_s, u"version=v9"_s}) << 1 << QByteArray();
    }

    void exitCodes()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const auto result = runCtl(arguments);
        QVERIFY2(result.err.contains(says), result.err.constData());
        QTEST(result.code, "code");
    }

    void aWrongQueryIsMarked()
    {
        const auto result = runCtl(onFolder(u"query"_s, {u"nmae:web v1"_s}));
        QCOMPARE(result.err,
                 QByteArray("meshscopectl: column 1: there is no field `nmae`; `name` is the nearest\n"
                            "  nmae:web v1\n  ^^^^\n"));
    }

    void servicesOfTheAnswer()
    {
        const auto all = runCtl(onFolder(u"services"_s, {u"-o"_s, u"json"_s})).json();
        QCOMPARE(all.size(), std::size_t(2));
        const auto some =
            runCtl(onFolder(u"services"_s, {u"-o"_s, u"json"_s, u"tag.version in {v1, v2}"_s})).json();
        QCOMPARE(some.size(), std::size_t(1));
        QCOMPARE(some[0]["total"].get<int>(), 2);
    }

    void tagSetsFacetsAndSelectors()
    {
        const auto sets = runCtl(onFolder(u"tagsets"_s, {u"-o"_s, u"json"_s})).json();
        QCOMPARE(sets.size(), std::size_t(4));
        const auto facets =
            runCtl(onFolder(u"tagsets"_s, {u"--facets"_s, u"-o"_s, u"json"_s, u"--mesh"_s, u"default"_s}))
                .json();
        QCOMPARE(facets[0]["value"].get<std::string>(), std::string("http"));
        QCOMPARE(facets[0]["inbounds"].get<int>(), 3);
        const auto tried = runCtl(
            onFolder(u"tagsets"_s, {u"--select"_s, u"kuma.io/service=web,version=v2"_s, u"-o"_s, u"json"_s}));
        QCOMPARE(tried.code, 0);
        QCOMPARE(tried.json()[0]["name"].get<std::string>(), std::string("web-2"));
        QCOMPARE(tried.json()[1]["name"].get<std::string>(), std::string("web-3"));
        QCOMPARE(tried.json()[1]["firstFailed"].get<std::string>(),
                 std::string("version=v2, but it is V2 (a slip?)"));
        const auto lint = runCtl(onFolder(u"tagsets"_s, {u"--lint"_s, u"-o"_s, u"json"_s})).json();
        QCOMPARE(lint.size(), std::size_t(2));
    }

    void aControlPlaneIsAskedOverItsApi()
    {
        CtlServer server({u"control-plane"_s, u"run"_s, u"--free-ports"_s, u"--load"_s, m_folder.path()});
        const auto ready = server.jsonLine();
        QVERIFY2(ready.is_object(), server.errors().constData());
        const QString url = QString::fromStdString(ready["api"].get<std::string>());
        const auto found =
            runCtl({u"query"_s, u"--cp"_s, url, u"-o"_s, u"json"_s, u"tag.version exists and age < 1h"_s});
        QVERIFY2(found.code == 0, found.err.constData());
        QCOMPARE(found.json().size(), std::size_t(3));
        QCOMPARE(server.terminated(), 0);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestMeshscopectlQuery)
#include "tst_meshscopectl_query.moc"
