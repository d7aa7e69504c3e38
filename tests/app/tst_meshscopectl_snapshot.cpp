// meshscopectl snapshot against the sandbox, as processes.
#include "tests/app/ctl_process.h"

#include <QDir>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTemporaryDir>

using namespace meshscope::testing;
using namespace Qt::StringLiterals;

class TestMeshscopectlSnapshot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void savesShowsAndCompares();
    void savesByAContextOfKumactl();
    void hidesAddresses();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();

private:
    QString path(const QString &name) const { return m_dir.filePath(name); }
    void write(const QString &name, const QByteArray &text) const;

    QTemporaryDir m_dir;
    std::unique_ptr<CtlServer> m_server;
    QString m_api;
};

void TestMeshscopectlSnapshot::write(const QString &name, const QByteArray &text) const
{
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
}

void TestMeshscopectlSnapshot::initTestCase()
{
    m_server = std::make_unique<CtlServer>(
        QStringList{u"control-plane"_s, u"run"_s, u"--free-ports"_s, u"--sample"_s, u"hello"_s});
    const auto addresses = m_server->jsonLine();
    QVERIFY2(addresses.is_object(), m_server->errors().constData());
    m_api = QString::fromStdString(addresses["api"].get<std::string>());
}

void TestMeshscopectlSnapshot::savesShowsAndCompares()
{
    const auto saved = runCtl({u"snapshot"_s, u"save"_s, path(u"a.zip"_s), u"--cp"_s, m_api});
    QVERIFY2(saved.code == 0, saved.err.constData());
    QVERIFY2(saved.out.contains("3 dataplanes of 1 meshes"), saved.out.constData());

    const auto shown = runCtl({u"snapshot"_s, u"show"_s, path(u"a.zip"_s), u"-o"_s, u"json"_s});
    QCOMPARE(shown.code, 0);
    std::map<std::string, std::string> facts;
    for (const auto &row : shown.json())
        facts[row["what"].get<std::string>()] = row["value"].get<std::string>();
    QCOMPARE(facts["dataplanes"], std::string("3, 0 online"));
    QVERIFY2(facts["control plane"].rfind("Kuma 2.9", 0) == 0, facts["control plane"].c_str());

    const auto same = runCtl({u"snapshot"_s, u"diff"_s, path(u"a.zip"_s), path(u"a.zip"_s)});
    QCOMPARE(same.code, 0);

    QNetworkAccessManager network;
    const std::unique_ptr<QNetworkReply> gone(
        network.deleteResource(QNetworkRequest(QUrl(m_api + u"/meshes/default/dataplanes/web-1"_s))));
    QTRY_VERIFY(gone->isFinished());
    QCOMPARE(gone->error(), QNetworkReply::NoError);
    QCOMPARE(runCtl({u"snapshot"_s, u"save"_s, path(u"b.zip"_s), u"--cp"_s, m_api}).code, 0);
    const auto diff =
        runCtl({u"snapshot"_s, u"diff"_s, path(u"a.zip"_s), path(u"b.zip"_s), u"-o"_s, u"json"_s});
    QCOMPARE(diff.code, 1);
    bool isSeen = false;
    for (const auto &row : diff.json())
        isSeen =
            isSeen || (row["change"] == "removed" && row["type"] == "Dataplane" && row["name"] == "web-1");
    QVERIFY2(isSeen, diff.out.constData());
}

void TestMeshscopectlSnapshot::savesByAContextOfKumactl()
{
    write(u"config"_s, "controlPlanes:\n- name: box\n  coordinates: {apiServer: {url: '" + m_api.toUtf8()
                           + "'}}\ncontexts:\n- {name: box, controlPlane: box}\n- {name: lost, controlPlane: "
                             "gone}\n");
    const auto saved = runCtl({u"snapshot"_s, u"save"_s, path(u"c.zip"_s), u"--context"_s, u"box"_s,
                               u"--config-file"_s, path(u"config"_s)});
    QVERIFY2(saved.code == 0, saved.err.constData());
    const auto shown = runCtl({u"snapshot"_s, u"show"_s, path(u"c.zip"_s)});
    QVERIFY2(shown.out.contains("box"), shown.out.constData());
    const auto lost = runCtl({u"snapshot"_s, u"save"_s, path(u"d.zip"_s), u"--context"_s, u"lost"_s,
                              u"--config-file"_s, path(u"config"_s)});
    QCOMPARE(lost.code, 2);
    QVERIFY2(lost.err.contains("there is no control plane gone") && lost.err.contains("config:6"),
             lost.err.constData());
}

void TestMeshscopectlSnapshot::hidesAddresses()
{
    const auto saved =
        runCtl({u"snapshot"_s, u"save"_s, path(u"e.zip"_s), u"--cp"_s, m_api, u"--hide-addresses"_s});
    QVERIFY2(saved.code == 0, saved.err.constData());
    QVERIFY(runCtl({u"snapshot"_s, u"show"_s, path(u"e.zip"_s)}).out.contains("hidden"));
}

void TestMeshscopectlSnapshot::saysWhatIsWrong_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("says");
    write(u"text"_s, "hello");
    QTest::newRow("a file that is no snapshot")
        << QStringList{u"show"_s, path(u"text"_s)} << 2 << QByteArray("archive");
    QTest::newRow("a file that is not there")
        << QStringList{u"show"_s, path(u"none.zip"_s)} << 2 << QByteArray("cannot be read");
    QTest::newRow("nothing listens") << QStringList{u"save"_s, path(u"x.zip"_s), u"--cp"_s,
                                                    u"http://127.0.0.1:1"_s}
                                     << 3 << QByteArray("nothing listens at 127.0.0.1:1");
    QTest::newRow("no address") << QStringList{u"save"_s, path(u"x.zip"_s), u"--cp"_s, u"here"_s} << 2
                                << QByteArray("http:// or https://");
    QTest::newRow("a certificate without its key")
        << QStringList{u"save"_s, path(u"x.zip"_s),        u"--cp"_s,
                       m_api,     u"--client-cert-file"_s, path(u"text"_s)}
        << 2 << QByteArray("without its key");
    QTest::newRow("no kumactl configuration") << QStringList{u"save"_s, path(u"x.zip"_s),   u"--context"_s,
                                                             u"a"_s,    u"--config-file"_s, path(u"none"_s)}
                                              << 2 << QByteArray("no kumactl configuration");
    QTest::newRow("a place that cannot be written")
        << QStringList{u"save"_s, path(u"no/such/x.zip"_s), u"--cp"_s, m_api} << 2
        << QByteArray("cannot be written");
}

void TestMeshscopectlSnapshot::saysWhatIsWrong()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QByteArray, says);
    const auto result = runCtl(QStringList{u"snapshot"_s} + arguments);
    QVERIFY2(result.err.contains(says), result.err.constData());
    QCOMPARE(result.code, code);
    QVERIFY(!QFile::exists(path(u"x.zip"_s)));
}

QTEST_GUILESS_MAIN(TestMeshscopectlSnapshot)
#include "tst_meshscopectl_snapshot.moc"
