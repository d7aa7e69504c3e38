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

// A port of the sidecar's own: 0 = none, kAnyFreePort = one that is free on this machine, else this one.
constexpr int kAnyFreePort = -1;

// Names like backend.mesh. Auto: CoreDNS where it is found and the control plane is one that uses it, else
// the resolver of our own.
enum class SidecarDns { Off, Auto, CoreDns, Embedded };

struct SidecarDnsSpec {
    SidecarDns server = SidecarDns::Off;
    int port = kAnyFreePort;       // where applications ask, UDP and TCP, on loopback; kuma-dp: 15053
    int envoyPort = kAnyFreePort;  // of Envoy's DNS filter, UDP; kuma-dp: 15054
    int metricsPort = 0;           // of CoreDNS; kuma-dp: 19153
    QString coreDnsPath;           // --dns-coredns-path; empty = it is looked for
    QString configDir;             // where the Corefile goes; empty = beside the bootstrap
    QString corefileTemplate;      // its text; empty = the control plane's, else our own
    bool logsQueries = false;
    bool isEmbeddedProtocol = false;  // Kuma 2.11 and later: names come from /dns, not from Envoy's filter
};

enum class SidecarRestart { Never, OnFailure };  // after 5 s, doubled each time up to a minute, as kuma-dp

struct SidecarSpec {
    ResourceKey dataplane;
    QUrl controlPlane;          // base URL of the dp-server, https://127.0.0.1:5678
    std::string caCertificate;  // PEM; empty = the system's, and on loopback not verified, said in the log
    std::string dataplaneResource;  // JSON of the Dataplane to register; empty = it exists already
    std::string token;              // raw JWT; empty = none
    QString tokenFile;              // where it was read from, for Envoys that read it again; may be empty
    std::optional<WorkloadSpec> workload;
    int drainMilliseconds = 30'000;  // between "no new requests" and SIGTERM; kuma-dp's --drain-time
    int concurrency = 0;             // Envoy's worker threads; 0 = as many as the CPU set allows
    QString envoyLogLevel = QStringLiteral("info");
    QString envoyComponentLogLevel;  // "upstream:debug,connection:trace", or empty
    bool skipVerify = false;  // without a CA: not verified off loopback either; kuma-dp's --skip-verify
    QString proxyType = QStringLiteral("dataplane");  // or ingress, egress
    QString envoyPath;                                // --binary-path; empty = it is looked for
    QString configDir;  // where bootstrap.yaml goes; empty = a directory of its own, removed at the end
    QString socketDir;  // where Unix sockets go; empty likewise
    int readinessPort = kAnyFreePort;  // GET /ready; kuma-dp: 9902
    bool hasFreeAdminPort = false;     // a Dataplane given here without an admin port gets a free one
    bool portsMayMove = false;         // one that is taken is replaced by a free one, said in the log
    SidecarDnsSpec dns;
    QString metricsCertPath, metricsKeyPath;  // TLS of the metrics listener
    QString systemCaPath;         // of the machine's CAs; empty = looked for where systems have it
    quint64 maxMemoryBytes = 0;   // 0 = what the cgroup allows
    bool ipv6Enabled = true;      // false too where the machine has none
    int retryPause = 3000;        // milliseconds between two bootstrap tries
    int retryTotal = 5 * 60'000;  // after which it gives up
    int refreshPause = 10'000;    // between two looks at what the control plane says through Envoy
    SidecarRestart restart = SidecarRestart::Never;
};

struct SidecarStatus {
    ResourceKey key;
    SidecarPhase phase = SidecarPhase::Resolving;
    QString detail;                // "waiting for the Dataplane to appear", or empty
    std::optional<Error> failure;  // in Failed: the cause; `what` says it in one sentence
    QString advice;                // in Failed: what to do
    qint64 envoyPid = 0;           // 0 = not running
    qint64 workloadPid = 0;
    qint64 dnsPid = 0;  // of CoreDNS
    // Envoy's admin address once bootstrapped, empty before: http://127.0.0.1:9901 or unix:/path/of/a.sock
    QUrl admin;
    QString directory;  // its own directory, with bootstrap.yaml
    quint16 readinessPort = 0;
    quint16 dnsPort = 0;       // where names are asked for; 0 = nowhere
    quint16 envoyDnsPort = 0;  // where Envoy's DNS filter was told to listen
    QString dnsServer;         // "CoreDNS 1.12.1", "embedded resolver", and why not the other
    QDateTime since;           // when this phase began
    QString envoyVersion;
    int restarts = 0;     // by itself, since a person started it
    QDateTime restartAt;  // in Failed: when it is started again by itself; invalid = it is not
    bool operator==(const SidecarStatus &) const = default;
};

struct SidecarLogLine {
    ResourceKey key;
    QDateTime time;
    enum class Origin { Launcher, Envoy, Workload, Dns };
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

// One question to a sidecar's resolver and how it was answered.
struct DnsReport {
    QString name;
    QString type;      // "A", "AAAA"
    QString rcode;     // "NOERROR", "NXDOMAIN"
    QString answerer;  // "Envoy's DNS filter", "the control plane's records", "system resolver 10.0.0.2"
    QStringList addresses;
    quint32 ttl = 0;
    double milliseconds = 0;
    QStringList steps;  // who was asked before and what came, one sentence each
    bool operator==(const DnsReport &) const = default;
};

// Processes that an earlier, dead run of the launcher left running.
struct SidecarLeftover {
    QString directory;
    QList<qint64> pids;
    QStringList programs;  // in the order of pids
    bool operator==(const SidecarLeftover &) const = default;
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
    // Envoy's GET /<path> on its admin address, e.g. "clusters?format=json"; or POST, which changes
    // something.
    enum class AdminVerb { Get, Post };
    virtual QFuture<Result<QByteArray>> admin(const ResourceKey &key, const QString &path,
                                              AdminVerb verb = AdminVerb::Get) = 0;
    // Asks as an application beside the sidecar would, and says who answered. Type A or AAAA.
    virtual QFuture<Result<DnsReport>> resolve(const ResourceKey &key, const QString &name,
                                               const QString &type) = 0;
    // Once: no new requests to its inbounds from now on, for ever; it goes on running (kuma-dp's SIGUSR2).
    virtual void drainInbounds(const ResourceKey &key) = 0;

    // What was found when this was made, as far as it still runs.
    virtual QList<SidecarLeftover> leftovers() const = 0;
    // Ends those processes and removes their directories.
    virtual void removeLeftovers() = 0;

Q_SIGNALS:
    void sidecarChanged(const meshscope::SidecarStatus &status);
    void logAppended(const meshscope::SidecarLogLine &line);
};

}  // namespace meshscope
