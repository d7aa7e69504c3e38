// What the handlers of the API work on. Everything in it may be used from any thread and outlives the API
// server.
#pragma once

#include "backend/control/clock.h"
#include "backend/control/dataplane_cache.h"
#include "backend/control/insight_tracker.h"
#include "backend/control/resource_writer.h"
#include "backend/control/router.h"
#include "backend/store/store.h"
#include "backend/xds/proxy_metadata.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace meshscope::control {

struct ControlPlaneIdentity {
    std::string version;  // the API that we speak
    std::string hostname;
    std::string instanceId;
    std::string clusterId;
    std::string apiAddress, dpAddress;
    std::uint16_t apiPort = 0, dpPort = 0;
    std::string storeKind;  // "memory", "sqlite"
};

struct ApiContext {
    Store &store;
    DataplaneCache &cache;
    InsightTracker &insights;
    ResourceWriter &writer;
    Clock clock;
    ControlPlaneIdentity identity;
    // What a proxy announced whose stream is open now.
    std::function<std::optional<xds::ProxyMetadata>(const ResourceKey &)> connectedProxy;
};

void addIndexRoutes(Router &router, ApiContext &context);     // /, /config, /who-am-i, /policies, /_resources
void addResourceRoutes(Router &router, ApiContext &context);  // every type: lists, items, overviews, writes
void addInspectRoutes(Router &router, ApiContext &context);   // what a proxy has or would be given
void addRulesRoutes(Router &router,
                    ApiContext &context);  // which policies reach which proxy, with what values
void addTokenRoutes(Router &router, ApiContext &context);    // tokens of proxies
void addInsightRoutes(Router &router, ApiContext &context);  // insights of dataplanes, services, meshes, all

}  // namespace meshscope::control
