#include "backend/pki/authority.h"

#include "backend/pki/openssl_handles.h"

#include <openssl/pem.h>
#include <openssl/rand.h>

namespace meshscope::pki {

namespace {

constexpr std::chrono::seconds kBackdate{10};  // the clocks of two machines differ a little

bool addExtension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

enum class Subject { Named, Empty };

// Built as values, not as OpenSSL's configuration text: tags may hold commas. Critical where there is no
// other name.
bool addUris(X509 *certificate, const std::vector<std::string> &uris, Subject subject)
{
    const std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>> names(GENERAL_NAMES_new());
    for (const auto &uri : uris) {
        auto *name = GENERAL_NAME_new();
        auto *text = ASN1_IA5STRING_new();
        if (!name || !text || ASN1_STRING_set(text, uri.data(), static_cast<int>(uri.size())) != 1) {
            GENERAL_NAME_free(name);
            ASN1_IA5STRING_free(text);
            return false;
        }
        GENERAL_NAME_set0_value(name, GEN_URI, text);
        if (sk_GENERAL_NAME_push(names.get(), name) == 0) {
            GENERAL_NAME_free(name);
            return false;
        }
    }
    return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(),
                             subject == Subject::Empty ? 1 : 0, X509V3_ADD_DEFAULT)
           == 1;
}

time_t secondsOf(TimePoint time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// Version 3, valid from a little before now; the caller names, extends and signs it.
CertificatePtr blank(EVP_PKEY *key, std::chrono::seconds life, TimePoint now)
{
    CertificatePtr certificate(X509_new());
    if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1
        || !ASN1_TIME_set(X509_getm_notBefore(certificate.get()), secondsOf(now - kBackdate))
        || !ASN1_TIME_set(X509_getm_notAfter(certificate.get()), secondsOf(now + life))
        || X509_set_pubkey(certificate.get(), key) != 1)
        return nullptr;
    return certificate;
}

bool setRandomSerial(X509 *certificate)
{
    std::array<unsigned char, 16> serial{};
    if (RAND_bytes(serial.data(), serial.size()) != 1)
        return false;
    serial[0] &= 0x7f;  // positive
    const NumberPtr number(BN_bin2bn(serial.data(), serial.size(), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

std::string pemOf(X509 *certificate)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return textOf(bio);
}

CertificatePtr firstOf(const std::string &pem)
{
    const auto bio = readBio(pem);
    CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate)
        ERR_clear_error();
    return certificate;
}

}  // namespace

Result<AuthorityPtr> Authority::make(const RootOptions &options, TimePoint now)
{
    auto key = PrivateKey::makeRsa(options.rsaBits);
    if (!key)
        return fail(key.error());
    const auto root = blank((*key)->handle(), options.life, now);
    if (!root)
        return fail(cryptoError("make a certificate authority"));
    ASN1_INTEGER_set(X509_get_serialNumber(root.get()), 0);
    auto *subject = X509_get_subject_name(root.get());
    for (const auto &[field, value] : {std::pair{"O", "Kuma"}, {"OU", "Mesh"}, {"CN", options.mesh.c_str()}})
        X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>(value), -1, -1, 0);
    X509_set_issuer_name(root.get(), subject);
    if (!addExtension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE")
        || !addExtension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign")
        || !addExtension(root.get(), root.get(), NID_subject_key_identifier, "hash")
        || !addUris(root.get(), {"spiffe://" + options.mesh}, Subject::Named)
        || X509_sign(root.get(), (*key)->handle(), EVP_sha256()) == 0)
        return fail(cryptoError("make a certificate authority"));
    return AuthorityPtr(new Authority(pemOf(root.get()), std::move(*key)));
}

Result<AuthorityPtr> Authority::load(const std::string &chain, const std::string &key)
{
    const auto certificate = firstOf(chain);
    if (!certificate)
        return fail(Error::Code::Invalid, "this is no certificate in PEM");
    if (X509_check_ca(certificate.get()) <= 0)
        return fail(Error::Code::Invalid, "this certificate is none of an authority: it may not sign others");
    auto own = PrivateKey::fromPem(key);
    if (!own)
        return fail(own.error());
    if (X509_check_private_key(certificate.get(), (*own)->handle()) != 1) {
        ERR_clear_error();
        return fail(Error::Code::Invalid, "the key does not belong to the certificate");
    }
    return AuthorityPtr(new Authority(chain, std::move(*own)));
}

Result<Identity> Authority::issue(const IdentityOptions &options, const PrivateKey &key, TimePoint now) const
{
    std::vector<std::string> uris;
    for (const auto &service : options.services)
        uris.push_back("spiffe://" + options.mesh + "/" + service);
    for (const auto &[tag, values] : options.tags)
        for (const auto &value : values)
            uris.push_back("kuma://" + tag + "/" + value);
    const auto issuer = firstOf(m_chain);
    const auto leaf = blank(key.handle(), options.life, now);
    if (!issuer || !leaf || !setRandomSerial(leaf.get())
        || X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer.get())) != 1
        || !addExtension(leaf.get(), issuer.get(), NID_key_usage,
                         "critical,digitalSignature,keyEncipherment,keyAgreement")
        || !addExtension(leaf.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth")
        || !addExtension(leaf.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE")
        || !addUris(leaf.get(), uris, Subject::Empty)
        || X509_sign(leaf.get(), m_key->handle(), EVP_sha256()) == 0)
        return fail(cryptoError("sign a certificate"));
    return Identity{pemOf(leaf.get()), key.pem(), now, now + options.life};
}

}  // namespace meshscope::pki
