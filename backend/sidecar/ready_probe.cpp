#include "backend/sidecar/ready_probe.h"

namespace meshscope {

using namespace Qt::StringLiterals;

ReadyProbe::ReadyProbe(HttpExchange &http, QObject *parent)
    : QObject(parent)
    , m_http(http)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ReadyProbe::askServer);
}

void ReadyProbe::start(const QUrl &admin, int pauseMilliseconds, int timeoutMilliseconds)
{
    m_admin = admin;
    m_timeout = timeoutMilliseconds;
    m_isOn = true;
    m_timer.start(pauseMilliseconds);
}

void ReadyProbe::stop()
{
    m_isOn = false;
    m_timer.stop();
}

void ReadyProbe::askServer()
{
    m_http.ask(question(u"/ready"_s), this, [this](const HttpAnswer &answer) {
        if (answer.status == 200)
            askListeners();
        else if (answer.status == 0)
            again(answer.failure);
        else
            again(QString::fromUtf8(answer.body.left(100)).trimmed());
    });
}

// "/ready" speaks of the server; traffic flows once no listener is warming and the workers run.
void ReadyProbe::askListeners()
{
    const auto stats =
        question(uR"(/stats?filter=^listener_manager\.(total_listeners_warming|workers_started)$)"_s);
    m_http.ask(stats, this, [this](const HttpAnswer &answer) {
        if (!answer.body.contains("total_listeners_warming: 0")
            || !answer.body.contains("workers_started: 1"))
            return again(u"listeners are warming"_s);
        if (!m_isOn)
            return;
        stop();
        Q_EMIT ready();
    });
}

void ReadyProbe::again(const QString &reason)
{
    if (!m_isOn)
        return;
    m_timer.start();
    Q_EMIT notReady(reason);
}

HttpQuestion ReadyProbe::question(const QString &path) const
{
    HttpQuestion result = adminQuestion(m_admin, path);
    result.timeoutMilliseconds = m_timeout;
    return result;
}

}  // namespace meshscope
