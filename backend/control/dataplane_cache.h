// Stored Dataplanes as values, parsed once a version. Any thread.
#pragma once

#include "backend/store/store.h"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace meshscope::control {

class DataplaneCache
{
public:
    // Never null: a stored Dataplane has passed the validator. `stored` must be of type Dataplane.
    std::shared_ptr<const Dataplane> parsed(const StoredPtr &stored);
    void forget(std::uint64_t version);

private:
    std::mutex m_mutex;
    std::unordered_map<std::uint64_t, std::shared_ptr<const Dataplane>> m_byVersion;
};

}  // namespace meshscope::control
