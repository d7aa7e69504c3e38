// Envoy resources as they travel: name, type and serialised bytes, shared between the proxies that get the
// same.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Any;
class Duration;
class Message;
}  // namespace google::protobuf

namespace meshscope::xds {

// In the order in which they are sent: what refers comes after what it refers to.
enum class ResourceType { Cluster, Endpoint, Listener, Route, Secret };
inline constexpr std::size_t kResourceTypes = 5;
inline constexpr std::array kAllResourceTypes{ResourceType::Cluster, ResourceType::Endpoint,
                                              ResourceType::Listener, ResourceType::Route,
                                              ResourceType::Secret};

std::string_view typeUrl(ResourceType type);
// False when the URL is none of ours.
bool typeFromUrl(std::string_view url, ResourceType &type);

struct Resource {
    std::string name;
    std::string bytes;            // of the message, without the Any around it
    std::uint64_t hash = 0;       // of name and bytes
    bool needsEndpoints = false;  // a cluster of type EDS: warms until its endpoints have come

    bool operator==(const Resource &) const = default;
};

using ResourcePtr = std::shared_ptr<const Resource>;

ResourcePtr makeResource(std::string name, const google::protobuf::Message &message);
ResourcePtr makeEdsCluster(std::string name, const google::protobuf::Message &cluster);

// Map fields in a fixed order, so that equal messages have equal bytes.
std::string serialise(const google::protobuf::Message &message);
google::protobuf::Any pack(const google::protobuf::Message &message);

// Everything one proxy is to have, by type; each list sorted by name, no name twice.
struct ProxySnapshot {
    std::array<std::vector<ResourcePtr>, kResourceTypes> resources;
    std::set<std::string> reaches;  // the services whose endpoints it depends on

    const std::vector<ResourcePtr> &of(ResourceType type) const
    {
        return resources[static_cast<std::size_t>(type)];
    }
    std::vector<ResourcePtr> &of(ResourceType type) { return resources[static_cast<std::size_t>(type)]; }
    bool operator==(const ProxySnapshot &other) const;
};

using ProxySnapshotPtr = std::shared_ptr<const ProxySnapshot>;

// 64 bits, the same on every machine and in every run; for versions, not against forgery.
std::uint64_t contentHash(std::string_view bytes, std::uint64_t seed = 0xcbf29ce484222325ULL);
std::string hexText(std::uint64_t value);

}  // namespace meshscope::xds
