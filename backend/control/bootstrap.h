// POST /bootstrap of the dp-server: a proxy says who it is, and gets the configuration that Envoy starts with
// (facts on xDS §2).
#pragma once

#include "backend/control/api_error.h"
#include "backend/store/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace meshscope::control {

struct BootstrapContext {
    std::string xdsAddress;
    std::uint16_t xdsPort = 0;
    std::string caCertificate;                  // PEM
    std::vector<std::string> certificateHosts;  // the names and IPs that the servers' certificate is for
};

// Pure: the same request on the same store gives the same answer.
HttpResponse answerBootstrap(const HttpRequest &request, const BootstrapContext &context,
                             const StoreSnapshot &store);

}  // namespace meshscope::control
