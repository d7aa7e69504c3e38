#include "tests/support/qtest_std.h"

#include "backend/connections/kumactl_config.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

class TestKumactlConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryContext();
    void givesSecretsOnlyWhenAsked();
    void acceptsWhatKumactlAccepts();
    void saysWhatIsWrongAndWhere_data();
    void saysWhatIsWrongAndWhere();
    void keepsWhatIsRightBesideWhatIsWrong();
    void readsFiles();
};

namespace {

const QByteArray kTwo = R"(controlPlanes:
- name: prod
  coordinates:
    apiServer:
      url: https://cp.example:5682/kuma
      caCertFile: ca.pem
      clientCertFile: /etc/kuma/c.pem
      clientKeyFile: /etc/kuma/k.pem
      authType: tokens
      authConf: {token: eyJsecret}
      headers:
      - {key: X-Env, value: prod}
- name: laptop
  coordinates:
    apiServer:
      url: http://localhost:5681
      skipVerify: true
contexts:
- name: prod
  controlPlane: prod
  defaults: {mesh: payments}
- name: local
  controlPlane: laptop
currentContext: local
)";

}  // namespace

void TestKumactlConfig::readsEveryContext()
{
    const auto config = kumactlConfigFrom(kTwo, u"/etc/kumactl/config"_s);
    QVERIFY(config.findings.isEmpty());
    QCOMPARE(config.profiles.size(), 2);
    const auto &prod = config.profiles[0];
    QCOMPARE(prod.id, u"kumactl:prod"_s);
    QCOMPARE(prod.name, u"prod"_s);
    QCOMPARE(prod.url, QUrl(u"https://cp.example:5682/kuma"_s));
    QCOMPARE(prod.caFile, u"/etc/kumactl/ca.pem"_s);
    QCOMPARE(prod.clientCertificateFile, u"/etc/kuma/c.pem"_s);
    QCOMPARE(prod.clientKeyFile, u"/etc/kuma/k.pem"_s);
    QCOMPARE(prod.token, ConnectionProfile::TokenPlace::Kumactl);
    QCOMPARE(prod.headers, (QList<ProfileHeader>{{"X-Env", {}, true}}));
    QCOMPARE(prod.defaultMesh, u"payments"_s);
    QCOMPARE(prod.origin, ConnectionProfile::Origin::Kumactl);
    QVERIFY(!prod.isCurrent && !prod.skipVerify);
    const auto &local = config.profiles[1];
    QCOMPARE(local.originContext, u"local"_s);
    QVERIFY(local.isCurrent && local.skipVerify);
    QCOMPARE(local.token, ConnectionProfile::TokenPlace::None);
}

void TestKumactlConfig::givesSecretsOnlyWhenAsked()
{
    VALUE_OR_FAIL(prod, kumactlSecretsFrom(kTwo, u"config"_s, u"prod"_s));
    QCOMPARE(prod.token, std::string("eyJsecret"));
    QCOMPARE(prod.headers.value("x-env"), u"prod"_s);
    VALUE_OR_FAIL(local, kumactlSecretsFrom(kTwo, u"config"_s, u"local"_s));
    QVERIFY(local.token.empty());
    const auto gone = kumactlSecretsFrom(kTwo, u"config"_s, u"test"_s);
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, Error::Code::NotFound);
    QVERIFY(!kumactlSecretsFrom("a: [", u"config"_s, u"prod"_s));
}

void TestKumactlConfig::acceptsWhatKumactlAccepts()
{
    const auto config = kumactlConfigFrom(R"(control_planes:
- {name: a, coordinates: {api_server: {url: "http://a:1", skip_verify: true, auth_type: tokens, auth_conf: {token: t}}}, future: [1]}
contexts: [{name: c, control_plane: a}]
current_context: c
something: else
)",
                                          u"config"_s);
    QVERIFY(config.findings.isEmpty());
    QCOMPARE(config.profiles.size(), 1);
    QVERIFY(config.profiles[0].skipVerify && config.profiles[0].isCurrent);
    QCOMPARE(config.profiles[0].token, ConnectionProfile::TokenPlace::Kumactl);
    for (const auto &empty : {"", "# nothing yet\n", "{}", "contexts: []\ncontrolPlanes:\n"}) {
        const auto nothing = kumactlConfigFrom(empty, u"config"_s);
        QVERIFY(nothing.profiles.isEmpty() && nothing.findings.isEmpty());
    }
}

void TestKumactlConfig::saysWhatIsWrongAndWhere_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("words");
    const QByteArray plane = "controlPlanes:\n- name: a\n  coordinates: {apiServer: {url: 'http://a:1'}}\n";
    QTest::newRow("no YAML") << QByteArray("controlPlanes:\n- name: [a\ncontexts: }\n") << 3
                             << u"cannot be read as YAML"_s;
    QTest::newRow("another file") << QByteArray("- a\n- b\n") << 1 << u"no kumactl configuration"_s;
    QTest::newRow("a list that is none") << QByteArray("contexts: 5\n") << 1 << u"should be a list"_s;
    QTest::newRow("a context without a control plane") << plane + "contexts:\n- name: c\n  controlPlane: b\n"
                                                       << 5 << u"there is no control plane b"_s;
    QTest::newRow("a current context that is gone")
        << plane + "contexts:\n- {name: c, controlPlane: a}\ncurrentContext: d\n"
        << 6 << u"current context does not exist"_s;
    QTest::newRow("no address") << QByteArray("controlPlanes:\n- name: a\n  coordinates: {apiServer: {}}\n"
                                              "contexts:\n- {name: c, controlPlane: a}\n")
                                << 2 << u"begin with http:// or https://"_s;
    QTest::newRow("another scheme") << QByteArray(
        "controlPlanes:\n- name: a\n  coordinates:\n    apiServer:\n      url: ftp://a\n"
        "contexts:\n- {name: c, controlPlane: a}\n")
                                    << 5 << u"begin with http:// or https://"_s;
    QTest::newRow("a certificate without its key")
        << QByteArray("controlPlanes:\n- name: a\n  coordinates:\n    apiServer: {url: 'http://a:1', "
                      "clientCertFile: c.pem}\ncontexts:\n- {name: c, controlPlane: a}\n")
        << 4 << u"belong together"_s;
    QTest::newRow("an authentication of a plugin")
        << QByteArray("controlPlanes:\n- name: a\n  coordinates:\n    apiServer: {url: 'http://a:1', "
                      "authType: oidc}\ncontexts:\n- {name: c, controlPlane: a}\n")
        << 4 << u"authentication oidc is not known"_s;
    QTest::newRow("two contexts of one name")
        << plane + "contexts:\n- {name: c, controlPlane: a}\n- {name: c, controlPlane: a}\n"
        << 6 << u"two contexts of this name"_s;
}

void TestKumactlConfig::saysWhatIsWrongAndWhere()
{
    QFETCH(QByteArray, text);
    QFETCH(int, line);
    QFETCH(QString, words);
    const auto config = kumactlConfigFrom(text, u"/x/config"_s);
    QCOMPARE(config.findings.size(), 1);
    QVERIFY2(config.findings[0].what.contains(words), qPrintable(config.findings[0].what));
    QCOMPARE(config.findings[0].line, line);
    QCOMPARE(config.findings[0].file, u"/x/config"_s);
}

void TestKumactlConfig::keepsWhatIsRightBesideWhatIsWrong()
{
    auto text = kTwo;
    text.replace("controlPlane: prod", "controlPlane: gone");
    const auto config = kumactlConfigFrom(text, u"config"_s);
    QCOMPARE(config.findings.size(), 1);
    QCOMPARE(config.findings[0].context, u"prod"_s);
    QCOMPARE(config.profiles.size(), 1);
    QCOMPARE(config.profiles[0].name, u"local"_s);
}

void TestKumactlConfig::readsFiles()
{
    QTemporaryDir dir;
    VALUE_OR_FAIL(none, readKumactlConfig(dir.filePath(u"config"_s)));
    QVERIFY(!none);
    QFile file(dir.filePath(u"config"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(kTwo);
    file.close();
    VALUE_OR_FAIL(some, readKumactlConfig(file.fileName()));
    QCOMPARE(some, std::optional<QByteArray>(kTwo));
    QVERIFY(file.resize(5 << 20));
    QVERIFY(!readKumactlConfig(file.fileName()));
}

QTEST_GUILESS_MAIN(TestKumactlConfig)
#include "tst_kumactl_config.moc"
