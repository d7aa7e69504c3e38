#include "tests/support/qtest_std.h"

#include "backend/client/connection_setup.h"
#include "backend/connections/keychain_secret_store.h"
#include "backend/connections/settings_connection_store.h"
#include "tests/support/fake_connections.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

class TestConnectionStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsAProfileOfItsOwn();
    void keepsSecretsOutOfTheSettings();
    void refusesWhatCannotBeAnAddress();
    void leavesNothingWhenTheKeychainRefuses();
    void followsKumactl();
    void keepsItsOwnMarksOnKumactlContexts();
    void keepsSecretsInAFileOfTheOwner();
    void saysWhenTheFileOfSecretsIsDamaged();
    void fallsBackToTheFileWithoutAKeychain();
    void makesConnectionsOfProfiles_data();
    void makesConnectionsOfProfiles();

private:
    QString path(const QString &name) const { return m_dir.filePath(name); }
    QTemporaryDir m_dir;
};

namespace {

template <class T>
T outcomeOf(const QFuture<T> &future)
{
    return QTest::qWaitFor([&] { return future.isFinished(); }, 10'000)
               ? future.result()
               : T(fail(Error::Code::Internal, "never"));
}

void write(const QString &path, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    if (file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        file.write(text);
}

ConnectionProfile prod()
{
    ConnectionProfile profile;
    profile.name = u"prod"_s;
    profile.url = QUrl(u"https://cp.example:5682/kuma"_s);
    profile.headers = {{"X-Env", u"prod"_s, false}, {"X-Api-Key", u"not for settings"_s, true}};
    profile.isProtected = true;
    profile.colour = u"#b45309"_s;
    profile.dpServer = QUrl(u"https://cp.example:5678"_s);
    return profile;
}

const ProfileSecrets kSecrets{"eyJtoken", {{"x-api-key", u"abc"_s}}};

QByteArray kumactlWith(const QByteArray &name)
{
    return "controlPlanes:\n- name: " + name + "\n  coordinates: {apiServer: {url: 'http://" + name
           + ":5681', authType: tokens, authConf: {token: t-" + name + "}}}\ncontexts:\n- {name: " + name
           + ", controlPlane: " + name + "}\n";
}

}  // namespace

void TestConnectionStore::keepsAProfileOfItsOwn()
{
    QSettings settings(path(u"a.ini"_s), QSettings::IniFormat);
    FakeSecretStore secrets;
    QString id;
    {
        SettingsConnectionStore store(settings, secrets, {});
        QSignalSpy changed(&store, &ConnectionStore::profilesChanged);
        VALUE_OR_FAIL(made, outcomeOf(store.save(prod(), kSecrets)));
        id = made;
        QVERIFY(!id.isEmpty());
        QCOMPARE(changed.size(), 1);
    }
    SettingsConnectionStore store(settings, secrets, {});
    QCOMPARE(store.profiles().size(), 1);
    auto kept = store.profiles().first();
    auto wanted = prod();
    wanted.id = id;
    wanted.token = ConnectionProfile::TokenPlace::Secrets;
    wanted.headers[1].value.clear();
    QCOMPARE(kept, wanted);
    VALUE_OR_FAIL(found, outcomeOf(store.secretsOf(id)));
    QCOMPARE(found.token, std::string("eyJtoken"));
    QCOMPARE(found.headers.value("x-api-key"), u"abc"_s);

    kept.name = u"production"_s;
    VALUE_OR_FAIL(same, outcomeOf(store.save(kept)));  // without secrets they stay
    QCOMPARE(same, id);
    QCOMPARE(store.profiles().size(), 1);
    VALUE_OR_FAIL(still, outcomeOf(store.secretsOf(id)));
    QCOMPARE(still.token, std::string("eyJtoken"));

    QVERIFY(outcomeOf(store.remove(id)));
    QVERIFY(store.profiles().isEmpty());
    QVERIFY(secrets.contents().empty());
    QVERIFY(!outcomeOf(store.remove(id)));
}

void TestConnectionStore::keepsSecretsOutOfTheSettings()
{
    QSettings settings(path(u"b.ini"_s), QSettings::IniFormat);
    FakeSecretStore secrets;
    SettingsConnectionStore store(settings, secrets, {});
    auto profile = prod();
    profile.url.setUserInfo(u"me:secretword"_s);
    QVERIFY(outcomeOf(store.save(profile, kSecrets)));
    settings.sync();
    QFile file(settings.fileName());
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto text = file.readAll();
    QVERIFY(text.contains("cp.example"));
    for (const auto *secret : {"eyJtoken", "abc", "not for settings", "secretword"})
        QVERIFY2(!text.contains(secret), secret);
}

void TestConnectionStore::refusesWhatCannotBeAnAddress()
{
    QSettings settings(path(u"c.ini"_s), QSettings::IniFormat);
    FakeSecretStore secrets;
    SettingsConnectionStore store(settings, secrets, {});
    auto profile = prod();
    profile.url = QUrl(u"cp.example:5682"_s);
    const auto refused = outcomeOf(store.save(profile, kSecrets));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Error::Code::Invalid);
    profile = prod();
    profile.name = u"  "_s;
    QVERIFY(!outcomeOf(store.save(profile, kSecrets)));
    QVERIFY(store.profiles().isEmpty() && secrets.contents().empty());
}

void TestConnectionStore::leavesNothingWhenTheKeychainRefuses()
{
    QSettings settings(path(u"d.ini"_s), QSettings::IniFormat);
    FakeSecretStore secrets;
    secrets.failWith(Error{Error::Code::Refused, "locked", {}});
    SettingsConnectionStore store(settings, secrets, {});
    const auto refused = outcomeOf(store.save(prod(), kSecrets));
    QVERIFY(!refused);
    QCOMPARE(refused.error().what, std::string("locked"));
    QVERIFY(store.profiles().isEmpty());
}

void TestConnectionStore::followsKumactl()
{
    QSettings settings(path(u"e.ini"_s), QSettings::IniFormat);
    FakeSecretStore secrets;
    const QString file = path(u"home/.kumactl/config"_s);
    SettingsConnectionStore store(settings, secrets, file);
    QVERIFY(store.profiles().isEmpty() && store.findings().isEmpty());

    write(file, kumactlWith("one"));  // its folder did not exist before
    QTRY_COMPARE(store.profiles().size(), 1);
    QCOMPARE(store.profiles()[0].id, u"kumactl:one"_s);
    VALUE_OR_FAIL(found, outcomeOf(store.secretsOf(u"kumactl:one"_s)));
    QCOMPARE(found.token, std::string("t-one"));

    const QString draft = path(u"home/.kumactl/draft"_s);  // as editors do
    write(draft, kumactlWith("two"));
    QVERIFY(QFile::remove(file) && QFile::rename(draft, file));
    QTRY_VERIFY(store.profiles().size() == 1 && store.profiles()[0].id == u"kumactl:two"_s);

    write(file, "controlPlanes: [\n");
    QTRY_COMPARE(store.findings().size(), 1);
    QVERIFY(store.findings()[0].line > 0);
    QVERIFY(store.profiles().isEmpty());
    write(file, kumactlWith("three"));
    QTRY_VERIFY(store.findings().isEmpty() && store.profiles().size() == 1);
    const auto refused = outcomeOf(store.remove(u"kumactl:three"_s));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Error::Code::Conflict);
}

void TestConnectionStore::keepsItsOwnMarksOnKumactlContexts()
{
    QSettings settings(path(u"f.ini"_s), QSettings::IniFormat);
    FakeSecretStore secrets;
    const QString file = path(u"f/config"_s);
    write(file, kumactlWith("one"));
    {
        SettingsConnectionStore store(settings, secrets, file);
        auto profile = store.profiles().first();
        profile.isReadOnly = true;
        profile.colour = u"#ff0000"_s;
        profile.url = QUrl(u"http://elsewhere"_s);  // the file's to say
        QVERIFY(outcomeOf(store.save(profile)));
    }
    SettingsConnectionStore store(settings, secrets, file);
    QVERIFY(store.profiles()[0].isReadOnly);
    QCOMPARE(store.profiles()[0].colour, u"#ff0000"_s);
    QCOMPARE(store.profiles()[0].url, QUrl(u"http://one:5681"_s));
}

void TestConnectionStore::keepsSecretsInAFileOfTheOwner()
{
    const QString file = path(u"deep/secrets.json"_s);
    FileSecretStore store(file);
    VALUE_OR_FAIL(none, outcomeOf(store.read(u"a"_s)));
    QVERIFY(!none);
    QVERIFY(!QFile::exists(file));
    QVERIFY(outcomeOf(store.write(u"a"_s, "one")));
    QVERIFY(outcomeOf(store.write(u"b"_s, "two")));
    QCOMPARE(QFile::permissions(file) & ~(QFile::ReadUser | QFile::WriteUser),
             QFile::Permissions(QFile::ReadOwner | QFile::WriteOwner));
    VALUE_OR_FAIL(one, outcomeOf(FileSecretStore(file).read(u"a"_s)));
    QCOMPARE(one, std::optional<std::string>("one"));
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
    VALUE_OR_FAIL(two, outcomeOf(store.read(u"b"_s)));
    QCOMPARE(two, std::optional<std::string>("two"));
    QVERIFY((QFile::permissions(file) & QFile::ReadOther) == 0);  // taken back
    QVERIFY(outcomeOf(store.remove(u"a"_s)));
    QVERIFY(outcomeOf(store.remove(u"a"_s)));
    VALUE_OR_FAIL(gone, outcomeOf(store.read(u"a"_s)));
    QVERIFY(!gone);
    QVERIFY(store.warning().contains(file));
}

void TestConnectionStore::saysWhenTheFileOfSecretsIsDamaged()
{
    const QString file = path(u"broken.json"_s);
    write(file, "{\"a\": ");
    FileSecretStore store(file);
    const auto read = outcomeOf(store.read(u"a"_s));
    QVERIFY(!read);
    QVERIFY(read.error().what.find("damaged") != std::string::npos);
    QVERIFY(!outcomeOf(store.write(u"a"_s, "one")));  // and is not overwritten
    QFile kept(file);
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), QByteArray("{\"a\": "));
}

void TestConnectionStore::fallsBackToTheFileWithoutAKeychain()
{
    // No bus, so neither Secret Service nor KWallet.
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    const QString file = path(u"fallback.json"_s);
    KeychainSecretStore store(file);
    QSignalSpy warned(&store, &SecretStore::warningChanged);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"no keychain answers"_s));
    QVERIFY(outcomeOf(store.write(u"prod/token"_s, "one")));
    QCOMPARE(warned.size(), 1);
    QVERIFY(store.warning().contains(file));
    QCOMPARE(store.place(), file);
    VALUE_OR_FAIL(found, outcomeOf(store.read(u"prod/token"_s)));
    QCOMPARE(found, std::optional<std::string>("one"));
    QVERIFY(outcomeOf(store.remove(u"prod/token"_s)));
    QCOMPARE(warned.size(), 1);
}

void TestConnectionStore::makesConnectionsOfProfiles_data()
{
    QTest::addColumn<QString>("caFile");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<bool>("skipVerify");
    QTest::addColumn<QString>("words");  // of the error; empty = none
    write(path(u"ca.pem"_s), "-----BEGIN CERTIFICATE-----\n");
    write(path(u"key.pem"_s), "-----BEGIN PRIVATE KEY-----\n");
    write(path(u"text"_s), "hello");
    const auto ca = path(u"ca.pem"_s), key = path(u"key.pem"_s), text = path(u"text"_s);
    QTest::newRow("nothing special") << QString() << QString() << QString() << false << QString();
    QTest::newRow("all files") << ca << ca << key << false << QString();
    QTest::newRow("no such CA") << path(u"none"_s) << QString() << QString() << false << u"cannot be read"_s;
    QTest::newRow("no such CA, not verified")
        << path(u"none"_s) << QString() << QString() << true << QString();
    QTest::newRow("a CA that is none") << text << QString() << QString() << false << u"not in PEM form"_s;
    QTest::newRow("a certificate without its key")
        << QString() << ca << QString() << false << u"without its key"_s;
    QTest::newRow("a key that is none") << QString() << ca << ca << false << u"client key is not in PEM"_s;
}

void TestConnectionStore::makesConnectionsOfProfiles()
{
    QFETCH(QString, caFile);
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(bool, skipVerify);
    QFETCH(QString, words);
    auto profile = prod();
    profile.caFile = caFile;
    profile.clientCertificateFile = certificate;
    profile.clientKeyFile = key;
    profile.skipVerify = skipVerify;
    const auto options = connectionOptionsOf(profile, kSecrets);
    QCOMPARE(options.has_value(), words.isEmpty());
    if (!options) {
        QVERIFY2(QString::fromStdString(options.error().what).contains(words), options.error().what.c_str());
        return;
    }
    QCOMPARE(options->bearerToken, std::string("eyJtoken"));
    QCOMPARE(options->headers.size(), 2);
    QCOMPARE(options->headers[1].second, QByteArray("abc"));
    QCOMPARE(options->clientKey.empty(), key.isEmpty());
}

QTEST_GUILESS_MAIN(TestConnectionStore)
#include "tst_connection_store.moc"
