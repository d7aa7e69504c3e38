// Every action of the window, made once, with a stable id (its objectName) and shared by menus, bars and
// context menus. They act on the focus, or on the editor in front. MainWindow connects and enables them.
#pragma once

#include <QAction>

#include <vector>

class QWidget;

namespace meshscope::ui {

struct Actions {
    // File
    QAction *refresh = nullptr;      // action.refresh, F5
    QAction *exportCsv = nullptr;    // action.exportCsv: the table in front, to the clipboard
    QAction *exportTable = nullptr;  // action.exportTable: the table in front, to a file
    QAction *closeTab = nullptr;     // action.closeTab, Ctrl+W
    QAction *quit = nullptr;         // action.quit, Ctrl+Q
    // Edit
    QAction *editDataplane = nullptr;  // action.editDataplane, Ctrl+E
    QAction *push = nullptr;           // action.push, Ctrl+Return or Ctrl+S
    QAction *revert = nullptr;         // action.revert
    QAction *undoPush = nullptr;       // action.undoPush
    QAction *copyName = nullptr;       // action.copyName, Ctrl+Shift+C
    QAction *copyYaml = nullptr;       // action.copyYaml: the chosen rows' documents
    QAction *copyJson = nullptr;       // action.copyJson
    QAction *copyKumactl = nullptr;    // action.copyKumactl: the commands that show them
    QAction *copyCurl = nullptr;       // action.copyCurl
    QAction *focusFilter = nullptr;    // action.focusFilter, Ctrl+F
    QAction *clearFilter = nullptr;    // action.clearFilter
    // Go
    QAction *palette = nullptr;    // action.palette, Ctrl+Shift+P: every action by name
    QAction *quickOpen = nullptr;  // action.quickOpen, Ctrl+P: every object by name
    QAction *command = nullptr;    // action.command, ":"
    // View
    QAction *back = nullptr;             // action.back, Alt+Left
    QAction *forward = nullptr;          // action.forward, Alt+Right
    QAction *pageStart = nullptr;        // action.pageStart, Ctrl+0
    QAction *pageConnect = nullptr;      // action.pageConnect, Ctrl+Shift+O: the connections
    QAction *closeConnection = nullptr;  // action.closeConnection: the one in front
    QAction *pageDataplanes = nullptr;   // action.pageDataplanes, Ctrl+1 …
    QAction *pageServices = nullptr;     // action.pageServices
    QAction *pageGraph = nullptr;        // action.pageGraph
    QAction *pageSidecars = nullptr;     // action.pageSidecars
    QAction *pageTagSets = nullptr;      // action.pageTagSets
    QAction *pageOverview = nullptr;     // action.pageOverview
    QAction *pagePolicies = nullptr;     // action.pagePolicies
    QAction *pageZones = nullptr;        // action.pageZones
    QAction *pageProblems = nullptr;     // action.pageProblems
    QAction *markSeen = nullptr;         // action.markSeen: the changes are no news any more
    QAction *showNavigator = nullptr;    // action.showNavigator (checkable)
    QAction *showInspector = nullptr;    // action.showInspector (checkable)
    QAction *showDock = nullptr;         // action.showDock (checkable)
    QAction *fitGraph = nullptr;         // action.fitGraph, F
    QAction *zoomIn = nullptr;           // action.zoomIn
    QAction *zoomOut = nullptr;          // action.zoomOut
    QAction *exportGraph = nullptr;      // action.exportGraph
    QAction *themeSystem = nullptr;      // action.themeSystem (exclusive)
    QAction *themeLight = nullptr;       // action.themeLight
    QAction *themeDark = nullptr;        // action.themeDark
    // Mesh
    QAction *showInGraph = nullptr;     // action.showInGraph, Ctrl+G
    QAction *showDataplanes = nullptr;  // action.showDataplanes: those of the focused service
    QAction *pauseLive = nullptr;       // action.pauseLive (checkable)
    // Sidecars
    QAction *startSidecar = nullptr;      // action.startSidecar
    QAction *stopSidecar = nullptr;       // action.stopSidecar
    QAction *startAllSidecars = nullptr;  // action.startAllSidecars
    QAction *stopAllSidecars = nullptr;   // action.stopAllSidecars
    QAction *openAdmin = nullptr;         // action.openAdmin: Envoy's own pages, in a browser
    // Tools
    QAction *callOutbound = nullptr;  // action.callOutbound: to the Call panel
    // Help
    QAction *showKeys = nullptr;  // action.showKeys, F1 or ?
    QAction *about = nullptr;     // action.about

    std::vector<QAction *> all() const;
};

Actions makeActions(QWidget *window);

}  // namespace meshscope::ui
