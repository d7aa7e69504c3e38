#include "backend/sidecar/access_log_pipe.h"

#include <QDateTime>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkProxy>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype kLongestLine = 256 * 1024;
}  // namespace

std::optional<std::pair<std::string, QByteArray>> accessLogLine(const QByteArray &line)
{
    std::pair<std::string, QByteArray> result;
    if (line.startsWith('{')) {
        const QJsonObject json = QJsonDocument::fromJson(line).object();
        result.first = json.value("address"_L1).toString().toStdString();
        result.second = json.value("message"_L1).toString().toUtf8();
    } else {
        const auto end = line.indexOf(';');
        result.first = line.left(std::max<qsizetype>(end, 0)).toStdString();
        result.second = line.mid(end + 1);
    }
    const auto colon = result.first.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == result.first.size())
        return std::nullopt;
    if (!result.second.endsWith('\n'))
        result.second += '\n';
    return result;
}

AccessLogPipe::AccessLogPipe(QObject *parent)
    : QObject(parent)
{}

AccessLogPipe::~AccessLogPipe() { close(); }

Result<void> AccessLogPipe::open(const QString &path)
{
    close();
    const QByteArray name = QFile::encodeName(path);
    const auto refuse = [&path](const char *what) {
        return fail(Error::Code::Refused,
                    std::string("the access log pipe ") + what + ": " + std::strerror(errno),
                    path.toStdString());
    };
    ::unlink(name.constData());  // of an earlier run in the same folder
    if (::mkfifo(name.constData(), 0666) != 0)
        return refuse("cannot be made");
    m_path = path;
    m_descriptor = ::open(name.constData(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (m_descriptor < 0)
        return refuse("cannot be opened");
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &AccessLogPipe::read);
    return {};
}

void AccessLogPipe::close()
{
    m_notifier.reset();
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
    if (!m_path.isEmpty())
        QFile::remove(m_path);
    m_path.clear();
    for (const auto &[address, receiver] : m_receivers)
        receiver->socket.disconnect(this);
    m_receivers.clear();
}

// One turn reads what a pipe holds, at most, so the window gets its turn too.
void AccessLogPipe::read()
{
    char buffer[65536];
    const auto count = ::read(m_descriptor, buffer, sizeof buffer);
    if (count <= 0)
        return;
    m_partial.append(buffer, count);
    qsizetype from = 0;
    for (qsizetype end; (end = m_partial.indexOf('\n', from)) >= 0; from = end + 1) {
        if (const auto line = accessLogLine(m_partial.mid(from, end - from)))
            forward(line->first, line->second);
    }
    m_partial.remove(0, from);
    if (m_partial.size() > kLongestLine)
        m_partial.clear();
}

AccessLogPipe::Receiver &AccessLogPipe::receiverOf(const std::string &address)
{
    auto &slot = m_receivers[address];
    if (slot)
        return *slot;
    slot = std::make_unique<Receiver>();
    Receiver *receiver = slot.get();
    receiver->socket.setProxy(QNetworkProxy::NoProxy);
    const QString name = QString::fromStdString(address);
    connect(&receiver->socket, &QTcpSocket::connected, this, [this, receiver, name] {
        if (receiver->isFailing)
            Q_EMIT trouble(u"access logs reach "_s + name + u" again"_s
                           + (receiver->dropped > 0
                                  ? u", "_s + QString::number(receiver->dropped) + u" lines were lost"_s
                                  : QString()));
        receiver->isFailing = false;
        receiver->dropped = 0;
    });
    connect(&receiver->socket, &QTcpSocket::errorOccurred, this, [this, receiver, name] {
        receiver->retryAt = QDateTime::currentMSecsSinceEpoch() + kReconnectPause;
        if (!std::exchange(receiver->isFailing, true))
            Q_EMIT trouble(u"access logs cannot be sent to "_s + name + u": "_s
                           + receiver->socket.errorString());
    });
    return *receiver;
}

void AccessLogPipe::forward(const std::string &address, const QByteArray &message)
{
    Receiver &receiver = receiverOf(address);
    auto &socket = receiver.socket;
    if (socket.state() == QAbstractSocket::UnconnectedState) {
        if (QDateTime::currentMSecsSinceEpoch() < receiver.retryAt) {
            ++receiver.dropped;
            return;
        }
        const auto colon = address.rfind(':');
        QString host = QString::fromStdString(address.substr(0, colon));
        if (host.startsWith(u'[') && host.endsWith(u']'))
            host = host.mid(1, host.size() - 2);
        socket.connectToHost(host, QString::fromStdString(address.substr(colon + 1)).toUShort());
    }
    // Qt takes what is written before the connection stands.
    if (socket.bytesToWrite() > kMostWaiting || socket.write(message) < 0)
        ++receiver.dropped;
}

}  // namespace meshscope
