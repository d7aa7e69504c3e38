// HTTP/1.1 to one control plane: address, credentials, TLS and timeouts in one place, and one record for each
// request. GUI thread.
#pragma once

#include "backend/api/mesh_source.h"
#include "backend/client/connection_options.h"

#include <QElapsedTimer>
#include <QHash>
#include <QNetworkAccessManager>
#include <QObject>
#include <QSslConfiguration>
#include <QUrlQuery>

#include <deque>
#include <functional>
#include <optional>

class QNetworkReply;

namespace meshscope {

struct RestRequest {
    QByteArray method = "GET";
    QString path;  // "/meshes/default", decoded; each segment is encoded on the way
    QUrlQuery query;
    QByteArray body;  // JSON, with PUT
};

// Either an HTTP answer of any status, or an error of getting one.
struct RestReply {
    int status = 0;
    QByteArray contentType;
    QByteArray body;
    QUrl url;
    std::optional<Error> error;
    QString advice{};  // of a 401: what is wrong with our token, as far as can be seen here
    std::optional<qint64> clockSkewSeconds{};  // the server's clock minus ours, by its Date

    bool isSuccess() const { return !error && status >= 200 && status < 300; }
};

// What an answer of status ≥ 400 (or none) means, with the control plane's own words. `doing` completes
// "could not …".
Error errorOf(const RestReply &reply, const QString &doing);

class RestConnection : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<void(const RestReply &)>;
    using Id = quint64;

    explicit RestConnection(ConnectionOptions options, QObject *parent = nullptr);
    ~RestConnection() override;

    const ConnectionOptions &options() const { return m_options; }
    // Over the last ten seconds.
    double requestsPerSecond() const;
    quint64 requestCount() const { return m_lastId; }

    // The handler is called exactly once, from the event loop. Cancelling and closing count as an answer too.
    Id send(const RestRequest &request, Handler handler);
    // Ends the request with Cancelled. One that has left completely is let go on when `unlessSent`.
    void cancel(Id id, bool unlessSent = false);
    // Ends all requests with Cancelled, at once; later ones as well. For the owner's destructor.
    void close();

Q_SIGNALS:
    void requestFinished(const meshscope::RequestRecord &record);

private:
    struct Pending;

    QUrl urlOf(const RestRequest &request) const;
    void setUpTls();
    QString tokenAdvice() const;
    void finish(Id id);
    Error transportError(const Pending &pending) const;
    void complete(Id id, RestReply reply);

    ConnectionOptions m_options;
    QNetworkAccessManager m_network;
    QSslConfiguration m_tls;
    QHash<Id, std::shared_ptr<Pending>> m_pending;
    mutable std::deque<qint64> m_recent;  // when requests were sent, in milliseconds of m_clock
    QElapsedTimer m_clock;
    std::optional<Error> m_unusable;  // when the options themselves are wrong
    Id m_lastId = 0;
    bool m_closed = false;
};

}  // namespace meshscope
