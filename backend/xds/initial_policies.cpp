#include "backend/xds/initial_policies.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

constexpr InitialPolicy kPolicies[] = {
    {"MeshTimeout", "mesh-gateways-timeout-all-",
     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},)"
     R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1h0m0s","http":{"streamIdleTimeout":"5s"}}}],)"
     R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"5m0s",)"
     R"("http":{"streamIdleTimeout":"5s","requestHeadersTimeout":"500ms"}}}]})"},
    {"MeshTimeout", "mesh-timeout-all-",
     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},)"
     R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s","idleTimeout":"1h0m0s",)"
     R"("http":{"requestTimeout":"15s","streamIdleTimeout":"30m0s"}}}],)"
     R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"10s","idleTimeout":"2h0m0s",)"
     R"("http":{"requestTimeout":"0s","streamIdleTimeout":"1h0m0s","maxStreamDuration":"0s"}}}]})"},
    {"MeshRetry", "mesh-retry-all-",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{"tcp":{"maxConnectAttempt":5},)"
     R"("http":{"numRetries":5,"perTryTimeout":"16s","backOff":{"baseInterval":"25ms","maxInterval":"250ms"}},)"
     R"("grpc":{"numRetries":5,"perTryTimeout":"16s","backOff":{"baseInterval":"25ms","maxInterval":"250ms"}}}}]})"},
    {"MeshCircuitBreaker", "mesh-circuit-breaker-all-",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionLimits":)"
     R"({"maxConnections":1024,"maxPendingRequests":1024,"maxRetries":3,"maxRequests":1024}}}]})"},
};

}  // namespace

std::vector<InitialPolicy> initialPolicies(const Json &mesh)
{
    const auto &skipped = listAt(mesh, "skipCreatingInitialPolicies");
    std::vector<InitialPolicy> result;
    for (const auto &policy : kPolicies)
        if (std::none_of(skipped.begin(), skipped.end(),
                         [&policy](const Json &name) { return name == "*" || name == policy.type; }))
            result.push_back(policy);
    return result;
}

}  // namespace meshscope::xds
