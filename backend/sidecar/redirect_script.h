// The transparent proxy's redirection as a script that a person can read, run in a network namespace of its
// own, and undo: what `kumactl install transparent-proxy` does (fact sheet §4.2, §5). A pure function.
#pragma once

#include "backend/core/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace meshscope {

struct Redirection {
    std::string nameSpace;               // of `ip netns`; empty = where the script is run
    std::uint16_t inboundPort = 15006;   // networking.transparentProxying.redirectPortInbound
    std::uint16_t outboundPort = 15001;  // redirectPortOutbound
    std::uint16_t dnsPort = 15053;       // of the sidecar's resolver; 0 = names are not redirected
    std::string user = "5678";           // id or name of the user that the sidecar runs as: it is left alone
    std::vector<std::uint16_t> excludedInbound;  // as 22
    std::vector<std::uint16_t> excludedOutbound;
    std::string vipRange = "240.0.0.0/4";  // routed to the loopback device, so that calls to it begin at all
};

// Bash with `up`, `down` and `show`. `up` twice is the same as once; `down` removes what `up` made and
// nothing else. Invalid for names that a shell could misread.
Result<std::string> redirectScript(const Redirection &redirection);

}  // namespace meshscope
