// GET /ready on a port of the sidecar's own, for whoever asks whether it may get traffic: kuma-dp's readiness
// reporter (fact sheet §1.7). It says that the launcher lives and is not ending; where Envoy's admin
// interface is on a Unix socket, the answer is Envoy's.
#pragma once

#include "backend/core/result.h"
#include "backend/sidecar/local_server.h"

#include <QUrl>

#include <atomic>
#include <mutex>

namespace meshscope {

class Readiness
{
public:
    Readiness();

    // Port 0: any free one. Conflict when it is taken.
    Result<void> listen(const QHostAddress &address, quint16 port);
    quint16 port() const { return m_server.port(); }
    // Any thread.
    void setTerminating() { m_isTerminating = true; }
    void setAdmin(const QUrl &admin);

private:
    LocalReply answer(const LocalRequest &request);

    std::atomic<bool> m_isTerminating = false;
    std::mutex m_mutex;
    QUrl m_admin;
    LocalServer m_server;  // last: it ends first
};

}  // namespace meshscope
