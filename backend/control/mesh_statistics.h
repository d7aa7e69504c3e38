// Counts over one mesh, as Kuma's MeshInsight and ServiceInsights have them (kuma-api fact sheet §6.4, §6.5),
// but made when asked for: they never lag behind a write.
#pragma once

#include "backend/control/dataplane_cache.h"
#include "backend/control/insight_tracker.h"
#include "backend/store/store.h"

#include <map>
#include <set>
#include <string>

namespace meshscope::control {

struct StatusCounts {
    std::size_t online = 0, degraded = 0, offline = 0;

    std::size_t total() const { return online + degraded + offline; }
    void add(Health health);
    StatusCounts &operator+=(const StatusCounts &other);
    bool operator==(const StatusCounts &) const = default;
};

struct ServiceStatistics {
    enum class Kind { Internal, External, DelegatedGateway, BuiltinGateway };
    Kind kind = Kind::Internal;
    std::size_t online = 0;  // a partially degraded Dataplane counts as offline here
    std::size_t offline = 0;
    std::set<std::string> zones;
    std::string addressPort;                            // of an external service
    std::map<std::string, std::size_t> issuedBackends;  // authority → proxies with a certificate of it

    Health health() const;
};

struct MeshStatistics {
    StatusCounts standard, delegated, builtin;
    std::map<std::string, StatusCounts> kumaDpVersions, envoyVersions;  // "unknown" = never connected
    std::map<std::string, StatusCounts> issuedBackends;                 // by authority
    std::map<std::string, ServiceStatistics> services;
    std::map<std::string, std::size_t> resources;  // by type, without insights; types with none are absent
    std::map<std::string, std::size_t> policies;   // those of them that are policies

    StatusCounts dataplanes() const;
};

MeshStatistics statisticsOf(const std::string &mesh, const StoreSnapshot &store, DataplaneCache &cache,
                            const InsightTracker &insights);

}  // namespace meshscope::control
