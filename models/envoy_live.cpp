#include "models/envoy_live.h"

#include "backend/support/when_done.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

QString placeOf(const QJsonObject &address)
{
    const QJsonObject socket = address.value("socket_address"_L1).toObject();
    if (socket.isEmpty())
        return address.value("pipe"_L1).toObject().value("path"_L1).toString();
    const QString host = socket.value("address"_L1).toString();
    return (host.contains(u':') ? u'[' + host + u']' : host) + u':'
           + QString::number(socket.value("port_value"_L1).toInt());
}

// Numbers of 64 bits are texts in protobuf's JSON.
quint64 counter(const QJsonValue &value)
{
    return value.isString() ? value.toString().toULongLong()
                            : static_cast<quint64>(std::max(0.0, value.toDouble()));
}

bool isKumasOwn(const QString &name)
{
    return name.startsWith("kuma:"_L1) || name.startsWith("system_"_L1) || name == "ads_cluster"_L1
           || name == "access_log_sink"_L1;
}

// What makes Envoy pass an endpoint over, in its own words with blanks.
QString healthText(const QJsonObject &status, bool &isHealthy)
{
    QStringList reasons;
    for (auto it = status.begin(); it != status.end(); ++it) {
        if (it->toBool())
            reasons << QString(it.key()).replace(u'_', u' ');
    }
    const QString eds = status.value("eds_health_status"_L1).toString();
    if (!eds.isEmpty() && eds != "HEALTHY"_L1 && eds != "UNKNOWN"_L1)
        reasons << eds.toLower();
    isHealthy = reasons.isEmpty();
    return isHealthy ? u"healthy"_s : reasons.join(u", "_s);
}

LiveEndpoint endpointOf(const QJsonObject &host)
{
    LiveEndpoint endpoint;
    endpoint.address = placeOf(host.value("address"_L1).toObject());
    endpoint.health = healthText(host.value("health_status"_L1).toObject(), endpoint.isHealthy);
    const QJsonArray stats = host.value("stats"_L1).toArray();
    for (const auto &stat : stats) {
        const QString name = stat[u"name"_s].toString();
        const quint64 value = counter(stat[u"value"_s]);
        if (name == "rq_total"_L1)
            endpoint.requests = value;
        else if (name == "rq_error"_L1)
            endpoint.errors = value;
        else if (name == "cx_active"_L1)
            endpoint.connections = value;
    }
    return endpoint;
}

}  // namespace

quint64 LiveCluster::requests() const
{
    quint64 sum = 0;
    for (const auto &endpoint : endpoints)
        sum += endpoint.requests;
    return sum;
}

quint64 LiveCluster::errors() const
{
    quint64 sum = 0;
    for (const auto &endpoint : endpoints)
        sum += endpoint.errors;
    return sum;
}

int LiveCluster::healthy() const
{
    return static_cast<int>(std::count_if(endpoints.begin(), endpoints.end(),
                                          [](const auto &endpoint) { return endpoint.isHealthy; }));
}

std::vector<LiveCluster> liveClusters(const QByteArray &json)
{
    std::vector<LiveCluster> result;
    const QJsonArray statuses = QJsonDocument::fromJson(json).object().value("cluster_statuses"_L1).toArray();
    for (const auto &entry : statuses) {
        const QJsonObject status = entry.toObject();
        LiveCluster cluster;
        cluster.name = status.value("name"_L1).toString();
        if (cluster.name.isEmpty() || isKumasOwn(cluster.name))
            continue;
        const QJsonArray hosts = status.value("host_statuses"_L1).toArray();
        for (const auto &host : hosts)
            cluster.endpoints.push_back(endpointOf(host.toObject()));
        result.push_back(std::move(cluster));
    }
    std::sort(result.begin(), result.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    return result;
}

std::vector<LiveCertificate> liveCertificates(const QByteArray &json)
{
    std::vector<LiveCertificate> result;
    const QJsonArray entries = QJsonDocument::fromJson(json).object().value("certificates"_L1).toArray();
    for (const auto &entry : entries) {
        for (const auto &[list, isAuthority] :
             {std::pair{u"cert_chain"_s, false}, std::pair{u"ca_cert"_s, true}}) {
            const QJsonArray details = entry[list].toArray();
            for (const auto &detail : details) {
                LiveCertificate certificate;
                const QJsonArray names = detail[u"subject_alt_names"_s].toArray();
                const QJsonObject name = names.isEmpty() ? QJsonObject() : names[0].toObject();
                certificate.subject =
                    name.isEmpty() ? detail[u"path"_s].toString() : name.begin().value().toString();
                certificate.expires =
                    QDateTime::fromString(detail[u"expiration_time"_s].toString(), Qt::ISODateWithMs);
                certificate.isAuthority = isAuthority;
                result.push_back(certificate);
            }
        }
    }
    return result;
}

void RateHistory::add(quint64 counter, qint64 atMilliseconds)
{
    if (m_at >= 0 && atMilliseconds > m_at) {
        // An endpoint that went took its count along: no negative rate.
        const double grown = counter >= m_counter ? static_cast<double>(counter - m_counter) : 0;
        m_rates.push_back(grown * 1000 / static_cast<double>(atMilliseconds - m_at));
        if (m_rates.size() > kLength)
            m_rates.erase(m_rates.begin());
    }
    m_counter = counter;
    m_at = atMilliseconds;
}

EnvoyLive::EnvoyLive(SidecarHost *host, QObject *parent)
    : QObject(parent)
    , m_host(host)
{
    m_timer.setInterval(kPause);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EnvoyLive::ask);
}

EnvoyLive::~EnvoyLive()
{
    m_asking.cancel();
    m_askingCertificates.cancel();
}

void EnvoyLive::watch(const ResourceKey &key)
{
    if (m_key == key)
        return;
    m_asking.cancel();
    m_askingCertificates.cancel();
    m_key = key;
    m_clusters.clear();
    m_certificates.clear();
    m_rates.clear();
    m_failure.reset();
    Q_EMIT changed();
    if (m_isActive)
        ask();
}

void EnvoyLive::setActive(bool active)
{
    if (m_isActive == active)
        return;
    m_isActive = active;
    if (active)
        ask();
    else
        m_timer.stop();
}

const EnvoyLive::Rates &EnvoyLive::ratesOf(const QString &cluster) const
{
    static const Rates none;
    const auto found = m_rates.find(cluster);
    return found == m_rates.end() ? none : found->second;
}

void EnvoyLive::ask()
{
    m_timer.stop();
    if (!m_host || m_key.name.empty() || !m_isActive)
        return;
    m_asking = m_host->admin(m_key, u"clusters?format=json"_s);
    whenDone(m_asking, this, [this, key = m_key](const Result<QByteArray> &answer) {
        if (key != m_key || (!answer && answer.error().code == Error::Code::Cancelled))
            return;
        if (answer) {
            m_failure.reset();
            take(*answer);
        } else {
            m_failure = answer.error();
        }
        Q_EMIT changed();
        if (m_isActive)
            m_timer.start();
    });
    m_askingCertificates = m_host->admin(m_key, u"certs"_s);
    whenDone(m_askingCertificates, this, [this, key = m_key](const Result<QByteArray> &answer) {
        if (key != m_key || !answer)
            return;
        auto next = liveCertificates(*answer);
        if (next == m_certificates)
            return;
        m_certificates = std::move(next);
        Q_EMIT changed();
    });
}

void EnvoyLive::take(const QByteArray &clusters)
{
    m_clusters = liveClusters(clusters);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    std::map<QString, Rates> next;
    for (const auto &cluster : m_clusters) {
        Rates &rates = next[cluster.name] = std::move(m_rates[cluster.name]);
        rates.requests.add(cluster.requests(), now);
        rates.errors.add(cluster.errors(), now);
    }
    m_rates = std::move(next);
}

}  // namespace meshscope
