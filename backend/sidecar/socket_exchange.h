// HTTP over Unix sockets, which QNetworkAccessManager does not speak: cpp-httplib on a few threads. For
// Envoy's admin interface and its dynamic configuration, where Kuma 2.14 and later put them.
#pragma once

#include "backend/sidecar/http_exchange.h"

#include <QThreadPool>

#include <functional>
#include <memory>

namespace meshscope {

// One exchange, blocking; any thread. Over the question's Unix socket, or plain HTTP over TCP. A failure is
// an answer with status 0.
HttpAnswer askBlocking(const HttpQuestion &question);

class SocketExchange
{
public:
    SocketExchange();
    // Ends what still runs; nothing is called back any more.
    ~SocketExchange();

    // On the receiver's thread, as HttpExchange::ask.
    void ask(const HttpQuestion &question, QObject *receiver,
             std::function<void(const HttpAnswer &)> callback);

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
    QThreadPool m_pool;
};

}  // namespace meshscope
