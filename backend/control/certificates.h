// The sandbox's own certificate authority, for its servers.
#pragma once

#include "backend/core/result.h"

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace meshscope::control {

struct ServerIdentity {
    std::string caCertificate;  // PEM
    std::string certificate;    // PEM, signed by it
    std::string key;            // PEM; never logged
};

// A server certificate for these IPs and names, besides localhost and the loopback addresses.
Result<ServerIdentity> makeServerIdentity(const std::vector<std::string> &hosts);
// True when the text is one or more PEM certificates; `isAuthority` tells whether the first may sign others.
bool readCertificate(const std::string &pem, bool &isAuthority);
// For HTTPS with TLS 1.2 or newer.
Result<std::shared_ptr<ssl_ctx_st>> makeTlsContext(const ServerIdentity &identity);

}  // namespace meshscope::control
