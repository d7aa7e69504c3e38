// meshscopectl workload: a small real application to stand behind a proxy. It answers every request with its
// name on the first line, then with what it was asked.
#include "app/ctl/command.h"

#include <httplib.h>

#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

// Each kept-alive connection holds a thread of cpp-httplib; Envoy keeps one for each of its worker threads.
constexpr std::size_t kThreads = 32;
constexpr std::size_t kRequestsPerConnection = 1'000'000;
constexpr time_t kIdleSeconds = 60;

struct Options {
    std::string listen = "127.0.0.1:0";
    std::string name;
};

std::string answerTo(const std::string &name, const httplib::Request &request)
{
    std::string body = name + '\n' + request.method + ' ' + request.target + '\n';
    for (const auto &[key, value] : request.headers) {
        // Put in by cpp-httplib, not sent by anybody.
        if (key.rfind("REMOTE_", 0) != 0 && key.rfind("LOCAL_", 0) != 0)
            body += key + ": " + value + '\n';
    }
    return body;
}

int serve(const Options &options)
{
    const auto address = parseHostPort(options.listen);
    if (!address)
        return complain(kUsage, address.error());
    httplib::Server server;
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_keep_alive_max_count(kRequestsPerConnection);
    server.set_keep_alive_timeout(kIdleSeconds);
    server.set_tcp_nodelay(true);
    // Not the library's default, which sets SO_REUSEPORT: a second one on the same port must fail, not share
    // it.
    server.set_socket_options([](socket_t socket) {
        const int yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    const auto handler = [&options](const httplib::Request &request, httplib::Response &response) {
        response.set_content(answerTo(options.name, request), "text/plain; charset=utf-8");
    };
    server.Get(".*", handler);
    server.Post(".*", handler);
    server.Put(".*", handler);
    server.Patch(".*", handler);
    server.Delete(".*", handler);
    server.Options(".*", handler);
    int port = address->port;
    if (port == 0)
        port = server.bind_to_any_port(address->host);
    else if (!server.bind_to_port(address->host, port))
        port = -1;
    if (port < 0)
        return complain(kRefused,
                        options.name + " cannot listen on " + options.listen + ": " + std::strerror(errno));
    std::cout << options.name << " listens on " << address->host << ':' << port << std::endl;
    return server.listen_after_bind() ? kDone : kRefused;
}

}  // namespace

void addWorkload(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *command = app.add_subcommand("workload", "A small HTTP application that answers with its name");
    command->add_option("--listen", options->listen, "ADDR:PORT; port 0 = any free one")
        ->capture_default_str();
    command->add_option("--name", options->name, "What it answers")->required();
    command->callback([options, &run] { run = [options] { return serve(*options); }; });
}

}  // namespace meshscope::ctl
