#include "models/mesh_digest.h"

#include "backend/support/when_done.h"
#include "models/pool_job.h"
#include "models/text.h"

#include <QThreadPool>

#include <algorithm>
#include <map>
#include <set>

namespace meshscope {
namespace {

template <class Counts>
void countIn(Counts &counts, Health health)
{
    switch (health) {
    case Health::Online:
        ++counts.online;
        break;
    case Health::Degraded:
        ++counts.degraded;
        break;
    case Health::Offline:
        ++counts.offline;
        break;
    case Health::Unknown:
        ++counts.unknown;
        break;
    }
}

}  // namespace

Health worstOf(Health a, Health b) { return badness(a) >= badness(b) ? a : b; }

Health healthOf(const MeshCounts &counts)
{
    if (counts.offline > 0)
        return Health::Offline;
    if (counts.degraded > 0)
        return Health::Degraded;
    return counts.unknown > 0 || counts.online == 0 ? Health::Unknown : Health::Online;
}

std::pair<std::size_t, std::size_t> MeshDigest::servicesOfMesh(const std::string &mesh) const
{
    const auto first = std::lower_bound(
        services.begin(), services.end(), mesh,
        [](const ServicePtr &row, const std::string &name) { return row->summary.key.mesh < name; });
    const auto last =
        std::upper_bound(first, services.end(), mesh, [](const std::string &name, const ServicePtr &row) {
            return name < row->summary.key.mesh;
        });
    return {static_cast<std::size_t>(first - services.begin()),
            static_cast<std::size_t>(last - services.begin())};
}

const ServiceEntry *MeshDigest::findService(const ResourceKey &key) const
{
    const auto at =
        std::lower_bound(services.begin(), services.end(), key,
                         [](const ServicePtr &row, const ResourceKey &k) { return row->summary.key < k; });
    return at != services.end() && (*at)->summary.key == key ? at->get() : nullptr;
}

DigestPtr digestOf(const SnapshotPtr &snapshot, const DigestPtr &before)
{
    std::map<ResourceKey, std::set<Tags>> tagSets;
    std::map<ResourceKey, ServiceSummary> without;  // by mesh: dataplanes that offer nothing
    std::map<std::string, MeshCounts> meshes;
    for (const auto &mesh : snapshot->meshes) {
        MeshCounts &counts = meshes[mesh.name];
        counts.name = mesh.name;
        counts.mtlsEnabled = mesh.mtlsEnabled;
    }
    for (const auto &row : snapshot->dataplanes) {
        const Dataplane &dataplane = *row->dataplane;
        MeshCounts &counts = meshes[dataplane.key.mesh];
        counts.name = dataplane.key.mesh;
        countIn(counts, row->status.overall);
        for (const auto &inbound : dataplane.inbounds) {
            if (const auto service = inbound.service(); !service.empty())
                tagSets[{dataplane.key.mesh, service}].insert(inbound.tags);
        }
        const auto services = dataplane.services();
        if (dataplane.gateway) {
            for (const auto &service : services)
                tagSets[{dataplane.key.mesh, service}].insert(dataplane.gateway->tags);
        }
        if (services.empty()) {
            ServiceSummary &summary = without[{dataplane.key.mesh, {}}];
            summary.key.mesh = dataplane.key.mesh;
            countIn(summary, row->status.overall);
            summary.dataplanes.push_back(dataplane.key);
        }
    }

    auto digest = std::make_shared<MeshDigest>();
    digest->snapshot = snapshot;
    auto summaries = servicesOf(*snapshot);
    for (auto &[key, summary] : without)
        summaries.push_back(std::move(summary));
    std::sort(summaries.begin(), summaries.end(), [](const auto &a, const auto &b) { return a.key < b.key; });
    digest->services.reserve(summaries.size());
    for (auto &summary : summaries) {
        auto entry = std::make_shared<ServiceEntry>();
        entry->summary = std::move(summary);
        const auto &key = entry->summary.key;
        if (const auto found = tagSets.find(key); found != tagSets.end()) {
            entry->tagSetCount = found->second.size();
            for (const auto &set : found->second) {
                if (entry->tagSets.size() == ServiceEntry::kMaxTagSets)
                    break;
                entry->tagSets.push_back(set);
            }
        }
        if (!key.name.empty())
            ++meshes[key.mesh].services;
        const auto same = before ? std::lower_bound(before->services.begin(), before->services.end(), key,
                                                    [](const ServicePtr &row, const ResourceKey &k) {
                                                        return row->summary.key < k;
                                                    })
                                 : std::vector<ServicePtr>::const_iterator();
        if (before && same != before->services.end() && **same == *entry)
            digest->services.push_back(*same);
        else
            digest->services.push_back(std::move(entry));
    }
    for (auto &[name, counts] : meshes)
        digest->meshes.push_back(std::move(counts));
    return digest;
}

Digester::Digester(QObject *parent)
    : QObject(parent)
{}

Digester::~Digester()
{
    m_job.cancel();  // not waited for: the job holds values of its own, and the pool may be busy elsewhere
}

void Digester::setSnapshot(const SnapshotPtr &snapshot)
{
    if (m_working) {
        m_waiting =
            snapshot;  // the running one is let finish: cancelling each time would starve a busy source
        return;
    }
    if (snapshot->dataplanes.size() <= kAtOnce) {
        m_digest = digestOf(snapshot, m_digest);
        Q_EMIT digestChanged();
        return;
    }
    m_working = true;
    m_job = runInPool(
        [snapshot, before = m_digest]() -> Result<DigestPtr> { return digestOf(snapshot, before); });
    whenDone(m_job, this, [this](const Result<DigestPtr> &digest) {
        m_working = false;
        if (digest) {
            DigestPtr before = std::exchange(m_digest, *digest);
            Q_EMIT digestChanged();
            // Freeing a hundred thousand keys is no work for this thread either.
            QThreadPool::globalInstance()->start([old = std::move(before)]() mutable { old.reset(); });
        }
        if (const auto next = std::exchange(m_waiting, nullptr))
            setSnapshot(next);
    });
}

}  // namespace meshscope
