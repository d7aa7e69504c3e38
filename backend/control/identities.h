// The certificates of the proxies: made on a thread of their own, in memory only, renewed when four fifths of
// their life are over or when what they must say changes (facts on xDS §6).
//
// Nobody waits for a key: a proxy whose certificate is not there yet is told of again when it is. While a new
// one is made, the old one serves on, so that no connection is lost.
#pragma once

#include "backend/control/clock.h"
#include "backend/control/insight_tracker.h"
#include "backend/core/resource_key.h"
#include "backend/pki/authority.h"
#include "backend/pki/key_pool.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace meshscope::control {

using IdentityPtr = std::shared_ptr<const pki::Identity>;

struct IdentityWish {
    pki::AuthorityPtr authority;  // never null
    std::string backend;          // its name in the Mesh
    pki::IdentityOptions options;

    bool operator==(const IdentityWish &other) const
    {
        return authority->chain() == other.authority->chain() && backend == other.backend
               && options == other.options;
    }
};

// Any thread.
class Identities
{
public:
    // `isNew` is told, on our thread, of each proxy that has got a new certificate. It must not destroy us.
    Identities(pki::KeyPool &keys, Clock clock, LogSink log, std::function<void(const ResourceKey &)> isNew);
    ~Identities();

    // The certificate of a proxy. Null while its first one is made.
    IdentityPtr identityOf(const ResourceKey &proxy, const IdentityWish &wish);
    void forget(const ResourceKey &proxy);
    std::optional<MtlsInsight> statusOf(const ResourceKey &proxy) const;

private:
    struct Entry {
        IdentityWish wish;
        IdentityPtr identity;
        std::string backend;  // that has issued it
        std::string chain;    // of the authority that has issued it
        std::uint64_t made = 0;
        TimePoint renewAt{};
        bool isQueued = false;
    };

    void run();
    void enqueue(const ResourceKey &proxy, Entry &entry);
    void make(std::unique_lock<std::mutex> &lock, const ResourceKey &proxy);

    pki::KeyPool &m_keys;
    Clock m_clock;
    LogSink m_log;
    std::function<void(const ResourceKey &)> m_isNew;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::map<ResourceKey, Entry> m_entries;
    std::deque<ResourceKey> m_queue;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace meshscope::control
