#include "backend/pki/key_pool.h"

namespace meshscope::pki {

namespace {

constexpr unsigned kBits = 2048;
constexpr std::chrono::seconds kPause{1};

}  // namespace

KeyPool::KeyPool(std::size_t spare)
    : m_target(spare)
    , m_thread([this] { run(); })
{}

KeyPool::~KeyPool()
{
    stop();
    m_thread.join();
}

void KeyPool::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_needed.notify_all();
    m_made.notify_all();
}

PrivateKeyPtr KeyPool::take()
{
    std::unique_lock lock(m_mutex);
    m_used = true;
    m_needed.notify_one();
    m_made.wait(lock, [this] { return m_stopping || !m_keys.empty(); });
    if (m_keys.empty())
        return nullptr;
    auto key = std::move(m_keys.front());
    m_keys.pop_front();
    m_needed.notify_one();
    return key;
}

std::size_t KeyPool::spare() const
{
    const std::lock_guard lock(m_mutex);
    return m_keys.size();
}

void KeyPool::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_needed.wait(lock, [this] { return m_stopping || (m_used && m_keys.size() < m_target); });
        if (m_stopping)
            return;
        lock.unlock();
        auto key = PrivateKey::makeRsa(kBits);
        lock.lock();
        if (!key) {  // no memory, or no entropy: neither is mended by asking at once again
            m_needed.wait_for(lock, kPause, [this] { return m_stopping; });
            continue;
        }
        m_keys.push_back(std::move(*key));
        m_made.notify_one();
    }
}

}  // namespace meshscope::pki
