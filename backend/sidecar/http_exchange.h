// Small HTTP questions of the launcher: to the control plane, to Envoy's admin interface, to what runs behind
// it. HTTP/1.1, no proxy, no redirects, bounded bodies and times. Lives on the GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/sidecar/bootstrap.h"

#include <QNetworkAccessManager>
#include <QPromise>
#include <QSslConfiguration>

#include <functional>
#include <memory>

namespace meshscope {

struct HttpQuestion {
    QUrl url;
    QString socketPath;  // not empty: over this Unix socket, whatever the URL's host
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray body;  // with `post`
    bool post = false;
    int timeoutMilliseconds = 2000;
    qint64 bodyLimit = 16 << 20;  // more is an error
    std::optional<QSslConfiguration> tls;
};

// For Envoy's admin interface, http://127.0.0.1:9901 or unix:/path. `path` begins with a slash and may have a
// query.
HttpQuestion adminQuestion(const QUrl &admin, const QString &path);

class SocketExchange;

// One serves many: each has a thread and connections of its own.
class HttpExchange : public QObject
{
    Q_OBJECT

public:
    explicit HttpExchange(QObject *parent = nullptr);
    ~HttpExchange() override;

    // Calls back once, later, unless the receiver or this object is gone before; then the question is
    // dropped.
    void ask(const HttpQuestion &question, QObject *receiver,
             std::function<void(const HttpAnswer &)> callback);

private:
    QNetworkAccessManager m_network;
    std::unique_ptr<SocketExchange> m_sockets;  // made when first needed
};

// GETs the same URL again and again, one at a time, and counts who answered. Deletes itself when done or
// cancelled.
class CallRun : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostCalls = 10'000;

    CallRun(const QUrl &url, int times, QObject *parent);
    ~CallRun() override;
    QFuture<Result<CallReport>> future();

private:
    void next();
    void note(const HttpAnswer &answer);

    HttpExchange m_http;
    QPromise<Result<CallReport>> m_promise;
    QUrl m_url;
    int m_left;
    CallReport m_report;
};

}  // namespace meshscope
