// What is wrong between a running Envoy and its control plane, and when it is over. Envoy logs that something
// went wrong, but not that it is well again; its counters say that. Lives on the GUI thread.
#pragma once

#include "backend/sidecar/envoy_words.h"
#include "backend/sidecar/http_exchange.h"

#include <QTimer>

#include <optional>

namespace meshscope {

struct EnvoyCounters {
    bool isConnected = true;  // to the control plane; an Envoy that has none is not disconnected
    quint64 listenerUpdates = 0;
    quint64 clusterUpdates = 0;
    quint64 certificateFailures = 0;  // of the control plane's certificate
};
EnvoyCounters countersFrom(const QByteArray &stats);

class EnvoyWatch : public QObject
{
    Q_OBJECT

public:
    static constexpr int kQuietPause = 5000;   // between two looks, in milliseconds
    static constexpr int kTroublePause = 500;  // while something is wrong

    // `http` outlives this.
    explicit EnvoyWatch(HttpExchange &http, QObject *parent = nullptr);

    void start(const QUrl &admin, int timeoutMilliseconds);
    void stop();
    // What the log said. Also before start().
    void note(const EnvoyNews &news);
    void judge(const EnvoyCounters &counters);
    QString trouble() const { return m_news ? m_news->what : QString(); }  // one sentence, or empty

Q_SIGNALS:
    void changed();

private:
    void ask();
    bool isOver(const EnvoyNews &news, const EnvoyCounters &counters);
    void set(std::optional<EnvoyNews> news);

    HttpExchange &m_http;
    QTimer m_timer;
    QUrl m_admin;
    int m_timeout = 0;
    std::optional<EnvoyNews> m_news;
    quint64 m_certificateFailures = 0;           // as last seen
    std::optional<EnvoyCounters> m_whenRefused;  // first counters after a refusal
};

}  // namespace meshscope
