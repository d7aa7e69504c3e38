// The window: navigator, pages, inspector, dock. Owns the focus, the models and the actions; owns nothing
// of the backend.
//
// Names for scripted tours and tests (objectName):
//   bar        button.back, button.forward, choice.connection, choice.mesh, field.filter, label.shown,
//              popup.completion (label.queryProblem, list.completion), menu.queries, field.queryName,
//              button.live
//   navigator  tree.navigator
//   pages      tabs.pages (QTabWidget); page.dataplanes, page.services, page.tagSets, page.graph,
//   page.sidecars,
//              editor.<name>
//   browse     table.dataplanes, table.services, button.columns, button.dropService; in every page's
//              title row label.count, in its empty, loading and failed states button.stateDeed and
//              button.stateCopy
//   tag sets   tree.facets, view.lattice, tabs.tagSets, text.selector, label.selector, table.selector,
//   table.tagFindings graph      view.graph sidecars   table.sidecars, log.sidecars, choice.logSidecar,
//   choice.logLevel, field.logFilter,
//              button.followLog, choice.call, field.callTimes, button.call, list.callResult (columns
//              answer, count), list.callOrder, label.callSummary, button.copySidecarDetails
//   editor     editor.<name>.text (YamlView, a QsciScintilla), editor.<name>.theirs, table.findings,
//              table.pushResult (columns result, of, message), tabs.editorLower, strip.push,
//              label.whyNotPush, button.push, button.revert, button.undoPush, button.retryPush,
//              button.keepMine, button.takeTheirs, field.find
//   form       form.dataplane, form.address, form.inbound.<n>.port, form.inbound.<n>.servicePort,
//              form.inbound.<n>.state and form.inbound.<n>.protocol (QComboBox)
//   inspector  inspector, label.inspectorTitle, label.inspectorStatus, tabs.inspector,
//              facts.overview, facts.inbounds, facts.outbounds, facts.events, text.inspectorYaml,
//              button.callOutbound.<port>, list.inspectorCallResult, button.editDataplane,
//              button.showInGraph, button.startSidecar or button.stopSidecar
//   dock       dock, tabs.dock, table.problems, table.requests, log.application
//   rest       line.status, dialog.close (button.closeAnyway), dialog.keys, dialog.about
//   actions    action.<id>, see ui/shell/actions.h
#pragma once

#include "ui/shell/workspace.h"
#include "ui/style/palette.h"

#include <QMainWindow>
#include <QTimer>

class QDialog;
class QSplitter;
class QTabWidget;

namespace meshscope::ui {

class CloseGuard;
class DataplaneEditor;
class DataplanesPage;
class Dock;
class GraphPage;
class Inspector;
class NavigatorView;
class Page;
class ServicesPage;
class SidecarsPage;
class TagSetsPage;
class StatusLine;
class TopBar;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(UiContext context);
    ~MainWindow() override;

    Focus *focus() const { return m_workspace.focus; }
    const Workspace &workspace() const { return m_workspace; }
    // Opens it, or brings the one that is open to the front. Never null.
    DataplaneEditor *openEditor(const ResourceKey &key);
    QList<DataplaneEditor *> editors() const;

    void setTheme(ThemeMode mode);
    // False for tests and tours: closing asks nothing. Sidecars are stopped all the same.
    void setConfirmClose(bool confirm);

protected:
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool event(QEvent *event) override;

private:
    // main_window.cpp: what stands where
    void build();
    void addPage(Page *page, const QString &title);
    void restoreLayout();
    void saveLayout() const;
    // window_menus.cpp
    void buildMenus();
    void connectActions();
    void showContextMenu(const QPoint &globalPos);
    void showKeys();
    void showAbout();
    // window_commands.cpp
    void updateActions();
    void startSidecar(const ResourceKey &key);
    void startAllSidecars();
    bool isStartable(const DataplaneOverview &row) const;
    void countStartable();
    void copyYaml();
    void showInGraph();
    void showDataplanesOfService();
    void filterBy(const QString &value);
    void openFocus();

    void applySnapshot(const SnapshotPtr &snapshot);
    void applyFreshness();
    void applyFocus(const FocusTarget &target);
    void setMesh(const QString &mesh);
    void setLive();
    void tick();
    void goTo(Page *page);
    Page *currentPage() const;
    DataplaneEditor *currentEditor() const;
    void pageChanged();
    void closeTab(int index);
    DataplanePtr focusedDataplane() const;
    void say(const QString &text);  // a word in the status line, for some seconds

    Workspace m_workspace;
    CloseGuard *m_guard;
    ThemeMode m_theme = ThemeMode::System;
    TopBar *m_bar = nullptr;
    NavigatorView *m_navigator = nullptr;
    QTabWidget *m_tabs = nullptr;
    DataplanesPage *m_dataplanesPage = nullptr;
    ServicesPage *m_servicesPage = nullptr;
    TagSetsPage *m_tagSetsPage = nullptr;
    GraphPage *m_graphPage = nullptr;
    SidecarsPage *m_sidecarsPage = nullptr;
    Inspector *m_inspector = nullptr;
    Dock *m_dock = nullptr;
    StatusLine *m_status = nullptr;
    QSplitter *m_across = nullptr;
    QSplitter *m_down = nullptr;
    QDialog *m_keys = nullptr;
    int m_startable = 0;  // dataplanes of the mesh without a running sidecar
    QTimer m_second;
    QTimer m_sayTimer;
};

}  // namespace meshscope::ui
