// One trace from a local sidecar: its name service asked, its Envoy's configuration walked, and the way into
// those other local sidecars that the call reaches. GUI thread; the walking is done in the pool.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/trace/trace.h"

#include <QFuture>
#include <QObject>
#include <QPointer>

#include <vector>

namespace meshscope {

struct PathResult {
    TraceQuestion question;
    std::optional<DnsReport> dns;  // when the host is a name and the sidecar serves names
    QString dnsTrouble;            // why there is none
    struct Leg {
        QString proxy;
        Trace trace;
    };
    std::vector<Leg> legs;  // the caller's first
    bool isReached() const;
    QString stop() const;  // the first reason; empty when it arrives
};

class PathTrace : public QObject
{
    Q_OBJECT

public:
    explicit PathTrace(SidecarHost *host, QObject *parent = nullptr);
    ~PathTrace() override;

    // Replaces one that still runs.
    void start(const ResourceKey &caller, const TraceQuestion &question);
    bool isRunning() const { return m_isRunning; }

Q_SIGNALS:
    void done(const meshscope::PathResult &result);
    void failed(const meshscope::Error &error);

private:
    void askName();
    void askDumps();
    void walk();

    QPointer<SidecarHost> m_host;
    ResourceKey m_caller;
    PathResult m_result;
    std::vector<QByteArray> m_dumps;  // the caller's first
    std::size_t m_waiting = 0;
    int m_run = 0;  // answers of an earlier one are dropped
    bool m_isRunning = false;
    QFuture<Result<PathResult>> m_walking;
};

}  // namespace meshscope

Q_DECLARE_METATYPE(meshscope::PathResult)
