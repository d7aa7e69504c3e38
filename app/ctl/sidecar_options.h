// The flags and the environment of `kuma-dp run` (fact sheet §1.1), and the sidecar that they describe.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/core/result.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace meshscope::ctl {

struct SidecarOptions {
    std::string controlPlane = "https://localhost:5678";
    std::string caFile;
    bool skipVerify = false;
    std::string name;
    std::string mesh;
    std::string proxyType = "dataplane";
    std::string drainTime = "30s";
    std::string dataplane;
    std::string dataplaneFile;
    std::vector<std::string> variables;
    std::string tokenFile;
    std::string token;
    std::string binaryPath;
    std::uint32_t concurrency = 0;
    std::string configDir;
    std::string workDir;
    std::string envoyLogLevel;
    std::string envoyComponentLogLevel;
    std::string metricsCertPath;
    std::string metricsKeyPath;
    bool dnsEnabled = true;
    int dnsEnvoyPort = 15054;
    int dnsPort = 15053;
    int dnsPrometheusPort = 19153;
    int dnsProxyPort = 0;
    std::string coreDnsPath;
    std::string corefileTemplate;
    std::string dnsConfigDir;
    bool dnsLogs = false;
    std::string dnsServer = "auto";
    std::string logLevel = "info";
    // Not of kuma-dp.
    std::string restart = "never";
    bool strictPorts = false;
};

// Adds them with kuma-dp's names, defaults and environment variables.
void addSidecarOptions(CLI::App &command, SidecarOptions &options);

// Also reads what kuma-dp takes from the environment only. Errors name the flag or the variable.
Result<SidecarSpec> sidecarSpec(const SidecarOptions &options);

}  // namespace meshscope::ctl
