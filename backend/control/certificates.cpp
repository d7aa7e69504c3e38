#include "backend/control/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <set>

#include <arpa/inet.h>

namespace meshscope::control {

namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T *pointer) const
    {
        Free(pointer);
    }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

constexpr long kBackdateSeconds = 60;                 // clocks of containers differ a little
constexpr long kLifeSeconds = 10L * 365 * 24 * 3600;  // longer than any run; made anew at each start

Error cryptoError(const char *what)
{
    std::array<char, 256> words{};
    ERR_error_string_n(ERR_get_error(), words.data(), words.size());
    return {Error::Code::Internal, std::string("cannot ") + what + " (" + words.data() + ")", {}};
}

std::string text(const BioPtr &bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pemOf(X509 *certificate)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return text(bio);
}

std::string pemOf(EVP_PKEY *key)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return text(bio);
}

bool addExtension(X509 *certificate, X509 *issuer, int nid, const std::string &value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool isIp(const std::string &host)
{
    std::array<unsigned char, 16> buffer{};
    return inet_pton(AF_INET, host.c_str(), buffer.data()) == 1
           || inet_pton(AF_INET6, host.c_str(), buffer.data()) == 1;
}

// Version 3, random serial, valid from now; the caller adds extensions and signs.
CertificatePtr blank(EVP_PKEY *key, const char *commonName, X509_NAME *issuer)
{
    CertificatePtr certificate(X509_new());
    std::array<unsigned char, 16> serial{};
    if (!certificate || RAND_bytes(serial.data(), serial.size()) != 1)
        return nullptr;
    serial[0] &= 0x7f;  // positive
    const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
    X509_set_version(certificate.get(), X509_VERSION_3);
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kBackdateSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifeSeconds);
    auto *subject = X509_get_subject_name(certificate.get());
    const auto add = [subject](const char *field, const char *value) {
        X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>(value), -1, -1, 0);
    };
    add("O", "Meshscope");
    add("CN", commonName);
    X509_set_issuer_name(certificate.get(), issuer ? issuer : subject);
    return X509_set_pubkey(certificate.get(), key) == 1 ? std::move(certificate) : nullptr;
}

}  // namespace

Result<ServerIdentity> makeServerIdentity(const std::vector<std::string> &hosts)
{
    const KeyPtr caKey(EVP_EC_gen("P-256"));
    const KeyPtr key(EVP_EC_gen("P-256"));
    if (!caKey || !key)
        return fail(cryptoError("make a key"));

    const auto ca = blank(caKey.get(), "Meshscope sandbox CA", nullptr);
    if (!ca || !addExtension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        || !addExtension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign")
        || !addExtension(ca.get(), ca.get(), NID_subject_key_identifier, "hash")
        || X509_sign(ca.get(), caKey.get(), EVP_sha256()) == 0)
        return fail(cryptoError("make a certificate authority"));

    std::set<std::string> names{"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
    for (const auto &host : hosts)
        names.insert((isIp(host) ? "IP:" : "DNS:") + host);
    std::string list;
    for (const auto &name : names)
        list += (list.empty() ? "" : ",") + name;
    const auto leaf = blank(key.get(), "Meshscope sandbox", X509_get_subject_name(ca.get()));
    if (!leaf || !addExtension(leaf.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE")
        || !addExtension(leaf.get(), ca.get(), NID_key_usage, "critical,digitalSignature")
        || !addExtension(leaf.get(), ca.get(), NID_ext_key_usage, "serverAuth")
        || !addExtension(leaf.get(), ca.get(), NID_subject_alt_name, list)
        || !addExtension(leaf.get(), ca.get(), NID_authority_key_identifier, "keyid")
        || X509_sign(leaf.get(), caKey.get(), EVP_sha256()) == 0)
        return fail(cryptoError("make a server certificate"));
    return ServerIdentity{pemOf(ca.get()), pemOf(leaf.get()), pemOf(key.get())};
}

bool readCertificate(const std::string &pem, bool &isAuthority)
{
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) {
        ERR_clear_error();
        return false;
    }
    isAuthority = X509_check_ca(certificate.get()) > 0;
    return true;
}

Result<std::shared_ptr<ssl_ctx_st>> makeTlsContext(const ServerIdentity &identity)
{
    const BioPtr certificateText(BIO_new_mem_buf(identity.certificate.data(), -1));
    const BioPtr keyText(BIO_new_mem_buf(identity.key.data(), -1));
    const CertificatePtr certificate(PEM_read_bio_X509(certificateText.get(), nullptr, nullptr, nullptr));
    const KeyPtr key(PEM_read_bio_PrivateKey(keyText.get(), nullptr, nullptr, nullptr));
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context || !certificate || !key || SSL_CTX_use_certificate(context.get(), certificate.get()) != 1
        || SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1
        || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
        return fail(cryptoError("use the server certificate"));
    return context;
}

}  // namespace meshscope::control
