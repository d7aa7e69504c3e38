#include "backend/sidecar/dns_server.h"

#include <QMetaMethod>
#include <QNetworkDatagram>
#include <QTcpSocket>
#include <QTimer>
#include <QtEndian>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {
constexpr int kDatagramsATurn = 200;  // then the event loop gets its turn
constexpr int kPortTries = 20;
}  // namespace

DnsServer::DnsServer(DnsResolver &resolver, QObject *parent)
    : QObject(parent)
    , m_resolver(resolver)
{
    connect(&m_udp, &QUdpSocket::readyRead, this, &DnsServer::readDatagrams);
    connect(&m_tcp, &QTcpServer::newConnection, this, &DnsServer::takeConnection);
}

Result<void> DnsServer::listen(const QHostAddress &address, quint16 port)
{
    for (int tries = 0; tries < (port == 0 ? kPortTries : 1); ++tries) {
        m_tcp.close();
        m_udp.close();
        if (m_tcp.listen(address, port)
            && m_udp.bind(address, m_tcp.serverPort(), QAbstractSocket::DontShareAddress))
            return {};
    }
    const bool isTaken = m_tcp.serverError() == QAbstractSocket::AddressInUseError
                         || m_udp.error() == QAbstractSocket::AddressInUseError;
    const QString reason = m_tcp.isListening() ? m_udp.errorString() : m_tcp.errorString();
    m_tcp.close();
    return fail(isTaken ? Error::Code::Conflict : Error::Code::Refused,
                "names cannot be served: " + reason.toStdString(),
                QString(address.toString() + u':' + QString::number(port)).toStdString());
}

void DnsServer::readDatagrams()
{
    for (int turn = 0; turn < kDatagramsATurn && m_udp.hasPendingDatagrams(); ++turn) {
        const QNetworkDatagram datagram = m_udp.receiveDatagram();
        const QByteArray query = datagram.data();
        if (query.isEmpty())
            continue;
        m_resolver.resolve(query, false, this, [this, datagram, query](const DnsOutcome &outcome) {
            report(query, outcome);
            const bool fits = outcome.answer.size() <= dnsUdpLimit(query);
            m_udp.writeDatagram(datagram.makeReply(fits ? outcome.answer : dnsTruncated(query)));
        });
    }
    if (m_udp.hasPendingDatagrams())
        QMetaObject::invokeMethod(this, &DnsServer::readDatagrams, Qt::QueuedConnection);
}

void DnsServer::takeConnection()
{
    while (QTcpSocket *socket = m_tcp.nextPendingConnection()) {
        if (m_tcp.findChildren<QTcpSocket *>().size() > kMostConnections) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        auto *idle = new QTimer(socket);
        idle->setSingleShot(true);
        idle->start(kIdleMilliseconds);
        connect(idle, &QTimer::timeout, socket, &QTcpSocket::abort);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, idle, buffer = QByteArray()]() mutable {
            idle->start(kIdleMilliseconds);
            buffer += socket->readAll();
            while (buffer.size() >= 2) {
                const auto length = qFromBigEndian<quint16>(buffer.constData());
                if (buffer.size() < 2 + length)
                    break;
                const QByteArray query = buffer.mid(2, length);
                buffer.remove(0, 2 + length);
                m_resolver.resolve(query, true, socket, [this, socket, query](const DnsOutcome &outcome) {
                    report(query, outcome);
                    char size[2];
                    qToBigEndian(static_cast<quint16>(outcome.answer.size()), size);
                    socket->write(size, 2);
                    socket->write(outcome.answer);
                });
            }
        });
    }
}

void DnsServer::report(const QByteArray &query, const DnsOutcome &outcome)
{
    if (!isSignalConnected(QMetaMethod::fromSignal(&DnsServer::asked)))
        return;
    const auto question = dnsQuestion(query);
    const auto summary = dnsSummary(outcome.answer);
    if (question && summary)
        Q_EMIT asked(question->name + u' ' + dnsTypeName(question->type) + u" → "_s
                     + dnsRcodeName(summary->rcode) + u" from "_s + outcome.answerer);
}

}  // namespace meshscope
