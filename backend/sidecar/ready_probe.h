// Asks an Envoy's admin interface again and again until traffic can flow. Lives on the GUI thread.
#pragma once

#include "backend/sidecar/http_exchange.h"

#include <QTimer>

namespace meshscope {

class ReadyProbe : public QObject
{
    Q_OBJECT

public:
    // `http` outlives this.
    explicit ReadyProbe(HttpExchange &http, QObject *parent = nullptr);

    void start(const QUrl &admin, int pauseMilliseconds, int timeoutMilliseconds);
    void stop();

Q_SIGNALS:
    void ready();
    void notReady(const QString &reason);  // and it goes on asking

private:
    void askServer();
    void askListeners();
    void again(const QString &reason);
    HttpQuestion question(const QString &path) const;

    HttpExchange &m_http;
    QTimer m_timer;
    QUrl m_admin;
    int m_timeout = 0;
    bool m_isOn = false;
};

}  // namespace meshscope
