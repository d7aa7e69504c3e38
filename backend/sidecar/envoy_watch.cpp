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
        else if (name.contains(".ssl.fail_verify_"))
            counters.certificateFailures += value;
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
    m_certificateFailures = 0;
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
    if (!counters.isConnected) {
        if (!m_news)
            set(EnvoyNews{
                Kind::ControlPlaneUnreachable, u"Envoy has no connection to the control plane"_s, {}});
        // Envoy keeps the CA it was started with, and at its usual log level does not say why it gets
        // nowhere.
        if (counters.certificateFailures > m_certificateFailures)
            set(EnvoyNews{
                Kind::CertificateMismatch,
                u"the control plane's certificate does not match any more; start the sidecar again"_s,
                {}});
        m_certificateFailures = counters.certificateFailures;
        return;
    }
    if (m_news && isOver(*m_news, counters))
        set(std::nullopt);
}

// A refusal is over when Envoy has accepted something of that type since.
bool EnvoyWatch::isOver(const EnvoyNews &news, const EnvoyCounters &counters)
{
    if (news.kind != Kind::ConfigurationRejected)
        return true;
    if (!m_whenRefused)
        m_whenRefused = counters;
    return news.type == "Cluster"_L1 ? counters.clusterUpdates > m_whenRefused->clusterUpdates
                                     : counters.listenerUpdates > m_whenRefused->listenerUpdates;
}

void EnvoyWatch::ask()
{
    HttpQuestion question = adminQuestion(
        m_admin,
        uR"(/stats?filter=^(control_plane\.connected_state|listener_manager\.lds\.update_success|)"
        uR"(cluster_manager\.cds\.update_success|cluster\.(ads_cluster|system_ads)\.ssl\.fail_verify_(error|san))$)"_s);
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
