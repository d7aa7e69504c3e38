// One listening port: cpp-httplib parses and writes HTTP/1.1, a handler answers, on a pool of threads of its
// own.
#pragma once

#include "backend/control/http_message.h"
#include "backend/core/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace meshscope::control {

struct HttpServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;           // 0 = any free one
    std::string purpose;              // "the API"; for the error when the port is taken
    std::shared_ptr<ssl_ctx_st> tls;  // null = plain HTTP
    std::size_t connections = 64;     // served at one time; more wait. An idle one holds a thread, not a CPU
    std::size_t maxBodyBytes = 16u << 20;
};

class HttpServer
{
public:
    using Handler =
        std::function<HttpResponse(const HttpRequest &)>;  // called from several threads at one time

    // Takes the port; callers wait until serve(). Conflict when it is taken; `where` is ADDR:PORT.
    static Result<std::unique_ptr<HttpServer>> bind(const HttpServerOptions &options);
    // Closes every connection, also those in the middle of a request, and waits for their threads.
    ~HttpServer();

    void serve(Handler handler);  // once
    std::uint16_t port() const;

private:
    class Listener;
    explicit HttpServer(std::unique_ptr<Listener> listener);
    std::unique_ptr<Listener> m_listener;
};

}  // namespace meshscope::control
