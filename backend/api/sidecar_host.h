// Local proxies: started, watched, stopped. Implemented by backend/sidecar; faked in tests.
#pragma once

#include "backend/core/resource_key.h"
#include "backend/core/result.h"

#include <QDateTime>
#include <QFuture>
#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <map>
#include <optional>
#include <string>

namespace meshscope {

// The life of a sidecar (product.md §7). Failed and Stopped are ends; everything else moves by itself.
enum class SidecarPhase { Resolving, Bootstrapping, Starting, Ready, Draining, Stopped, Failed };

// The application behind the proxy, started and stopped with it.
struct WorkloadSpec {
    QString program;
    QStringList arguments;
};

struct SidecarSpec {
    ResourceKey dataplane;
    QUrl controlPlane;          // base URL of the dp-server, https://127.0.0.1:5678
    std::string caCertificate;  // PEM; empty = the system's, and on loopback not verified, said in the log
    std::string dataplaneResource;  // JSON of the Dataplane to register; empty = it exists already
    std::string token;              // raw JWT; empty = none
    std::optional<WorkloadSpec> workload;
    int drainMilliseconds = 30'000;  // between "no new requests" and SIGTERM; kuma-dp's --drain-time
    int concurrency = 0;             // Envoy's worker threads; 0 = as many as the CPU set allows
    QString envoyLogLevel = QStringLiteral("info");
    bool skipVerify = false;  // without a CA: not verified off loopback either; kuma-dp's --skip-verify
};

struct SidecarStatus {
    ResourceKey key;
    SidecarPhase phase = SidecarPhase::Resolving;
    QString detail;                // "waiting for the Dataplane to appear", or empty
    std::optional<Error> failure;  // in Failed: the cause; `what` says it in one sentence
    QString advice;                // in Failed: what to do
    qint64 envoyPid = 0;           // 0 = not running
    qint64 workloadPid = 0;
    QUrl admin;         // Envoy's admin address once bootstrapped; empty before
    QString directory;  // its own directory, with bootstrap.yaml
    QDateTime since;    // when this phase began
    QString envoyVersion;
    bool operator==(const SidecarStatus &) const = default;
};

struct SidecarLogLine {
    ResourceKey key;
    QDateTime time;
    enum class Origin { Launcher, Envoy, Workload };
    Origin origin = Origin::Launcher;
    enum class Level { Debug, Info, Warning, Error };
    Level level = Level::Info;
    QString text;
};

// A program the launcher needs, as found on this machine.
struct ToolStatus {
    QString name;     // "envoy"
    QString path;     // empty = not found
    QString version;  // "1.39.3"
    QStringList tried;
    QString advice;  // when not found: the command that gets it
    bool isFound() const { return !path.isEmpty(); }
};

// What came back from calls to an outbound or an inbound on this machine.
struct CallReport {
    int asked = 0;
    std::map<std::string, int> answers;  // "200 backend-1" → count; errors as "error: …"
    QStringList inOrder;                 // the same, one entry a call
    bool operator==(const CallReport &) const = default;
};

// Lives on the GUI thread. Owns its children: none outlives it, nor the process (parent-death signal on
// Linux).
class SidecarHost : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual QList<SidecarStatus> sidecars() const = 0;  // in the order they were first started
    virtual QList<SidecarLogLine> logLines(const ResourceKey &key) const = 0;  // bounded; oldest first
    virtual ToolStatus envoy() const = 0;

    // Starts it, or starts it again when it has ended. Refused (Conflict) while it runs.
    virtual Result<void> start(const SidecarSpec &spec) = 0;
    // Drains, then ends it; a second call ends it at once. Unknown or ended: nothing happens.
    virtual void stop(const ResourceKey &key) = 0;
    virtual void stopAll() = 0;
    // True while any child still runs.
    virtual bool isBusy() const = 0;

    // GETs url `times` times, one after the other, and reports what answered. The first line of a body is its
    // name.
    virtual QFuture<Result<CallReport>> call(const QUrl &url, int times) = 0;
    // Envoy's GET /<path> on its admin address, e.g. "clusters?format=json".
    virtual QFuture<Result<QByteArray>> admin(const ResourceKey &key, const QString &path) = 0;

Q_SIGNALS:
    void sidecarChanged(const meshscope::SidecarStatus &status);
    void logAppended(const meshscope::SidecarLogLine &line);
};

}  // namespace meshscope
