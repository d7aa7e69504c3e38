#include "backend/sidecar/socket_exchange.h"

#include <QCoreApplication>
#include <QPointer>

#include <httplib.h>

#include <mutex>
#include <set>

namespace meshscope {

using namespace Qt::StringLiterals;

struct SocketExchange::Shared {
    std::mutex mutex;
    bool isOver = false;
    std::set<httplib::Client *> running;
};

namespace {

constexpr int kThreads = 4;

QString failureText(httplib::Error error, bool tooLong)
{
    if (tooLong)
        return u"the answer is too long"_s;
    switch (error) {
    case httplib::Error::Connection:
        return u"connection refused"_s;
    case httplib::Error::ConnectionTimeout:
        return u"no answer in time"_s;
    case httplib::Error::Read:
        return u"no answer in time, or the connection was closed"_s;
    default:
        return QString::fromStdString(httplib::to_string(error));
    }
}

std::unique_ptr<httplib::Client> clientFor(const HttpQuestion &question)
{
    if (question.socketPath.isEmpty())
        return std::make_unique<httplib::Client>(question.url.host().toStdString(), question.url.port(80));
    auto client = std::make_unique<httplib::Client>(question.socketPath.toStdString(), 80);
    client->set_address_family(AF_UNIX);
    return client;
}

HttpAnswer exchange(httplib::Client &client, const HttpQuestion &question)
{
    const auto timeout = std::chrono::milliseconds(question.timeoutMilliseconds);
    client.set_connection_timeout(timeout);
    client.set_read_timeout(timeout);
    client.set_write_timeout(timeout);
    httplib::Request request;
    request.method = question.post ? "POST" : "GET";
    request.path =
        question.url.toString(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::FullyEncoded).toStdString();
    request.headers = {{"Host", question.url.host().toStdString()},
                       {"User-Agent", "meshscope/" MESHSCOPE_VERSION}};
    for (const auto &[name, value] : question.headers)
        request.headers.emplace(name.toStdString(), value.toStdString());
    if (question.post)
        request.headers.emplace("Content-Type", "application/json");
    request.body = question.body.toStdString();
    HttpAnswer answer;
    bool tooLong = false;
    request.content_receiver = [&](const char *data, std::size_t size, std::uint64_t, std::uint64_t) {
        answer.body.append(data, static_cast<qsizetype>(size));
        tooLong = answer.body.size() > question.bodyLimit;
        return !tooLong;
    };
    const auto result = client.send(request);
    if (!result) {
        answer.failure = failureText(result.error(), tooLong);
        answer.body.clear();
        return answer;
    }
    answer.status = result->status;
    answer.contentType = QByteArray::fromStdString(result->get_header_value("Content-Type"));
    answer.etag = QByteArray::fromStdString(result->get_header_value("ETag"));
    return answer;
}

}  // namespace

HttpAnswer askBlocking(const HttpQuestion &question) { return exchange(*clientFor(question), question); }

SocketExchange::SocketExchange()
    : m_shared(std::make_shared<Shared>())
{
    m_pool.setMaxThreadCount(kThreads);
}

SocketExchange::~SocketExchange()
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->isOver = true;
        for (auto *client : m_shared->running)
            client->stop();
    }
    m_pool.waitForDone();
}

void SocketExchange::ask(const HttpQuestion &question, QObject *receiver,
                         std::function<void(const HttpAnswer &)> callback)
{
    // The relay lives on the receiver's thread and dies with it, and then nothing is called.
    auto *relay = new QObject(receiver);
    m_pool.start([question, relay = QPointer(relay), shared = m_shared, callback = std::move(callback)] {
        const auto client = clientFor(question);
        {
            const std::lock_guard lock(shared->mutex);
            if (shared->isOver)
                return;
            shared->running.insert(client.get());
        }
        const HttpAnswer answer = exchange(*client, question);
        const std::lock_guard lock(shared->mutex);
        shared->running.erase(client.get());
        if (shared->isOver)
            return;
        QMetaObject::invokeMethod(
            qApp,
            [relay, callback, answer] {
                if (!relay)
                    return;
                relay->deleteLater();
                callback(answer);
            },
            Qt::QueuedConnection);
    });
}

}  // namespace meshscope
