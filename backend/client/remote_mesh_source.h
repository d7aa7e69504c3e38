// Snapshots of a remote control plane: asks at an interval, backs off when it fails, publishes what changed.
// GUI thread; pages are parsed in a thread pool of its own, which its destructor waits for.
#pragma once

#include "backend/api/mesh_source.h"
#include "backend/client/other_lists.h"
#include "backend/client/page_listing.h"
#include "backend/client/rest_connection.h"
#include "backend/codec/api_answers.h"

#include <QElapsedTimer>
#include <QThreadPool>
#include <QTimer>

#include <random>

namespace meshscope {

class RemoteMeshSource : public MeshSource
{
    Q_OBJECT

public:
    // The connection must outlive it.
    explicit RemoteMeshSource(RestConnection &connection, QObject *parent = nullptr);
    ~RemoteMeshSource() override;

    // Not null; not known before the first answer.
    CapabilitiesPtr capabilities() const { return m_capabilities; }

    QString displayName() const override;
    QUrl address() const override { return m_connection.options().baseUrl; }
    SnapshotPtr snapshot() const override { return m_snapshot; }
    SourceState state() const override;
    void refresh() override;
    void setInterval(int milliseconds) override;
    void cancelRefresh() override;
    void setPaused(bool paused) override;
    QFuture<Result<std::string>> fetch(const QString &path, const QUrlQuery &query = {}) override;

private:
    struct Round;
    using Dataplanes = PageListing<DataplaneOverview>;
    // A handler that does nothing once the round it belongs to is over.
    template <class Fn>
    auto inRound(Fn fn);

    void begin();
    void askIndex();
    void askFacts();
    void takeFacts();
    void askLists();
    void askMeshes(const QString &offset);
    void askOverviews();
    void takePage();
    void endPart();
    void assemble();
    SnapshotPtr published(std::unique_ptr<Snapshot> next) const;
    void succeed(SnapshotPtr next, std::shared_ptr<const KnownRows<DataplaneOverview>> known);
    void fail(Error error);
    void endRound();
    void schedule(int milliseconds);
    int nextInterval() const;
    int backOff();
    bool isFirstListing() const { return m_snapshot->fetchedAt == TimePoint{} || m_snapshot->isPartial; }

    RestConnection &m_connection;
    QThreadPool m_pool;
    QTimer m_timer;
    QElapsedTimer m_sinceLast;
    SnapshotPtr m_snapshot;
    SourceState m_state;
    CapabilitiesPtr m_capabilities;
    std::shared_ptr<const KnownRows<DataplaneOverview>> m_known;  // the snapshot's rows by their JSON
    OtherLists m_others;
    std::shared_ptr<Round> m_round;  // the refresh under way
    std::minstd_rand m_random;
    int m_interval;
    int m_failures = 0;
    int m_lastRoundMilliseconds = 0;
    quint64 m_lastRoundRequests = 0;
    bool m_isAgainWanted = false;
    bool m_isForced = true;  // the next round asks for the other lists whatever their age
};

}  // namespace meshscope
