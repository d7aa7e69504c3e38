#include "backend/sidecar/metrics_server.h"

#include "backend/sidecar/socket_exchange.h"

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

// What came, ending with a newline; an unreachable source leaves a comment, so that the others still count.
std::string metricsOf(const HttpQuestion &question, const std::string &name)
{
    const HttpAnswer answer = askBlocking(question);
    if (answer.status == 200) {
        std::string text = answer.body.toStdString();
        if (!text.empty() && text.back() != '\n')
            text += '\n';
        return text;
    }
    const std::string reason =
        answer.status == 0 ? answer.failure.toStdString() : "status " + std::to_string(answer.status);
    return "# " + name + " could not be asked: " + reason + '\n';
}

}  // namespace

MetricsServer::MetricsServer()
    : m_server([this](const LocalRequest &request) { return answer(request); })
{}

Result<void> MetricsServer::listen(const QString &socketPath) { return m_server.listen(socketPath); }

void MetricsServer::setSources(const QUrl &admin, std::vector<MetricsSource> sources)
{
    const std::lock_guard lock(m_mutex);
    m_admin = admin;
    m_sources = std::move(sources);
}

LocalReply MetricsServer::answer(const LocalRequest &request)
{
    if (request.path != "/" && request.path != "/meshmetric" && request.path != "/metrics")
        return {404, "404 page not found\n", "text/plain", {}};
    QUrl admin;
    std::vector<MetricsSource> sources;
    {
        const std::lock_guard lock(m_mutex);
        admin = m_admin;
        sources = m_sources;
    }
    LocalReply reply;
    reply.contentType = "text/plain; version=0.0.4; charset=utf-8";
    if (!admin.isEmpty())
        reply.body = metricsOf(adminQuestion(admin, u"/stats?format=prometheus&text_readouts"_s), "Envoy");
    for (const auto &source : sources) {
        HttpQuestion question;
        question.url.setScheme(u"http"_s);
        question.url.setHost(source.address.empty() ? u"127.0.0.1"_s
                                                    : QString::fromStdString(source.address));
        question.url.setPort(source.port);
        question.url = question.url.resolved(QUrl(QString::fromStdString(source.path)));
        reply.body += metricsOf(question, source.name);
    }
    return reply;
}

}  // namespace meshscope
