// Pieces that inbound and outbound listeners share.
#pragma once

#include "backend/xds/draft.h"

#include "envoy/config/core/v3/address.pb.h"

#include <chrono>
#include <map>
#include <string>

namespace meshscope::xds {

void setDuration(google::protobuf::Duration *target, std::chrono::nanoseconds value);
void setAddress(envoy::config::core::v3::Address &target, const std::string &address, std::uint32_t port);
// Shown in Kuma's own tools: which tags a listener stands for.
void setTagsMetadata(envoy::config::listener::v3::Listener &listener,
                     const std::map<std::string, std::string> &tags);
// Which addresses count as internal; without it Envoy warns. The IPv6 ranges only where the host has IPv6.
void setInternalAddresses(HttpConnectionManager &manager, bool ipv6);
// grpc_stats for grpc, then the router, which is always last.
void addHttpFilters(HttpConnectionManager &manager, Protocol protocol);
// In front of all that are there, or just before the router.
enum class FilterPlace { First, BeforeRouter };
void insertHttpFilter(HttpConnectionManager &manager, const std::string &name,
                      const google::protobuf::Message &config, FilterPlace place);
void addFilter(envoy::config::listener::v3::FilterChain &chain, const HttpConnectionManager &manager);
void addFilter(envoy::config::listener::v3::FilterChain &chain, const TcpProxy &proxy);

}  // namespace meshscope::xds
