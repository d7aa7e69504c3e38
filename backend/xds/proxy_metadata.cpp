#include "backend/xds/proxy_metadata.h"

#include "envoy/config/core/v3/base.pb.h"

#include <google/protobuf/util/json_util.h>

#include <charconv>

namespace meshscope::xds {

namespace {

class Reader
{
public:
    explicit Reader(const google::protobuf::Struct &fields)
        : m_fields(fields.fields())
    {}

    std::string text(const char *name) const
    {
        const auto found = m_fields.find(name);
        return found == m_fields.end() ? std::string() : found->second.string_value();
    }

    bool flag(const char *name) const
    {
        const auto found = m_fields.find(name);
        return found != m_fields.end() && found->second.bool_value();
    }

    // Ports are strings on the wire. Absent = 0.
    Result<std::uint32_t> port(const char *name) const
    {
        const auto found = m_fields.find(name);
        if (found == m_fields.end())
            return 0;
        if (found->second.has_number_value()) {
            const double number = found->second.number_value();
            if (number >= 0 && number <= 65535)
                return static_cast<std::uint32_t>(number);
        } else if (const auto &value = found->second.string_value(); found->second.has_string_value()) {
            if (value.empty())
                return 0;
            std::uint32_t number = 0;
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
            if (error == std::errc() && end == value.data() + value.size() && number <= 65535)
                return number;
        }
        return fail(Error::Code::Invalid, "a port must be a number from 0 to 65535",
                    std::string("metadata ") + name);
    }

    const google::protobuf::Value *value(const char *name) const
    {
        const auto found = m_fields.find(name);
        return found == m_fields.end() ? nullptr : &found->second;
    }

private:
    const google::protobuf::Map<std::string, google::protobuf::Value> &m_fields;
};

}  // namespace

Result<ProxyMetadata> proxyMetadataFrom(const envoy::config::core::v3::Node &node)
{
    ProxyMetadata result;
    const auto dot = node.id().find('.');
    if (dot == std::string::npos || dot + 1 == node.id().size())
        return fail(Error::Code::Invalid, "the node id must be <mesh>.<dataplane name>",
                    "node id " + node.id());
    result.key = {node.id().substr(0, dot), node.id().substr(dot + 1)};

    const Reader reader(node.metadata());
    result.dataplaneResource = reader.text("dataplane.resource");
    result.proxyType = reader.text("dataplane.proxyType");
    result.adminAddress = reader.text("dataplane.admin.address");
    result.ipv6Enabled = reader.flag("ipv6Enabled");
    result.workdir = reader.text("workdir");
    for (const auto &[name, target] : {std::pair{"dataplane.admin.port", &result.adminPort},
                                       {"dataplane.readinessReporter.port", &result.readinessPort},
                                       {"dataplane.dns.port", &result.dnsPort}}) {
        const auto port = reader.port(name);
        if (!port)
            return fail(port.error());
        *target = *port;
    }
    if (const auto *features = reader.value("features"))
        for (const auto &feature : features->list_value().values())
            result.features.insert(feature.string_value());
    result.versionJson = "{}";
    if (const auto *version = reader.value("version"); version && version->has_struct_value()) {
        std::string json;
        if (google::protobuf::util::MessageToJsonString(version->struct_value(), &json).ok())
            result.versionJson = std::move(json);
    }
    return result;
}

}  // namespace meshscope::xds
