// From a change in the store to the proxies that it touches: event-driven, one thread of its own.
//
// It keeps a view of each mesh, knows which connected proxy reaches which service, and makes a new snapshot
// for those proxies only that a change can touch: the one whose own Dataplane changed, those that reach a
// service whose endpoints changed, those that a changed policy selects or selected, and for a change of the
// Mesh all of it. Changes that come in a burst are made one.
#pragma once

#include "backend/control/clock.h"
#include "backend/control/dataplane_cache.h"
#include "backend/control/housekeeper.h"
#include "backend/control/insight_tracker.h"
#include "backend/control/proxy_identities.h"
#include "backend/control/resource_writer.h"
#include "backend/store/store.h"
#include "backend/xds/generator.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <variant>
#include <vector>

namespace meshscope::control {

// One ADS stream, as the reconciler sees it. Called on the reconciler's thread.
class ProxyStream
{
public:
    virtual ~ProxyStream() = default;
    virtual void setSnapshot(xds::ProxySnapshotPtr snapshot) = 0;
};

struct ReconcilerOptions {
    std::chrono::milliseconds burst{3};  // how long it waits for more changes after the first
    std::chrono::milliseconds deregistration{
        10'000};  // from the end of a stream to the deletion of its Dataplane
};

class Reconciler
{
public:
    // All must outlive it.
    Reconciler(Store &store, DataplaneCache &cache, ResourceWriter &writer, InsightTracker &insights,
               Housekeeper &housekeeper, pki::KeyPool &keys, Clock clock, LogSink log,
               ReconcilerOptions options = {});
    ~Reconciler();

    // A stream begins: its Dataplane is registered if it brings one. Any thread. Returns the id of its
    // subscription; NotFound when there is no such Dataplane, Conflict when another stream serves it already.
    Result<std::string> connect(const std::shared_ptr<ProxyStream> &stream,
                                const xds::ProxyMetadata &metadata);
    // It ended. A Dataplane that came with it is deleted later, unless it is back by then or we are stopping.
    void disconnect(const ResourceKey &key, const std::string &subscription);

    // Any thread. Nothing when no stream of that Dataplane is open.
    std::optional<xds::ProxyMetadata> connectedProxy(const ResourceKey &key);

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    struct Proxy {
        std::shared_ptr<ProxyStream> stream;
        xds::ProxyMetadata metadata;
        std::string subscription;
        std::set<std::string> reaches;  // services
    };

    void run();
    void touch(const ResourceKey &key);
    void apply(const StoreChanges &changes, std::set<ResourceKey> &touched);
    void touchByResources(const xds::MeshView &before, const xds::MeshView &after,
                          const std::vector<xds::MeshView::ResourceUpdate> &updates,
                          std::set<ResourceKey> &touched);
    void touchByServices(const std::string &mesh, const std::set<std::string> &services,
                         std::set<ResourceKey> &touched);
    void regenerate(const std::set<ResourceKey> &keys);
    void deleteOverdue(SteadyTime now);
    Result<void> registerDataplane(const xds::ProxyMetadata &metadata);

    Store &m_store;
    DataplaneCache &m_cache;
    ResourceWriter &m_writer;
    InsightTracker &m_insights;
    Housekeeper &m_housekeeper;
    LogSink m_log;
    ReconcilerOptions m_options;

    // Of the thread alone.
    std::map<std::string, xds::MeshViewPtr> m_meshes;
    std::map<std::pair<std::string, std::string>, xds::MeshResourcePtr>
        m_global;  // (type, name) → of types beyond meshes; new meshes have them too

    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_wake;
    StoreChanges m_changes;
    std::map<ResourceKey, Proxy> m_proxies;
    std::map<std::pair<std::string, std::string>, std::set<std::string>>
        m_reachedBy;                     // (mesh, service) → proxies
    std::set<ResourceKey> m_fresh;       // connected, and waiting for their first snapshot
    std::set<ResourceKey> m_registered;  // Dataplanes that came with a stream
    std::map<ResourceKey, SteadyTime> m_deleteAt;
    bool m_stopping = false;

    std::shared_ptr<void> m_subscription;
    std::optional<xds::ProxyIdentity> m_adminIdentity;
    ProxyIdentities m_identities;  // calls back on its thread, so it goes before all of the above
    std::thread m_thread;
};

}  // namespace meshscope::control
