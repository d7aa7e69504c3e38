// A private key, shared by whoever needs it. Immutable; any thread. Its text is never logged.
#pragma once

#include "backend/core/result.h"

#include <memory>
#include <string>

struct evp_pkey_st;

namespace meshscope::pki {

class PrivateKey
{
public:
    // A new RSA key; 2,048 bits take some 100 ms. Invalid when the bits are none that can be used.
    static Result<std::shared_ptr<const PrivateKey>> makeRsa(unsigned bits);
    // PEM, PKCS#1 or PKCS#8; Invalid when it is neither.
    static Result<std::shared_ptr<const PrivateKey>> fromPem(const std::string &pem);

    std::string pem() const;  // PKCS#1 for RSA, as Kuma stores them; else PKCS#8

    evp_pkey_st *handle() const { return m_key.get(); }

private:
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key)
        : m_key(std::move(key))
    {}
    std::shared_ptr<evp_pkey_st> m_key;
};

using PrivateKeyPtr = std::shared_ptr<const PrivateKey>;

}  // namespace meshscope::pki
