// Where snapshots come from: a control plane (backend/client), or the in-memory fake of the tests.
#pragma once

#include "backend/core/result.h"
#include "backend/core/snapshot.h"

#include <QDateTime>
#include <QFuture>
#include <QObject>
#include <QString>
#include <QUrl>

#include <optional>

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

Q_SIGNALS:
    void snapshotChanged(std::shared_ptr<const meshscope::Snapshot> snapshot);
    void stateChanged();
    void requestFinished(const meshscope::RequestRecord &record);
};

}  // namespace meshscope
