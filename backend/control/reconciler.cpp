#include "backend/control/reconciler.h"

#include "backend/control/certificates.h"
#include "backend/control/mesh_views.h"
#include "backend/xds/backends.h"
#include "backend/xds/dependencies.h"

#include <algorithm>

namespace meshscope::control {

namespace {

bool matters(const StoreChange &change)
{
    return change.any().type == kDataplaneType || xds::isUsed(change.any().type);
}

std::string nameOf(const ResourceKey &key) { return key.mesh + "." + key.name; }

}  // namespace

Reconciler::Reconciler(Store &store, DataplaneCache &cache, ResourceWriter &writer, InsightTracker &insights,
                       Housekeeper &housekeeper, pki::KeyPool &keys, Clock clock, LogSink log,
                       ReconcilerOptions options)
    : m_store(store)
    , m_cache(cache)
    , m_writer(writer)
    , m_insights(insights)
    , m_housekeeper(housekeeper)
    , m_log(log)
    , m_options(options)
    , m_identities(store, keys, std::move(clock), std::move(log),
                   [this](const ResourceKey &key) { touch(key); })
{
    if (auto made = makeServerIdentity({}))
        m_adminIdentity = xds::ProxyIdentity{made->certificate, made->key, made->caCertificate};
    m_subscription = m_store.subscribe([this](const StoreChanges &changes) {
        const std::lock_guard lock(m_mutex);
        std::copy_if(changes.begin(), changes.end(), std::back_inserter(m_changes), matters);
        m_wake.notify_one();
    });
    // What was there before. A change that the feed reported meanwhile comes after it and wins.
    StoreChanges present;
    const auto now = m_store.snapshot();
    for (const auto &type : now->types())
        for (const auto &stored : now->list(type))
            if (StoreChange change{nullptr, stored}; matters(change))
                present.push_back(std::move(change));
    {
        const std::lock_guard lock(m_mutex);
        m_changes.insert(m_changes.begin(), present.begin(), present.end());
    }
    m_thread = std::thread([this] { run(); });
}

Reconciler::~Reconciler()
{
    m_subscription.reset();
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_wake.notify_one();
    }
    m_thread.join();
}

Result<void> Reconciler::registerDataplane(const xds::ProxyMetadata &metadata)
{
    const auto &key = metadata.key;
    const auto written = m_writer.put(*resourceType(kDataplaneType), key, metadata.dataplaneResource);
    if (!written)
        return fail(written.error().error("dataplane.resource of node " + nameOf(key)));
    return {};
}

Result<std::string> Reconciler::connect(const std::shared_ptr<ProxyStream> &stream,
                                        const xds::ProxyMetadata &metadata)
{
    const auto &key = metadata.key;
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping)
            return fail(Error::Code::Unreachable, "the control plane is stopping");
        if (m_proxies.contains(key))
            return fail(Error::Code::Conflict, "there is already an active stream of this dataplane",
                        nameOf(key));
        m_proxies[key] = {stream, metadata, {}, {}};
        m_deleteAt.erase(key);
    }
    auto ready = metadata.dataplaneResource.empty() ? Result<void>() : registerDataplane(metadata);
    if (ready && !m_store.snapshot()->find(kDataplaneType, key))
        ready = fail(Error::Code::NotFound, "there is no such dataplane", nameOf(key));
    const std::lock_guard lock(m_mutex);
    if (!ready) {
        m_proxies.erase(key);
        return fail(ready.error());
    }
    if (!metadata.dataplaneResource.empty())
        m_registered.insert(key);
    auto &proxy = m_proxies.at(key);
    proxy.subscription = m_insights.connect(key, metadata.versionJson);
    m_fresh.insert(key);
    m_wake.notify_one();
    m_housekeeper.proxyChanged(key.mesh);
    return proxy.subscription;
}

void Reconciler::touch(const ResourceKey &key)
{
    const std::lock_guard lock(m_mutex);
    m_fresh.insert(key);
    m_wake.notify_one();
    m_housekeeper.proxyChanged(key.mesh);
}

void Reconciler::disconnect(const ResourceKey &key, const std::string &subscription)
{
    const std::lock_guard lock(m_mutex);
    const auto proxy = m_proxies.find(key);
    if (proxy == m_proxies.end() || proxy->second.subscription != subscription)
        return;
    for (const auto &service : proxy->second.reaches)
        m_reachedBy[{key.mesh, service}].erase(key.name);
    m_proxies.erase(proxy);
    m_insights.disconnect(key, subscription);
    m_identities.forget(key);
    m_housekeeper.proxyChanged(key.mesh);
    if (m_registered.contains(key)) {
        m_deleteAt[key] = std::chrono::steady_clock::now() + m_options.deregistration;
        m_wake.notify_one();
    }
}

std::optional<xds::ProxyMetadata> Reconciler::connectedProxy(const ResourceKey &key)
{
    const std::lock_guard lock(m_mutex);
    const auto proxy = m_proxies.find(key);
    return proxy == m_proxies.end() ? std::nullopt : std::optional(proxy->second.metadata);
}

void Reconciler::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        const auto hasWork = [this] { return m_stopping || !m_changes.empty() || !m_fresh.empty(); };
        if (m_deleteAt.empty()) {
            m_wake.wait(lock, [&] { return hasWork() || !m_deleteAt.empty(); });
        } else {
            const auto next =
                std::min_element(m_deleteAt.begin(), m_deleteAt.end(), [](const auto &a, const auto &b) {
                    return a.second < b.second;
                })->second;
            m_wake.wait_until(lock, next, hasWork);
        }
        if (m_stopping)
            return;
        if (hasWork() && m_options.burst.count() > 0)
            m_wake.wait_for(lock, m_options.burst, [this] { return m_stopping; });
        const auto changes = std::exchange(m_changes, {});
        std::set<ResourceKey> touched = std::exchange(m_fresh, {});
        lock.unlock();
        apply(changes, touched);
        regenerate(touched);
        deleteOverdue(std::chrono::steady_clock::now());
        lock.lock();
    }
}

void Reconciler::apply(const StoreChanges &changes, std::set<ResourceKey> &touched)
{
    struct MeshChanges {
        xds::MeshView::Updates dataplanes;
        std::vector<xds::MeshView::ResourceUpdate> resources;
    };
    std::map<std::string, MeshChanges> byMesh;
    std::vector<xds::MeshView::ResourceUpdate> everywhere;
    for (const auto &change : changes) {
        const auto &any = change.any();
        if (any.type == kDataplaneType) {
            byMesh[any.key.mesh].dataplanes[any.key.name] =
                change.after ? m_cache.parsed(change.after) : nullptr;
            touched.insert(any.key);
            if (change.before)
                m_cache.forget(change.before->version);
            if (!change.after)
                m_insights.forget(any.key);
            continue;
        }
        xds::MeshView::ResourceUpdate update{any.type, any.key.name,
                                             change.after ? meshResource(*change.after) : nullptr};
        if (any.type == kMeshType)
            byMesh[any.key.name].resources.push_back(std::move(update));
        else if (!any.key.mesh.empty())
            byMesh[any.key.mesh].resources.push_back(std::move(update));
        else
            everywhere.push_back(std::move(update));
    }
    if (!everywhere.empty()) {
        for (const auto &update : everywhere)
            m_global.insert_or_assign({update.type, update.name}, update.resource);
        std::erase_if(m_global, [](const auto &entry) { return !entry.second; });
        for (const auto &[mesh, view] : m_meshes)
            byMesh[mesh];
    }
    for (auto &[mesh, change] : byMesh) {
        auto &view = m_meshes[mesh];
        auto &updates = change.resources;
        if (view) {
            updates.insert(updates.end(), everywhere.begin(), everywhere.end());
        } else {
            view = std::make_shared<const xds::MeshView>(mesh);
            for (const auto &[id, resource] : m_global)
                updates.push_back({id.first, id.second, resource});
        }
        std::set<std::string> services;
        const auto before = view;
        view = view->withResources(updates)->with(change.dataplanes, &services);
        touchByResources(*before, *view, updates, touched);
        touchByServices(mesh, services, touched);
        if (view->dataplanes().empty() && !view->resource(kMeshType, mesh))
            m_meshes.erase(mesh);
    }
}

void Reconciler::touchByResources(const xds::MeshView &before, const xds::MeshView &after,
                                  const std::vector<xds::MeshView::ResourceUpdate> &updates,
                                  std::set<ResourceKey> &touched)
{
    if (updates.empty())
        return;
    const std::lock_guard lock(m_mutex);
    for (auto proxy = m_proxies.lower_bound({after.mesh(), {}});
         proxy != m_proxies.end() && proxy->first.mesh == after.mesh(); ++proxy) {
        const auto dataplane = after.dataplane(proxy->first.name);
        if (dataplane && std::any_of(updates.begin(), updates.end(), [&](const auto &update) {
                return xds::canTouch(before, after, update.type, update.name, *dataplane);
            }))
            touched.insert(proxy->first);
    }
}

void Reconciler::touchByServices(const std::string &mesh, const std::set<std::string> &services,
                                 std::set<ResourceKey> &touched)
{
    if (services.empty())
        return;
    const std::lock_guard lock(m_mutex);
    const auto touchThose = [&](const std::string &service) {
        if (const auto found = m_reachedBy.find({mesh, service}); found != m_reachedBy.end())
            for (const auto &name : found->second)
                touched.insert({mesh, name});
    };
    for (const auto &service : services)
        touchThose(service);
    touchThose(xds::kAnyService);
}

void Reconciler::regenerate(const std::set<ResourceKey> &keys)
{
    for (const auto &key : keys) {
        const auto mesh = m_meshes.find(key.mesh);
        const auto dataplane = mesh == m_meshes.end() ? nullptr : mesh->second->dataplane(key.name);
        std::shared_ptr<ProxyStream> stream;
        xds::ProxyMetadata metadata;
        {
            const std::lock_guard lock(m_mutex);
            const auto proxy = m_proxies.find(key);
            if (proxy == m_proxies.end() || !dataplane || proxy->second.subscription.empty())
                continue;  // without its Dataplane a proxy keeps what it has
            stream = proxy->second.stream;
            metadata = proxy->second.metadata;
        }
        const auto identity = m_identities.identityOf(*dataplane);
        if (identity.isWanted && !identity.identity)
            continue;  // made elsewhere; we are told when it is there
        m_insights.setMtls(key, identity.isWanted ? m_identities.statusOf(key) : std::nullopt);
        auto made = xds::generate({*dataplane, *mesh->second, metadata, false,
                                   identity.identity ? &*identity.identity : nullptr,
                                   m_adminIdentity ? &*m_adminIdentity : nullptr});
        if (!made) {
            m_log(2, "there is no new configuration for " + nameOf(key) + ": " + made.error().what + " ("
                         + made.error().where + ")");
            continue;
        }
        auto snapshot = std::move(*made);
        {
            const std::lock_guard lock(m_mutex);
            const auto proxy = m_proxies.find(key);
            if (proxy == m_proxies.end() || proxy->second.stream != stream)
                continue;
            for (const auto &service : proxy->second.reaches)
                if (!snapshot->reaches.contains(service))
                    m_reachedBy[{key.mesh, service}].erase(key.name);
            for (const auto &service : snapshot->reaches)
                m_reachedBy[{key.mesh, service}].insert(key.name);
            proxy->second.reaches = snapshot->reaches;
        }
        if (const auto sound = xds::checkConsistency(*snapshot); !sound) {
            m_log(2, "the configuration of " + nameOf(key) + " is not sent: " + sound.error().what + " ("
                         + sound.error().where + ")");
            continue;
        }
        stream->setSnapshot(std::move(snapshot));
    }
}

void Reconciler::deleteOverdue(SteadyTime now)
{
    std::vector<ResourceKey> overdue;
    {
        const std::lock_guard lock(m_mutex);
        for (auto entry = m_deleteAt.begin(); entry != m_deleteAt.end();) {
            if (entry->second > now) {
                ++entry;
                continue;
            }
            overdue.push_back(entry->first);
            m_registered.erase(entry->first);
            entry = m_deleteAt.erase(entry);
        }
    }
    for (const auto &key : overdue) {
        if (m_writer.erase(*resourceType(kDataplaneType), key))
            m_log(1, "dataplane " + nameOf(key) + " deregistered: its proxy has gone");
    }
}

}  // namespace meshscope::control
