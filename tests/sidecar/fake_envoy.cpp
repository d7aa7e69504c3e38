// Behaves like Envoy as far as the launcher can see: --version, an admin interface where the bootstrap says,
// log lines, SIGTERM, and status 3 after POST /end on its admin interface. FAKE_ENVOY in the environment asks
// for a fault; several are separated by commas:
//   exit-at-once      ends with Envoy's words about a port in use
//   bad-bootstrap     ends with Envoy's words about a bootstrap that it does not take
//   ignore-sigterm    only SIGKILL ends it
//   flood             writes 100 MB of log lines
//   never-ready       /ready says 503
//   wrong-version     --version says something else
//   token-rejected    logs what Envoy logs then
//   nack              logs what Envoy logs when it refuses a listener
#include <httplib.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>

namespace {

bool has(const char *fault)
{
    const char *faults = std::getenv("FAKE_ENVOY");
    return faults
           && ("," + std::string(faults) + ",").find("," + std::string(fault) + ",") != std::string::npos;
}

void log(const std::string &level, const std::string &text)
{
    std::cerr << "[2026-11-23 18:10:30.602][1][" + level + "][main] [source/server/server.cc:1] " + text
                     + '\n';
}

int die(const std::string &words)
{
    log("critical", "error `" + words + "` initializing config 'bootstrap.yaml'");
    log("info", "exiting");
    std::cerr << words << '\n';
    return 1;
}

void flood()
{
    const std::string line(199, 'x');
    std::string block;
    for (int i = 0; i < 500; ++i)
        block += line + '\n';
    for (int written = 0; written < 1000; ++written)
        std::cerr << block;
    log("info", "the flood is over");
}

}  // namespace

int main(int argc, char **argv)
{
    std::string config;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--version") {
            std::cout << '\n'
                      << argv[0]
                      << (has("wrong-version") ? "  2.0 of something else"
                                               : "  version: 6eb0d2d/9.8.7/Clean/RELEASE/BoringSSL")
                      << "\n\n";
            return 0;
        }
        if (std::string(argv[i]) == "--config-path" && i + 1 < argc)
            config = argv[i + 1];
    }
    std::string arguments;
    for (int i = 1; i < argc; ++i)
        arguments += std::string(i > 1 ? " " : "") + argv[i];
    log("info", "arguments: " + arguments);
    if (has("ignore-sigterm"))
        std::signal(SIGTERM, SIG_IGN);

    std::ifstream file(config);
    const std::string bootstrap{std::istreambuf_iterator<char>(file), {}};
    // Of the admin address, however it is written: portValue: 9901, or "portValue": 9901.
    const auto found =
        bootstrap.find_first_of("0123456789", bootstrap.find("portValue", bootstrap.find("admin")));
    const int port = bootstrap.find("portValue") == std::string::npos || found == std::string::npos
                         ? 0
                         : std::atoi(bootstrap.c_str() + found);
    // An admin interface on a Unix socket: "pipe: {path: /x/y.sock}".
    std::string pipe;
    if (const auto at = bootstrap.find("path: "); bootstrap.find("pipe:") != std::string::npos)
        pipe = bootstrap.substr(at + 6, bootstrap.find_first_of("}\n", at) - at - 6);
    if (port == 0 && pipe.empty())
        return die("Unable to parse file: no admin address");
    const std::string taken = "cannot bind '127.0.0.1:" + std::to_string(port) + "': Address already in use";
    if (has("exit-at-once"))
        return die(taken);
    if (has("bad-bootstrap"))
        return die("Protobuf message (type envoy.config.bootstrap.v3.Bootstrap) has unknown fields");
    if (has("token-rejected"))
        log("warning", "StreamAggregatedResources gRPC config stream to ads_cluster closed since 1s ago: 16, "
                       "authentication failed: token is revoked");
    if (has("nack"))
        log("warning",
            "gRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error "
            "adding/updating listener(s) inbound:127.0.0.1:80: cannot bind '127.0.0.1:80': Permission "
            "denied");
    std::thread flooding;
    if (has("flood"))
        flooding = std::thread(flood);

    httplib::Server admin;
    admin.set_socket_options([](socket_t socket) {  // as Envoy; the library's own choice is SO_REUSEPORT
        const int yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    admin.Get("/ready", [](const auto &, auto &response) {
        response.status = has("never-ready") ? 503 : 200;
        response.set_content(has("never-ready") ? "PRE_INITIALIZING\n" : "LIVE\n", "text/plain");
    });
    admin.Get("/stats", [](const auto &, auto &response) {
        response.set_content(
            "listener_manager.total_listeners_warming: 0\nlistener_manager.workers_started: 1\n",
            "text/plain");
    });
    admin.Post("/healthcheck/fail", [](const auto &, auto &response) {
        log("info", "told to drain");
        response.set_content("OK\n", "text/plain");
    });
    admin.Post("/drain_listeners", [](const auto &request, auto &response) {
        log("info", "told to drain listeners: " + request.target);
        response.set_content("OK\n", "text/plain");
    });
    admin.Post("/logging", [](const auto &request, auto &response) {
        log("info", "told to log: " + request.target);
        response.set_content("active loggers:\n", "text/plain");
    });
    admin.Post("/end", [](const auto &, auto &) {
        log("critical", "told to end");
        std::_Exit(3);
    });
    if (!pipe.empty())
        admin.set_address_family(AF_UNIX);
    const bool listened = pipe.empty() ? admin.listen("127.0.0.1", port) : admin.listen(pipe, 80);
    if (flooding.joinable())
        flooding.join();
    return listened ? 0 : die(taken);
}
