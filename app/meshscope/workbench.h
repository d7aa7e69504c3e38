// Wires the concrete parts together: doors to control planes, launcher, window.
// The one place that knows them all. GUI thread; everything it owns ends with it, children included.
#pragma once

#include "app/meshscope/options.h"
#include "backend/core/result.h"

#include <QObject>

#include <memory>

class QSettings;

namespace meshscope {

class Doors;
class LocalSidecarHost;
class MeshSource;
class SidecarHost;
namespace ui {
class MainWindow;
}

class Workbench : public QObject
{
    Q_OBJECT

public:
    // Conflict when a port of the sandbox is taken; Invalid when the sample cannot be loaded. `settings`
    // outlives it.
    static Result<std::unique_ptr<Workbench>> open(const Options &options, QSettings &settings);
    ~Workbench() override;

    ui::MainWindow &window() { return *m_window; }
    MeshSource &source();
    SidecarHost &sidecars();

private:
    Workbench();
    void startSidecarsOnceListed();

    std::unique_ptr<Doors> m_doors;
    std::unique_ptr<LocalSidecarHost> m_sidecars;
    std::unique_ptr<ui::MainWindow> m_window;
};

}  // namespace meshscope
