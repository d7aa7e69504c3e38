#include "tests/sidecar/test_certificate.h"

#include <QSslCertificate>
#include <QSslKey>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace meshscope::test {

namespace {

template <class Write>
QByteArray pemOf(Write write)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    write(memory.get());
    char *data = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &data);
    return QByteArray(data, size);
}

}  // namespace

TestCertificate makeCertificate()
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509 *x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key.get());
    X509_NAME *name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(x509, name);
    for (const auto &[kind, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1"},
                                      std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        X509_add_ext(x509, extension, -1);
        X509_EXTENSION_free(extension);
    }
    X509_sign(x509, key.get(), EVP_sha256());

    TestCertificate result;
    result.pem = pemOf([&](BIO *out) { PEM_write_bio_X509(out, x509); });
    const QByteArray keyPem = pemOf(
        [&](BIO *out) { PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    result.tls = QSslConfiguration::defaultConfiguration();
    result.tls.setLocalCertificate(QSslCertificate(result.pem));
    result.tls.setPrivateKey(QSslKey(keyPem, QSsl::Ec));
    result.tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    return result;
}

}  // namespace meshscope::test
