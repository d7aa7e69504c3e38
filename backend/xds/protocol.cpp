#include "backend/xds/protocol.h"

#include <algorithm>
#include <array>
#include <span>

namespace meshscope::xds {

namespace {

std::span<const Protocol> stackOf(Protocol protocol)
{
    static constexpr std::array kGrpc{Protocol::Grpc, Protocol::Http2, Protocol::Tcp};
    static constexpr std::array kHttp2{Protocol::Http2, Protocol::Tcp};
    static constexpr std::array kHttp{Protocol::Http, Protocol::Tcp};
    static constexpr std::array kKafka{Protocol::Kafka, Protocol::Tcp};
    static constexpr std::array kTcp{Protocol::Tcp};
    switch (protocol) {
    case Protocol::Grpc:
        return kGrpc;
    case Protocol::Http2:
        return kHttp2;
    case Protocol::Http:
        return kHttp;
    case Protocol::Kafka:
        return kKafka;
    case Protocol::Tcp:
        return kTcp;
    case Protocol::Unknown:
        break;
    }
    return {};
}

}  // namespace

Protocol protocolFromText(std::string_view text)
{
    if (text == "http")
        return Protocol::Http;
    if (text == "http2")
        return Protocol::Http2;
    if (text == "grpc")
        return Protocol::Grpc;
    if (text == "kafka")
        return Protocol::Kafka;
    if (text == "tcp" || text == "tls")
        return Protocol::Tcp;
    return Protocol::Unknown;
}

Protocol common(Protocol a, Protocol b)
{
    const auto other = stackOf(b);
    for (const auto protocol : stackOf(a))
        if (std::find(other.begin(), other.end(), protocol) != other.end())
            return protocol;
    return Protocol::Unknown;
}

}  // namespace meshscope::xds
