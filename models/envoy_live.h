// What an Envoy does right now, from its admin interface: clusters with their endpoints' health, requests and
// errors a second with a short history, certificates. Asks only while it is watched. GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QDateTime>
#include <QFuture>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <map>
#include <vector>

namespace meshscope {

struct LiveEndpoint {
    QString address;  // "192.168.10.2:8080"
    QString health;   // "healthy", or what fails: "failed active health check"
    bool isHealthy = true;
    quint64 requests = 0;  // since Envoy began
    quint64 errors = 0;
    quint64 connections = 0;  // now
    bool operator==(const LiveEndpoint &) const = default;
};

struct LiveCluster {
    QString name;
    std::vector<LiveEndpoint> endpoints;
    quint64 requests() const;
    quint64 errors() const;
    int healthy() const;
    bool operator==(const LiveCluster &) const = default;
};
// Of GET /clusters?format=json, by name; Kuma's own (admin, readiness, access log) left out.
std::vector<LiveCluster> liveClusters(const QByteArray &json);

struct LiveCertificate {
    QString subject;  // its first SAN, or the path it came from
    QDateTime expires;
    bool isAuthority = false;
    bool operator==(const LiveCertificate &) const = default;
};
// Of GET /certs.
std::vector<LiveCertificate> liveCertificates(const QByteArray &json);

// Values a second from a counter that may begin anew: bounded, the newest last.
class RateHistory
{
public:
    static constexpr std::size_t kLength = 60;

    void add(quint64 counter, qint64 atMilliseconds);
    const std::vector<double> &rates() const { return m_rates; }
    double last() const { return m_rates.empty() ? 0 : m_rates.back(); }

private:
    std::vector<double> m_rates;
    quint64 m_counter = 0;
    qint64 m_at = -1;
};

class EnvoyLive : public QObject
{
    Q_OBJECT

public:
    static constexpr int kPause = 2000;  // between two looks, in milliseconds

    explicit EnvoyLive(SidecarHost *host, QObject *parent = nullptr);
    ~EnvoyLive() override;

    // Begins anew; an empty key watches nothing.
    void watch(const ResourceKey &key);
    const ResourceKey &key() const { return m_key; }
    void setActive(bool active);  // false: no questions, while nobody looks
    void setPause(int milliseconds) { m_timer.setInterval(milliseconds); }

    struct Rates {
        RateHistory requests;
        RateHistory errors;
    };
    const std::vector<LiveCluster> &clusters() const { return m_clusters; }
    const std::vector<LiveCertificate> &certificates() const { return m_certificates; }
    const Rates &ratesOf(const QString &cluster) const;
    const std::optional<Error> &failure() const { return m_failure; }

Q_SIGNALS:
    void changed();

private:
    void ask();
    void take(const QByteArray &clusters);

    QPointer<SidecarHost> m_host;
    ResourceKey m_key;
    QTimer m_timer;
    bool m_isActive = false;
    QFuture<Result<QByteArray>> m_asking;
    QFuture<Result<QByteArray>> m_askingCertificates;
    std::vector<LiveCluster> m_clusters;
    std::vector<LiveCertificate> m_certificates;
    std::map<QString, Rates> m_rates;
    std::optional<Error> m_failure;
};

}  // namespace meshscope
