// Where snapshots come from: a control plane (backend/client), or the in-memory fake of the tests.
#pragma once

#include "backend/core/result.h"
#include "backend/core/snapshot.h"

#include <QDateTime>
#include <QFuture>
#include <QObject>
#include <QString>
#include <QUrl>
#include <QUrlQuery>

#include <chrono>
#include <optional>
#include <string>

namespace meshscope {

// One exchange with the control plane, for the request log. Bodies and credentials are not kept.
struct RequestRecord {
    QDateTime started;
    QString method;
    QUrl url;
    int status = 0;  // 0 = no answer
    qint64 milliseconds = 0;
    qint64 bytes = 0;
    QString error;  // empty = fine
};

// How far a listing of dataplanes has come.
struct LoadProgress {
    std::size_t rows = 0;
    std::size_t total = 0;  // as the control plane counted them; may change on the way
    bool operator==(const LoadProgress &) const = default;
};

// How fresh the source's snapshot is.
struct SourceState {
    enum class Phase {
        Connecting,  // never had an answer yet
        Live,        // the last refresh succeeded
        Stale,       // the last refresh failed; the snapshot is older
        Failed,      // there never was an answer, and the last try failed
    };
    Phase phase = Phase::Connecting;
    std::optional<Error> error;  // of the last refresh, in Stale and Failed
    TimePoint lastSuccess{};     // epoch = never
    bool refreshing = false;
    bool isPaused = false;
    std::optional<LoadProgress> progress;  // while a listing of more than one page is under way
    double requestsPerSecond = 0;          // over the last ten seconds
    int intervalMilliseconds = 0;  // between refreshes as it is now: longer than wished for where the request
                                   // budget demands it; 0 = only when told
    // The control plane's clock minus ours, where it is more than a few seconds off; ages are wrong by that
    // much.
    std::optional<std::chrono::seconds> clockSkew;
};

// Lives on the GUI thread; all calls and signals are on it. Publishes at most every 100 ms.
class MeshSource : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual QString displayName() const = 0;  // "Sandbox", "prod"
    virtual QUrl address() const = 0;
    virtual SnapshotPtr snapshot() const = 0;  // never null; empty before the first answer
    virtual SourceState state() const = 0;

    // Asks at once instead of at the next interval. A running refresh is not started twice.
    virtual void refresh() = 0;
    // How often it asks by itself, in milliseconds; 0 = only when told. Default 5000.
    virtual void setInterval(int milliseconds) = 0;
    // Ends the refresh under way; what was there before it stays. Of the very first listing the rows that
    // came stay, and the snapshot stays partial. The next interval asks again.
    virtual void cancelRefresh() {}
    // While paused nothing is asked by itself (refresh() still does); for windows nobody sees. On its end a
    // snapshot older than the interval is refreshed at once.
    virtual void setPaused(bool paused) { static_cast<void>(paused); }

    // GETs one more thing of the control plane, e.g. "/meshes/default/dataplanes/web-1/_rules": the body of a
    // 2xx answer as it is, else what went wrong. Cancelling the future ends the request. A snapshot file
    // answers from what it holds.
    virtual QFuture<Result<std::string>> fetch(const QString &path, const QUrlQuery &query = {});

Q_SIGNALS:
    void snapshotChanged(std::shared_ptr<const meshscope::Snapshot> snapshot);
    void stateChanged();
    void requestFinished(const meshscope::RequestRecord &record);
};

}  // namespace meshscope
