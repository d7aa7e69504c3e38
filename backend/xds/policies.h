// What policies decide for one proxy, as values. The defaults are those of the policies that Kuma gives to a
// new mesh (kuma-api fact sheet §7); matching and merging real policies fills these structs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace meshscope::xds {

using std::chrono::milliseconds;

struct InboundPolicy {
    milliseconds connectTimeout{10'000};
    milliseconds idleTimeout{7'200'000};
    milliseconds requestTimeout{0};  // 0 = none, here and below
    milliseconds streamIdleTimeout{3'600'000};
    milliseconds maxStreamDuration{0};
    milliseconds maxConnectionDuration{0};
    milliseconds requestHeadersTimeout{0};
    bool operator==(const InboundPolicy &) const = default;
};

struct RetryPolicy {
    std::uint32_t retries = 5;
    milliseconds perTryTimeout{16'000};
    milliseconds backOffBase{25};
    milliseconds backOffMax{250};
    std::uint32_t tcpConnectAttempts = 5;
    bool operator==(const RetryPolicy &) const = default;
};

struct ConnectionLimits {
    std::uint32_t maxConnections = 1024;
    std::uint32_t maxPendingRequests = 1024;
    std::uint32_t maxRequests = 1024;
    std::uint32_t maxRetries = 3;
    bool operator==(const ConnectionLimits &) const = default;
};

struct OutboundPolicy {
    milliseconds connectTimeout{5'000};
    milliseconds idleTimeout{3'600'000};
    milliseconds requestTimeout{15'000};
    milliseconds streamIdleTimeout{1'800'000};
    milliseconds maxStreamDuration{0};
    milliseconds maxConnectionDuration{0};
    milliseconds requestHeadersTimeout{0};
    RetryPolicy retry;
    ConnectionLimits limits;
    bool operator==(const OutboundPolicy &) const = default;
};

// In the order of the Dataplane's lists; what is not in it has the defaults.
struct ProxyPolicies {
    std::vector<InboundPolicy> inbounds;
    std::vector<OutboundPolicy> outbounds;

    InboundPolicy inbound(std::size_t index) const
    {
        return index < inbounds.size() ? inbounds[index] : InboundPolicy();
    }
    OutboundPolicy outbound(std::size_t index) const
    {
        return index < outbounds.size() ? outbounds[index] : OutboundPolicy();
    }
};

}  // namespace meshscope::xds
