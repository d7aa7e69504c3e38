// Owners of OpenSSL's objects, and its last error as an Error. For .cpp files only.
#pragma once

#include "backend/core/result.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <string>

namespace meshscope::pki {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T *pointer) const
    {
        Free(pointer);
    }
};

using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

inline BioPtr readBio(const std::string &text)
{
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

inline std::string textOf(const BioPtr &bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline Error cryptoError(const char *what)
{
    std::array<char, 256> words{};
    ERR_error_string_n(ERR_get_error(), words.data(), words.size());
    ERR_clear_error();
    return {Error::Code::Internal, std::string("cannot ") + what + " (" + words.data() + ")", {}};
}

}  // namespace meshscope::pki
