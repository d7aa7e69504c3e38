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

class ConnectionDoors;

struct UiContext {
    // Not owned; they outlive the window, or their connection. editor and sidecars may be null: then writing,
    // or running sidecars, is not offered and the window says why. Given with a null source the window starts
    // without a connection. In Workspace these are the doors of the connection in front, and source is never
    // null.
    MeshSource *source = nullptr;
    MeshEditor *editor = nullptr;
    SidecarHost *sidecars = nullptr;
    // What a sidecar for this Dataplane needs; the error says why none can run here. Empty = none can.
    std::function<Result<SidecarSpec>(const Dataplane &)> sidecarSpec;
    // The proxies of a sidecar set file (product.md §7). Empty = sets are not offered.
    std::function<Result<std::vector<SidecarSpec>>(const QString &path)> sidecarSet;
    QString connectionName;
    QColor connectionColour;  // visible on every page that shows the connection, and on its push button
    int refreshMilliseconds = 5000;    // while the window is seen and not paused
    QString profileId{};               // as Connection has it
    bool isProtected = false;          // a push asks for the mesh's name to be typed
    bool isReadOnly = false;           // by the person's wish
    ConnectionDoors *doors = nullptr;  // to more connections; null = there are none to be had
    QSettings *settings = nullptr;     // layout and theme are kept there; null = nothing is kept
};

}  // namespace meshscope::ui
