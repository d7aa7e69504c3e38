#include "ui/shell/actions.h"

#include "ui/shell/shortcuts.h"
#include "ui/style/icons.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QWidget>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

struct Row {
    QAction *Actions::*member;
    const char *id;
    const char *text;
    const char *icon;                 // nullptr = none
    QList<const char *> shortcuts{};  // the first is shown
    bool checkable = false;
};

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

const std::vector<Row> &rows()
{
    static const std::vector<Row> kRows{
        {&Actions::refresh, "refresh", TEXT("&Refresh"), "refresh", {"F5"}},
        {&Actions::exportCsv, "exportCsv", TEXT("Copy table as &CSV"), "export"},
        {&Actions::exportTable, "exportTable", TEXT("&Export table…"), "export"},
        {&Actions::closeTab, "closeTab", TEXT("&Close tab"), "close", {"Ctrl+W"}},
        {&Actions::quit, "quit", TEXT("&Quit"), nullptr, {"Ctrl+Q"}},
        {&Actions::editDataplane, "editDataplane", TEXT("&Edit dataplane"), "edit", {"Ctrl+E"}},
        {&Actions::push, "push", TEXT("&Push"), "push", {"Ctrl+Return", "Ctrl+S"}},
        {&Actions::revert, "revert", TEXT("Re&vert"), "revert"},
        {&Actions::undoPush, "undoPush", TEXT("&Undo push"), "undo"},
        {&Actions::copyName, "copyName", TEXT("Copy &name"), "copy", {"Ctrl+Shift+C"}},
        {&Actions::copyYaml, "copyYaml", TEXT("Copy as &YAML"), "yaml"},
        {&Actions::copyJson, "copyJson", TEXT("Copy as &JSON"), "copy"},
        {&Actions::copyKumactl, "copyKumactl", TEXT("Copy as &kumactl command"), "copy"},
        {&Actions::copyCurl, "copyCurl", TEXT("Copy as c&url command"), "copy"},
        {&Actions::focusFilter, "focusFilter", TEXT("&Find or filter"), "find", {"Ctrl+F"}},
        {&Actions::clearFilter, "clearFilter", TEXT("C&lear filter"), nullptr},
        {&Actions::quickOpen, "quickOpen", TEXT("&Go to…"), "find", {"Ctrl+P"}},
        {&Actions::palette, "palette", TEXT("&Find an action…"), "menu", {"Ctrl+Shift+P"}},
        {&Actions::command, "command", TEXT("Type a &command…"), nullptr, {":"}},
        {&Actions::back, "back", TEXT("&Back"), "back", {"Alt+Left"}},
        {&Actions::forward, "forward", TEXT("&Forward"), "forward", {"Alt+Right"}},
        {&Actions::pageStart, "pageStart", TEXT("S&tart page"), "open", {"Ctrl+0"}},
        {&Actions::pageConnect, "pageConnect", TEXT("&Connect…"), "control-plane", {"Ctrl+Shift+O"}},
        {&Actions::closeConnection, "closeConnection", TEXT("C&lose connection"), "close"},
        {&Actions::pageDataplanes, "pageDataplanes", TEXT("&Dataplanes"), "dataplane", {"Ctrl+1"}},
        {&Actions::pageServices, "pageServices", TEXT("&Services"), "service", {"Ctrl+2"}},
        {&Actions::pageGraph, "pageGraph", TEXT("&Graph"), "graph", {"Ctrl+3"}},
        {&Actions::pageSidecars, "pageSidecars", TEXT("Side&cars"), "sidecar", {"Ctrl+4"}},
        {&Actions::pageTagSets, "pageTagSets", TEXT("T&ag sets"), "tag-set", {"Ctrl+9"}},
        {&Actions::pageOverview, "pageOverview", TEXT("O&verview"), "info", {"Ctrl+5"}},
        {&Actions::pagePolicies, "pagePolicies", TEXT("P&olicies"), "policy", {"Ctrl+6"}},
        {&Actions::pageZones, "pageZones", TEXT("&Zones"), "zone", {"Ctrl+7"}},
        {&Actions::pageProblems, "pageProblems", TEXT("P&roblems"), "problems", {"Ctrl+8"}},
        {&Actions::markSeen, "markSeen", TEXT("&Mark changes as seen"), nullptr, {"Ctrl+Shift+M"}},
        {&Actions::showNavigator, "showNavigator", TEXT("&Navigator"), "pane-left", {"Ctrl+Alt+1"}, true},
        {&Actions::showInspector, "showInspector", TEXT("&Inspector"), "pane-right", {"Ctrl+Alt+2"}, true},
        {&Actions::showDock, "showDock", TEXT("&Problems and logs"), "pane-bottom", {"Ctrl+Alt+3"}, true},
        // Single keys work while the graph has the focus; elsewhere they are letters.
        {&Actions::fitGraph, "fitGraph", TEXT("&Fit graph"), "fit", {"F"}},
        {&Actions::zoomIn, "zoomIn", TEXT("Zoom &in"), "zoom-in", {"Ctrl++", "Ctrl+="}},
        {&Actions::zoomOut, "zoomOut", TEXT("Zoom &out"), "zoom-out", {"Ctrl+-"}},
        {&Actions::exportGraph, "exportGraph", TEXT("E&xport graph…"), "export"},
        {&Actions::themeSystem, "themeSystem", TEXT("As the &system has it"), nullptr, {}, true},
        {&Actions::themeLight, "themeLight", TEXT("&Light"), nullptr, {}, true},
        {&Actions::themeDark, "themeDark", TEXT("&Dark"), nullptr, {}, true},
        {&Actions::showInGraph, "showInGraph", TEXT("Show in &graph"), "graph", {"Ctrl+G"}},
        {&Actions::showDataplanes, "showDataplanes", TEXT("Show its &dataplanes"), "dataplane"},
        {&Actions::pauseLive, "pauseLive", TEXT("&Pause live refresh"), "live", {}, true},
        {&Actions::startSidecar, "startSidecar", TEXT("&Start sidecar"), "run", {"Ctrl+R"}},
        {&Actions::stopSidecar, "stopSidecar", TEXT("S&top sidecar"), "stop"},
        {&Actions::startAllSidecars, "startAllSidecars", TEXT("Start &all sidecars"), "run-all"},
        {&Actions::stopAllSidecars, "stopAllSidecars", TEXT("St&op all sidecars"), "stop-all"},
        {&Actions::openAdmin, "openAdmin", TEXT("Open Envoy's a&dmin pages"), "open"},
        {&Actions::callOutbound, "callOutbound", TEXT("&Call through a sidecar"), "call"},
        {&Actions::showKeys, "showKeys", TEXT("&Keys"), "keys", {"F1", "?"}},
        {&Actions::about, "about", TEXT("&About Meshscope"), "info"},
    };
    return kRows;
}

#undef TEXT

}  // namespace

std::vector<QAction *> Actions::all() const
{
    std::vector<QAction *> result;
    for (const Row &row : rows())
        result.push_back(this->*row.member);
    return result;
}

Actions makeActions(QWidget *window)
{
    Actions actions;
    for (const Row &row : rows()) {
        auto *action = new QAction(QCoreApplication::translate("Actions", row.text), window);
        action->setObjectName(u"action."_s + QString::fromLatin1(row.id));
        if (row.icon)
            action->setIcon(icon(QString::fromLatin1(row.icon)));
        QList<QKeySequence> keys;
        for (const char *key : row.shortcuts)
            keys << QKeySequence(QString::fromLatin1(key));
        setDefaultKeys(action, keys);
        action->setCheckable(row.checkable);
        actions.*row.member = action;
        window->addAction(action);
    }
    auto *themes = new QActionGroup(window);
    for (QAction *action : {actions.themeSystem, actions.themeLight, actions.themeDark})
        themes->addAction(action);
    // In an editor these keys write a letter, or find in the text.
    actions.fitGraph->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    actions.quit->setMenuRole(QAction::QuitRole);
    actions.about->setMenuRole(QAction::AboutRole);
    return actions;
}

}  // namespace meshscope::ui
