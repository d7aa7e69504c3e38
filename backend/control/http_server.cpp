// cpp-httplib's own connection loop wakes a hundred times a second for each idle connection, cannot be
// interrupted by stop(), compresses whatever a client can decompress, and matches paths with std::regex,
// whose recursion a long path could turn into a stack overflow. Our loop keeps its parser and writer and
// replaces the rest: blocking sockets with time limits that stop() shuts down, and one handler whatever the
// path.
#include "backend/control/http_server.h"

#include <httplib.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <set>
#include <thread>

namespace meshscope::control {

namespace {

constexpr int kIdleMilliseconds = 30'000;  // a kept-alive connection without a request
constexpr int kTransferSeconds = 10;       // one read or write that does not move
constexpr std::size_t kRequestsPerConnection = 10'000;

// Carries the body's type past cpp-httplib, which would parse forms by itself. No client can send such a
// name.
constexpr char kContentType[] = "content type";

void setTimeLimits(int fd)
{
    const timeval limit{kTransferSeconds, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void addressOf(int fd, bool remote, std::string &ip, int &port)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto *address = reinterpret_cast<sockaddr *>(&storage);
    if ((remote ? ::getpeername(fd, address, &size) : ::getsockname(fd, address, &size)) != 0)
        return;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (storage.ss_family == AF_INET) {
        const auto *v4 = reinterpret_cast<const sockaddr_in *>(&storage);
        ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
        port = ntohs(v4->sin_port);
    } else if (storage.ss_family == AF_INET6) {
        const auto *v6 = reinterpret_cast<const sockaddr_in6 *>(&storage);
        ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
        port = ntohs(v6->sin6_port);
    }
    ip = text.data();
}

struct SslDeleter {
    void operator()(SSL *ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;

// One connection, plain or TLS, with a read buffer: cpp-httplib reads headers byte by byte.
class Connection final : public httplib::Stream
{
public:
    Connection(int fd, SSL *ssl)
        : m_fd(fd)
        , m_ssl(ssl)
    {}

    // False when the peer is gone, or nothing comes for too long.
    bool waitForRequest()
    {
        if (m_at < m_end || (m_ssl && SSL_pending(m_ssl) > 0))
            return true;
        pollfd waiting{m_fd, POLLIN, 0};
        return ::poll(&waiting, 1, kIdleMilliseconds) > 0 && fill();
    }

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }

    ssize_t read(char *target, size_t size) override
    {
        if (m_at == m_end && !fill())
            return m_closed ? 0 : -1;
        const auto count = std::min(size, m_end - m_at);
        std::memcpy(target, m_buffer.data() + m_at, count);
        m_at += count;
        return static_cast<ssize_t>(count);
    }

    ssize_t write(const char *source, size_t size) override
    {
        if (m_ssl)
            return SSL_write(m_ssl, source, static_cast<int>(std::min<size_t>(size, 1u << 30)));
        return ::send(m_fd, source, size, MSG_NOSIGNAL);
    }

    void get_remote_ip_and_port(std::string &ip, int &port) const override
    {
        addressOf(m_fd, true, ip, port);
    }
    void get_local_ip_and_port(std::string &ip, int &port) const override
    {
        addressOf(m_fd, false, ip, port);
    }
    socket_t socket() const override { return m_fd; }

private:
    bool fill()
    {
        const auto got = m_ssl ? SSL_read(m_ssl, m_buffer.data(), static_cast<int>(m_buffer.size()))
                               : ::recv(m_fd, m_buffer.data(), m_buffer.size(), 0);
        m_closed = got == 0;
        m_at = 0;
        m_end = got > 0 ? static_cast<std::size_t>(got) : 0;
        return got > 0;
    }

    int m_fd;
    SSL *m_ssl;
    bool m_closed = false;
    std::size_t m_at = 0;
    std::size_t m_end = 0;
    std::array<char, 16384> m_buffer;
};

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

bool carriesBody(const std::string &method)
{
    return method == "PUT" || method == "POST" || method == "PATCH" || method == "DELETE";
}

}  // namespace

class HttpServer::Listener final : public httplib::Server
{
public:
    explicit Listener(const HttpServerOptions &options)
        : m_tls(options.tls)
    {
        const auto answer = [this](const httplib::Request &request, httplib::Response &response) {
            serve(request, response);
        };
        Get("/", answer)
            .Post("/", answer)
            .Put("/", answer)
            .Patch("/", answer)
            .Delete("/", answer)
            .Options("/", answer);
        set_payload_max_length(options.maxBodyBytes);
        // Not SO_REUSEPORT, cpp-httplib's default: two control planes would share the port and each miss
        // requests.
        set_socket_options([](socket_t fd) {
            const int on = 1;
            ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        });
        new_task_queue = [count = options.connections] { return new httplib::ThreadPool(count); };
    }

    bool bind(const HttpServerOptions &options)
    {
        errno = 0;
        if (options.port != 0) {
            m_port = options.port;
            return bind_to_port(options.address, options.port);
        }
        const int port = bind_to_any_port(options.address);
        m_port = static_cast<std::uint16_t>(std::max(port, 0));
        return port > 0;
    }

    void start(HttpServer::Handler handler)
    {
        m_handler = std::move(handler);
        m_thread = std::thread([this] { listen_after_bind(); });
        while (!is_running())  // stop() does nothing before that
            std::this_thread::yield();
    }

    void finish()
    {
        if (!m_thread.joinable())
            return;
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
            for (const int fd : m_open)
                ::shutdown(fd, SHUT_RDWR);
        }
        stop();
        m_thread.join();
    }

    std::uint16_t port() const { return m_port; }

private:
    bool process_and_close_socket(socket_t fd) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_open.insert(fd);
            if (m_stopping)
                ::shutdown(fd, SHUT_RDWR);
        }
        setTimeLimits(fd);
        converse(fd);
        ::shutdown(fd, SHUT_RDWR);
        {
            const std::lock_guard lock(m_mutex);
            m_open.erase(fd);
        }
        ::close(fd);
        return true;
    }

    void converse(int fd)
    {
        SslPtr ssl;
        if (m_tls) {
            ssl.reset(SSL_new(m_tls.get()));
            if (!ssl || SSL_set_fd(ssl.get(), fd) != 1 || SSL_accept(ssl.get()) != 1)
                return;
        }
        Connection connection(fd, ssl.get());
        for (std::size_t i = 0; i < kRequestsPerConnection && connection.waitForRequest(); ++i) {
            bool closed = false;
            bool bodyLeft = false;
            const auto prepare = [&bodyLeft](httplib::Request &request) {
                request.path = "/";  // the target keeps what came
                request.headers.erase("Accept-Encoding");
                request.headers.erase("Range");
                request.ranges.clear();
                for (auto [at, end] = request.headers.equal_range("Content-Type"); at != end;) {
                    request.headers.emplace(kContentType, at->second);
                    at = request.headers.erase(at);
                }
                const bool sized =
                    request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
                if (!sized && carriesBody(request.method))
                    request.headers.emplace("Content-Length", "0");  // else it reads until the peer closes
                bodyLeft = sized && !carriesBody(request.method);
            };
            const bool last = i + 1 == kRequestsPerConnection;
            if (!process_request(connection, last, closed, prepare) || closed || bodyLeft)
                break;
        }
        if (ssl)
            SSL_shutdown(ssl.get());
    }

    void serve(const httplib::Request &from, httplib::Response &to)
    {
        HttpRequest request;
        request.method = from.method;
        request.target = from.target;
        request.body = from.body;
        request.peer = from.remote_addr;
        for (const auto &[name, value] : from.headers)
            request.headers.emplace(name == kContentType ? "content-type" : lower(name), value);
        auto response = m_handler(request);
        to.status = response.status;
        for (const auto &[name, value] : response.headers)
            to.set_header(name, value);
        if (response.contentType.empty())
            to.body = std::move(response.body);
        else
            to.set_content(std::move(response.body), response.contentType);
    }

    HttpServer::Handler m_handler;
    std::shared_ptr<SSL_CTX> m_tls;
    std::uint16_t m_port = 0;
    std::thread m_thread;
    std::mutex m_mutex;
    std::set<int> m_open;
    bool m_stopping = false;
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener)
    : m_listener(std::move(listener))
{}

HttpServer::~HttpServer() { m_listener->finish(); }

std::uint16_t HttpServer::port() const { return m_listener->port(); }

void HttpServer::serve(Handler handler) { m_listener->start(std::move(handler)); }

Result<std::unique_ptr<HttpServer>> HttpServer::bind(const HttpServerOptions &options)
{
    auto listener = std::make_unique<Listener>(options);
    if (!listener->bind(options)) {
        const int reason = errno;
        const auto where = options.address + ":" + std::to_string(options.port);
        if (reason == EADDRINUSE) {
            return fail(Error::Code::Conflict,
                        "port " + std::to_string(options.port) + " for " + options.purpose + " is taken",
                        where);
        }
        return fail(Error::Code::Refused,
                    "cannot listen for " + options.purpose
                        + (reason ? std::string(": ") + std::strerror(reason) : ""),
                    where);
    }
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

}  // namespace meshscope::control
