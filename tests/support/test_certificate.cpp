#include "tests/support/test_certificate.h"

#include <QSslCertificate>
#include <QSslKey>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace meshscope::testing {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key makeKey() { return Key(EVP_EC_gen("P-256"), &EVP_PKEY_free); }

void addExtension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate makeCertificate(const char *name, long serial, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey)
{
    Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    auto *subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(name),
                               -1, -1, 0);
    X509 *const signer = issuer != nullptr ? issuer : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
    addExtension(certificate.get(), signer, NID_basic_constraints,
                 issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
    if (issuer != nullptr)
        addExtension(certificate.get(), signer, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
    X509_sign(certificate.get(), issuerKey, EVP_sha256());
    return certificate;
}

template <class Write>
QByteArray pem(Write write)
{
    BIO *memory = BIO_new(BIO_s_mem());
    write(memory);
    char *data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    QByteArray text(data, static_cast<qsizetype>(size));
    BIO_free(memory);
    return text;
}

}  // namespace

TestCertificate makeTestCertificate()
{
    const Key authorityKey = makeKey(), serverKey = makeKey(), clientKey = makeKey();
    const auto authority =
        makeCertificate("Test authority", 1, authorityKey.get(), nullptr, authorityKey.get());
    const auto server = makeCertificate("127.0.0.1", 2, serverKey.get(), authority.get(), authorityKey.get());

    const auto client = makeCertificate("client", 3, clientKey.get(), authority.get(), authorityKey.get());

    TestCertificate made;
    made.clientCertificate = pem([&](BIO *out) { PEM_write_bio_X509(out, client.get()); });
    made.clientKey = pem([&](BIO *out) {
        PEM_write_bio_PrivateKey(out, clientKey.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    made.authority = pem([&](BIO *out) { PEM_write_bio_X509(out, authority.get()); });
    made.server = QSslConfiguration::defaultConfiguration();
    made.server.setLocalCertificate(
        QSslCertificate(pem([&](BIO *out) { PEM_write_bio_X509(out, server.get()); }), QSsl::Pem));
    made.server.setPrivateKey(QSslKey(pem([&](BIO *out) {
                                          PEM_write_bio_PrivateKey(out, serverKey.get(), nullptr, nullptr, 0,
                                                                   nullptr, nullptr);
                                      }),
                                      QSsl::Ec));
    made.server.setPeerVerifyMode(QSslSocket::VerifyNone);
    made.demandingServer = made.server;
    made.demandingServer.setCaCertificates(QSslCertificate::fromData(made.authority));
    made.demandingServer.setPeerVerifyMode(QSslSocket::VerifyPeer);
    return made;
}

}  // namespace meshscope::testing
