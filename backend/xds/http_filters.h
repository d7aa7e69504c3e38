// Pieces that inbound and outbound listeners share.
#pragma once

#include "backend/xds/protocol.h"

#include "envoy/config/core/v3/address.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.pb.h"

#include <chrono>
#include <map>
#include <string>

namespace meshscope::xds {

using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using envoy::extensions::filters::network::tcp_proxy::v3::TcpProxy;

void setDuration(google::protobuf::Duration *target, std::chrono::milliseconds value);
void setAddress(envoy::config::core::v3::Address &target, const std::string &address, std::uint32_t port);
// Shown in Kuma's own tools: which tags a listener stands for.
void setTagsMetadata(envoy::config::listener::v3::Listener &listener,
                     const std::map<std::string, std::string> &tags);
// Which addresses count as internal; without it Envoy warns. The IPv6 ranges only where the host has IPv6.
void setInternalAddresses(HttpConnectionManager &manager, bool ipv6);
// grpc_stats for grpc, then the router, which is always last.
void addHttpFilters(HttpConnectionManager &manager, Protocol protocol);
void addFilter(envoy::config::listener::v3::FilterChain &chain, const HttpConnectionManager &manager);
void addFilter(envoy::config::listener::v3::FilterChain &chain, const TcpProxy &proxy);

}  // namespace meshscope::xds
