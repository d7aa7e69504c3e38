// The sandbox's parts, wired. Its constructor order is its dependency order; destruction goes the other way,
// so each server stops before anything that its handlers use.
#pragma once

#include "backend/control/ads_server.h"
#include "backend/control/api_context.h"
#include "backend/control/housekeeper.h"
#include "backend/control/http_server.h"
#include "backend/control/reconciler.h"
#include "backend/control/sandbox.h"

namespace meshscope::control {

// What tests change; people cannot.
struct ControlPlaneTuning {
    Clock clock = systemClock();
    ReconcilerOptions reconciler;
};

class ControlPlane final : public Sandbox
{
public:
    static Result<std::unique_ptr<ControlPlane>> start(const SandboxOptions &options,
                                                       const ControlPlaneTuning &tuning = {});
    ~ControlPlane() override;

    const SandboxAddresses &addresses() const override { return m_addresses; }
    Result<void> apply(const std::string &json) override;

private:
    ControlPlane(const SandboxOptions &options, const ControlPlaneTuning &tuning,
                 std::unique_ptr<Store> store);
    Result<void> listen(const SandboxOptions &options);

    LogSink m_log;
    Clock m_clock;
    ControlPlaneIdentity m_identity;
    SandboxAddresses m_addresses;
    std::unique_ptr<Store> m_store;
    DataplaneCache m_cache;
    InsightTracker m_insights;
    pki::KeyPool m_keys;
    ResourceWriter m_writer;
    Housekeeper m_housekeeper;
    Reconciler m_reconciler;
    std::unique_ptr<ApiContext> m_api;
    Router m_router;
    std::unique_ptr<AdsServer> m_adsServer;
    std::unique_ptr<HttpServer> m_dpServer;
    std::unique_ptr<HttpServer> m_apiServer;
};

}  // namespace meshscope::control
