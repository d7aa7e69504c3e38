#include "backend/control/dataplane_cache.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/control/resource_json.h"

namespace meshscope::control {

std::shared_ptr<const Dataplane> DataplaneCache::parsed(const StoredPtr &stored)
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_byVersion.find(stored->version); found != m_byVersion.end())
            return found->second;
    }
    auto value = dataplaneFromJson(flatJson(*stored)).value_or(Dataplane());
    value.key = stored->key;
    auto shared = std::make_shared<const Dataplane>(std::move(value));
    const std::lock_guard lock(m_mutex);
    return m_byVersion.emplace(stored->version, std::move(shared)).first->second;
}

void DataplaneCache::forget(std::uint64_t version)
{
    const std::lock_guard lock(m_mutex);
    m_byVersion.erase(version);
}

}  // namespace meshscope::control
