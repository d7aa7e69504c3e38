// meshscopectl sidecar run: one sidecar in the foreground, with the flags and the environment of kuma-dp run
// (fact sheet §1.1), those of them that make sense here.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/resource_files.h"
#include "app/ctl/stop_signals.h"
#include "app/support/tools.h"
#include "backend/codec/go_duration.h"
#include "backend/codec/yaml_document.h"
#include "backend/sidecar/local_sidecar_host.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

using namespace Qt::StringLiterals;

struct Options {
    std::string controlPlane = "https://localhost:5678";
    std::string caFile;
    std::string caPem;
    bool skipVerify = false;
    std::string name;
    std::string mesh;
    std::string dataplaneFile;
    std::string dataplane;
    std::string tokenFile;
    std::string token;
    std::string drainTime = "30s";
    std::string binaryPath;
    std::uint32_t concurrency = 0;
    std::string configDir;
    std::string logLevel = "info";
    bool dnsEnabled = true;
};

// Not empty, one line, the three parts of a JWT; as kuma-dp checks it. Never quoted in a message.
Result<std::string> checkedToken(std::string token, const std::string &where)
{
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r'))
        token.pop_back();
    if (token.empty())
        return fail(Error::Code::Invalid, "the dataplane token is empty", where);
    if (token.find_first_of(" \t\r\n") != std::string::npos)
        return fail(Error::Code::Invalid, "the dataplane token has a blank or a line break in it", where);
    if (std::count(token.begin(), token.end(), '.') != 2)
        return fail(Error::Code::Invalid, "the dataplane token is no JWT", where);
    return token;
}

// The document as JSON, and the key that it names.
Result<void> takeDataplane(const std::string &text, const std::string &where, SidecarSpec &spec)
{
    const auto document = YamlDocument::parse(text);
    if (!document)
        return fail(Error::Code::Invalid, where + ':' + std::to_string(document.error().position.line) + ": "
                                              + document.error().message);
    const auto json = JsonValue::parse(document->json(), nullptr, false);
    if (!json.is_object() || json.value("type", "") != "Dataplane")
        return fail(Error::Code::Invalid, where + " holds no resource of type Dataplane");
    spec.dataplane = {json.value("mesh", "default"), json.value("name", "")};
    if (spec.dataplane.name.empty())
        return fail(Error::Code::Invalid, "the Dataplane in " + where + " has no name");
    spec.dataplaneResource = json.dump();
    return {};
}

Result<SidecarSpec> specFrom(const Options &options)
{
    SidecarSpec spec;
    spec.controlPlane = QUrl(QString::fromStdString(options.controlPlane), QUrl::StrictMode);
    spec.skipVerify = options.skipVerify;
    spec.concurrency = static_cast<int>(options.concurrency);
    spec.envoyLogLevel = QString::fromStdString(options.logLevel);
    const auto drain = goDurationFrom(options.drainTime);
    if (!drain || *drain < 0 || *drain / 1'000'000 > 86'400'000)
        return fail(Error::Code::Invalid, "--drain-time must be a time like 30s, at most a day");
    spec.drainMilliseconds = static_cast<int>(*drain / 1'000'000);

    spec.caCertificate = options.caPem;
    if (spec.caCertificate.empty() && !options.caFile.empty()) {
        auto pem = readFile(options.caFile);
        if (!pem)
            return fail(pem.error());
        spec.caCertificate = std::move(*pem);
    }
    if (!options.token.empty() || !options.tokenFile.empty()) {
        auto text = options.token.empty() ? readFile(options.tokenFile) : Result<std::string>(options.token);
        auto token = text ? checkedToken(*text, options.tokenFile) : text;
        if (!token)
            return fail(token.error());
        spec.token = std::move(*token);
    }

    const bool isGiven = !options.dataplane.empty() || !options.dataplaneFile.empty();
    if (!isGiven) {
        if (options.name.empty())
            return fail(Error::Code::Invalid,
                        "give --name (and --mesh), or a Dataplane with --dataplane-file");
        spec.dataplane = {options.mesh.empty() ? "default" : options.mesh, options.name};
        return spec;
    }
    if (!options.name.empty() || !options.mesh.empty())
        return fail(Error::Code::Invalid, "--name and --mesh are read from the Dataplane when one is given");
    const auto text =
        options.dataplane.empty() ? readFile(options.dataplaneFile) : Result<std::string>(options.dataplane);
    if (!text)
        return fail(text.error());
    if (auto done =
            takeDataplane(*text, options.dataplane.empty() ? options.dataplaneFile : "--dataplane", spec);
        !done)
        return fail(done.error());
    return spec;
}

void print(const SidecarLogLine &line)
{
    static const char *const kOrigins[] = {"launcher", "envoy", "workload"};
    static const char *const kLevels[] = {"debug", "info", "warning", "error"};
    const auto text = line.time.toString(Qt::ISODateWithMs).toStdString() + ' '
                      + kLevels[static_cast<int>(line.level)] + ' ' + kOrigins[static_cast<int>(line.origin)]
                      + ": " + line.text.toStdString() + '\n';
    std::cerr << text;
}

// Returns the exit code once it has ended, else nothing.
std::optional<int> react(const SidecarStatus &status, SidecarStatus &before)
{
    const bool entered = before.phase != status.phase;
    if (before.detail != status.detail && status.phase == SidecarPhase::Ready)
        std::cerr << "meshscopectl: "
                  << (status.detail.isEmpty() ? u"all is well again"_s : status.detail).toStdString()
                  << std::endl;
    before = status;
    switch (status.phase) {
    case SidecarPhase::Ready:
        if (entered)
            std::cout << JsonValue{{"name", status.key.name},
                                   {"mesh", status.key.mesh},
                                   {"admin", status.admin.toString().toStdString()},
                                   {"envoyPid", status.envoyPid}}
                             .dump()
                      << std::endl;
        return std::nullopt;
    case SidecarPhase::Stopped:
        return kDone;
    case SidecarPhase::Failed:
        return complain(kRefused, status.failure->what + ". " + status.advice.toStdString());
    default:
        return std::nullopt;
    }
}

int runSidecar(const Options &options)
{
    const auto spec = specFrom(options);
    if (!spec)
        return complain(kUsage, spec.error());
    if (options.dnsEnabled)
        std::cerr << "meshscopectl: DNS is not served by this launcher yet; names like backend.mesh are not "
                     "resolved"
                  << std::endl;
    StopSignals signalled;
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    SidecarHostOptions hostOptions;
    hostOptions.envoy = envoySearch();
    if (!options.binaryPath.empty())
        hostOptions.envoy.named = QString::fromStdString(options.binaryPath);
    hostOptions.baseFolder = QString::fromStdString(options.configDir);
    LocalSidecarHost host(hostOptions);
    QObject::connect(&host, &SidecarHost::logAppended, print);
    SidecarStatus before;
    QObject::connect(&host, &SidecarHost::sidecarChanged, &host, [&before](const SidecarStatus &status) {
        if (const auto code = react(status, before))
            QCoreApplication::exit(*code);
    });
    // The first signal drains, the second ends, the third kills.
    QSocketNotifier notifier(signalled.descriptor(), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &host, [&] {
        signalled.take();
        host.stop(spec->dataplane);
    });
    if (const auto started = host.start(*spec); !started)
        return complain(kUsage, started.error());
    return QCoreApplication::exec();
}

}  // namespace

void addSidecar(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *group = app.add_subcommand("sidecar", "Proxies on this machine, as kuma-dp runs them");
    group->require_subcommand(1);
    auto *command =
        group->add_subcommand("run", "Run one in the foreground; SIGTERM drains it, a second one ends it");
    command->add_option("--cp-address", options->controlPlane, "URL of the control plane's dp-server")
        ->envname("KUMA_CONTROL_PLANE_URL")
        ->capture_default_str();
    command->add_option("--ca-cert-file", options->caFile, "PEM file of the CA that signed its certificate")
        ->envname("KUMA_CONTROL_PLANE_CA_CERT_FILE");
    if (const char *pem = std::getenv("KUMA_CONTROL_PLANE_CA_CERT"))
        options->caPem = pem;
    command
        ->add_flag("--skip-verify", options->skipVerify, "Do not verify its certificate when no CA is given")
        ->envname("KUMA_CONTROL_PLANE_TLS_SKIP_VERIFY");
    command->add_option("--name", options->name, "Name of the Dataplane")->envname("KUMA_DATAPLANE_NAME");
    command->add_option("--mesh", options->mesh, "Mesh of the Dataplane")->envname("KUMA_DATAPLANE_MESH");
    command
        ->add_option("--dataplane-file,-d", options->dataplaneFile,
                     "File with the Dataplane; - is standard input")
        ->envname("KUMA_DATAPLANE_RUNTIME_RESOURCE_PATH");
    command->add_option("--dataplane", options->dataplane, "The Dataplane itself, as YAML")
        ->envname("KUMA_DATAPLANE_RUNTIME_RESOURCE");
    command->add_option("--dataplane-token-file", options->tokenFile, "File with its token")
        ->envname("KUMA_DATAPLANE_RUNTIME_TOKEN_PATH");
    command->add_option("--dataplane-token", options->token, "Its token")
        ->envname("KUMA_DATAPLANE_RUNTIME_TOKEN");
    command->add_option("--drain-time", options->drainTime, "Time for running requests to finish at the end")
        ->envname("KUMA_DATAPLANE_DRAIN_TIME")
        ->capture_default_str();
    command->add_option("--binary-path", options->binaryPath, "Envoy; otherwise it is looked for")
        ->envname("KUMA_DATAPLANE_RUNTIME_BINARY_PATH");
    command->add_option("--concurrency", options->concurrency, "Envoy's worker threads; 0 = one for each CPU")
        ->envname("KUMA_DATAPLANE_RUNTIME_CONCURRENCY");
    command->add_option("--config-dir", options->configDir, "Where the sidecar's own directory is made")
        ->envname("KUMA_DATAPLANE_RUNTIME_CONFIG_DIR")
        ->check(CLI::ExistingDirectory);
    command
        ->add_option("--envoy-log-level", options->logLevel,
                     "trace, debug, info, warning, error, critical, off")
        ->envname("KUMA_DATAPLANE_RUNTIME_ENVOY_LOG_LEVEL")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "warn", "error", "critical", "off"}))
        ->capture_default_str();
    command
        ->add_option("--dns-enabled", options->dnsEnabled, "Taken as kuma-dp takes it; DNS is not served yet")
        ->envname("KUMA_DNS_ENABLED")
        ->expected(0, 1)
        ->default_str("true");
    command->callback([options, &run] { run = [options] { return runSidecar(*options); }; });
}

}  // namespace meshscope::ctl
