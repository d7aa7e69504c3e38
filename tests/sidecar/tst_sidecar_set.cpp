#include "backend/sidecar/sidecar_set.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

class TestSidecarSet : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    void write(const QString &name, const QByteArray &text)
    {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    Result<std::vector<SidecarSpec>> read(const std::string &text)
    {
        return sidecarSetFrom(text, m_folder.filePath(u"set.yaml"_s));
    }

private Q_SLOTS:
    void aWholeSet()
    {
        write(u"backend.yaml"_s, "type: Dataplane\nname: backend-{{ n }}\nnetworking: {address: {{ ip }}}\n");
        write(u"token"_s, "a.b.c\n");
        write(u"ca.pem"_s, "PEM");
        const auto set = read("controlPlane: https://cp:5678\n"
                              "caFile: ca.pem\n"
                              "mesh: demo\n"
                              "drainTime: 2s\n"
                              "concurrency: 1\n"
                              "sidecars:\n"
                              "- name: web-1\n"
                              "  dns: off\n"
                              "  workload: [./web, --port, 8080]\n"
                              "- dataplane: backend.yaml\n"
                              "  variables: {n: 7, ip: 127.0.0.2}\n"
                              "  tokenFile: token\n"
                              "  restart: never\n"
                              "  readinessPort: 9902\n"
                              "  dnsPort: 15053\n");
        QVERIFY2(set, set ? "" : set.error().what.c_str());
        QCOMPARE(set->size(), std::size_t(2));
        const auto &web = (*set)[0];
        QCOMPARE(web.dataplane, (ResourceKey{"demo", "web-1"}));
        QCOMPARE(web.controlPlane, QUrl(u"https://cp:5678"_s));
        QCOMPARE(web.caCertificate, std::string("PEM"));
        QCOMPARE(web.drainMilliseconds, 2000);
        QCOMPARE(web.concurrency, 1);
        QCOMPARE(web.dns.server, SidecarDns::Off);
        QCOMPARE(web.restart, SidecarRestart::OnFailure);
        QCOMPARE(web.readinessPort, kAnyFreePort);
        QCOMPARE(web.workload->program, u"./web"_s);
        QCOMPARE(web.workload->arguments, (QStringList{u"--port"_s, u"8080"_s}));
        const auto &backend = (*set)[1];
        QCOMPARE(backend.dataplane, (ResourceKey{"default", "backend-7"}));
        QVERIFY(backend.dataplaneResource.find("127.0.0.2") != std::string::npos);
        QCOMPARE(backend.token, std::string("a.b.c"));
        QCOMPARE(backend.dns.server, SidecarDns::Auto);
        QCOMPARE(backend.restart, SidecarRestart::Never);
        QCOMPARE(backend.readinessPort, 9902);
        QCOMPARE(backend.dns.port, 15053);
        QVERIFY(backend.hasFreeAdminPort);
    }

    void mistakesAreSaid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no YAML") << QByteArray("a: [") << u"set.yaml:"_s;
        QTest::newRow("no sidecars") << QByteArray("mesh: default\n") << u"sidecars must be a list"_s;
        QTest::newRow("a misspelt key") << QByteArray("sidecars:\n- name: a\n  workloads: [x]\n")
                                        << u"set.yaml:3: \"workloads\" is not known"_s;
        QTest::newRow("a misspelt key for all")
            << QByteArray("meshes: x\nsidecars:\n- name: a\n") << u"set.yaml:1: \"meshes\" is not known"_s;
        QTest::newRow("neither name nor Dataplane")
            << QByteArray("sidecars:\n- dns: off\n") << u"either a name or a dataplane"_s;
        QTest::newRow("both") << QByteArray("sidecars:\n- name: a\n  dataplane: set.yaml\n")
                              << u"set.yaml:2: a sidecar has either a name"_s;
        QTest::newRow("a file that is not there")
            << QByteArray("sidecars:\n- dataplane: nobody.yaml\n") << u"nobody.yaml: No such file"_s;
        QTest::newRow("a DNS mode that is none")
            << QByteArray("sidecars:\n- name: a\n  dns: bind\n") << u"set.yaml:3: dns must be one of auto"_s;
        QTest::newRow("a port that is none") << QByteArray("sidecars:\n- name: a\n  dnsPort: 70000\n")
                                             << u"set.yaml:3: dnsPort must be a number"_s;
        QTest::newRow("a time that is none")
            << QByteArray("drainTime: soon\nsidecars:\n- name: a\n") << u"drainTime must be a time"_s;
        QTest::newRow("an address that is none")
            << QByteArray("controlPlane: nowhere\nsidecars:\n- name: a\n") << u"controlPlane must be a URL"_s;
        QTest::newRow("the same twice")
            << QByteArray("sidecars:\n- name: a\n- name: a\n") << u"set.yaml:3: default/a is here twice"_s;
        QTest::newRow("a workload that is no list")
            << QByteArray("sidecars:\n- name: a\n  workload: ./x\n") << u"workload must be a list"_s;
    }
    void mistakesAreSaid()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        write(u"set.yaml"_s, "type: Dataplane\nname: x\n");
        const auto set = read(text.toStdString());
        QVERIFY(!set);
        const auto what = QString::fromStdString(set.error().what);
        QVERIFY2(what.contains(says), qPrintable(what));
    }

    void aMissingFileIsSaid()
    {
        const auto set = readSidecarSet(m_folder.filePath(u"nowhere.yaml"_s));
        QVERIFY(!set);
        QCOMPARE(set.error().code, Error::Code::NotFound);
        QVERIFY(set.error().where.find("nowhere.yaml") != std::string::npos);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestSidecarSet)
#include "tst_sidecar_set.moc"
