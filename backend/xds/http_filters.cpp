#include "backend/xds/http_filters.h"

#include "backend/xds/resource.h"

#include "envoy/extensions/filters/http/grpc_stats/v3/config.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"

namespace meshscope::xds {

void setDuration(google::protobuf::Duration *target, std::chrono::nanoseconds value)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(value);
    target->set_seconds(seconds.count());
    target->set_nanos(static_cast<std::int32_t>((value - seconds).count()));
}

void setAddress(envoy::config::core::v3::Address &target, const std::string &address, std::uint32_t port)
{
    target.mutable_socket_address()->set_address(address);
    target.mutable_socket_address()->set_port_value(port);
}

void setTagsMetadata(envoy::config::listener::v3::Listener &listener,
                     const std::map<std::string, std::string> &tags)
{
    google::protobuf::Struct values;
    for (const auto &[key, value] : tags)
        (*values.mutable_fields())[key].set_string_value(value);
    (*listener.mutable_metadata()->mutable_filter_metadata())["io.kuma.tags"] = values;
}

void setInternalAddresses(HttpConnectionManager &manager, bool ipv6)
{
    struct Range {
        const char *prefix;
        std::uint32_t length;
    };
    static constexpr Range kRanges[] = {{"10.0.0.0", 8}, {"192.168.0.0", 16}, {"172.16.0.0", 12},
                                        {"fc00::", 7},   {"fd00::", 8},       {"127.0.0.1", 32},
                                        {"::1", 128}};
    for (const auto &range : kRanges) {
        if (!ipv6 && std::string_view(range.prefix).find(':') != std::string_view::npos)
            continue;
        auto &cidr = *manager.mutable_internal_address_config()->add_cidr_ranges();
        cidr.set_address_prefix(range.prefix);
        cidr.mutable_prefix_len()->set_value(range.length);
    }
}

void addHttpFilters(HttpConnectionManager &manager, Protocol protocol)
{
    if (protocol == Protocol::Grpc) {
        envoy::extensions::filters::http::grpc_stats::v3::FilterConfig stats;
        stats.set_emit_filter_state(true);
        auto &filter = *manager.add_http_filters();
        filter.set_name("envoy.filters.http.grpc_stats");
        *filter.mutable_typed_config() = pack(stats);
    }
    auto &filter = *manager.add_http_filters();
    filter.set_name("envoy.filters.http.router");
    *filter.mutable_typed_config() = pack(envoy::extensions::filters::http::router::v3::Router());
}

void insertHttpFilter(HttpConnectionManager &manager, const std::string &name,
                      const google::protobuf::Message &config, FilterPlace place)
{
    auto &filters = *manager.mutable_http_filters();
    auto &filter = *filters.Add();
    filter.set_name(name);
    *filter.mutable_typed_config() = pack(config);
    const int last = filters.size() - 1;
    if (place == FilterPlace::BeforeRouter) {
        if (last > 0)
            filters.SwapElements(last, last - 1);
        return;
    }
    for (int i = last; i > 0; --i)
        filters.SwapElements(i, i - 1);
}

void addFilter(envoy::config::listener::v3::FilterChain &chain, const HttpConnectionManager &manager)
{
    auto &filter = *chain.add_filters();
    filter.set_name("envoy.filters.network.http_connection_manager");
    *filter.mutable_typed_config() = pack(manager);
}

void addFilter(envoy::config::listener::v3::FilterChain &chain, const TcpProxy &proxy)
{
    auto &filter = *chain.add_filters();
    filter.set_name("envoy.filters.network.tcp_proxy");
    *filter.mutable_typed_config() = pack(proxy);
}

}  // namespace meshscope::xds
