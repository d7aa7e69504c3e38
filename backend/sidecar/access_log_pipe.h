// The named pipe that Envoy's file access logger writes to, and what forwards its lines by TCP (fact sheet
// §1.7). Each line is {"address":"host:port","message":"…"}, or "host:port;…" from older control planes. What
// a receiver cannot take in time is dropped and counted. Lives on the GUI thread.
#pragma once

#include "backend/core/result.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTcpSocket>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace meshscope {

// Address and message; nothing when the line is neither form.
std::optional<std::pair<std::string, QByteArray>> accessLogLine(const QByteArray &line);

class AccessLogPipe : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 kMostWaiting = 1 << 20;  // bytes that wait for one receiver
    static constexpr int kReconnectPause = 5000;     // milliseconds after a failure

    explicit AccessLogPipe(QObject *parent = nullptr);
    ~AccessLogPipe() override;

    // Makes the pipe and holds it open for reading and writing, so that Envoy's open never blocks.
    Result<void> open(const QString &path);
    void close();

Q_SIGNALS:
    // Once for each receiver that cannot be reached, until it is reached again.
    void trouble(const QString &text);

private:
    struct Receiver {
        QTcpSocket socket;
        bool isFailing = false;
        qint64 dropped = 0;
        std::int64_t retryAt = 0;
    };
    void read();
    void forward(const std::string &address, const QByteArray &message);
    Receiver &receiverOf(const std::string &address);

    QString m_path;
    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QByteArray m_partial;
    std::map<std::string, std::unique_ptr<Receiver>> m_receivers;
};

}  // namespace meshscope
