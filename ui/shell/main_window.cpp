#include "ui/shell/main_window.h"

#include "models/change_feed.h"
#include "models/dataplane_table.h"
#include "models/focus.h"
#include "models/log_model.h"
#include "models/policy_table.h"
#include "models/query_filter.h"
#include "models/request_table.h"
#include "models/service_table.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "models/zone_table.h"
#include "ui/browse/dataplanes_page.h"
#include "ui/browse/inspector.h"
#include "ui/browse/navigator_view.h"
#include "ui/browse/overview_page.h"
#include "ui/browse/policies_page.h"
#include "ui/browse/problem_finder.h"
#include "ui/browse/problems_page.h"
#include "ui/browse/services_page.h"
#include "ui/browse/table_view.h"
#include "ui/browse/tag_sets_page.h"
#include "ui/browse/zones_page.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/graph/graph_page.h"
#include "ui/shell/choices.h"
#include "ui/shell/close_guard.h"
#include "ui/shell/connect_page.h"
#include "ui/shell/dock.h"
#include "ui/shell/palette_box.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/shortcuts.h"
#include "ui/shell/start_page.h"
#include "ui/shell/status_line.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/theme.h"

#include <QCloseEvent>
#include <QSettings>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include <set>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

MainWindow::MainWindow(UiContext context)
{
    setObjectName(u"window.main"_s);
    resize(1280, 800);
    m_workspace.context = std::move(context);
    UiContext &doors = m_workspace.context;
    m_workspace.connections = new Connections(this);
    if (doors.source)
        m_workspace.connections->add({doors.source, doors.editor, doors.sidecarSpec, doors.connectionName,
                                      doors.connectionColour, doors.refreshMilliseconds, doors.profileId,
                                      doors.isProtected, doors.isReadOnly});
    else
        doors.source = m_workspace.connections->current().source;
    m_workspace.actions = makeActions(this);
    m_workspace.focus = new Focus(this);
    m_workspace.dataplanes = new DataplaneTable(this);
    m_workspace.services = new ServiceTable(this);
    m_workspace.filter = new QueryFilter(this);
    m_workspace.policies = new PolicyTable(this);
    m_workspace.zones = new ZoneTable(this);
    m_workspace.changes = new ChangeFeed(this);
    m_workspace.sidecars = new SidecarTable(doors.sidecars, this);
    m_workspace.sidecarLog = new LogModel(this);
    if (doors.sidecars)
        m_workspace.sidecarLog->follow(doors.sidecars);
    m_workspace.requests = new RequestTable(this);
    for (const Connection &one : m_workspace.connections->all()) {
        m_workspace.requests->follow(one.source);
        m_workspace.changes->follow(one.source);
    }
    m_guard = new CloseGuard(this, doors.sidecars, [this] {
        QStringList names;
        for (const DataplaneEditor *editor : editors()) {
            if (editor->session()->isModified())
                names << toQString(editor->key().name);
        }
        return names;
    });
    // Before the pages connect: when they hear of a snapshot, the models have it already.
    connect(m_workspace.connections, &Connections::currentChanged, this, &MainWindow::adoptConnection);
    connect(m_workspace.connections, &Connections::snapshotChanged, this, &MainWindow::applySnapshot);
    connect(m_workspace.focus, &Focus::changed, this, &MainWindow::applyFocus);
    build();
    buildConnections();
    buildMenus();
    connectActions();
    buildPalette();
    restoreKeys(m_workspace.actions.all(), doors.settings);
    restoreLayout();
    adoptConnection();
    applySnapshot(doors.source->snapshot());
    applyFreshness();
    updateActions();
    pageChanged();
}

MainWindow::~MainWindow()
{
    // Pages look things up in the workspace until they are gone; they go before it does.
    delete m_startPage;
    delete m_connectPage;
    delete centralWidget();
}

void MainWindow::build()
{
    const UiContext &doors = m_workspace.context;
    m_bar = new TopBar(m_workspace.actions, m_workspace.connections, this);
    m_navigator = new NavigatorView(m_workspace, this);
    m_startPage = new StartPage(m_workspace, doors.doors, this);
    m_startPage->hide();
    m_dataplanesPage = new DataplanesPage(m_workspace);
    m_servicesPage = new ServicesPage(m_workspace);
    m_tagSetsPage = new TagSetsPage(m_workspace);
    m_finder = new ProblemFinder(m_workspace, this);
    m_overviewPage = new OverviewPage(m_workspace, m_finder);
    m_policiesPage = new PoliciesPage(m_workspace);
    m_zonesPage = new ZonesPage(m_workspace);
    m_problemsPage = new ProblemsPage(m_workspace, m_finder);
    m_graphPage = new GraphPage(m_workspace);
    m_sidecarsPage = new SidecarsPage(m_workspace);
    m_inspector = new Inspector(m_workspace, this);
    m_dock = new Dock(m_workspace, m_finder, this);
    m_status = new StatusLine(this);

    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"tabs.pages"_s);
    m_tabs->tabBar()->setObjectName(u"tabbar.pages"_s);
    m_tabs->tabBar()->setAccessibleName(tr("Pages"));
    m_tabs->setDocumentMode(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(false);
    m_tabs->setUsesScrollButtons(true);
    addPage(m_overviewPage, tr("Overview"));
    addPage(m_dataplanesPage, tr("Dataplanes"));
    addPage(m_servicesPage, tr("Services"));
    addPage(m_tagSetsPage, tr("Tag sets"));
    addPage(m_graphPage, tr("Graph"));
    addPage(m_policiesPage, tr("Policies"));
    addPage(m_zonesPage, tr("Zones"));
    addPage(m_problemsPage, tr("Problems"));
    addPage(m_sidecarsPage, tr("Sidecars"));
    m_tabs->setCurrentWidget(m_dataplanesPage);

    m_across = new QSplitter(Qt::Horizontal, this);
    m_across->setObjectName(u"splitter.across"_s);
    m_across->addWidget(m_navigator);
    m_across->addWidget(m_tabs);
    m_across->addWidget(m_inspector);
    m_across->setStretchFactor(1, 1);
    m_across->setSizes({216, 720, 344});
    m_across->setChildrenCollapsible(false);
    m_navigator->setMinimumWidth(140);
    m_tabs->setMinimumWidth(360);
    m_inspector->setMinimumWidth(240);
    m_down = new QSplitter(Qt::Vertical, this);
    m_down->setObjectName(u"splitter.down"_s);
    m_down->addWidget(m_across);
    m_down->addWidget(m_dock);
    m_down->setStretchFactor(0, 1);
    m_down->setSizes({580, 130});
    m_down->setChildrenCollapsible(false);
    m_dock->setMinimumHeight(60);

    auto *middle = new QWidget(this);
    auto *layout = new QVBoxLayout(middle);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_down, 1);
    layout->addWidget(m_status);
    setCentralWidget(middle);

    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::pageChanged);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);
    connect(m_bar, &TopBar::meshChosen, this, &MainWindow::setMesh);
    m_bar->query()->setFilter(m_workspace.filter, doors.settings);
    connect(m_workspace.filter, &QueryFilter::answered, this, &MainWindow::pageChanged);
    connect(m_bar->query(), &QueryBar::left, this, [this](bool) { currentPage()->takeFocus(); });
    connect(m_dataplanesPage, &DataplanesPage::filterCleared, this, [this] { m_bar->query()->setQuery({}); });
    connect(m_servicesPage, &ServicesPage::filterCleared, this, [this] { m_bar->query()->setQuery({}); });
    connect(m_tagSetsPage, &TagSetsPage::filterCleared, this, [this] { m_bar->query()->setQuery({}); });
    connect(m_tagSetsPage, &TagSetsPage::queryWanted, this, [this](const QString &query) {
        m_dataplanesPage->setService({});
        m_bar->query()->setQuery(query);
        goTo(m_dataplanesPage);
    });
    connect(m_policiesPage, &PoliciesPage::filterCleared, this, [this] { m_bar->query()->setQuery({}); });
    connect(m_problemsPage, &ProblemsPage::filterCleared, this, [this] { m_bar->query()->setQuery({}); });
    connect(m_policiesPage, &PoliciesPage::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_zonesPage, &ZonesPage::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_problemsPage, &ProblemsPage::openWanted, this, &MainWindow::openFocus);
    connect(m_dock, &Dock::openWanted, this, &MainWindow::openFocus);
    connect(m_overviewPage, &OverviewPage::openWanted, this, &MainWindow::openFocus);
    connect(m_overviewPage, &OverviewPage::listWanted, this, [this](const QString &query) {
        m_dataplanesPage->setService({});
        m_bar->query()->setQuery(query);
        goTo(m_dataplanesPage);
    });
    connect(m_dataplanesPage, &DataplanesPage::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_servicesPage, &ServicesPage::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_graphPage, &GraphPage::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_graphPage, &GraphPage::serviceOpened, this, &MainWindow::showDataplanesOfService);
    connect(m_sidecarsPage, &SidecarsPage::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_navigator, &NavigatorView::menuWanted, this, &MainWindow::showContextMenu);
    connect(m_navigator, &NavigatorView::opened, this, &MainWindow::openFocus);
    connect(m_dock, &Dock::problemsChanged, this, [this] {
        const int count = m_dock->problemCount();
        m_status->setRight(count > 0 ? tr("%n problem(s)", nullptr, count) : QString());
    });
    connect(m_workspace.connections, &Connections::stateChanged, this, &MainWindow::applyFreshness);
    connect(m_workspace.connections, &Connections::requestFinished, m_status, &StatusLine::noteRequest);
    connect(m_workspace.focus, &Focus::historyChanged, this, &MainWindow::updateActions);
    if (doors.sidecars)
        connect(doors.sidecars, &SidecarHost::sidecarChanged, this, [this] {
            countStartable();
            updateActions();
        });
    connect(m_guard, &CloseGuard::progress, m_status, &StatusLine::setProgress);
    m_sayTimer.setSingleShot(true);
    m_sayTimer.setInterval(4000);
    connect(&m_sayTimer, &QTimer::timeout, this, [this] { m_status->setProgress({}); });
    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &MainWindow::tick);
    m_second.start();
}

void MainWindow::addPage(Page *page, const QString &title)
{
    const int index = m_tabs->addTab(page, title);
    // The pages that always are cannot be closed.
    m_tabs->tabBar()->setTabButton(index, QTabBar::RightSide, nullptr);
    connect(page, &Page::countChanged, this, [this, page] {
        if (m_tabs->currentWidget() == page)
            m_bar->setCount(page->countText());
        updateActions();
    });
}

void MainWindow::restoreLayout()
{
    QSettings *settings = m_workspace.context.settings;
    setTheme(themeFromName(settings ? settings->value(u"theme"_s).toString() : QString()));
    const Actions &actions = m_workspace.actions;
    bool panes[] = {true, true, true};
    if (settings) {
        restoreGeometry(settings->value(u"window/geometry"_s).toByteArray());
        for (auto *splitter : findChildren<QSplitter *>()) {
            const QString key = u"window/"_s + splitter->objectName();
            if (!splitter->objectName().isEmpty() && settings->contains(key))
                splitter->restoreState(settings->value(key).toByteArray());
        }
        panes[0] = settings->value(u"window/navigator"_s, true).toBool();
        panes[1] = settings->value(u"window/inspector"_s, true).toBool();
        panes[2] = settings->value(u"window/dock"_s, true).toBool();
    }
    actions.showNavigator->setChecked(panes[0]);
    actions.showInspector->setChecked(panes[1]);
    actions.showDock->setChecked(panes[2]);
    m_navigator->setVisible(panes[0]);
    m_inspector->setVisible(panes[1]);
    m_dock->setVisible(panes[2]);
}

void MainWindow::saveLayout() const
{
    QSettings *settings = m_workspace.context.settings;
    if (!settings)
        return;
    settings->setValue(u"window/geometry"_s, saveGeometry());
    for (const auto *splitter : findChildren<QSplitter *>()) {
        if (!splitter->objectName().isEmpty())
            settings->setValue(u"window/"_s + splitter->objectName(), splitter->saveState());
    }
    settings->setValue(u"window/navigator"_s, m_workspace.actions.showNavigator->isChecked());
    settings->setValue(u"window/inspector"_s, m_workspace.actions.showInspector->isChecked());
    settings->setValue(u"window/dock"_s, m_workspace.actions.showDock->isChecked());
    settings->setValue(u"theme"_s, themeName(m_theme));
    m_dataplanesPage->table()->save(settings);
    m_servicesPage->table()->save(settings);
    m_sidecarsPage->table()->save(settings);
    m_policiesPage->table()->save(settings);
    m_zonesPage->table()->save(settings);
}

void MainWindow::setTheme(ThemeMode mode)
{
    m_theme = mode;
    applyTheme(mode);
    const Actions &actions = m_workspace.actions;
    (mode == ThemeMode::Light  ? actions.themeLight
     : mode == ThemeMode::Dark ? actions.themeDark
                               : actions.themeSystem)
        ->setChecked(true);
    applyFreshness();
}

void MainWindow::setConfirmClose(bool confirm) { m_guard->setConfirm(confirm); }

void MainWindow::applySnapshot(const SnapshotPtr &snapshot)
{
    m_workspace.dataplanes->setNow(currentTime());
    m_workspace.filter->setNow(currentTime());
    m_workspace.filter->setSnapshot(snapshot);  // before the tables, whose proxies ask it
    m_workspace.dataplanes->setSnapshot(snapshot, m_workspace.context.source);
    m_workspace.services->setSnapshot(snapshot, m_workspace.context.source);
    m_workspace.policies->setSnapshot(snapshot, m_workspace.context.source);
    m_workspace.zones->setSnapshot(snapshot, m_workspace.context.source);
    std::set<std::string> meshes;
    for (const MeshInfo &mesh : snapshot->meshes)
        meshes.insert(mesh.name);
    const std::string *last = nullptr;  // they stand in the order of their meshes
    for (const auto &row : snapshot->dataplanes) {
        if (!last || *last != row->key().mesh)
            meshes.insert(row->key().mesh);
        last = &row->key().mesh;
    }
    QStringList names;
    for (const std::string &mesh : meshes)
        names << toQString(mesh);
    m_bar->setMeshes(names);
    m_status->setControlPlane(snapshot->controlPlane);
    countStartable();
    updateActions();
}

void MainWindow::applyFreshness()
{
    if (!m_bar || !m_status)
        return;
    const SourceState state = m_workspace.context.source->state();
    m_bar->setFreshness(state, m_workspace.actions.pauseLive->isChecked());
    m_status->setFreshness(state);
}

void MainWindow::applyFocus(const FocusTarget &target)
{
    if (!m_status)
        return;
    // What is looked at is on the connection in front, and in the mesh that is shown.
    if (target.source && target.source != m_workspace.context.source)
        m_workspace.connections->setCurrent(target.source);
    const QString mesh = toQString(meshOf(target));
    if (!mesh.isEmpty() && !m_bar->mesh().isEmpty() && m_bar->mesh() != mesh)
        m_bar->setMesh(mesh);
    updateActions();
}

void MainWindow::setMesh(const QString &mesh)
{
    m_meshOf[m_workspace.context.source] = mesh;
    m_dataplanesPage->setMesh(mesh);
    m_servicesPage->setMesh(mesh);
    m_tagSetsPage->setMesh(mesh);
    m_graphPage->setMesh(mesh);
    m_policiesPage->setMesh(mesh);
    m_overviewPage->setMesh(mesh);
    countStartable();
    updateActions();
}

void MainWindow::setLive()
{
    const bool live = isVisible() && !isMinimized() && !m_workspace.actions.pauseLive->isChecked();
    for (const Connection &one : m_workspace.connections->all()) {
        one.source->setInterval(live ? one.refreshMilliseconds : 0);
        one.source->setPaused(!live);
    }
    applyFreshness();
}

void MainWindow::tick()
{
    if (!isVisible())
        return;
    m_workspace.dataplanes->setNow(currentTime());
    m_workspace.filter->setNow(currentTime());
    m_workspace.sidecars->setNow(QDateTime::currentDateTimeUtc());
    m_inspector->refresh();
    m_dock->tick();
    m_finder->tick();
    currentPage()->tick();
    applyFreshness();
}

Page *MainWindow::currentPage() const { return static_cast<Page *>(m_tabs->currentWidget()); }

DataplaneEditor *MainWindow::currentEditor() const
{
    return qobject_cast<DataplaneEditor *>(m_tabs->currentWidget());
}

void MainWindow::pageChanged()
{
    Page *page = currentPage();
    if (!page)
        return;
    m_bar->query()->setEnabled(page->hasFilter());
    m_bar->setCount(page->countText());
    updateActions();
}

void MainWindow::goTo(Page *page)
{
    m_tabs->setCurrentWidget(page);
    page->takeFocus();
}

QList<DataplaneEditor *> MainWindow::editors() const
{
    QList<DataplaneEditor *> result;
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (auto *editor = qobject_cast<DataplaneEditor *>(m_tabs->widget(i)))
            result << editor;
    }
    return result;
}

DataplaneEditor *MainWindow::openEditor(const ResourceKey &key)
{
    for (DataplaneEditor *editor : editors()) {
        if (editor->key() == key && editor->source() == m_workspace.context.source) {
            goTo(editor);
            return editor;
        }
    }
    m_workspace.focus->set({FocusKind::Dataplane, m_workspace.context.source, key, -1});
    auto *editor = new DataplaneEditor(m_workspace, key);
    const int index = m_tabs->addTab(editor, editor->tabTitle());
    m_tabs->setTabToolTip(index, tr("%1 in %2").arg(toQString(key.name), toQString(key.mesh)));
    if (QWidget *close = m_tabs->tabBar()->tabButton(index, QTabBar::RightSide)) {
        close->setAccessibleName(tr("Close %1").arg(toQString(key.name)));
        close->setToolTip(tr("Close (Ctrl+W)"));
    }
    connect(editor, &DataplaneEditor::tabTitleChanged, this,
            [this, editor] { m_tabs->setTabText(m_tabs->indexOf(editor), editor->tabTitle()); });
    connect(editor, &DataplaneEditor::pushableChanged, this, &MainWindow::updateActions);
    goTo(editor);
    return editor;
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    saveLayout();
    if (m_guard->mayClose())
        event->accept();
    else
        event->ignore();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    setLive();
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    setLive();
}

bool MainWindow::event(QEvent *event)
{
    if (event->type() == QEvent::ThemeChange && m_theme == ThemeMode::System)
        applyTheme(m_theme);
    if (event->type() == QEvent::WindowStateChange)
        setLive();
    return QMainWindow::event(event);
}

}  // namespace meshscope::ui
