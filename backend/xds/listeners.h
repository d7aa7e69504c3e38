// The two sides of a sidecar: what comes in for the application, and what it calls (facts on xDS §4.4, §4.7).
#pragma once

#include "backend/core/dataplane.h"
#include "backend/xds/policies.h"
#include "backend/xds/protocol.h"
#include "backend/xds/resource.h"

#include <string>

namespace meshscope::xds {

ResourcePtr inboundListener(const Dataplane &dataplane, const Inbound &inbound, const InboundPolicy &policy,
                            bool ipv6);

struct OutboundTarget {
    std::string cluster;
    Protocol protocol = Protocol::Unknown;
};
// `sourceTags` is the value of the header that tells the callee who calls.
ResourcePtr outboundListener(const Outbound &outbound, const OutboundTarget &target,
                             const std::string &sourceTags, const OutboundPolicy &policy, bool ipv6);

}  // namespace meshscope::xds
