// Snapshots of a remote control plane: asks at an interval, backs off when it fails, publishes what changed.
// GUI thread; pages are parsed in a thread pool of its own, which its destructor waits for.
#pragma once

#include "backend/api/mesh_source.h"
#include "backend/client/rest_connection.h"
#include "backend/codec/api_answers.h"
#include "backend/codec/overview_codec.h"

#include <QElapsedTimer>
#include <QThreadPool>
#include <QTimer>

#include <random>

namespace meshscope {

// What is known of the control plane besides its contents. Asked once, and again when another instance
// answers.
struct ControlPlaneFacts {
    bool isKnown = false;
    ConfigInfo config;                       // empty where /config may not be read
    std::optional<bool> dataplanesReadOnly;  // nothing: the control plane is too old to say
};

class RemoteMeshSource : public MeshSource
{
    Q_OBJECT

public:
    // The connection must outlive it.
    explicit RemoteMeshSource(RestConnection &connection, QObject *parent = nullptr);
    ~RemoteMeshSource() override;

    const ControlPlaneFacts &facts() const { return m_facts; }

    QString displayName() const override;
    QUrl address() const override { return m_connection.options().baseUrl; }
    SnapshotPtr snapshot() const override { return m_snapshot; }
    SourceState state() const override { return m_state; }
    void refresh() override;
    void setInterval(int milliseconds) override;

private:
    struct Round;

    void begin();
    void askIndex();
    void askFacts(int step);
    void askMeshes(const QString &offset);
    void askOverviews(const QString &offset);
    void takeOverviews(Result<Page<DataplanePtr>> page);
    void assemble();
    void succeed(SnapshotPtr next);
    void fail(Error error);
    void endRound();
    void schedule(int milliseconds);
    int backOff();

    RestConnection &m_connection;
    QThreadPool m_pool;
    QTimer m_timer;
    QElapsedTimer m_sinceLast;
    SnapshotPtr m_snapshot;
    SourceState m_state;
    ControlPlaneFacts m_facts;
    std::unique_ptr<Round> m_round;  // the refresh under way
    std::minstd_rand m_random;
    int m_interval;
    int m_failures = 0;
    bool m_isAgainWanted = false;
    bool m_usesOldOverviewPath = false;  // before 2.5
};

}  // namespace meshscope
