// The window: navigator, pages, inspector, dock. Owns the focus, the models and the actions; owns nothing
// of the backend.
//
// Names for scripted tours and tests (objectName):
//   bar        button.back, button.forward, choice.connection, choice.mesh, field.filter, label.shown,
//              popup.completion (label.queryProblem, list.completion), menu.queries, field.queryName,
//              button.live
//   navigator  tree.navigator
//   pages      tabs.pages (QTabWidget); page.start, page.connect, page.overview, page.dataplanes,
//              page.services, page.tagSets, page.graph, page.policies, page.zones, page.problems,
//              page.sidecars, editor.<name>
//   start      card.connect, card.sandbox, card.open, card.sidecars, button.openSample, list.recent
//   connect    list.profiles, field.profileName, field.profileUrl, field.profileToken, button.testProfile,
//              button.saveProfile, button.openProfile, label.testAnswer
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
//   dock       dock, tabs.dock, table.problems, table.changes, table.requests, log.application
//   palette    box.palette, field.palette, list.palette
//   rest       line.status, dialog.close (button.closeAnyway), dialog.keys, dialog.about
//   actions    action.<id>, see ui/shell/actions.h
#pragma once

#include "ui/shell/workspace.h"
#include "ui/style/palette.h"

#include <QHash>
#include <QMainWindow>
#include <QTimer>

class QSplitter;
class QTabWidget;

namespace meshscope::ui {

struct Command;
class CloseGuard;
class ConnectPage;
class DataplaneEditor;
class DataplanesPage;
class Dock;
class GraphPage;
class Inspector;
class KeysDialog;
class NavigatorView;
class OverviewPage;
class Page;
class PaletteBox;
class PoliciesPage;
class ProblemFinder;
class ProblemsPage;
class ServicesPage;
class SidecarsPage;
class StartPage;
class TagSetsPage;
class StatusLine;
class TopBar;
class ZonesPage;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(UiContext context);
    ~MainWindow() override;

    Focus *focus() const { return m_workspace.focus; }
    // Shows one more control plane; the newest comes to the front. See Connections for how long it must live.
    void addConnection(const Connection &connection);
    Connections *connections() const { return m_workspace.connections; }
    const Workspace &workspace() const { return m_workspace; }
    // Opens it, or brings the one that is open to the front. Never null.
    DataplaneEditor *openEditor(const ResourceKey &key);
    QList<DataplaneEditor *> editors() const;

    // Writes the table in front into a file, in the format of its ending, without blocking.
    void exportTableTo(const QString &path);

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
    // The rows chosen in the table in front where it lists dataplanes, else the focus.
    std::vector<ResourceKey> chosenDataplanes() const;
    enum class DocumentFormat { Yaml, Json };
    void copyDocuments(DocumentFormat format);
    void copyCommands(bool curl);
    void copyTable();
    void exportTable();
    void showInGraph();
    void showDataplanesOfService();
    void filterBy(const QString &term);  // in the query language
    void openFocus();

    // window_palette.cpp
    void buildPalette();
    void buildCommands();
    void openTarget(const FocusTarget &target);

    // window_connections.cpp
    void buildConnections();
    void adoptConnection();
    void forgetConnection(MeshSource *source);
    void openProfile(const QString &id);
    void startSandbox(const QString &sample);
    void openSnapshot(const QString &path);
    void addOpened(const Result<Connection> &opened);
    void closeConnection();
    void remember(const QString &recent);
    void showStart();
    void showConnect();
    // Does it in the editor in front, on a protected connection after the mesh was named.
    void write(const QString &deedText, void (DataplaneEditor::*how)());

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
    StartPage *m_startPage = nullptr;
    ConnectPage *m_connectPage = nullptr;   // made when it is first wanted
    QHash<MeshSource *, QString> m_meshOf;  // the mesh chosen last on each connection
    DataplanesPage *m_dataplanesPage = nullptr;
    ServicesPage *m_servicesPage = nullptr;
    TagSetsPage *m_tagSetsPage = nullptr;
    OverviewPage *m_overviewPage = nullptr;
    PoliciesPage *m_policiesPage = nullptr;
    ZonesPage *m_zonesPage = nullptr;
    ProblemsPage *m_problemsPage = nullptr;
    ProblemFinder *m_finder = nullptr;
    GraphPage *m_graphPage = nullptr;
    SidecarsPage *m_sidecarsPage = nullptr;
    Inspector *m_inspector = nullptr;
    Dock *m_dock = nullptr;
    StatusLine *m_status = nullptr;
    QSplitter *m_across = nullptr;
    QSplitter *m_down = nullptr;
    KeysDialog *m_keys = nullptr;
    PaletteBox *m_palette = nullptr;
    std::vector<Command> m_commands;
    int m_startable = 0;  // dataplanes of the mesh without a running sidecar
    QTimer m_second;
    QTimer m_sayTimer;
};

}  // namespace meshscope::ui
