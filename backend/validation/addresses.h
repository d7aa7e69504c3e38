// IP addresses and names as Kuma's validators take them. Standard C++; no lookup is made. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace meshscope {

// IPv4 as IPv4-mapped IPv6.
using IpAddress = std::array<std::uint8_t, 16>;

// As Go's net.ParseIP: no zone, no leading zeros in dotted decimals.
std::optional<IpAddress> ipAddressFrom(std::string_view text);
bool isUnspecified(const IpAddress &address);
bool isLoopback(const IpAddress &address);
// True when sockets on both could want the same packets: equal, or one of them unspecified.
bool overlaps(const IpAddress &a, const IpAddress &b);

// DNS name with underscores, at most 255 characters; "300.1.1.1" is one.
bool isDnsName(std::string_view text);
// RFC 1123 subdomain in lower case, at most 253 characters.
bool isSubdomain(std::string_view text);

}  // namespace meshscope
