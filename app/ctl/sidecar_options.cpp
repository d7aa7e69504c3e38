#include "app/ctl/sidecar_options.h"

#include "app/ctl/resource_files.h"
#include "backend/codec/go_duration.h"
#include "backend/sidecar/dataplane_template.h"

#include <QFileInfo>

#include <charconv>
#include <cstdlib>

namespace meshscope::ctl {

namespace {

constexpr std::int64_t kLongest = 86'400'000;  // milliseconds; no time here is more than a day

std::string environment(const char *name)
{
    const char *value = std::getenv(name);
    return value ? value : std::string();
}

// A time like 30s, in milliseconds.
Result<int> milliseconds(const std::string &text, const std::string &where)
{
    const auto nanoseconds = goDurationFrom(text);
    if (!nanoseconds || *nanoseconds < 0 || *nanoseconds / 1'000'000 > kLongest)
        return fail(Error::Code::Invalid, where + " must be a time like 30s, at most a day");
    return static_cast<int>(*nanoseconds / 1'000'000);
}

Result<void> takeTime(const char *variable, int &target)
{
    const std::string text = environment(variable);
    if (text.empty())
        return {};
    const auto time = milliseconds(text, variable);
    if (!time)
        return fail(time.error());
    target = *time;
    return {};
}

Result<void> takeNumber(const char *variable, std::uint64_t most, std::uint64_t &target)
{
    const std::string text = environment(variable);
    if (text.empty())
        return {};
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > most)
        return fail(Error::Code::Invalid, std::string(variable) + " must be a number from 0 to "
                                              + std::to_string(most) + ", not \"" + text + '"');
    target = value;
    return {};
}

Result<void> takeFlag(const char *variable, bool &target)
{
    const std::string text = environment(variable);
    if (text.empty())
        return {};
    target = text == "true" || text == "1";
    if (!target && text != "false" && text != "0")
        return fail(Error::Code::Invalid,
                    std::string(variable) + " must be true or false, not \"" + text + '"');
    return {};
}

// kuma-dp takes the environment for what has no flag.
Result<void> takeEnvironment(SidecarSpec &spec)
{
    std::uint64_t readiness = static_cast<std::uint64_t>(spec.readinessPort);
    constexpr std::uint64_t kAnyNumber = ~std::uint64_t{0} >> 1;
    std::uint64_t memory = 0;
    for (const auto &done :
         {takeTime("KUMA_CONTROL_PLANE_RETRY_BACKOFF", spec.retryPause),
          takeTime("KUMA_CONTROL_PLANE_RETRY_MAX_DURATION", spec.retryTotal),
          takeTime("KUMA_DATAPLANE_RUNTIME_DYNAMIC_CONFIGURATION_REFRESH_INTERVAL", spec.refreshPause),
          takeNumber("KUMA_READINESS_PORT", 65535, readiness),
          takeNumber("KUMA_DATAPLANE_RESOURCES_MAX_MEMORY_BYTES", kAnyNumber, memory),
          takeFlag("KUMA_DATAPLANE_RUNTIME_IPV6_ENABLED", spec.ipv6Enabled)}) {
        if (!done)
            return done;
    }
    spec.readinessPort = static_cast<int>(readiness);
    spec.maxMemoryBytes = memory;
    spec.systemCaPath = QString::fromStdString(environment("KUMA_DATAPLANE_RUNTIME_DYNAMIC_SYSTEM_CA_PATH"));
    if (const auto folder = environment("KUMA_DATAPLANE_RUNTIME_SOCKET_DIR"); !folder.empty())
        spec.socketDir = QString::fromStdString(folder);
    return {};
}

Result<void> takeToken(const SidecarOptions &options, SidecarSpec &spec)
{
    if (options.token.empty() && options.tokenFile.empty())
        return {};
    auto text = options.token.empty() ? readFile(options.tokenFile) : Result<std::string>(options.token);
    auto token = text ? checkedToken(*text, options.tokenFile) : text;
    if (!token)
        return fail(token.error());
    spec.token = std::move(*token);
    if (options.token.empty())
        spec.tokenFile = QFileInfo(QString::fromStdString(options.tokenFile)).absoluteFilePath();
    return {};
}

Result<void> takeDataplane(const SidecarOptions &options, SidecarSpec &spec)
{
    if (options.dataplane.empty() && options.dataplaneFile.empty()) {
        std::string name = options.name;
        const std::string pod = environment("POD_NAME");
        if (name.empty() && !pod.empty())
            name = pod + '.' + environment("POD_NAMESPACE");
        if (name.empty())
            return fail(Error::Code::Invalid,
                        "give --name (and --mesh), or a Dataplane with --dataplane-file");
        spec.dataplane = {options.mesh.empty() ? "default" : options.mesh, name};
        return {};
    }
    if (!options.name.empty() || !options.mesh.empty())
        return fail(Error::Code::Invalid, "--name and --mesh are read from the Dataplane when one is given");
    const bool isInline = !options.dataplane.empty();
    const auto text = isInline ? Result<std::string>(options.dataplane) : readFile(options.dataplaneFile);
    if (!text)
        return fail(text.error());
    const auto variables = templateVariables(options.variables);
    if (!variables)
        return fail(variables.error());
    auto given =
        readDataplane(*text, *variables, options.proxyType, isInline ? "--dataplane" : options.dataplaneFile);
    if (!given)
        return fail(given.error());
    spec.dataplane = given->key;
    spec.dataplaneResource = std::move(given->json);
    return {};
}

Result<void> takeDns(const SidecarOptions &options, SidecarSpec &spec)
{
    if (!options.dnsEnabled || options.proxyType != "dataplane")
        return {};
    auto &dns = spec.dns;
    dns.server = options.dnsServer == "coredns"    ? SidecarDns::CoreDns
                 : options.dnsServer == "embedded" ? SidecarDns::Embedded
                                                   : SidecarDns::Auto;
    dns.isEmbeddedProtocol = options.dnsProxyPort != 0;
    dns.port = dns.isEmbeddedProtocol ? options.dnsProxyPort : options.dnsPort;
    dns.envoyPort = options.dnsEnvoyPort;
    dns.metricsPort = options.dnsPrometheusPort;
    dns.logsQueries = options.dnsLogs;
    dns.configDir = QString::fromStdString(options.dnsConfigDir);
    dns.coreDnsPath = QString::fromStdString(options.coreDnsPath);
    if (options.corefileTemplate.empty())
        return {};
    const auto text = readFile(options.corefileTemplate);
    if (!text)
        return fail(text.error());
    dns.corefileTemplate = QString::fromStdString(*text);
    return {};
}

}  // namespace

void addSidecarOptions(CLI::App &command, SidecarOptions &options)
{
    const CLI::Range port(0, 65535);
    const auto add = [&command](const char *flag, auto &value, const char *variable, const char *text) {
        auto *option = command.add_option(flag, value, text);
        if (*variable != '\0')
            option->envname(variable);
        return option;
    };
    const auto flag = [&command](const char *name, bool &value, const char *variable, const char *text) {
        // --name, --name=false, and true or false in the environment, as Go's flags have it.
        return command.add_option(name, value, text)->envname(variable)->expected(0, 1)->default_str("true");
    };
    add("--cp-address", options.controlPlane, "KUMA_CONTROL_PLANE_URL",
        "URL of the control plane's dp-server")
        ->capture_default_str();
    add("--ca-cert-file", options.caFile, "KUMA_CONTROL_PLANE_CA_CERT_FILE",
        "PEM file of the CA that signed its certificate");
    flag("--skip-verify", options.skipVerify, "KUMA_CONTROL_PLANE_TLS_SKIP_VERIFY",
         "Do not verify its certificate when no CA is given");
    add("--name", options.name, "KUMA_DATAPLANE_NAME", "Name of the Dataplane");
    add("--mesh", options.mesh, "KUMA_DATAPLANE_MESH", "Mesh of the Dataplane");
    add("--proxy-type", options.proxyType, "KUMA_DATAPLANE_PROXY_TYPE", "dataplane, ingress or egress")
        ->check(CLI::IsMember({"dataplane", "ingress", "egress"}))
        ->capture_default_str();
    add("--drain-time", options.drainTime, "KUMA_DATAPLANE_DRAIN_TIME",
        "Time for running requests to finish at the end")
        ->capture_default_str();
    add("--dataplane", options.dataplane, "KUMA_DATAPLANE_RUNTIME_RESOURCE", "The Dataplane itself, as YAML");
    add("--dataplane-file,-d", options.dataplaneFile, "KUMA_DATAPLANE_RUNTIME_RESOURCE_PATH",
        "File with the Dataplane; - is standard input");
    add("--dataplane-var,-v", options.variables, "",
        "NAME=VALUE for {{ NAME }} in the Dataplane; may be given several times")
        ->expected(1)
        ->take_all();
    add("--dataplane-token-file", options.tokenFile, "KUMA_DATAPLANE_RUNTIME_TOKEN_PATH",
        "File with its token");
    add("--dataplane-token", options.token, "KUMA_DATAPLANE_RUNTIME_TOKEN", "Its token");
    add("--binary-path", options.binaryPath, "KUMA_DATAPLANE_RUNTIME_BINARY_PATH",
        "Envoy; otherwise it is looked for");
    add("--concurrency", options.concurrency, "KUMA_DATAPLANE_RUNTIME_CONCURRENCY",
        "Envoy's worker threads; 0 = one for each CPU");
    add("--work-dir", options.workDir, "KUMA_DATAPLANE_RUNTIME_WORK_DIR",
        "Where bootstrap.yaml and the Unix sockets go (Kuma 2.14 and later)")
        ->check(CLI::ExistingDirectory);
    add("--config-dir", options.configDir, "KUMA_DATAPLANE_RUNTIME_CONFIG_DIR",
        "Where bootstrap.yaml goes; otherwise a folder of its own that goes at the end")
        ->check(CLI::ExistingDirectory);
    add("--envoy-log-level", options.envoyLogLevel, "KUMA_DATAPLANE_RUNTIME_ENVOY_LOG_LEVEL",
        "trace, debug, info, warning, error, critical, off; otherwise that of --log-level")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "warn", "error", "critical", "off"}));
    add("--envoy-component-log-level", options.envoyComponentLogLevel,
        "KUMA_DATAPLANE_RUNTIME_ENVOY_COMPONENT_LOG_LEVEL", "upstream:debug,connection:trace");
    add("--metrics-cert-path", options.metricsCertPath, "KUMA_DATAPLANE_RUNTIME_METRICS_CERT_PATH",
        "Certificate of the metrics listener");
    add("--metrics-key-path", options.metricsKeyPath, "KUMA_DATAPLANE_RUNTIME_METRICS_KEY_PATH", "Its key");
    flag("--dns-enabled", options.dnsEnabled, "KUMA_DNS_ENABLED", "Serve names like backend.mesh");
    add("--dns-envoy-port", options.dnsEnvoyPort, "KUMA_DNS_ENVOY_DNS_PORT", "Of Envoy's DNS filter")
        ->check(port)
        ->capture_default_str();
    add("--dns-coredns-port", options.dnsPort, "KUMA_DNS_CORE_DNS_PORT", "Where applications ask for names")
        ->check(port)
        ->capture_default_str();
    add("--dns-coredns-path", options.coreDnsPath, "KUMA_DNS_CORE_DNS_BINARY_PATH",
        "CoreDNS; otherwise it is looked for");
    add("--dns-coredns-config-template-path", options.corefileTemplate,
        "KUMA_DNS_CORE_DNS_CONFIG_TEMPLATE_PATH", "Template of the Corefile");
    add("--dns-server-config-dir", options.dnsConfigDir, "KUMA_DNS_CONFIG_DIR",
        "Where the Corefile goes; otherwise beside bootstrap.yaml")
        ->check(CLI::ExistingDirectory);
    add("--dns-prometheus-port", options.dnsPrometheusPort, "KUMA_DNS_PROMETHEUS_PORT",
        "Of CoreDNS's metrics; 0 = none")
        ->check(port)
        ->capture_default_str();
    flag("--dns-enable-logging", options.dnsLogs, "KUMA_DNS_ENABLE_LOGGING", "Log each question");
    add("--dns-proxy-port", options.dnsProxyPort, "KUMA_DNS_PROXY_PORT",
        "Names as records from the control plane, Kuma 2.11 and later, on this port")
        ->check(port);
    add("--log-level", options.logLevel, "", "off, info or debug: of the launcher itself")
        ->check(CLI::IsMember({"off", "info", "debug"}))
        ->capture_default_str();
    add("--dns-server", options.dnsServer, "", "auto, coredns or embedded (the resolver of Meshscope)")
        ->check(CLI::IsMember({"auto", "coredns", "embedded"}))
        ->capture_default_str();
    add("--restart", options.restart, "", "never, or on-failure: after 5 s, doubled up to a minute")
        ->check(CLI::IsMember({"never", "on-failure"}))
        ->capture_default_str();
    command.add_flag(
        "--strict-ports", options.strictPorts,
        "Fail when a readiness or DNS port is taken, as kuma-dp does; otherwise a free one is used");
}

Result<SidecarSpec> sidecarSpec(const SidecarOptions &options)
{
    SidecarSpec spec;
    spec.controlPlane = QUrl(QString::fromStdString(options.controlPlane), QUrl::StrictMode);
    spec.skipVerify = options.skipVerify;
    spec.proxyType = QString::fromStdString(options.proxyType);
    spec.concurrency = static_cast<int>(options.concurrency);
    spec.envoyPath = QString::fromStdString(options.binaryPath);
    spec.configDir = QString::fromStdString(options.configDir.empty() ? options.workDir : options.configDir);
    spec.socketDir = QString::fromStdString(options.workDir);
    spec.envoyLogLevel =
        QString::fromStdString(options.envoyLogLevel.empty() ? options.logLevel : options.envoyLogLevel);
    spec.envoyComponentLogLevel = QString::fromStdString(options.envoyComponentLogLevel);
    spec.metricsCertPath = QString::fromStdString(options.metricsCertPath);
    spec.metricsKeyPath = QString::fromStdString(options.metricsKeyPath);
    spec.portsMayMove = !options.strictPorts;
    spec.restart = options.restart == "on-failure" ? SidecarRestart::OnFailure : SidecarRestart::Never;
    // Beside others on this machine kuma-dp's own port is soon in the way: the next proxy's admin is often on
    // it.
    spec.readinessPort = options.strictPorts ? 9902 : kAnyFreePort;
    const auto drain = milliseconds(options.drainTime, "--drain-time");
    if (!drain)
        return fail(drain.error());
    spec.drainMilliseconds = *drain;

    spec.caCertificate = environment("KUMA_CONTROL_PLANE_CA_CERT");  // wins over the file
    if (spec.caCertificate.empty() && !options.caFile.empty()) {
        auto pem = readFile(options.caFile);
        if (!pem)
            return fail(pem.error());
        spec.caCertificate = std::move(*pem);
    }
    for (const auto &done : {takeEnvironment(spec), takeToken(options, spec), takeDataplane(options, spec),
                             takeDns(options, spec)}) {
        if (!done)
            return fail(done.error());
    }
    return spec;
}

}  // namespace meshscope::ctl
