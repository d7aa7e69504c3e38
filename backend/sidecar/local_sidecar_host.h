// The launcher of this machine: what kuma-dp does, for any number of sidecars, behind the door of
// backend/api.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/sidecar/envoy_tool.h"
#include "backend/sidecar/log_ring.h"
#include "backend/sidecar/sidecar.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <vector>

namespace meshscope {

struct SidecarHostOptions {
    ToolSearch envoy = ToolSearch::fromEnvironment();
    ToolSearch coreDns = ToolSearch::fromEnvironment({}, "MESHSCOPE_COREDNS");
    // Where the sidecars' directories are made; empty = $XDG_RUNTIME_DIR, else the temporary folder.
    QString baseFolder;
    QString resolvConf;  // empty = /etc/resolv.conf
    SidecarTimings timings;
};

// Create it on the thread that runs until the process ends: the children are tied to that thread.
class LocalSidecarHost : public SidecarHost
{
    Q_OBJECT

public:
    // What the destructor gives all children together between SIGTERM and SIGKILL, in milliseconds.
    static constexpr int kLastGrace = 1500;

    explicit LocalSidecarHost(SidecarHostOptions options = {}, QObject *parent = nullptr);
    // Ends all children and waits for them, not longer than the grace and a moment. No draining.
    ~LocalSidecarHost() override;

    QList<SidecarStatus> sidecars() const override;
    QList<SidecarLogLine> logLines(const ResourceKey &key) const override;
    // The version is empty until the first start has asked for it, or lookForEnvoy().
    ToolStatus envoy() const override;
    Result<void> start(const SidecarSpec &spec) override;
    void stop(const ResourceKey &key) override;
    void stopAll() override;
    bool isBusy() const override;
    QFuture<Result<CallReport>> call(const QUrl &url, int times) override;
    QFuture<Result<QByteArray>> admin(const ResourceKey &key, const QString &path,
                                      AdminVerb verb = AdminVerb::Get) override;
    QFuture<Result<DnsReport>> resolve(const ResourceKey &key, const QString &name,
                                       const QString &type) override;
    void drainInbounds(const ResourceKey &key) override;
    QList<SidecarLeftover> leftovers() const override;
    void removeLeftovers() override;

    // Asks Envoy for its version now; envoy() has it once envoyFound() was emitted.
    void lookForEnvoy();

Q_SIGNALS:
    void envoyFound(const meshscope::ToolStatus &status);

private:
    // A sidecar's place in the list; it stays when the sidecar ends, with its log.
    struct Slot {
        SidecarSpec spec;
        std::unique_ptr<Sidecar> sidecar;
        LogRing log;
        int restarts = 0;
        int failedInARow = 0;  // without staying ready for a while in between
        QElapsedTimer sinceReady;
        QDateTime restartAt;
        QTimer restartTimer;
        SidecarStatus status() const;
    };
    void run(Slot &slot);
    void react(Slot &slot);
    void forgetRestart(Slot &slot);
    Slot *find(const ResourceKey &key) const;
    Slot &slotFor(const SidecarSpec &spec);

    EnvoyTool m_envoy;
    CoreDnsTool m_coreDns;
    HttpExchange m_http;
    PortAllotment m_ports;
    SidecarSurroundings m_surroundings;
    QStringList m_deadFolders;  // of runs whose processes may still be there
    std::vector<std::unique_ptr<Slot>> m_slots;
};

}  // namespace meshscope
