#include "tests/support/fake_http_server.h"

#include <QPointer>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

namespace meshscope::testing {

FakeHttpServer::FakeHttpServer(Handler handler, QObject *parent)
    : QObject(parent)
{
    m_server = new QTcpServer(this);
    listen(std::move(handler));
}

FakeHttpServer::FakeHttpServer(Handler handler, const QSslConfiguration &tls, QObject *parent)
    : QObject(parent)
    , m_isTls(true)
{
    auto *server = new QSslServer(this);
    server->setSslConfiguration(tls);
    m_server = server;
    listen(std::move(handler));
}

FakeHttpServer::~FakeHttpServer() { stop(); }

void FakeHttpServer::listen(Handler handler)
{
    m_handler = std::move(handler);
    connect(m_server, &QTcpServer::pendingConnectionAvailable, this, &FakeHttpServer::accept);
    m_server->listen(QHostAddress::LocalHost, 0);
}

QUrl FakeHttpServer::url() const
{
    QUrl url;
    url.setScheme(m_isTls ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(m_server->serverPort());
    return url;
}

void FakeHttpServer::stop()
{
    m_server->close();
    const auto sockets = m_buffers.keys();
    m_buffers.clear();
    for (auto *socket : sockets) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
    }
}

int FakeHttpServer::openConnections() const { return static_cast<int>(m_buffers.size()); }

int FakeHttpServer::countOf(const QByteArray &method, const QString &path) const
{
    return static_cast<int>(
        std::count_if(m_requests.begin(), m_requests.end(), [&](const HttpRequest &request) {
            return request.method == method && request.path == path;
        }));
}

void FakeHttpServer::accept()
{
    while (auto *socket = m_server->nextPendingConnection()) {
        m_buffers.insert(socket, {});
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_buffers.remove(socket);
            socket->deleteLater();
        });
    }
}

void FakeHttpServer::read(QTcpSocket *socket)
{
    if (!m_buffers.contains(socket))
        return;
    QByteArray &buffer = m_buffers[socket];
    buffer += socket->readAll();
    const auto headEnd = buffer.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return;
    HttpRequest request;
    const auto lines = buffer.left(headEnd).split('\n');
    const auto first = lines.first().trimmed().split(' ');
    for (const auto &line : lines.mid(1)) {
        const auto colon = line.indexOf(':');
        request.headers.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
    }
    const auto length = request.headers.value("content-length").toLongLong();
    if (buffer.size() < headEnd + 4 + length)
        return;
    request.method = first.value(0);
    const QUrl target(QStringLiteral("http://x") + QString::fromLatin1(first.value(1)));
    request.path = target.path(QUrl::FullyDecoded);
    request.query = QUrlQuery(target);
    request.body = buffer.mid(headEnd + 4, length);
    buffer.remove(0, headEnd + 4 + length);
    m_requests.append(request);
    const HttpAnswer answer = m_handler(request);
    if (answer.delayMilliseconds == 0)
        return write(socket, answer);
    QTimer::singleShot(answer.delayMilliseconds, socket, [this, socket, answer] { write(socket, answer); });
}

void FakeHttpServer::write(QTcpSocket *socket, const HttpAnswer &answer)
{
    switch (answer.fault) {
    case HttpAnswer::Fault::Silent:
        return;
    case HttpAnswer::Fault::CloseAtOnce:
        socket->disconnectFromHost();
        return;
    case HttpAnswer::Fault::NoHttp:
        socket->write("SSH-2.0-something else\r\n");
        return;
    case HttpAnswer::Fault::None:
    case HttpAnswer::Fault::HalfBody:
        break;
    }
    QByteArray head = "HTTP/1.1 " + QByteArray::number(answer.status) + " Status\r\n";
    if (!answer.contentType.isEmpty())
        head += "Content-Type: " + answer.contentType + "\r\n";
    for (const auto &[name, value] : answer.headers)
        head += name + ": " + value + "\r\n";
    head += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n\r\n";
    const bool half = answer.fault == HttpAnswer::Fault::HalfBody;
    socket->write(head + (half ? answer.body.left(answer.body.size() / 2) : answer.body));
    if (half)
        socket->disconnectFromHost();
}

}  // namespace meshscope::testing
