// The embedded control plane: Kuma's HTTP API, the bootstrap endpoint and xDS, in this process, on its own
// threads. It has no private entrance: the window speaks to it through the same HTTP client as to any control
// plane.
#pragma once

#include "backend/core/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meshscope {

struct SandboxOptions {
    // Port 0 = any free one. An address other than loopback is refused: the sandbox has no authentication
    // yet.
    std::string apiAddress = "127.0.0.1";
    std::uint16_t apiPort = 5681;
    std::string dpAddress = "127.0.0.1";
    std::uint16_t dpPort = 5678;
    std::string xdsAddress = "127.0.0.1";
    std::uint16_t xdsPort = 5679;
    std::string storeFile;  // SQLite file; empty = memory
    // Called from any thread with one line at a time; level 0 debug, 1 info, 2 warning. Never a token or a
    // key.
    std::function<void(int level, const std::string &line)> log;
};

struct SandboxAddresses {
    std::string api;            // "http://127.0.0.1:5681"
    std::string dp;             // "https://127.0.0.1:5678"
    std::string xds;            // "127.0.0.1:5679"
    std::string caCertificate;  // PEM; signs the certificates of dp and xds; kept in the store file
};

// Start, use and destroy it on one thread; the rest is internal. Destruction ends all streams and frees the
// ports.
class Sandbox
{
public:
    // Conflict when a port is taken: `what` says which and what for, `where` is ADDR:PORT.
    static Result<std::unique_ptr<Sandbox>> start(const SandboxOptions &options);
    virtual ~Sandbox() = default;

    virtual const SandboxAddresses &addresses() const = 0;
    // Stores resources as a PUT would (same parsing, validation and side effects). `json` is one resource;
    // the error names it. Used for --load and --sample.
    virtual Result<void> apply(const std::string &json) = 0;
};

}  // namespace meshscope
