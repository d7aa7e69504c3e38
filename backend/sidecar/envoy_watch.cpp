#include "backend/sidecar/envoy_watch.h"

namespace meshscope {

using namespace Qt::StringLiterals;
using Kind = EnvoyNews::Kind;

EnvoyCounters countersFrom(const QByteArray &stats)
{
    EnvoyCounters counters;
    const auto lines = stats.split('\n');
    for (const auto &line : lines) {
        const auto colon = line.lastIndexOf(": ");
        const QByteArray name = line.left(colon);
        const quint64 value = line.mid(colon + 2).trimmed().toULongLong();
        if (name == "control_plane.connected_state")
            counters.isConnected = value != 0;
        else if (name == "listener_manager.lds.update_success")
            counters.listenerUpdates = value;
        else if (name == "cluster_manager.cds.update_success")
            counters.clusterUpdates = value;
    }
    return counters;
}

EnvoyWatch::EnvoyWatch(HttpExchange &http, QObject *parent)
    : QObject(parent)
    , m_http(http)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EnvoyWatch::ask);
}

void EnvoyWatch::start(const QUrl &admin, int timeoutMilliseconds)
{
    m_admin = admin;
    m_timeout = timeoutMilliseconds;
    m_timer.start(m_news ? kTroublePause : kQuietPause);
}

void EnvoyWatch::stop()
{
    m_admin.clear();
    m_timer.stop();
}

void EnvoyWatch::note(const EnvoyNews &news)
{
    m_whenRefused.reset();
    if (m_timer.isActive())
        m_timer.start(kTroublePause);
    set(news);
}

void EnvoyWatch::judge(const EnvoyCounters &counters)
{
    const bool isRefusal = m_news && m_news->kind == Kind::ConfigurationRejected;
    if (!counters.isConnected) {
        if (!m_news)
            set(EnvoyNews{
                Kind::ControlPlaneUnreachable, u"Envoy has no connection to the control plane"_s, {}});
    } else if (m_news && !isRefusal) {
        set(std::nullopt);
    } else if (isRefusal && !m_whenRefused) {
        m_whenRefused = counters;
    } else if (isRefusal
               && (m_news->type == "Cluster"_L1
                       ? counters.clusterUpdates > m_whenRefused->clusterUpdates
                       : counters.listenerUpdates > m_whenRefused->listenerUpdates)) {
        set(std::nullopt);
    }
}

void EnvoyWatch::ask()
{
    HttpQuestion question;
    question.url = m_admin;
    question.url.setPath(u"/stats"_s);
    question.url.setQuery(
        uR"(filter=^(control_plane\.connected_state|listener_manager\.lds\.update_success|cluster_manager\.cds\.update_success)$)"_s);
    question.timeoutMilliseconds = m_timeout;
    m_http.ask(question, this, [this](const HttpAnswer &answer) {
        if (m_admin.isEmpty())
            return;
        if (answer.status == 200)
            judge(countersFrom(answer.body));
        m_timer.start(m_news ? kTroublePause : kQuietPause);
    });
}

void EnvoyWatch::set(std::optional<EnvoyNews> news)
{
    const QString before = trouble();
    m_news = std::move(news);
    if (trouble() != before)
        Q_EMIT changed();
}

}  // namespace meshscope
