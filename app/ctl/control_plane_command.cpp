// meshscopectl control-plane run: the sandbox without a window.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/resource_files.h"
#include "app/ctl/stop_signals.h"
#include "app/support/sample_mesh.h"
#include "backend/control/sandbox.h"

#include <iostream>
#include <memory>
#include <mutex>

namespace meshscope::ctl {

namespace {

struct Options {
    std::string api = "127.0.0.1:5681";
    std::string dp = "127.0.0.1:5678";
    std::string xds = "127.0.0.1:5679";
    std::string store = "memory";
    std::string folder;
    std::string sample;
    bool freePorts = false;
    bool verbose = false;
};

Result<SandboxOptions> sandboxOptions(const Options &options)
{
    SandboxOptions result;
    const auto take = [](const std::string &text, std::string &address, std::uint16_t &port) -> Result<void> {
        auto parsed = parseHostPort(text);
        if (!parsed)
            return fail(parsed.error());
        address = parsed->host;
        port = parsed->port;
        return {};
    };
    if (auto done = take(options.api, result.apiAddress, result.apiPort); !done)
        return fail(done.error());
    if (auto done = take(options.dp, result.dpAddress, result.dpPort); !done)
        return fail(done.error());
    if (auto done = take(options.xds, result.xdsAddress, result.xdsPort); !done)
        return fail(done.error());
    if (options.freePorts)
        result.apiPort = result.dpPort = result.xdsPort = 0;
    if (options.store != "memory")
        result.storeFile = options.store;
    auto mutex = std::make_shared<std::mutex>();
    result.log = [mutex, verbose = options.verbose](int level, const std::string &line) {
        static const char *const kNames[] = {"debug", "info", "warning"};
        if (level == 0 && !verbose)
            return;
        const std::lock_guard lock(*mutex);
        std::cerr << kNames[std::clamp(level, 0, 2)] << ": " << line << std::endl;
    };
    return result;
}

Result<void> applySample(Sandbox &sandbox, const Options &options)
{
    const auto sample = loadSample(QString::fromStdString(options.sample),
                                   options.freePorts ? SamplePorts::AnyFree : SamplePorts::AsWritten);
    if (!sample)
        return fail(sample.error());
    for (const auto &[wished, used] : sample->movedPorts)
        std::cerr << "info: port " << wished << " of the sample is " << used << " here" << std::endl;
    for (const auto &resource : sample->resources) {
        if (auto done = sandbox.apply(resource); !done)
            return done;
    }
    return {};
}

Result<void> applyFolder(Sandbox &sandbox, const std::string &folder)
{
    auto resources = loadFolder(folder);
    if (!resources)
        return fail(resources.error());
    // Meshes first: what is in them needs them, whatever the files are called.
    std::stable_partition(resources->begin(), resources->end(),
                          [](const auto &one) { return one.type == "Mesh"; });
    for (const auto &resource : *resources) {
        if (auto done = sandbox.apply(resource.json); !done)
            return fail(done.error().code, resource.where + ": " + done.error().what, done.error().where);
    }
    return {};
}

int runControlPlane(const Options &options)
{
    const auto settings = sandboxOptions(options);
    if (!settings)
        return complain(kUsage, settings.error());
    StopSignals signalled;
    auto sandbox = Sandbox::start(*settings);
    if (!sandbox)
        return complain(kRefused, sandbox.error());
    if (!options.sample.empty()) {
        if (auto done = applySample(**sandbox, options); !done)
            return complain(done.error().code == Error::Code::NotFound ? kUsage : kRefused, done.error());
    }
    if (!options.folder.empty()) {
        if (auto done = applyFolder(**sandbox, options.folder); !done)
            return complain(done.error().code == Error::Code::NotFound ? kUsage : kRefused, done.error());
    }
    const auto &addresses = (*sandbox)->addresses();
    std::cout << JsonValue{{"api", addresses.api}, {"dp", addresses.dp}, {"xds", addresses.xds}}.dump()
              << std::endl;
    signalled.take();
    return kDone;
}

}  // namespace

void addControlPlane(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *group = app.add_subcommand("control-plane", "The sandbox: a Kuma control plane on this machine");
    group->require_subcommand(1);
    auto *command =
        group->add_subcommand("run", "Run it until SIGTERM; prints its addresses as JSON when it is ready");
    command->add_option("--api", options->api, "ADDR:PORT of the HTTP API; port 0 = any free one")
        ->capture_default_str();
    command->add_option("--dp", options->dp, "ADDR:PORT of the dp-server (bootstrap)")->capture_default_str();
    command->add_option("--xds", options->xds, "ADDR:PORT of xDS")->capture_default_str();
    command->add_option("--store", options->store, "\"memory\", or a file that keeps the resources")
        ->capture_default_str();
    command->add_option("--load", options->folder,
                        "Apply the resources of this folder's *.yaml, *.yml, *.json files");
    command->add_option("--sample", options->sample,
                        "Apply a sample mesh: " + sampleNames().join(u", ").toStdString());
    command->add_flag("--free-ports", options->freePorts, "Use any free ports for it and for the sample");
    command->add_flag("--verbose", options->verbose, "Log the traffic too");
    command->callback([options, &run] { run = [options] { return runControlPlane(*options); }; });
}

}  // namespace meshscope::ctl
