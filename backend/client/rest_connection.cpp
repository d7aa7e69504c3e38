#include "backend/client/rest_connection.h"

#include "backend/codec/overview_codec.h"
#include "backend/support/log.h"

#include <QHostAddress>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslCertificate>
#include <QSslError>
#include <QSslKey>
#include <QTimer>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMaxBody = 512LL << 20;  // a page of 1,000 dataplanes has about 2 MB

constexpr qint64 kRateWindow = 10'000;

// "Sun, 06 Nov 1994 08:49:37 GMT" as seconds ahead of `now`; nothing when it is no such text.
std::optional<qint64> skewOf(const QByteArray &date, const QDateTime &now)
{
    auto server = QLocale::c().toDateTime(QString::fromLatin1(date), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    if (!server.isValid())
        return std::nullopt;
    server.setTimeSpec(Qt::UTC);
    return now.secsTo(server);
}

// A key in PEM form, of whichever kind it is.
QSslKey keyFrom(const QByteArray &pem)
{
    for (const auto algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
        if (QSslKey key(pem, algorithm); !key.isNull())
            return key;
    }
    return {};
}

QString hostAndPort(const QUrl &url)
{
    return url.port() < 0 ? url.host() : url.host() + u':' + QString::number(url.port());
}

// Kuma's title and detail in one line, in quotes; empty when the body says nothing.
QString quotedWords(const RestReply &reply)
{
    const ErrorBody body = errorBodyFrom(reply.body.toStdString(), reply.contentType.toStdString());
    QString words = QString::fromStdString(body.title);
    if (!body.detail.empty() && body.detail != body.title)
        words += (words.isEmpty() ? QString() : u": "_s) + QString::fromStdString(body.detail);
    for (const auto &[field, reason] : body.invalidParameters)
        words += u"; "_s + QString::fromStdString(field) + u": "_s + QString::fromStdString(reason);
    return words.isEmpty() ? QString() : u" \""_s + words + u'"';
}

}  // namespace

struct RestConnection::Pending {
    RestRequest request;
    QUrl url;
    Handler handler;
    QNetworkReply *reply = nullptr;
    QStringList tlsProblems;
    QDateTime started = QDateTime::currentDateTimeUtc();
    QElapsedTimer clock;
    bool sent = false;
    bool cancelled = false;
    bool tooLarge = false;
};

Error errorOf(const RestReply &reply, const QString &doing)
{
    if (reply.error) {
        Error error = *reply.error;
        if (error.where.empty())
            error.where = reply.url.toDisplayString().toStdString();
        return error;
    }
    const QString quoted = quotedWords(reply);
    Error::Code code = Error::Code::Refused;
    QString advice;
    switch (reply.status) {
    case 401:
        advice =
            reply.advice.isEmpty()
                ? u"the token is not accepted: it may have expired, be revoked or be of another control plane"_s
                : reply.advice;
        break;
    case 403:
        advice = u"this user may not do that; a token of another user is needed"_s;
        break;
    case 404:
        code = Error::Code::NotFound;
        advice = u"it does not exist there"_s;
        break;
    case 405:
        advice = u"this control plane does not let it be written here"_s;
        break;
    case 409:
        code = Error::Code::Conflict;
        advice = u"somebody else changed it at the same time; read it again and repeat the change"_s;
        break;
    case 415:
        advice = u"something on the way changed the content type"_s;
        break;
    case 429:
    case 502:
    case 503:
    case 504:
        code = Error::Code::Unreachable;
        advice = u"it is overloaded or not up; try again in a moment"_s;
        break;
    default:
        if (reply.status >= 500)
            advice = u"its log says why"_s;
        else if (reply.status >= 300 && reply.status < 400)
            advice = u"it sends us elsewhere; check the address"_s;
    }
    QString what =
        u"could not "_s + doing + u": the control plane answered "_s + QString::number(reply.status) + quoted;
    if (!advice.isEmpty())
        what += u"; "_s + advice;
    return Error{code, what.toStdString(), reply.url.toDisplayString().toStdString()};
}

RestConnection::RestConnection(ConnectionOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    if (!m_options.baseUrl.isValid() || m_options.baseUrl.host().isEmpty()
        || (m_options.baseUrl.scheme() != u"http"_s && m_options.baseUrl.scheme() != u"https"_s))
        m_unusable =
            Error{Error::Code::Invalid,
                  "the address of the control plane must begin with http:// or https:// and name a host",
                  m_options.baseUrl.toDisplayString().toStdString()};
    if (!m_unusable)
        setUpTls();
    m_clock.start();
    m_network.setAutoDeleteReplies(false);
    m_network.setRedirectPolicy(QNetworkRequest::SameOriginRedirectPolicy);
}

RestConnection::~RestConnection() { close(); }

void RestConnection::setUpTls()
{
    m_tls = QSslConfiguration::defaultConfiguration();
    m_tls.setProtocol(QSsl::TlsV1_2OrLater);
    const auto refuse = [this](const char *what) { m_unusable = Error{Error::Code::Invalid, what, {}}; };
    if (!m_options.caCertificate.empty()) {
        const auto authorities =
            QSslCertificate::fromData(QByteArray::fromStdString(m_options.caCertificate));
        if (authorities.isEmpty())
            return refuse("the CA certificate is no certificate in PEM form");
        m_tls.setCaCertificates(authorities);
    }
    if (m_options.clientCertificate.empty() != m_options.clientKey.empty())
        return refuse("a client certificate needs its key, and a key its certificate");
    if (m_options.clientCertificate.empty())
        return;
    const auto chain = QSslCertificate::fromData(QByteArray::fromStdString(m_options.clientCertificate));
    if (chain.isEmpty())
        return refuse("the client certificate is no certificate in PEM form");
    const QSslKey key = keyFrom(QByteArray::fromStdString(m_options.clientKey));
    if (key.isNull())
        return refuse("the key of the client certificate is no key in PEM form without a passphrase");
    m_tls.setLocalCertificateChain(chain);
    m_tls.setPrivateKey(key);
}

double RestConnection::requestsPerSecond() const
{
    const qint64 now = m_clock.elapsed();
    while (!m_recent.empty() && m_recent.front() < now - kRateWindow)
        m_recent.pop_front();
    return static_cast<double>(m_recent.size()) * 1000.0
           / static_cast<double>(std::clamp<qint64>(now, 1'000, kRateWindow));
}

// What can be read in the token itself, without its key. Its claims are not shown.
QString RestConnection::tokenAdvice() const
{
    if (m_options.bearerToken.empty())
        return u"it wants a token, and this connection has none"_s;
    const auto parts = QByteArray::fromStdString(m_options.bearerToken).split('.');
    const auto claims = QJsonDocument::fromJson(QByteArray::fromBase64(
        parts.value(1), QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
    if (parts.size() != 3 || !claims.isObject())
        return u"the token is none that Kuma makes: it should have three parts with dots between them"_s;
    const auto now = QDateTime::currentDateTimeUtc();
    const auto expires = claims.object().value(u"exp"_s).toInteger();
    if (expires > 0 && QDateTime::fromSecsSinceEpoch(expires, Qt::UTC) <= now)
        return u"the token expired at %1; make a new one"_s.arg(
            QDateTime::fromSecsSinceEpoch(expires, Qt::UTC).toString(Qt::ISODate));
    return {};
}

QUrl RestConnection::urlOf(const RestRequest &request) const
{
    QUrl url = m_options.baseUrl;
    QString base = url.path(QUrl::FullyEncoded);
    while (base.endsWith(u'/'))
        base.chop(1);
    QString encoded = base;
    const auto segments = request.path.split(u'/', Qt::SkipEmptyParts);
    for (const auto &segment : segments)
        encoded += u'/' + QString::fromLatin1(QUrl::toPercentEncoding(segment, "+"));
    url.setPath(encoded.isEmpty() ? u"/"_s : encoded, QUrl::StrictMode);
    url.setQuery(request.query);
    url.setUserInfo({});
    url.setFragment({});
    return url;
}

RestConnection::Id RestConnection::send(const RestRequest &request, Handler handler)
{
    const Id id = ++m_lastId;
    auto pending = std::make_shared<Pending>();
    pending->request = request;
    pending->url = urlOf(request);
    pending->handler = std::move(handler);
    pending->clock.start();
    m_pending.insert(id, pending);
    if (m_closed || m_unusable) {
        const Error error =
            m_unusable.value_or(Error{Error::Code::Cancelled, "the connection is closed", {}});
        if (m_closed)
            complete(id, RestReply{0, {}, {}, pending->url, error});
        else
            QTimer::singleShot(0, this, [this, id, error, url = pending->url] {
                complete(id, RestReply{0, {}, {}, url, error});
            });
        return id;
    }

    m_recent.push_back(m_clock.elapsed());
    if (m_recent.size() > 10'000)
        m_recent.pop_front();
    QNetworkRequest wire(pending->url);
    wire.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    wire.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    wire.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    wire.setTransferTimeout(m_options.timeoutMilliseconds);
    wire.setHeader(QNetworkRequest::UserAgentHeader,
                   QString(u"meshscope/"_s + QStringLiteral(MESHSCOPE_VERSION)));
    wire.setRawHeader("Accept", "application/json");
    // On this machine compressing costs more than it saves: a page of 1,000 dataplanes takes Brotli seconds.
    if (const QString host = pending->url.host(); host == u"localhost"_s || QHostAddress(host).isLoopback())
        wire.setRawHeader("Accept-Encoding", "identity");
    if (!request.body.isEmpty())
        wire.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    if (!m_options.bearerToken.empty())
        wire.setRawHeader("Authorization", "Bearer " + QByteArray::fromStdString(m_options.bearerToken));
    for (const auto &[name, value] : m_options.headers)
        wire.setRawHeader(name, value);
    if (pending->url.scheme() == u"https"_s)
        wire.setSslConfiguration(m_tls);

    QNetworkReply *reply = m_network.sendCustomRequest(wire, request.method, request.body);
    pending->reply = reply;
    connect(reply, &QNetworkReply::finished, this, [this, id] { finish(id); });
    connect(reply, &QNetworkReply::requestSent, this, [pending] { pending->sent = true; });
    connect(reply, &QNetworkReply::sslErrors, this, [this, pending, reply](const QList<QSslError> &errors) {
        for (const auto &error : errors)
            pending->tlsProblems << error.errorString();
        if (m_options.skipVerify)
            reply->ignoreSslErrors();
    });
    connect(reply, &QNetworkReply::downloadProgress, this, [pending, reply](qint64 received, qint64) {
        if (received <= kMaxBody || pending->tooLarge)
            return;
        pending->tooLarge = true;
        reply->abort();
    });
    return id;
}

void RestConnection::cancel(Id id, bool unlessSent)
{
    const auto pending = m_pending.value(id);
    if (!pending || (unlessSent && pending->sent))
        return;
    pending->cancelled = true;
    if (pending->reply != nullptr && !pending->reply->isFinished())
        pending->reply->abort();  // finishes it
}

void RestConnection::close()
{
    m_closed = true;
    const auto ids = m_pending.keys();
    for (const Id id : ids) {
        const auto pending = m_pending.value(id);
        if (!pending)
            continue;
        if (pending->reply != nullptr) {
            disconnect(pending->reply, nullptr, this, nullptr);
            pending->reply->abort();
        }
        complete(
            id, RestReply{
                    0, {}, {}, pending->url, Error{Error::Code::Cancelled, "the connection was closed", {}}});
    }
}

Error RestConnection::transportError(const Pending &pending) const
{
    const QString place = hostAndPort(pending.url);
    const auto made = [](Error::Code code, const QString &what) {
        return Error{code, what.toStdString(), {}};
    };
    if (pending.cancelled)
        return Error{Error::Code::Cancelled, "cancelled", {}};
    if (pending.tooLarge)
        return made(Error::Code::Invalid,
                    u"the answer of %1 is larger than 512 MB; it is no control plane"_s.arg(place));
    switch (pending.reply->error()) {
    case QNetworkReply::ConnectionRefusedError:
        return made(
            Error::Code::Unreachable,
            u"nothing listens at %1; is the control plane running, and is this its API address"_s.arg(place));
    case QNetworkReply::HostNotFoundError:
        return made(Error::Code::Unreachable,
                    u"the host name %1 is not known here"_s.arg(pending.url.host()));
    case QNetworkReply::OperationCanceledError:  // that is how Qt reports its transfer timeout
    case QNetworkReply::TimeoutError:
        return made(Error::Code::Unreachable,
                    u"%1 sent nothing for %2 s"_s.arg(place).arg(m_options.timeoutMilliseconds / 1000.0));
    case QNetworkReply::RemoteHostClosedError:
        // Qt says the same of an answer without a status line.
        if (!pending.reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).isValid())
            return made(
                Error::Code::Unreachable,
                u"%1 hung up, or what it says is no HTTP; check the port, and http or https"_s.arg(place));
        return made(Error::Code::Unreachable,
                    u"%1 closed the connection before its answer was complete"_s.arg(place));
    case QNetworkReply::SslHandshakeFailedError: {
        const QString cause =
            pending.tlsProblems.isEmpty() ? pending.reply->errorString() : pending.tlsProblems.join(u"; "_s);
        return made(
            Error::Code::Refused,
            pending.tlsProblems.isEmpty()
                ? u"no TLS connection to %1: %2"_s.arg(place, cause)
                : u"the certificate of %1 is not trusted: %2; give the CA certificate it is signed with"_s
                      .arg(place, cause));
    }
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
        return made(Error::Code::Invalid,
                    u"what %1 answers is no HTTP; check the port, and http or https"_s.arg(place));
    case QNetworkReply::InsecureRedirectError:
    case QNetworkReply::TooManyRedirectsError:
        return made(
            Error::Code::Refused,
            u"%1 sends us to another address, where no credentials are given; check the address"_s.arg(
                place));
    default:
        return made(Error::Code::Unreachable,
                    u"no answer from %1: %2"_s.arg(place, pending.reply->errorString()));
    }
}

void RestConnection::finish(Id id)
{
    const auto pending = m_pending.value(id);
    if (!pending)
        return;
    QNetworkReply *network = pending->reply;
    RestReply reply;
    reply.url = pending->url;
    reply.status = network->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    reply.contentType = network->header(QNetworkRequest::ContentTypeHeader).toByteArray();
    if (network->isOpen())
        reply.body = network->readAll();
    reply.clockSkewSeconds = skewOf(network->rawHeader("Date"), QDateTime::currentDateTimeUtc());
    if (reply.status == 401)
        reply.advice = tokenAdvice();
    // From 201 on Qt's codes only repeat the status.
    const bool isAnswer = network->error() == QNetworkReply::NoError
                          || (network->error() > 200 && reply.status >= 300
                              && network->error() != QNetworkReply::ProtocolFailure);
    if (!isAnswer || pending->cancelled || pending->tooLarge) {
        reply.error = transportError(*pending);
        reply.status = 0;
    }
    complete(id, std::move(reply));
}

void RestConnection::complete(Id id, RestReply reply)
{
    const auto pending = m_pending.take(id);
    if (!pending)
        return;
    if (pending->reply != nullptr)
        pending->reply->deleteLater();
    RequestRecord record;
    record.started = pending->started;
    record.method = QString::fromLatin1(pending->request.method);
    record.url = pending->url;
    record.status = reply.status;
    record.milliseconds = pending->clock.elapsed();
    record.bytes = reply.body.size();
    if (reply.error)
        record.error = QString::fromStdString(reply.error->what);
    else if (reply.status >= 400)
        record.error = QString::number(reply.status) + quotedWords(reply);
    qCDebug(lcClient) << record.method << record.url.toDisplayString() << record.status << record.milliseconds
                      << "ms";
    if (!m_closed)
        Q_EMIT requestFinished(record);
    pending->handler(reply);
}

}  // namespace meshscope
