#include "backend/xds/resource.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

namespace meshscope::xds {

namespace {

constexpr std::string_view kUrlPrefix = "type.googleapis.com/";

constexpr std::array<std::string_view, kResourceTypes> kTypeUrls{
    "type.googleapis.com/envoy.config.cluster.v3.Cluster",
    "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
    "type.googleapis.com/envoy.config.listener.v3.Listener",
    "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
};

std::shared_ptr<Resource> make(std::string name, const google::protobuf::Message &message)
{
    auto resource = std::make_shared<Resource>();
    resource->bytes = serialise(message);
    resource->hash = contentHash(resource->bytes, contentHash(name));
    resource->name = std::move(name);
    return resource;
}

}  // namespace

std::string_view typeUrl(ResourceType type) { return kTypeUrls[static_cast<std::size_t>(type)]; }

bool typeFromUrl(std::string_view url, ResourceType &type)
{
    const auto found = std::find(kTypeUrls.begin(), kTypeUrls.end(), url);
    if (found == kTypeUrls.end())
        return false;
    type = static_cast<ResourceType>(found - kTypeUrls.begin());
    return true;
}

ResourcePtr makeResource(std::string name, const google::protobuf::Message &message)
{
    return make(std::move(name), message);
}

ResourcePtr makeEdsCluster(std::string name, const google::protobuf::Message &cluster)
{
    auto resource = make(std::move(name), cluster);
    resource->needsEndpoints = true;
    return resource;
}

std::string serialise(const google::protobuf::Message &message)
{
    std::string bytes;
    {
        google::protobuf::io::StringOutputStream stream(&bytes);
        google::protobuf::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        message.SerializeToCodedStream(&coded);
    }
    return bytes;
}

google::protobuf::Any pack(const google::protobuf::Message &message)
{
    google::protobuf::Any any;
    any.set_type_url(std::string(kUrlPrefix) + message.GetDescriptor()->full_name());
    any.set_value(serialise(message));
    return any;
}

bool ProxySnapshot::operator==(const ProxySnapshot &other) const
{
    const auto same = [](const ResourcePtr &a, const ResourcePtr &b) { return a == b || *a == *b; };
    for (const auto type : kAllResourceTypes)
        if (!std::equal(of(type).begin(), of(type).end(), other.of(type).begin(), other.of(type).end(), same))
            return false;
    return true;
}

std::uint64_t contentHash(std::string_view bytes, std::uint64_t seed)
{
    // FNV-1a; a name and what follows it are kept apart by the seed.
    std::uint64_t hash = seed ^ 0x9e3779b97f4a7c15ULL;
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3ULL;
    }
    return hash;
}

std::string hexText(std::uint64_t value)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string result(16, '0');
    for (std::size_t i = 0; i < 16; ++i)
        result[15 - i] = kDigits[(value >> (4 * i)) & 15];
    return result;
}

}  // namespace meshscope::xds
