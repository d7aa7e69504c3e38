// What trees and service lists need of a snapshot, worked out once: services with their tag sets, counts by
// mesh. At 100,000 dataplanes that takes far longer than a frame, so large snapshots are worked out in the
// pool.
#pragma once

#include "backend/core/result.h"
#include "backend/core/snapshot.h"

#include <QFuture>
#include <QObject>

#include <memory>
#include <string>
#include <vector>

namespace meshscope {

struct ServiceEntry {
    static constexpr std::size_t kMaxTagSets = 32;

    // key.name is empty for the dataplanes of a mesh that offer no service at all.
    ServiceSummary summary;
    std::vector<Tags> tagSets;    // distinct ones of its inbounds, sorted; the first kMaxTagSets
    std::size_t tagSetCount = 0;  // distinct ones in all
    bool operator==(const ServiceEntry &) const = default;
};
using ServicePtr = std::shared_ptr<const ServiceEntry>;

struct MeshCounts {
    std::string name;
    bool mtlsEnabled = false;
    std::size_t online = 0, degraded = 0, offline = 0, unknown = 0;
    std::size_t services = 0;
    std::size_t total() const { return online + degraded + offline + unknown; }
    bool operator==(const MeshCounts &) const = default;
};

struct MeshDigest {
    SnapshotPtr snapshot;              // what it was made of; never null
    std::vector<ServicePtr> services;  // sorted by key
    std::vector<MeshCounts> meshes;    // sorted by name; also meshes that only dataplanes name
    // The services of one mesh, as a range of `services`.
    std::pair<std::size_t, std::size_t> servicesOfMesh(const std::string &mesh) const;
    const ServiceEntry *findService(const ResourceKey &key) const;  // nullptr when there is none
};
using DigestPtr = std::shared_ptr<const MeshDigest>;

// Pure; any thread. Rows of `before` that are equal are taken over as objects.
DigestPtr digestOf(const SnapshotPtr &snapshot, const DigestPtr &before = nullptr);

Health worstOf(Health a, Health b);         // Offline, Degraded, Unknown, Online
Health healthOf(const MeshCounts &counts);  // worst of its dataplanes

// Keeps the digest of the newest snapshot. GUI thread; the latest wins.
class Digester : public QObject
{
    Q_OBJECT

public:
    // Up to this many dataplanes it is done at once: below 5 ms, and pages agree within one event.
    static constexpr std::size_t kAtOnce = 2000;

    explicit Digester(QObject *parent = nullptr);
    ~Digester() override;

    void setSnapshot(const SnapshotPtr &snapshot);
    const DigestPtr &digest() const { return m_digest; }  // nullptr before the first
    bool isWorking() const { return m_working; }

Q_SIGNALS:
    void digestChanged();

private:
    DigestPtr m_digest;
    SnapshotPtr m_waiting;  // came while the pool was busy; only the newest is kept
    QFuture<Result<DigestPtr>> m_job;
    bool m_working = false;
};

}  // namespace meshscope
