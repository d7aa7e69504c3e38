#include "backend/sidecar/local_server.h"

#include <QFile>

#include <httplib.h>

#include <thread>

namespace meshscope {

struct LocalServer::Server {
    httplib::Server http;
    Handler handler;
    std::thread thread;
    quint16 port = 0;
    QString socketPath;

    void begin()
    {
        thread = std::thread([this] { http.listen_after_bind(); });
        while (!http.is_running())  // stop() does nothing before that
            std::this_thread::yield();
    }
};

namespace {

constexpr int kKeepAliveSeconds = 2;  // an idle connection holds the one thread for answers

// The library closes what it could not bind, and errno with it; this is the usual reason by far.
tl::unexpected<Error> notBound(const QString &where)
{
    return fail(Error::Code::Conflict, "cannot listen on " + where.toStdString());
}

bool isSame(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string LocalRequest::header(std::string_view name) const
{
    for (const auto &[key, value] : headers) {
        if (isSame(key, name))
            return value;
    }
    return {};
}

LocalServer::LocalServer(Handler handler)
    : m_server(std::make_unique<Server>())
{
    m_server->handler = std::move(handler);
    auto &http = m_server->http;
    http.new_task_queue = [] { return new httplib::ThreadPool(1); };
    http.set_keep_alive_timeout(kKeepAliveSeconds);
    http.set_socket_options([](socket_t socket) {  // the library's own choice would let two share a port
        const int yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.set_pre_routing_handler([this](const httplib::Request &request, httplib::Response &response) {
        LocalRequest asked{request.method, request.path, {}};
        for (const auto &[name, value] : request.headers)
            asked.headers.emplace_back(name, value);
        const LocalReply reply = m_server->handler(asked);
        response.status = reply.status;
        for (const auto &[name, value] : reply.headers)
            response.set_header(name, value);
        response.set_content(reply.body, reply.contentType);
        return httplib::Server::HandlerResponse::Handled;
    });
}

LocalServer::~LocalServer()
{
    if (!m_server->thread.joinable())
        return;
    m_server->http.stop();
    m_server->thread.join();
    if (!m_server->socketPath.isEmpty())
        QFile::remove(m_server->socketPath);
}

Result<void> LocalServer::listen(const QHostAddress &address, quint16 port)
{
    const std::string host = address.toString().toStdString();
    if (port == 0) {
        const int bound = m_server->http.bind_to_any_port(host);
        if (bound <= 0)
            return notBound(address.toString());
        m_server->port = static_cast<quint16>(bound);
    } else {
        if (!m_server->http.bind_to_port(host, port))
            return notBound(address.toString() + QLatin1Char(':') + QString::number(port));
        m_server->port = port;
    }
    m_server->begin();
    return {};
}

Result<void> LocalServer::listen(const QString &socketPath)
{
    QFile::remove(socketPath);
    m_server->http.set_address_family(AF_UNIX);
    if (!m_server->http.bind_to_port(socketPath.toStdString(), 80))
        return notBound(socketPath);
    m_server->socketPath = socketPath;
    m_server->begin();
    return {};
}

quint16 LocalServer::port() const { return m_server->port; }

}  // namespace meshscope
