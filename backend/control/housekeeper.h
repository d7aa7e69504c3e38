// Keeps up what follows from other resources: virtual IPs, generated MeshServices, states of services, keys
// of meshes. Event-driven, one thread of its own; what it finds to do are writes like any other.
#pragma once

#include "backend/control/clock.h"
#include "backend/control/dataplane_cache.h"
#include "backend/control/mesh_upkeep.h"
#include "backend/pki/key_pool.h"
#include "backend/store/store.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace meshscope::control {

class Housekeeper
{
public:
    // All must outlive it. `proxies` is called on its thread, with the store's writer held.
    Housekeeper(Store &store, DataplaneCache &cache, pki::KeyPool &keys, ProxyFacts proxies, Clock clock,
                LogSink log);
    ~Housekeeper();

    // Any thread: a proxy of that mesh came, went, or has a new certificate.
    void proxyChanged(const std::string &mesh);

private:
    void run();
    void keep(const std::string &mesh);

    Store &m_store;
    DataplaneCache &m_cache;
    pki::KeyPool &m_keys;
    ProxyFacts m_proxies;
    Clock m_clock;
    LogSink m_log;

    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_wake;
    std::set<std::string> m_touched;  // meshes
    bool m_stopping = false;

    std::shared_ptr<void> m_subscription;
    std::thread m_thread;
};

}  // namespace meshscope::control
