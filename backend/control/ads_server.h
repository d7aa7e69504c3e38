// The xDS port: gRPC over TLS, ADS in both variants. It moves bytes; what a stream was told is the matter of
// xds::AdsState (state of the world) or xds::DeltaState (incremental), what it is to have the Reconciler's.
#pragma once

#include "backend/control/certificates.h"
#include "backend/control/clock.h"
#include "backend/control/insight_tracker.h"
#include "backend/control/reconciler.h"
#include "backend/core/result.h"

#include <cstdint>
#include <memory>
#include <string>

namespace meshscope::control {

struct AdsServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0 = any free one
    std::string instanceId;
    Clock clock;
    LogSink log;
};

class AdsServer
{
public:
    // Reconciler and tracker must outlive it. Conflict when the port is taken.
    static Result<std::unique_ptr<AdsServer>> listen(const AdsServerOptions &options,
                                                     const ServerIdentity &identity, Reconciler &reconciler,
                                                     InsightTracker &insights);
    // Ends all streams; returns once none is left.
    ~AdsServer();

    std::uint16_t port() const;

private:
    class Impl;
    explicit AdsServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace meshscope::control
