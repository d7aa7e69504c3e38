// How the window gets more connections than it was made with. Implemented by app/, the one place that knows
// the concrete classes; a fake in tests. GUI thread.
#pragma once

#include "backend/api/connection_store.h"
#include "ui/shell/connections.h"

#include <QFuture>
#include <QObject>
#include <QStringList>

namespace meshscope::ui {

class ConnectionDoors : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual ConnectionStore *store() = 0;  // never null
    // Where tokens are kept, and what has to be said aloud about that place; empty = nothing.
    virtual QString secretPlace() const = 0;
    virtual QString secretWarning() const = 0;

    // What answers there with this profile: "Kuma 2.9.13, zone, universal". Nothing is kept.
    virtual QFuture<Result<QString>> test(const ConnectionProfile &profile,
                                          const ProfileSecrets &secrets) = 0;
    virtual QFuture<Result<Connection>> open(const QString &profileId) = 0;

    // Samples the sandbox can start with, the one to show first in front.
    virtual QStringList samples() const = 0;
    // Conflict when a port is taken and freePorts is not asked for; one sandbox at a time.
    virtual Result<Connection> startSandbox(const QString &sample, bool freePorts) = 0;
    virtual bool isSandboxRunning() const = 0;
    // Invalid when the file is no snapshot.
    virtual QFuture<Result<Connection>> openSnapshot(const QString &path) = 0;
    // Why snapshot files cannot be opened here; empty = they can.
    virtual QString whyNoSnapshots() const = 0;

    // After Connections::remove: whatever stood behind it may go.
    virtual void close(MeshSource *source) = 0;
};

}  // namespace meshscope::ui
