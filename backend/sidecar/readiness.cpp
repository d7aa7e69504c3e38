#include "backend/sidecar/readiness.h"

#include "backend/sidecar/socket_exchange.h"

namespace meshscope {

using namespace Qt::StringLiterals;

Readiness::Readiness()
    : m_server([this](const LocalRequest &request) { return answer(request); })
{}

Result<void> Readiness::listen(const QHostAddress &address, quint16 port)
{
    return m_server.listen(address, port);
}

void Readiness::setAdmin(const QUrl &admin)
{
    const std::lock_guard lock(m_mutex);
    m_admin = admin;
}

LocalReply Readiness::answer(const LocalRequest &request)
{
    if (request.path != "/ready")
        return {404, "404 page not found\n", "text/plain", {}};
    LocalReply reply;
    reply.headers = {{"cache-control", "no-cache, max-age=0"}, {"x-powered-by", "kuma-dp"}};
    QUrl admin;
    {
        const std::lock_guard lock(m_mutex);
        admin = m_admin;
    }
    if (m_isTerminating) {
        reply.status = 503;
        reply.body = "TERMINATING";
    } else if (admin.scheme() == "unix"_L1) {
        const HttpAnswer envoy = askBlocking(adminQuestion(admin, u"/ready"_s));
        reply.status = envoy.status == 0 ? 503 : envoy.status;
        reply.body = envoy.status == 0 ? "NOT_READY" : envoy.body.toStdString();
    } else {
        reply.body = "READY";
    }
    return reply;
}

}  // namespace meshscope
