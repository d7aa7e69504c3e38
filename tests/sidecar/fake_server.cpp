#include "tests/sidecar/fake_server.h"

#include <QSslServer>
#include <QSslSocket>
#include <QTcpSocket>

namespace meshscope::test {

FakeServer::FakeServer(Handler handler, const std::optional<QSslConfiguration> &tls)
    : m_handler(std::move(handler))
    , m_isTls(tls.has_value())
{
    if (tls) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(*tls);
        m_server = std::move(server);
    } else {
        m_server = std::make_unique<QTcpServer>();
    }
    m_server->listen(QHostAddress::LocalHost);
    QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(), [this] {
        while (QTcpSocket *socket = m_server->nextPendingConnection())
            serve(socket);
    });
}

FakeServer::~FakeServer() = default;

QUrl FakeServer::url(const QString &path) const
{
    QUrl url;
    url.setScheme(m_isTls ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(port());
    url.setPath(path);
    return url;
}

quint16 FakeServer::port() const { return m_server->serverPort(); }

void FakeServer::serve(QTcpSocket *socket)
{
    const auto buffer = std::make_shared<QByteArray>();
    const auto read = [this, socket, buffer] {
        *buffer += socket->readAll();
        while (takeRequest(socket, *buffer)) {
        }
    };
    QObject::connect(socket, &QTcpSocket::readyRead, m_server.get(), read);
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    read();
}

bool FakeServer::takeRequest(QTcpSocket *socket, QByteArray &buffer)
{
    const auto end = buffer.indexOf("\r\n\r\n");
    if (end < 0)
        return false;
    FakeRequest request;
    request.head = buffer.left(end + 2);
    const auto lower = request.head.toLower();
    const auto length = lower.indexOf("content-length:");
    const auto size =
        length < 0
            ? 0
            : lower.mid(length + 15, lower.indexOf("\r\n", length) - length - 15).trimmed().toLongLong();
    if (buffer.size() < end + 4 + size)
        return false;
    request.body = buffer.mid(end + 4, size);
    buffer.remove(0, end + 4 + size);
    const auto words = request.head.left(request.head.indexOf("\r\n")).split(' ');
    request.method = words.value(0);
    request.path = words.value(1);
    m_requests << request;

    const FakeAnswer answer = m_handler(request);
    if (answer.dropConnection)
        socket->abort();
    else if (!answer.stayMute)
        socket->write("HTTP/1.1 " + QByteArray::number(answer.status) + " Said\r\ncontent-type: "
                      + answer.contentType + "\r\ncontent-length: " + QByteArray::number(answer.body.size())
                      + "\r\n\r\n" + answer.body);
    return !answer.dropConnection;
}

}  // namespace meshscope::test
