#include "backend/pki/private_key.h"

#include "backend/pki/openssl_handles.h"

#include <openssl/pem.h>

namespace meshscope::pki {

namespace {

constexpr unsigned kMinRsaBits = 1024;
constexpr unsigned kMaxRsaBits = 8192;  // takes seconds already

}  // namespace

Result<PrivateKeyPtr> PrivateKey::makeRsa(unsigned bits)
{
    if (bits < kMinRsaBits || bits > kMaxRsaBits)
        return fail(Error::Code::Invalid, "an RSA key must have from 1024 to 8192 bits");
    std::shared_ptr<EVP_PKEY> key(EVP_RSA_gen(bits), EVP_PKEY_free);
    if (!key)
        return fail(cryptoError("make an RSA key"));
    return PrivateKeyPtr(new PrivateKey(std::move(key)));
}

Result<PrivateKeyPtr> PrivateKey::fromPem(const std::string &pem)
{
    const auto bio = readBio(pem);
    // An encrypted key must not ask for its password on the terminal.
    const auto noPassword = [](char *, int, int, void *) { return 0; };
    std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr),
                                  EVP_PKEY_free);
    if (!key) {
        ERR_clear_error();
        return fail(Error::Code::Invalid, "this is no private key in PEM without a password");
    }
    return PrivateKeyPtr(new PrivateKey(std::move(key)));
}

std::string PrivateKey::pem() const
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey_traditional(bio.get(), m_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return textOf(bio);
}

}  // namespace meshscope::pki
