#include "app/meshscope/workbench.h"

#include "app/support/sample_mesh.h"
#include "app/support/tools.h"
#include "backend/client/remote_control_plane.h"
#include "backend/control/sandbox.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "backend/sidecar/sidecar_set.h"
#include "backend/support/log.h"
#include "ui/shell/main_window.h"

#include <QAction>
#include <QCoreApplication>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

// A laptop's requests are short, and a person waits for the stop; kuma-dp's 30 s are for production.
constexpr int kDrainMilliseconds = 1'000;
constexpr QColor kSandboxColour{0x25, 0x63, 0xeb};
constexpr QColor kRemoteColour{0xb4, 0x53, 0x09};

void writeLog(int level, const std::string &line)
{
    const QString text = QString::fromStdString(line);
    if (level >= 2)
        qCWarning(lcRest).noquote() << text;
    else if (level == 1)
        qCInfo(lcRest).noquote() << text;
    else
        qCDebug(lcRest).noquote() << text;
}

}  // namespace

Workbench::Workbench() = default;

// The window goes first, then the children, then what they were connected to.
Workbench::~Workbench()
{
    m_window.reset();
    m_sidecars.reset();
    m_connection.reset();
    m_sandbox.reset();
}

MeshSource &Workbench::source() { return *m_connection->source(); }

SidecarHost &Workbench::sidecars() { return *m_sidecars; }

Result<std::unique_ptr<Workbench>> Workbench::open(const Options &options, QSettings &settings)
{
    std::unique_ptr<Workbench> bench(new Workbench);
    if (!options.connect) {
        if (auto started = bench->startSandbox(options); !started)
            return fail(started.error());
    }
    bench->connectTo(options, settings);
    if (options.startSidecars)
        bench->startSidecarsOnceListed();
    return bench;
}

Result<void> Workbench::startSandbox(const Options &options)
{
    SandboxOptions sandbox;
    sandbox.log = writeLog;
    if (options.freePorts)
        sandbox.apiPort = sandbox.dpPort = sandbox.xdsPort = 0;
    auto started = Sandbox::start(sandbox);
    if (!started)
        return fail(started.error());
    m_sandbox = std::move(*started);
    m_dpServer = QUrl(QString::fromStdString(m_sandbox->addresses().dp));
    m_caCertificate = m_sandbox->addresses().caCertificate;
    if (options.sample == "empty"_L1)
        return {};
    const auto sample =
        loadSample(options.sample, options.freePorts ? SamplePorts::AnyFree : SamplePorts::AsWritten);
    if (!sample)
        return fail(sample.error());
    for (const auto &[wished, used] : sample->movedPorts)
        qCDebug(lcApp) << "sample port" << wished << "became" << used;
    for (const auto &resource : sample->resources) {
        if (auto applied = m_sandbox->apply(resource); !applied)
            return applied;
    }
    return {};
}

void Workbench::connectTo(const Options &options, QSettings &settings)
{
    ConnectionOptions connection;
    if (m_sandbox) {
        connection.displayName = QCoreApplication::translate("Workbench", "Sandbox");
        connection.baseUrl = QUrl(QString::fromStdString(m_sandbox->addresses().api));
    } else {
        connection.displayName = options.connect->host();
        connection.baseUrl = *options.connect;
        m_dpServer = options.connectDp;
    }
    m_connection = std::make_unique<RemoteControlPlane>(connection);

    SidecarHostOptions host;
    host.envoy = envoySearch();
    host.coreDns = coreDnsSearch();
    m_sidecars = std::make_unique<LocalSidecarHost>(host);
    m_sidecars->lookForEnvoy();

    ui::UiContext context;
    context.source = m_connection->source();
    context.editor = m_connection->editor();
    context.sidecars = m_sidecars.get();
    context.sidecarSpec = [this](const Dataplane &dataplane) -> Result<SidecarSpec> {
        if (m_dpServer.isEmpty())
            return fail(Error::Code::Invalid,
                        "this connection has no dp-server; start Meshscope with --dp-server URL");
        SidecarSpec spec;
        spec.dataplane = dataplane.key;
        spec.controlPlane = m_dpServer;
        spec.caCertificate = m_caCertificate;
        spec.drainMilliseconds = kDrainMilliseconds;
        spec.concurrency = 1;
        // Names lead somewhere only behind a transparent proxy.
        if (dataplane.transparentProxying)
            spec.dns.server = SidecarDns::Auto;
        // Only the sandbox's sample lives on this machine without applications of its own.
        if (m_sandbox && dataplane.address == "127.0.0.1") {
            if (auto workload = workloadFor(dataplane))
                spec.workload = *workload;
        }
        return spec;
    };
    context.sidecarSet = readSidecarSet;
    context.connectionName = connection.displayName;
    context.connectionColour = m_sandbox ? kSandboxColour : kRemoteColour;
    context.settings = &settings;
    m_window = std::make_unique<ui::MainWindow>(context);
}

void Workbench::startSidecarsOnceListed()
{
    auto *once = new QObject(this);
    connect(m_connection->source(), &MeshSource::snapshotChanged, once,
            [this, once](const SnapshotPtr &snapshot) {
                if (snapshot->dataplanes.empty())
                    return;
                once->deleteLater();
                if (auto *start = m_window->findChild<QAction *>(u"action.startAllSidecars"_s))
                    start->trigger();
            });
}

}  // namespace meshscope
