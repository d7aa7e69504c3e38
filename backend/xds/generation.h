// One run of the generator: what it reads, what it has made so far. Each step adds to the draft or changes
// it, in the order of kPolicyTypes (facts on xDS §4.1).
#pragma once

#include "backend/xds/draft.h"
#include "backend/xds/generator.h"
#include "backend/xds/policy/rules.h"

namespace meshscope::xds {

struct Generation {
    const ProxyInput &input;
    ProxyRules rules;
    Draft draft;

    const Dataplane &dataplane() const { return input.dataplane; }
    const MeshView &mesh() const { return input.mesh; }
    const ProxyMetadata &metadata() const { return input.metadata; }
};

// What is there without policies.
void addAdmin(Generation &run);
void addInbounds(Generation &run);
void addOutbounds(Generation &run);  // MeshHTTPRoute, MeshTCPRoute; TrafficRoute

// Policies of the old style: the new ones come after them and win.
void applyLegacyToInbounds(Generation &run);   // FaultInjection, RateLimit
void applyLegacyToOutbounds(Generation &run);  // Timeout, Retry, CircuitBreaker, HealthCheck, TrafficLog
void addAdminListener(Generation &run);
void addTransparentProxy(Generation &run);
void addDirectAccess(Generation &run);
void addProbes(Generation &run);
void addMetrics(Generation &run);  // of the Mesh's own section
void addDns(Generation &run);

// The application's answers must not be redirected again. `workload` is its address.
void leaveByExemptSource(DraftCluster &cluster, const Dataplane &dataplane, const std::string &workload);

// Policies that change what is there.
void applyTls(Generation &run);
void applyPassthrough(Generation &run);
void applyTrafficPermissions(Generation &run);
void applyLoadBalancing(Generation &run);
void applyAccessLogs(Generation &run);
void applyFaultInjections(Generation &run);
void applyRateLimits(Generation &run);
void applyTimeouts(Generation &run);
void applyCircuitBreakers(Generation &run);
void applyHealthChecks(Generation &run);
void applyRetries(Generation &run);
void applyMetrics(Generation &run);
Result<void> applyProxyPatches(Generation &run);  // last: closes the draft where there are any

}  // namespace meshscope::xds
