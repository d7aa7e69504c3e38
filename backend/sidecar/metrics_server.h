// Serves an application's metrics together with Envoy's on the Unix socket where Envoy's metrics listener
// asks for them: kuma-dp's metrics hijacker (fact sheet §1.7). Answers in Prometheus' text form.
#pragma once

#include "backend/core/result.h"
#include "backend/sidecar/local_server.h"

#include <QUrl>

#include <mutex>
#include <string>
#include <vector>

namespace meshscope {

// An application to ask beside Envoy, as the bootstrap's answer lists them.
struct MetricsSource {
    std::string name;
    std::string address;  // empty = 127.0.0.1
    quint16 port = 0;
    std::string path;  // "/metrics"
    bool operator==(const MetricsSource &) const = default;
};

class MetricsServer
{
public:
    MetricsServer();

    Result<void> listen(const QString &socketPath);
    // Any thread.
    void setSources(const QUrl &admin, std::vector<MetricsSource> sources);

private:
    LocalReply answer(const LocalRequest &request);

    std::mutex m_mutex;
    QUrl m_admin;
    std::vector<MetricsSource> m_sources;
    LocalServer m_server;  // last: it ends first
};

}  // namespace meshscope
