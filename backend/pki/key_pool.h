// RSA keys of 2,048 bits made ahead of need, on one thread of its own: a key takes some 100 ms, and a proxy
// that connects or renews must not wait for it, let alone make others wait.
#pragma once

#include "backend/pki/private_key.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

namespace meshscope::pki {

class KeyPool
{
public:
    // Keeps up to `spare` keys, from the first take() on: who needs none pays nothing.
    explicit KeyPool(std::size_t spare);
    ~KeyPool();

    // Any thread. Waits for a key when none is spare; nullptr when the pool is going away.
    PrivateKeyPtr take();
    std::size_t spare() const;
    void stop();  // who waits comes back without a key

private:
    void run();

    const std::size_t m_target;
    mutable std::mutex m_mutex;
    std::condition_variable m_needed;
    std::condition_variable m_made;
    std::deque<PrivateKeyPtr> m_keys;
    bool m_used = false;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace meshscope::pki
