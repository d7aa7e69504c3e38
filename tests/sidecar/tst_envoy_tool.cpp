#include "backend/sidecar/envoy_tool.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kGood = "#!/bin/sh\necho\necho \"$0  version: abc/1.2.3/Clean/RELEASE/BoringSSL\"\n";

class TestEnvoyTool : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString program(const QString &name, const QByteArray &text = kGood)
    {
        const QString path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
            return {};
        file.close();
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
        return path;
    }

    static ToolStatus resolved(EnvoyTool &tool)
    {
        ToolStatus result;
        bool done = false;
        QObject receiver;
        tool.resolve(&receiver, [&](const ToolStatus &status) {
            result = status;
            done = true;
        });
        (void)QTest::qWaitFor([&done] { return done; }, 15'000);
        return result;
    }

private Q_SLOTS:
    void theFirstPlaceWins()
    {
        ToolSearch search;
        search.folders = {m_folder.filePath(u"empty"_s), m_folder.filePath(u"path"_s)};
        search.venv = m_folder.filePath(u"venv"_s);
        search.ownFolder = m_folder.filePath(u"own"_s);
        const auto nothing = findEnvoy(search);
        QVERIFY(!nothing.isFound());
        QCOMPARE(nothing.tried.size(), 4);
        QVERIFY2(nothing.advice.contains("./installer/setup"_L1), qPrintable(nothing.advice));

        const auto own = program(u"own/envoy"_s);
        QCOMPARE(findEnvoy(search).path, own);
        const auto inVenv = program(u"venv/lib/python3.11/site-packages/envoy/_bin/envoy"_s);
        QCOMPARE(findEnvoy(search).path, inVenv);
        const auto onPath = program(u"path/envoy"_s);
        QCOMPARE(findEnvoy(search).path, onPath);
        search.named = program(u"named-envoy"_s);
        QCOMPARE(findEnvoy(search).path, search.named);
    }

    void whatIsNamedIsNotReplacedSilently()
    {
        ToolSearch search;
        program(u"other/envoy"_s);
        search.folders = {m_folder.filePath(u"other"_s)};
        search.named = m_folder.filePath(u"not-there"_s);
        const auto status = findEnvoy(search);
        QVERIFY(!status.isFound());
        QVERIFY2(status.advice.contains(search.named), qPrintable(status.advice));
    }

    void theScriptOfAVenvIsNeverTaken()
    {
        program(u"v/bin/envoy"_s, "#!/opt/v/bin/python3\nimport sys\n");
        ToolSearch search;
        search.folders = {m_folder.filePath(u"v/bin"_s)};
        const auto without = findEnvoy(search);
        QVERIFY(!without.isFound());
        QVERIFY2(without.tried.join(u' ').contains("a Python script"_L1),
                 qPrintable(without.tried.join(u' ')));
        const auto inside = program(u"v/lib/python3.11/site-packages/envoy/_bin/envoy"_s);
        QCOMPARE(findEnvoy(search).path, inside);
        search.named = m_folder.filePath(u"v/bin/envoy"_s);
        QCOMPARE(findEnvoy(search).path, inside);
    }

    void versionsAreRead_data()
    {
        QTest::addColumn<QByteArray>("output");
        QTest::addColumn<QString>("version");
        QTest::newRow("as Envoy prints it")
            << QByteArray("\nenvoy  version: 6eb0/1.39.3/Clean/RELEASE/BoringSSL\n\n") << u"1.39.3"_s;
        QTest::newRow("a development build")
            << QByteArray("envoy  version: ve/1.40.0-dev/Modified/DEBUG/BoringSSL") << u"1.40.0-dev"_s;
        QTest::newRow("four parts") << QByteArray("version: a/b/c/d") << QString();
        QTest::newRow("six parts") << QByteArray("version: a/b/c/d/e/f") << QString();
        QTest::newRow("no mark") << QByteArray("1.39.3") << QString();
        QTest::newRow("nothing") << QByteArray() << QString();
    }
    void versionsAreRead()
    {
        QFETCH(QByteArray, output);
        QTEST(envoyVersionFrom(output).value_or(QString()), "version");
    }

    void theVersionIsAskedForOnce()
    {
        const QString log = m_folder.filePath(u"asked"_s);
        ToolSearch search;
        search.named = program(u"counting"_s, kGood + "echo x >> " + log.toUtf8() + '\n');
        EnvoyTool tool(search);
        QCOMPARE(tool.status().version, QString());
        for (int i = 0; i < 3; ++i) {
            const auto status = resolved(tool);
            QCOMPARE(status.path, search.named);
            QCOMPARE(status.version, u"1.2.3"_s);
        }
        QCOMPARE(tool.status().version, u"1.2.3"_s);
        QCOMPARE(QFileInfo(log).size(), 2);
    }

    void whatIsNotEnvoyIsExplained_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("says");
        QTest::newRow("another program")
            << QByteArray("#!/bin/sh\necho nginx 1.2\n") << u"it says \"nginx 1.2\""_s;
        QTest::newRow("a silent program") << QByteArray("#!/bin/sh\nexit 0\n") << u"says nothing"_s;
        QTest::newRow("no program at all") << QByteArray("#!/not/there\n") << u"cannot be run"_s;
    }
    void whatIsNotEnvoyIsExplained()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, says);
        ToolSearch search;
        search.named = program(u"strange"_s, script);
        EnvoyTool tool(search);
        const auto status = resolved(tool);
        QVERIFY(!status.isFound());
        QVERIFY2(status.advice.contains(says), qPrintable(status.advice));
        QVERIFY(status.tried.join(u' ').contains(search.named));
    }

    void aReceiverThatIsGoneIsNotCalled()
    {
        ToolSearch search;
        search.named = program(u"late"_s);
        EnvoyTool tool(search);
        bool called = false;
        {
            QObject receiver;
            tool.resolve(&receiver, [&called](const ToolStatus &) { called = true; });
        }
        QCOMPARE(resolved(tool).version, u"1.2.3"_s);
        QVERIFY(!called);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestEnvoyTool)
#include "tst_envoy_tool.moc"
