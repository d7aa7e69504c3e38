#include "backend/sidecar/http_exchange.h"

#include "backend/sidecar/socket_exchange.h"

#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslError>
#include <QTimer>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kNameLength = 200;  // of what a body's first line contributes to a report

// Errors in the words people know, without the URL that Qt repeats.
QString failureText(const QNetworkReply *reply, bool tooLong)
{
    if (tooLong)
        return u"the answer is too long"_s;
    switch (reply->error()) {
    case QNetworkReply::ConnectionRefusedError:
        return u"connection refused"_s;
    case QNetworkReply::RemoteHostClosedError:
        return u"the connection was closed"_s;
    case QNetworkReply::HostNotFoundError:
        return u"host not found"_s;
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError:
        return u"no answer in time"_s;
    default:
        return reply->errorString();
    }
}

}  // namespace

HttpQuestion adminQuestion(const QUrl &admin, const QString &path)
{
    HttpQuestion question;
    QUrl base = admin;
    if (admin.scheme() == "unix"_L1) {
        question.socketPath = admin.path();
        base = QUrl(u"http://localhost"_s);
    }
    question.url = base.resolved(QUrl(path));
    return question;
}

HttpExchange::HttpExchange(QObject *parent)
    : QObject(parent)
{
    m_network.setProxy(QNetworkProxy::NoProxy);
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

HttpExchange::~HttpExchange() = default;

void HttpExchange::ask(const HttpQuestion &question, QObject *receiver,
                       std::function<void(const HttpAnswer &)> callback)
{
    if (!question.socketPath.isEmpty()) {
        if (!m_sockets)
            m_sockets = std::make_unique<SocketExchange>();
        return m_sockets->ask(question, receiver, std::move(callback));
    }
    QNetworkRequest request(question.url);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setHeader(QNetworkRequest::UserAgentHeader, u"meshscope/" MESHSCOPE_VERSION ""_s);
    for (const auto &[name, value] : question.headers)
        request.setRawHeader(name, value);
    if (question.tls)
        request.setSslConfiguration(*question.tls);
    if (question.post) {
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Accept", "application/json");
    }
    QNetworkReply *reply = question.post ? m_network.post(request, question.body) : m_network.get(request);
    // For the whole exchange; Qt's transfer timeout would begin anew with each byte.
    QTimer::singleShot(question.timeoutMilliseconds, reply, &QNetworkReply::abort);
    struct State {
        QByteArray body;
        QString certificate;
        bool tooLong = false;
    };
    const auto state = std::make_shared<State>();
    connect(reply, &QNetworkReply::sslErrors, reply, [state](const QList<QSslError> &errors) {
        QStringList texts;
        for (const auto &error : errors)
            texts << error.errorString();
        texts.removeDuplicates();
        state->certificate = texts.join(u"; "_s);
    });
    const auto takeBody = [reply, state, limit = question.bodyLimit] {
        state->body += reply->readAll();
        if (state->body.size() <= limit || state->tooLong)
            return;
        state->tooLong = true;
        reply->abort();
    };
    connect(reply, &QNetworkReply::readyRead, reply, takeBody);
    connect(receiver, &QObject::destroyed, reply, [reply, receiver] {
        QObject::disconnect(reply, nullptr, receiver, nullptr);
        reply->abort();
        reply->deleteLater();
    });
    connect(reply, &QNetworkReply::finished, receiver,
            [reply, state, callback = std::move(callback), isTls = question.tls.has_value(),
             verifies = question.tls && question.tls->peerVerifyMode() != QSslSocket::VerifyNone] {
                reply->deleteLater();
                if (reply->isOpen() && !state->tooLong)
                    state->body += reply->readAll();
                HttpAnswer answer;
                const QVariant status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute);
                const bool cutShort = reply->error() == QNetworkReply::RemoteHostClosedError
                                      || reply->error() == QNetworkReply::OperationCanceledError
                                      || reply->error() == QNetworkReply::TimeoutError || state->tooLong;
                if (status.isValid() && !cutShort) {
                    answer.status = status.toInt();
                    answer.body = state->body;
                    answer.etag = reply->rawHeader("ETag");
                    answer.contentType = reply->header(QNetworkRequest::ContentTypeHeader).toByteArray();
                } else {
                    answer.failure = failureText(reply, state->tooLong);
                    if (isTls && verifies)
                        answer.certificate = state->certificate;
                }
                callback(answer);
            });
}

CallRun::CallRun(const QUrl &url, int times, QObject *parent)
    : QObject(parent)
    , m_url(url)
    , m_left(times)
{
    m_promise.start();
    m_report.asked = times;
    QMetaObject::invokeMethod(this, &CallRun::next, Qt::QueuedConnection);
}

CallRun::~CallRun()
{
    if (m_promise.future().isFinished())
        return;
    m_promise.future().cancel();
    m_promise.finish();
}

QFuture<Result<CallReport>> CallRun::future() { return m_promise.future(); }

void CallRun::next()
{
    if (m_promise.isCanceled()) {
        deleteLater();
        return;
    }
    if (m_left == 0) {
        m_promise.addResult(Result<CallReport>(m_report));
        m_promise.finish();
        deleteLater();
        return;
    }
    --m_left;
    HttpQuestion question;
    question.url = m_url;
    question.bodyLimit = 1 << 20;
    m_http.ask(question, this, [this](const HttpAnswer &answer) {
        note(answer);
        next();
    });
}

void CallRun::note(const HttpAnswer &answer)
{
    QString text;
    if (answer.status == 0) {
        text = u"error: "_s + answer.failure;
    } else {
        const auto newline = answer.body.indexOf('\n');
        const QByteArray first = (newline < 0 ? answer.body : answer.body.left(newline)).left(kNameLength);
        text = QString::number(answer.status) + u' ' + QString::fromUtf8(first).trimmed();
    }
    text = text.trimmed();
    ++m_report.answers[text.toStdString()];
    m_report.inOrder << text;
}

}  // namespace meshscope
