// What a PUT and a DELETE do, whoever asks: the API, --load, or a proxy that brings its Dataplane along.
#pragma once

#include "backend/control/access.h"
#include "backend/control/api_error.h"
#include "backend/control/clock.h"
#include "backend/control/resource_type.h"
#include "backend/pki/key_pool.h"
#include "backend/store/store.h"

#include <optional>
#include <string>

namespace meshscope::control {

// Any thread. Store and keys must outlive it.
class ResourceWriter
{
public:
    ResourceWriter(Store &store, pki::KeyPool &keys, Clock clock)
        : m_store(store)
        , m_keys(keys)
        , m_clock(std::move(clock))
    {}

    enum class Written { Created, Replaced };
    // `key` is the URL's. In Kuma's order: mesh, parser, rules of the spec, names and labels, side effects,
    // store.
    ApiResult<Written> put(const ResourceType &type, const ResourceKey &key, const std::string &body,
                           Caller caller = Caller::Admin);
    ApiResult<void> erase(const ResourceType &type, const ResourceKey &key, Caller caller = Caller::Admin);

private:
    ApiResult<std::vector<StoreWrite>> plan(const ResourceType &type, const ResourceKey &key,
                                            const struct ParsedResource &parsed, const StoreSnapshot &now,
                                            Written &outcome) const;
    ApiResult<std::vector<StoreWrite>> secretsOf(const ResourceKey &mesh, const std::string &spec) const;

    Store &m_store;
    pki::KeyPool &m_keys;
    Clock m_clock;
};

// Why this caller may not touch that type; nothing = it may.
std::optional<ApiError> accessRefusal(const ResourceType &type, Caller caller);

// The resources that every new Mesh gets: timeouts, retries, circuit breakers, unless it skips them.
std::vector<StoreWrite> defaultsOfNewMesh(const StoredResource &mesh);
// What a new store begins with: the default Mesh, the zone, hostname generators.
std::vector<StoreWrite> firstResources(TimePoint now);

}  // namespace meshscope::control
