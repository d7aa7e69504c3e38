// What the window is given: doors of the backend and who is behind them. Filled by app/, the one place that
// knows the concrete classes.
#pragma once

#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/api/sidecar_host.h"

#include <QColor>
#include <QString>

#include <functional>
#include <vector>

class QSettings;

namespace meshscope::ui {

struct UiContext {
    // Not owned; they outlive the window. editor and sidecars may be null: then writing, or running sidecars,
    // is not offered and the window says why.
    MeshSource *source = nullptr;
    MeshEditor *editor = nullptr;
    SidecarHost *sidecars = nullptr;
    // What a sidecar for this Dataplane needs; the error says why none can run here. Empty = none can.
    std::function<Result<SidecarSpec>(const Dataplane &)> sidecarSpec;
    // The proxies of a sidecar set file (product.md §7). Empty = sets are not offered.
    std::function<Result<std::vector<SidecarSpec>>(const QString &path)> sidecarSet;
    QString connectionName;
    QColor connectionColour;  // visible on every page that shows the connection, and on its push button
    int refreshMilliseconds = 5000;  // while the window is seen and not paused
    QSettings *settings = nullptr;   // layout and theme are kept there; null = nothing is kept
};

}  // namespace meshscope::ui
