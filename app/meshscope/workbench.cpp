#include "app/meshscope/workbench.h"

#include "app/meshscope/doors.h"
#include "app/support/tools.h"
#include "backend/connections/kumactl_config.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "backend/sidecar/sidecar_set.h"
#include "ui/shell/main_window.h"

#include <QAction>
#include <QSettings>
#include <QStandardPaths>

#include <optional>

using namespace Qt::StringLiterals;

namespace meshscope {

Workbench::Workbench() = default;

// The window goes first, then the children, then what they were connected to.
Workbench::~Workbench()
{
    m_window.reset();
    m_sidecars.reset();
    m_doors.reset();
}

MeshSource &Workbench::source() { return *m_window->workspace().context.source; }

SidecarHost &Workbench::sidecars() { return *m_sidecars; }

Result<std::unique_ptr<Workbench>> Workbench::open(const Options &options, QSettings &settings)
{
    std::unique_ptr<Workbench> bench(new Workbench);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    // A tour shows what it brings along, not what the person has.
    bench->m_doors =
        std::make_unique<Doors>(settings, folder, options.tour.isEmpty() ? kumactlConfigPath() : QString());
    std::optional<ui::Connection> first;
    if (options.connect) {
        first = bench->m_doors->openUrl(*options.connect, options.connectDp);
    } else if (options.sample) {
        auto started = bench->m_doors->startSandbox(*options.sample, options.freePorts);
        if (!started)
            return fail(started.error());
        first = *started;
    }
    SidecarHostOptions host;
    host.envoy = envoySearch();
    host.coreDns = coreDnsSearch();
    bench->m_sidecars = std::make_unique<LocalSidecarHost>(host);
    bench->m_sidecars->lookForEnvoy();

    ui::UiContext context;
    if (first) {
        context.source = first->source;
        context.editor = first->editor;
        context.sidecarSpec = first->sidecarSpec;
        context.connectionName = first->name;
        context.connectionColour = first->colour;
    }
    context.sidecars = bench->m_sidecars.get();
    context.sidecarSet = readSidecarSet;
    context.doors = bench->m_doors.get();
    context.settings = &settings;
    bench->m_window = std::make_unique<ui::MainWindow>(context);
    if (options.startSidecars)
        bench->startSidecarsOnceListed();
    return bench;
}

void Workbench::startSidecarsOnceListed()
{
    auto *once = new QObject(this);
    connect(&source(), &MeshSource::snapshotChanged, once, [this, once](const SnapshotPtr &snapshot) {
        if (snapshot->dataplanes.empty())
            return;
        once->deleteLater();
        if (auto *start = m_window->findChild<QAction *>(u"action.startAllSidecars"_s))
            start->trigger();
    });
}

}  // namespace meshscope
