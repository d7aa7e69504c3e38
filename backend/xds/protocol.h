// What an inbound speaks, and what all endpoints of a service speak in common (facts on xDS §4.9).
#pragma once

#include <string_view>

namespace meshscope::xds {

enum class Protocol { Unknown, Tcp, Http, Http2, Grpc, Kafka };

Protocol protocolFromText(std::string_view text);  // in lower case; anything else is Unknown
// The strongest that both stacks hold: grpc over http2 over tcp, http over tcp, kafka over tcp.
Protocol common(Protocol a, Protocol b);

constexpr bool isHttpLike(Protocol p)
{
    return p == Protocol::Http || p == Protocol::Http2 || p == Protocol::Grpc;
}

}  // namespace meshscope::xds
