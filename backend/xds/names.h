// How Kuma 2.9 names what it gives to Envoy (facts on xDS §4.3). Names are opaque to Envoy, but a rename
// drains and rebuilds, so they are stable.
#pragma once

#include "backend/core/dataplane.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace meshscope::xds {

std::string inboundListenerName(std::string_view address, std::uint32_t port);
std::string outboundListenerName(std::string_view address, std::uint32_t port);
std::string inboundClusterName(std::uint32_t workloadPort);
// The service, and for a subset of it a hash over all its tags as well.
std::string outboundClusterName(const Tags &tags);
// Every character that would split a statistic's name becomes `_`.
std::string statPrefix(std::string_view name);
// `&key=v1,v2&` for each tag, sorted: the value of the header x-kuma-tags.
std::string tagsHeaderValue(const Dataplane &dataplane);
// A regular expression that such a value matches when it has all of the tags; "*" is any value. As in Kuma
// the tags stand in it as they are.
std::string tagsHeaderRegex(const Tags &tags);
bool isIpAddress(std::string_view text);

inline constexpr char kDirectAccess[] = "direct_access";
inline constexpr char kAdminCluster[] = "kuma:envoy:admin";
inline constexpr char kReadinessCluster[] = "kuma:readiness";
inline constexpr char kTagsHeader[] = "x-kuma-tags";

}  // namespace meshscope::xds
