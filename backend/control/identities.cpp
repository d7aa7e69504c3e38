#include "backend/control/identities.h"

#include <algorithm>

namespace meshscope::control {

namespace {

constexpr std::chrono::milliseconds kLongestSleep{60'000};  // the clock may be set meanwhile
constexpr std::chrono::milliseconds kPauseAfterFailure{1'000};

}  // namespace

Identities::Identities(pki::KeyPool &keys, Clock clock, LogSink log,
                       std::function<void(const ResourceKey &)> isNew)
    : m_keys(keys)
    , m_clock(std::move(clock))
    , m_log(std::move(log))
    , m_isNew(std::move(isNew))
    , m_thread([this] { run(); })
{}

Identities::~Identities()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_keys.stop();
    m_thread.join();
}

IdentityPtr Identities::identityOf(const ResourceKey &proxy, const IdentityWish &wish)
{
    const std::lock_guard lock(m_mutex);
    auto &entry = m_entries.try_emplace(proxy, Entry{wish, {}, {}, {}, 0, {}, false}).first->second;
    const bool changed = !(entry.wish == wish);
    entry.wish = wish;
    if (!entry.identity || changed)
        enqueue(proxy, entry);
    // One of another authority would be refused by everybody.
    return entry.chain == wish.authority->chain() ? entry.identity : nullptr;
}

void Identities::forget(const ResourceKey &proxy)
{
    const std::lock_guard lock(m_mutex);
    m_entries.erase(proxy);
}

std::optional<MtlsInsight> Identities::statusOf(const ResourceKey &proxy) const
{
    const std::lock_guard lock(m_mutex);
    const auto entry = m_entries.find(proxy);
    if (entry == m_entries.end() || !entry->second.identity)
        return std::nullopt;
    const auto &identity = *entry->second.identity;
    return MtlsInsight{identity.expires, identity.issued, entry->second.made, entry->second.backend};
}

void Identities::enqueue(const ResourceKey &proxy, Entry &entry)
{
    if (std::exchange(entry.isQueued, true))
        return;
    m_queue.push_back(proxy);
    m_wake.notify_one();
}

void Identities::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        const auto now = m_clock();
        auto sleep = kLongestSleep;
        for (auto &[proxy, entry] : m_entries) {
            if (!entry.identity || entry.isQueued)
                continue;
            if (entry.renewAt <= now)
                enqueue(proxy, entry);
            else
                sleep = std::min(sleep, entry.renewAt - now);
        }
        if (m_queue.empty()) {
            m_wake.wait_for(lock, sleep);
            continue;
        }
        const auto proxy = std::move(m_queue.front());
        m_queue.pop_front();
        make(lock, proxy);
    }
}

void Identities::make(std::unique_lock<std::mutex> &lock, const ResourceKey &proxy)
{
    const auto found = m_entries.find(proxy);
    if (found == m_entries.end())
        return;
    found->second.isQueued = false;
    const auto wish = found->second.wish;
    lock.unlock();
    const auto key = m_keys.take();
    auto made = key ? wish.authority->issue(wish.options, *key, m_clock())
                    : Result<pki::Identity>(fail(Error::Code::Cancelled, "the control plane is stopping"));
    lock.lock();
    const auto entry = m_entries.find(proxy);
    if (m_stopping || entry == m_entries.end())
        return;
    if (!made) {
        m_log(2, "no certificate for dataplane " + proxy.mesh + "." + proxy.name + ": " + made.error().what);
        m_wake.wait_for(lock, kPauseAfterFailure, [this] { return m_stopping; });
        if (const auto again = m_entries.find(proxy); again != m_entries.end())
            enqueue(proxy, again->second);
        return;
    }
    auto identity = std::make_shared<pki::Identity>(std::move(*made));
    entry->second.renewAt = identity->issued + (identity->expires - identity->issued) * 4 / 5;
    entry->second.identity = std::move(identity);
    entry->second.backend = wish.backend;
    entry->second.chain = wish.authority->chain();
    ++entry->second.made;
    lock.unlock();
    m_isNew(proxy);
    lock.lock();
}

}  // namespace meshscope::control
