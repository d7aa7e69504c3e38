// A small HTTP server for what a sidecar serves itself: its readiness, its metrics. On loopback or on a Unix
// socket, with a thread of its own and one for its answers.
#pragma once

#include "backend/core/result.h"

#include <QHostAddress>
#include <QString>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace meshscope {

struct LocalRequest {
    std::string method;
    std::string path;  // without the query
    std::vector<std::pair<std::string, std::string>> headers;
    std::string header(std::string_view name) const;  // its case does not matter; empty when not there
};

struct LocalReply {
    int status = 200;
    std::string body;
    std::string contentType = "text/plain";
    std::vector<std::pair<std::string, std::string>> headers;
};

class LocalServer
{
public:
    // Called on the server's thread, one request at a time; may block.
    using Handler = std::function<LocalReply(const LocalRequest &)>;

    explicit LocalServer(Handler handler);
    // Ends it and waits for an answer that is being made.
    ~LocalServer();

    // Port 0: any free one; port() says which. Conflict when it is taken, Refused otherwise.
    Result<void> listen(const QHostAddress &address, quint16 port);
    // Whatever stands at the path is replaced; the file is removed at the end.
    Result<void> listen(const QString &socketPath);
    quint16 port() const;

private:
    struct Server;
    std::unique_ptr<Server> m_server;
};

}  // namespace meshscope
