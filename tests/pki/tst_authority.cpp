#include "backend/pki/authority.h"
#include "backend/pki/base64.h"

#include "backend/pki/openssl_handles.h"

#include <openssl/pem.h>

#include <QTest>

using namespace meshscope;
using namespace meshscope::pki;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const TimePoint kNow =
    std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());

CertificatePtr parsed(const std::string &pem)
{
    const auto bio = readBio(pem);
    return CertificatePtr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// "URI:spiffe://default/web, …", with "critical" first if the extension is.
QString namesOf(X509 *certificate)
{
    const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    auto *extension = X509_get_ext(certificate, at);
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(bio.get(), extension, 0, 0);
    return (X509_EXTENSION_get_critical(extension) ? u"critical "_s : QString())
           + QString::fromStdString(textOf(bio));
}

QString subjectOf(X509 *certificate)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    return QString::fromStdString(textOf(bio));
}

IdentityOptions webOptions()
{
    return {"default", {"web", "web-admin"}, {{"kuma.io/service", {"web"}}, {"version", {"v1", "v2"}}}, 1h};
}

}  // namespace

class TestAuthority : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto made = Authority::make({"default", 2048, 24h}, kNow);
        QVERIFY(made);
        m_authority = *made;
        auto key = PrivateKey::makeRsa(2048);
        QVERIFY(key);
        m_key = *key;
    }

    void aRootSaysWhoseItIs()
    {
        const auto root = parsed(m_authority->chain());
        QVERIFY(root);
        QCOMPARE(subjectOf(root.get()), u"CN=default,OU=Mesh,O=Kuma"_s);
        QCOMPARE(namesOf(root.get()), u"URI:spiffe://default"_s);
        QVERIFY(X509_check_ca(root.get()) > 0);
        QCOMPARE(ASN1_INTEGER_get(X509_get_serialNumber(root.get())), 0L);
    }

    void aRootThatIsStoredComesBack()
    {
        QVERIFY(m_authority->keyPem().starts_with("-----BEGIN RSA PRIVATE KEY-----"));
        const auto loaded = Authority::load(m_authority->chain(), m_authority->keyPem());
        QVERIFY(loaded);
        QCOMPARE((*loaded)->chain(), m_authority->chain());
    }

    void anIdentityNamesServicesAndTags()
    {
        const auto identity = m_authority->issue(webOptions(), *m_key, kNow);
        QVERIFY(identity);
        const auto leaf = parsed(identity->certificate);
        QVERIFY(leaf);
        QCOMPARE(subjectOf(leaf.get()), QString());
        QCOMPARE(namesOf(leaf.get()),
                 u"critical URI:spiffe://default/web, URI:spiffe://default/web-admin, "
                 "URI:kuma://kuma.io/service/web, URI:kuma://version/v1, URI:kuma://version/v2"_s);
        QVERIFY(X509_check_ca(leaf.get()) == 0);
        QCOMPARE(X509_get_key_usage(leaf.get()),
                 std::uint32_t(KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT));
        QCOMPARE(X509_get_extended_key_usage(leaf.get()), std::uint32_t(XKU_SSL_SERVER | XKU_SSL_CLIENT));
        QCOMPARE(identity->expires - identity->issued, TimePoint::duration(1h));
    }

    void itsAuthorityVouchesForAnIdentity()
    {
        const auto identity = m_authority->issue(webOptions(), *m_key, kNow);
        QVERIFY(identity);
        const auto root = parsed(m_authority->chain());
        const auto leaf = parsed(identity->certificate);
        const std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>> store(X509_STORE_new());
        X509_STORE_add_cert(store.get(), root.get());
        const std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
        X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
        QCOMPARE(X509_verify_cert(context.get()), 1);
    }

    void noTwoIdentitiesHaveOneSerial()
    {
        const auto a = parsed(m_authority->issue(webOptions(), *m_key, kNow)->certificate);
        const auto b = parsed(m_authority->issue(webOptions(), *m_key, kNow)->certificate);
        QVERIFY(ASN1_INTEGER_cmp(X509_get_serialNumber(a.get()), X509_get_serialNumber(b.get())) != 0);
    }

    void badAuthorities_data()
    {
        QTest::addColumn<QString>("chain");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("words");
        const auto leaf = m_authority->issue(webOptions(), *m_key, kNow);
        const auto chain = QString::fromStdString(m_authority->chain());
        const auto key = QString::fromStdString(m_authority->keyPem());
        QTest::newRow("no certificate") << u"hello"_s << key << u"no certificate"_s;
        QTest::newRow("no key") << chain << u"hello"_s << u"no private key"_s;
        QTest::newRow("a leaf") << QString::fromStdString(leaf->certificate)
                                << QString::fromStdString(leaf->key) << u"may not sign others"_s;
        QTest::newRow("the key of another")
            << chain << QString::fromStdString(m_key->pem()) << u"does not belong"_s;
    }
    void badAuthorities()
    {
        QFETCH(QString, chain);
        QFETCH(QString, key);
        QFETCH(QString, words);
        const auto loaded = Authority::load(chain.toStdString(), key.toStdString());
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, Error::Code::Invalid);
        QVERIFY2(QString::fromStdString(loaded.error().what).contains(words), loaded.error().what.c_str());
    }

    void impossibleKeysAreRefused()
    {
        QVERIFY(!PrivateKey::makeRsa(12));
        QVERIFY(!Authority::make({"default", 100'000, 24h}, kNow));
    }

    void base64GoesThereAndBack()
    {
        std::string bytes;
        for (int i = 0; i < 300; ++i) {
            QCOMPARE(fromBase64(toBase64(bytes)).value_or("none"), bytes);
            bytes.push_back(static_cast<char>(i * 7));
        }
        QVERIFY(!fromBase64("!!!!"));
        QVERIFY(!fromBase64("abc"));
    }

private:
    AuthorityPtr m_authority;
    PrivateKeyPtr m_key;
};

QTEST_GUILESS_MAIN(TestAuthority)
#include "tst_authority.moc"
