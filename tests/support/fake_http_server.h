// A small HTTP/1.1 server on loopback, any free port, that answers with what a function says, and misbehaves
// on demand. Lives in the test's thread; needs its event loop.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QSslConfiguration>
#include <QString>
#include <QUrl>
#include <QUrlQuery>

#include <functional>
#include <memory>
#include <optional>

class QTcpServer;
class QTcpSocket;

namespace meshscope::testing {

struct HttpRequest {
    QByteArray method;
    QString path;  // decoded
    QUrlQuery query;
    QHash<QByteArray, QByteArray> headers;  // names in lower case
    QByteArray body;
};

struct HttpAnswer {
    int status = 200;
    QByteArray contentType = "application/json";
    QByteArray body;
    QList<std::pair<QByteArray, QByteArray>> headers;

    enum class Fault {
        None,
        Silent,       // takes the request and never answers
        CloseAtOnce,  // closes without a byte
        HalfBody,     // announces all of it, sends half, closes
        NoHttp,       // sends something else
    };
    Fault fault = Fault::None;
    int delayMilliseconds = 0;
};

class FakeHttpServer : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<HttpAnswer(const HttpRequest &)>;

    explicit FakeHttpServer(Handler handler, QObject *parent = nullptr);
    // With TLS, with this certificate and key.
    FakeHttpServer(Handler handler, const QSslConfiguration &tls, QObject *parent = nullptr);
    ~FakeHttpServer() override;

    QUrl url() const;  // http://127.0.0.1:PORT
    void stop();       // from now on connections are refused; open ones are closed
    int openConnections() const;
    const QList<HttpRequest> &requests() const { return m_requests; }
    int countOf(const QByteArray &method, const QString &path) const;

private:
    void listen(Handler handler);
    void accept();
    void read(QTcpSocket *socket);
    void write(QTcpSocket *socket, const HttpAnswer &answer);

    Handler m_handler;
    QTcpServer *m_server = nullptr;
    bool m_isTls = false;
    QHash<QTcpSocket *, QByteArray> m_buffers;
    QList<HttpRequest> m_requests;
};

}  // namespace meshscope::testing
