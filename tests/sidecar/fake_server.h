// A small HTTP/1.1 server for tests, plain or with TLS: says what it is told to say, remembers what it was
// asked.
#pragma once

#include <QByteArray>
#include <QList>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QUrl>

#include <functional>
#include <memory>
#include <optional>

namespace meshscope::test {

struct FakeRequest {
    QByteArray method;
    QByteArray path;
    QByteArray head;
    QByteArray body;
};

struct FakeAnswer {
    int status = 200;
    QByteArray body;
    QByteArray contentType = "text/plain";
    bool dropConnection = false;  // instead of an answer
    bool stayMute = false;        // neither
};

class FakeServer
{
public:
    using Handler = std::function<FakeAnswer(const FakeRequest &)>;

    // On a free loopback port.
    explicit FakeServer(Handler handler, const std::optional<QSslConfiguration> &tls = std::nullopt);
    ~FakeServer();

    QUrl url(const QString &path = {}) const;
    quint16 port() const;
    const QList<FakeRequest> &requests() const { return m_requests; }

private:
    void serve(QTcpSocket *socket);
    bool takeRequest(QTcpSocket *socket, QByteArray &buffer);

    Handler m_handler;
    bool m_isTls;
    std::unique_ptr<QTcpServer> m_server;
    QList<FakeRequest> m_requests;
};

}  // namespace meshscope::test
