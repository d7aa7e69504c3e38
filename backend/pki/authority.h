// The certificate authority of a mesh and what it signs (facts on xDS §6). Immutable; any thread.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/pki/private_key.h"

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace meshscope::pki {

struct RootOptions {
    std::string mesh;
    unsigned rsaBits = 2048;
    std::chrono::seconds life = std::chrono::hours(24 * 3650);
};

// What a proxy shows to others.
struct Identity {
    std::string certificate;  // PEM
    std::string key;          // PEM; never logged
    TimePoint issued{};
    TimePoint expires{};
};

struct IdentityOptions {
    std::string mesh;
    std::set<std::string> services;                     // spiffe://<mesh>/<service>; at least one
    std::map<std::string, std::set<std::string>> tags;  // kuma://<tag>/<value>
    std::chrono::seconds life = std::chrono::hours(24);

    bool operator==(const IdentityOptions &) const = default;
};

class Authority
{
public:
    // A new self-signed root. Invalid when the options cannot be met.
    static Result<std::shared_ptr<const Authority>> make(const RootOptions &options, TimePoint now);
    // A root, or a chain whose first certificate signs. Invalid when the texts are no PEM, the first
    // certificate is no authority, or the key is not its own.
    static Result<std::shared_ptr<const Authority>> load(const std::string &chain, const std::string &key);

    const std::string &chain() const { return m_chain; }  // PEM, as it was loaded
    std::string keyPem() const { return m_key->pem(); }

    // Some milliseconds: one signature.
    Result<Identity> issue(const IdentityOptions &options, const PrivateKey &key, TimePoint now) const;

private:
    Authority(std::string chain, PrivateKeyPtr key)
        : m_chain(std::move(chain))
        , m_key(std::move(key))
    {}
    std::string m_chain;
    PrivateKeyPtr m_key;
};

using AuthorityPtr = std::shared_ptr<const Authority>;

}  // namespace meshscope::pki
