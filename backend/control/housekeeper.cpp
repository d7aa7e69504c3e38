#include "backend/control/housekeeper.h"

#include "backend/control/mesh_secrets.h"
#include "backend/control/resource_type.h"

namespace meshscope::control {

namespace {

constexpr std::chrono::milliseconds kBurst{5};  // how long it waits for more changes after the first

}  // namespace

Housekeeper::Housekeeper(Store &store, DataplaneCache &cache, pki::KeyPool &keys, ProxyFacts proxies,
                         Clock clock, LogSink log)
    : m_store(store)
    , m_cache(cache)
    , m_keys(keys)
    , m_proxies(std::move(proxies))
    , m_clock(std::move(clock))
    , m_log(std::move(log))
{
    m_subscription = m_store.subscribe([this](const StoreChanges &changes) {
        const std::lock_guard lock(m_mutex);
        for (const auto &change : changes) {
            const auto &any = change.any();
            if (!needsUpkeep(any.type))
                continue;
            if (any.type == kMeshType)
                m_touched.insert(any.key.name);
            else if (!any.key.mesh.empty())
                m_touched.insert(any.key.mesh);
            else
                for (const auto &mesh : m_store.snapshot()->list(kMeshType))
                    m_touched.insert(mesh->key.name);
        }
        m_wake.notify_one();
    });
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &mesh : m_store.snapshot()->list(kMeshType))
            m_touched.insert(mesh->key.name);
    }
    m_thread = std::thread([this] { run(); });
}

Housekeeper::~Housekeeper()
{
    m_subscription.reset();
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_keys.stop();
    m_thread.join();
}

void Housekeeper::proxyChanged(const std::string &mesh)
{
    const std::lock_guard lock(m_mutex);
    m_touched.insert(mesh);
    m_wake.notify_one();
}

void Housekeeper::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_stopping || !m_touched.empty(); });
        if (!m_stopping)
            m_wake.wait_for(lock, kBurst, [this] { return m_stopping; });
        if (m_stopping)
            return;
        const auto meshes = std::exchange(m_touched, {});
        lock.unlock();
        for (const auto &mesh : meshes)
            keep(mesh);
        lock.lock();
    }
}

void Housekeeper::keep(const std::string &mesh)
{
    const auto now = m_store.snapshot();
    const auto resource = now->find(kMeshType, {{}, mesh});
    if (!resource)
        return;
    // Keys take their time, so they are made before the writer is held.
    auto secrets = missingSecrets(mesh, resource->spec, *now, m_keys, m_clock());
    if (!secrets && secrets.error().code != Error::Code::Cancelled)
        m_log(2, "mesh " + mesh + " lacks its keys: " + secrets.error().what);
    const auto written = m_store.edit([&](const StoreSnapshot &store) -> Result<std::vector<StoreWrite>> {
        auto writes = upkeepOf(mesh, store, m_cache, m_proxies, m_clock());
        if (secrets && store.find(kMeshType, {{}, mesh}))
            for (auto &secret : *secrets)
                if (!store.find(secret.type, secret.key))
                    writes.push_back(std::move(secret));
        return writes;
    });
    if (!written)
        m_log(2, "mesh " + mesh + " cannot be kept up to date: " + written.error().what);
}

}  // namespace meshscope::control
