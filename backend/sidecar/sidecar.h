// One run of one sidecar: from looking for Envoy to the last child's end. A new run is a new object.
//
//   Resolving → Bootstrapping → Starting → Ready → Draining → Stopped
//        └────────────┴─────────────┴────────┴───────────────► Failed
//
// An end is reached only when no child runs any more and the directory is gone. Until then a failed run keeps
// its last phase and says in `detail` what it is ending. Lives on the GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/sidecar/bootstrap.h"
#include "backend/sidecar/child.h"
#include "backend/sidecar/companions.h"
#include "backend/sidecar/envoy_tool.h"
#include "backend/sidecar/envoy_watch.h"
#include "backend/sidecar/envoy_words.h"
#include "backend/sidecar/http_exchange.h"
#include "backend/sidecar/ready_probe.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>

#include <memory>

namespace meshscope {

// Milliseconds. The defaults are kuma-dp's, where it has such a thing.
struct SidecarTimings {
    int bootstrapTimeout = 10'000;
    int readyPause = 100;    // between two looks at Envoy's readiness
    int slowReady = 10'000;  // after which the status says what is being waited for
    int adminTimeout = 2000;
    int grace = 5000;         // between SIGTERM and SIGKILL
    int restartPause = 5000;  // before the first restart by itself; doubled for each further one
    int restartLongest = 60'000;
};

// What the sidecars of one host share. All of it outlives them.
struct SidecarSurroundings {
    EnvoyTool &envoy;
    CoreDnsTool &coreDns;
    HttpExchange &http;
    PortAllotment &ports;
    QString baseFolder;  // where a run's own directory is made
    QString resolvConf;  // of the system's resolvers; empty = /etc/resolv.conf
    SidecarTimings timings;
};

class Sidecar : public QObject
{
    Q_OBJECT

public:
    Sidecar(SidecarSpec spec, SidecarSurroundings &surroundings);
    ~Sidecar() override;

    void start();
    // Drains and ends; while it drains: ends at once; while it ends: kills.
    void stop();
    // Its inbounds take no new requests from now on; nothing else changes. When it is ended later there is no
    // wait any more.
    void drainInbounds();
    QFuture<Result<DnsReport>> resolve(const QString &name, const QString &type);
    bool hasEnded() const;
    const SidecarStatus &status() const { return m_status; }

    // The blocking way out, for the host's destructor: tell all first, then wait for each.
    void terminateNow();
    void endWithin(int milliseconds);

Q_SIGNALS:
    void changed();
    void logged(const meshscope::SidecarLogLine &line);

private:
    void enter(SidecarPhase phase, const QString &detail = {});
    void setDetail(const QString &detail);
    void log(SidecarLogLine::Level level, const QString &text);
    void logFrom(SidecarLogLine::Origin origin, SidecarLogLine::Level level, const QString &text);

    void useTool(const ToolStatus &tool);
    bool makeDirectory();
    bool writeToken();
    bool writePrivately(const QString &path, const QByteArray &content, const QString &what);
    void removeFiles();
    void askBootstrap();
    bool prepareTls(HttpQuestion &question);
    void takeBootstrap(const HttpAnswer &answer);
    void waitAndRetry(const BootstrapRetry &retry);
    bool writeBootstrap(const QByteArray &yaml);
    bool portsAreFree();
    void launch(const BootstrapReady &bootstrap);
    void launchWorkload();
    QStringList envoyArguments() const;
    void becomeReady();
    void notReady(const QString &reason);
    void readEnvoyLine(const QByteArray &line);
    void envoyEnded(const ChildEnd &end);
    void workloadEnded(const ChildEnd &end);
    void showTrouble();
    void drain();
    void endChildren();

    void failWith(const Explained &cause);
    void failWith(Error::Code code, const QString &what, const QString &where, const QString &advice);
    void settle();

    SidecarSpec m_spec;
    SidecarSurroundings &m_surroundings;
    const SidecarTimings &m_timings;
    HttpExchange &m_http;
    std::unique_ptr<EnvoyTool> m_ownEnvoy;  // for binaries named in the spec
    std::unique_ptr<CoreDnsTool> m_ownCoreDns;
    SidecarStatus m_status;
    ToolStatus m_envoyTool;
    BootstrapFacts m_facts;
    Companions m_companions;
    ReadyProbe m_readyProbe;
    EnvoyWatch m_watch;
    Child m_envoy;
    Child m_workload;
    std::unique_ptr<QTemporaryDir> m_directory;
    QStringList m_written;  // files outside of it
    QTimer m_timer;         // of the present phase: retry, readiness, drain
    QElapsedTimer m_sincePhase;
    QElapsedTimer m_sinceFirstTry;
    std::optional<Explained> m_cause;  // of a failure whose children are still ending
    bool m_isStopping = false;
    bool m_isDrained = false;
    QString m_workloadTrouble;
    SidecarLogLine::Level m_lastEnvoyLevel = SidecarLogLine::Level::Info;
};

}  // namespace meshscope
