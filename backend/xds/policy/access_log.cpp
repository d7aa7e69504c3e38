// MeshAccessLog (facts on xDS §4.10). A TCP backend is a file log into the pipe that the launcher reads: each
// line says where it is to go.
#include "backend/xds/access_log.h"
#include "backend/xds/clusters.h"
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"

#include "envoy/extensions/access_loggers/file/v3/file.pb.h"
#include "envoy/extensions/access_loggers/open_telemetry/v3/logs_service.pb.h"

namespace meshscope::xds {

namespace {

using envoy::config::accesslog::v3::AccessLog;
using envoy::config::core::v3::SubstitutionFormatString;
using envoy::extensions::access_loggers::file::v3::FileAccessLog;
using envoy::extensions::access_loggers::open_telemetry::v3::OpenTelemetryAccessLogConfig;
using google::protobuf::Struct;

constexpr char kFileLogger[] = "envoy.access_loggers.file";
constexpr char kOtelLogger[] = "envoy.access_loggers.open_telemetry";
constexpr std::size_t kMaxSocketPath = 98;

std::string replaced(std::string text, const LogNames &names)
{
    const std::pair<const char *, const std::string *> variables[] = {
        {"%KUMA_MESH%", &names.mesh},
        {"%KUMA_SOURCE_SERVICE%", &names.source},
        {"%KUMA_DESTINATION_SERVICE%", &names.destination},
        {"%KUMA_SOURCE_ADDRESS_WITHOUT_PORT%", &names.address},
        {"%KUMA_TRAFFIC_DIRECTION%", &names.direction}};
    const auto replaceAll = [&text](const std::string &variable, const std::string &value) {
        for (auto found = text.find(variable); found != std::string::npos;
             found = text.find(variable, found + value.size()))
            text.replace(found, variable.size(), value);
    };
    for (const auto &[variable, value] : variables)
        replaceAll(variable, *value);
    replaceAll("%KUMA_SOURCE_ADDRESS%", names.address + ":0");
    return text;
}

Struct fieldsOf(const Json &list, const LogNames &names)
{
    Struct fields;
    for (const auto &field : list)
        (*fields.mutable_fields())[textAt(field, "key")].set_string_value(
            replaced(textAt(field, "value"), names));
    return fields;
}

std::string plainText(const Json &format, bool isHttp, const LogNames &names)
{
    const auto plain = textAt(format, "plain");
    return replaced(plain.empty() ? defaultLogFormat(isHttp) : plain, names);
}

AccessLog fileLog(const std::string &path, SubstitutionFormatString format)
{
    FileAccessLog file;
    file.set_path(path);
    *file.mutable_log_format() = std::move(format);
    AccessLog log;
    log.set_name(kFileLogger);
    *log.mutable_typed_config() = pack(file);
    return log;
}

AccessLog toFile(const Json &conf, bool isHttp, const LogNames &names)
{
    SubstitutionFormatString format;
    const auto &wanted = at(conf, "format");
    if (const auto &fields = listAt(wanted, "json"); !fields.empty())
        *format.mutable_json_format() = fieldsOf(fields, names);
    else
        format.mutable_text_format_source()->set_inline_string(plainText(wanted, isHttp, names) + '\n');
    format.set_omit_empty_values(flagAt(wanted, "omitEmptyValues"));
    return fileLog(textAt(conf, "path"), std::move(format));
}

AccessLog toTcp(const Json &conf, bool isHttp, const LogNames &names)
{
    SubstitutionFormatString format;
    const auto &wanted = at(conf, "format");
    auto &line = *format.mutable_json_format()->mutable_fields();
    line["address"].set_string_value(textAt(conf, "address"));
    if (const auto &fields = listAt(wanted, "json"); !fields.empty())
        *line["message"].mutable_struct_value() = fieldsOf(fields, names);
    else
        line["message"].set_string_value(plainText(wanted, isHttp, names) + '\n');
    format.set_omit_empty_values(flagAt(wanted, "omitEmptyValues"));
    return fileLog(names.socket, std::move(format));
}

void setValue(opentelemetry::proto::common::v1::AnyValue &target, const Json &value, const LogNames &names)
{
    if (value.is_string()) {
        target.set_string_value(replaced(value.get<std::string>(), names));
    } else if (value.is_boolean()) {
        target.set_bool_value(value.get<bool>());
    } else if (value.is_number_integer()) {
        target.set_int_value(value.get<std::int64_t>());
    } else if (value.is_number()) {
        target.set_double_value(value.get<double>());
    } else if (value.is_array()) {
        for (const auto &entry : value)
            setValue(*target.mutable_array_value()->add_values(), entry, names);
    } else if (value.is_object()) {
        for (const auto &[key, entry] : value.items()) {
            auto &pair = *target.mutable_kvlist_value()->add_values();
            pair.set_key(key);
            setValue(*pair.mutable_value(), entry, names);
        }
    }
}

std::pair<std::string, std::uint32_t> hostAndPort(const std::string &endpoint, std::uint32_t port)
{
    const auto colon = endpoint.rfind(':');
    if (colon == std::string::npos || endpoint.ends_with(']'))
        return {endpoint, port};
    return {endpoint.substr(0, colon), numberAt(Json{{"n", endpoint.substr(colon + 1)}}, "n").value_or(port)};
}

}  // namespace

std::string defaultLogFormat(bool isHttp)
{
    return isHttp ? "[%START_TIME%] %KUMA_MESH% \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% "
                    "%PROTOCOL%\" "
                    "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
                    "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
                    "\"%REQ(X-B3-TRACEID?X-DATADOG-TRACEID)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" "
                    "\"%KUMA_SOURCE_SERVICE%\" \"%KUMA_DESTINATION_SERVICE%\" "
                    "\"%KUMA_SOURCE_ADDRESS_WITHOUT_PORT%\" \"%UPSTREAM_HOST%\""
                  : "[%START_TIME%] %RESPONSE_FLAGS% %KUMA_MESH% "
                    "%KUMA_SOURCE_ADDRESS_WITHOUT_PORT%(%KUMA_SOURCE_SERVICE%)->%UPSTREAM_HOST%"
                    "(%KUMA_DESTINATION_SERVICE%) took %DURATION%ms, sent %BYTES_SENT% bytes, received: "
                    "%BYTES_RECEIVED% bytes";
}

std::string accessLogSocket(const ProxyMetadata &metadata)
{
    auto path = (metadata.workdir.empty() ? "/tmp" : metadata.workdir) + "/kuma-al-" + metadata.key.name + '-'
                + metadata.key.mesh;
    return path.substr(0, kMaxSocketPath) + ".sock";
}

std::optional<AccessLog> accessLog(const Json &backend, bool isHttp, const LogNames &names)
{
    const auto type = textAt(backend, "type");
    if (type == "File")
        return toFile(at(backend, "file"), isHttp, names);
    if (type == "Tcp")
        return toTcp(at(backend, "tcp"), isHttp, names);
    return std::nullopt;
}

namespace {

// One cluster a collector, however many listeners log to it.
class Collectors
{
public:
    explicit Collectors(Draft &draft)
        : m_draft(draft)
    {}

    std::string clusterFor(const std::string &endpoint)
    {
        const auto known = m_names.find(endpoint);
        if (known != m_names.end())
            return known->second;
        const auto name = "meshaccesslog:opentelemetry:" + std::to_string(m_names.size());
        m_names.emplace(endpoint, name);
        const auto [host, port] = hostAndPort(endpoint, kOtelPort);
        m_draft.clusters.push_back(collectorCluster(name, host, port));
        return name;
    }

private:
    static constexpr std::uint32_t kOtelPort = 4317;
    Draft &m_draft;
    std::map<std::string, std::string> m_names;
};

AccessLog toOpenTelemetry(const Json &conf, bool isHttp, const LogNames &names, Collectors &collectors)
{
    OpenTelemetryAccessLogConfig config;
    auto &common = *config.mutable_common_config();
    common.set_log_name("MeshAccessLog");
    common.set_transport_api_version(envoy::config::core::v3::V3);
    common.mutable_grpc_service()->mutable_envoy_grpc()->set_cluster_name(
        collectors.clusterFor(textAt(conf, "endpoint")));
    config.set_disable_builtin_labels(true);
    if (const auto &body = at(conf, "body"); !body.is_null())
        setValue(*config.mutable_body(), body, names);
    else
        config.mutable_body()->set_string_value(replaced(defaultLogFormat(isHttp), names));
    for (const auto &attribute : listAt(conf, "attributes")) {
        auto &pair = *config.mutable_attributes()->add_values();
        pair.set_key(textAt(attribute, "key"));
        pair.mutable_value()->set_string_value(replaced(textAt(attribute, "value"), names));
    }
    AccessLog log;
    log.set_name(kOtelLogger);
    *log.mutable_typed_config() = pack(config);
    return log;
}

}  // namespace

void applyAccessLogs(Generation &run)
{
    const auto *rules = run.rules.of("MeshAccessLog");
    if (!rules)
        return;
    Collectors collectors(run.draft);
    const auto services = run.dataplane().services();
    LogNames names;
    names.mesh = run.mesh().mesh();
    names.address = run.dataplane().address;
    names.socket = accessLogSocket(run.metadata());
    for (auto &listener : run.draft.listeners) {
        const bool isInbound = listener.origin == Origin::Inbound;
        const auto *rule = isInbound                             ? fromRule(rules, listener.index)
                           : listener.origin == Origin::Outbound ? toRule(rules, listener.service)
                                                                 : nullptr;
        if (!rule)
            continue;
        names.source = isInbound ? "unknown" : services.empty() ? std::string() : services.front();
        names.destination = listener.service;
        names.direction = isInbound ? "INBOUND" : "OUTBOUND";
        for (const auto &backend : listAt(rule->conf, "backends")) {
            for (auto &chain : listener.chains) {
                const bool isHttp = chain.http.has_value();
                auto log = textAt(backend, "type") == "OpenTelemetry"
                               ? toOpenTelemetry(at(backend, "openTelemetry"), isHttp, names, collectors)
                               : accessLog(backend, isHttp, names);
                if (!log)
                    continue;
                if (chain.http)
                    *chain.http->add_access_log() = *log;
                else if (chain.tcp)
                    *chain.tcp->add_access_log() = *log;
            }
        }
    }
}

}  // namespace meshscope::xds
