// The menus of the window, and what their entries do.
#include "ui/shell/main_window.h"

#include "models/change_feed.h"
#include "models/focus.h"
#include "models/mesh_overview.h"
#include "models/text.h"
#include "ui/browse/dataplanes_page.h"
#include "ui/browse/inspector.h"
#include "ui/browse/navigator_view.h"
#include "ui/browse/overview_page.h"
#include "ui/browse/policies_page.h"
#include "ui/browse/problems_page.h"
#include "ui/browse/services_page.h"
#include "ui/browse/table_view.h"
#include "ui/browse/tag_sets_page.h"
#include "ui/browse/zones_page.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/graph/graph_page.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/dock.h"
#include "ui/shell/keys_dialog.h"
#include "ui/shell/palette_box.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/call_panel.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QMenuBar>
#include <QMessageBox>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

void MainWindow::buildMenus()
{
    const Actions &a = m_workspace.actions;
    const auto add = [this](const QString &title, const QList<QAction *> &entries) {
        QMenu *menu = menuBar()->addMenu(title);
        for (QAction *entry : entries) {
            if (entry)
                menu->addAction(entry);
            else
                menu->addSeparator();
        }
        return menu;
    };
    add(tr("&File"), {a.pageStart, a.pageConnect, a.closeConnection, nullptr, a.refresh, a.pauseLive, nullptr,
                      a.exportTable, a.exportCsv, a.exportGraph, nullptr, a.closeTab, a.quit});
    add(tr("&Edit"), {a.editDataplane, a.push, a.revert, a.undoPush, nullptr, a.copyName, a.copyYaml,
                      a.copyJson, a.copyKumactl, a.copyCurl, nullptr, a.focusFilter, a.clearFilter});
    add(tr("&Go"), {a.quickOpen, a.palette, a.command, nullptr, a.back, a.forward});
    QMenu *view = add(tr("&View"),
                      {a.pageOverview, a.pageDataplanes, a.pageServices, a.pageTagSets, a.pageGraph,
                       a.pagePolicies, a.pageZones, a.pageProblems, a.pageSidecars, nullptr, a.showNavigator,
                       a.showInspector, a.showDock, nullptr, a.fitGraph, a.zoomIn, a.zoomOut, nullptr});
    QMenu *theme = view->addMenu(icon(u"theme"_s), tr("&Theme"));
    for (QAction *entry : {a.themeSystem, a.themeLight, a.themeDark})
        theme->addAction(entry);
    add(tr("&Mesh"), {a.showDataplanes, a.showInGraph, nullptr, a.markSeen, a.refresh});
    add(tr("&Sidecars"), {a.startSidecar, a.stopSidecar, nullptr, a.startAllSidecars, a.stopAllSidecars,
                          nullptr, a.openAdmin});
    add(tr("&Tools"), {a.callOutbound});
    add(tr("&Help"), {a.showKeys, a.about});
}

void MainWindow::connectActions()
{
    const Actions &a = m_workspace.actions;
    const auto run = [this](QAction *action, auto fn) { connect(action, &QAction::triggered, this, fn); };
    run(a.refresh, [this] { m_workspace.context.source->refresh(); });
    run(a.pageStart, [this] { showStart(); });
    run(a.pageConnect, [this] { showConnect(); });
    run(a.closeConnection, [this] { closeConnection(); });
    run(a.exportCsv, [this] { copyTable(); });
    run(a.exportTable, [this] { exportTable(); });
    run(a.closeTab, [this] { closeTab(m_tabs->currentIndex()); });
    run(a.quit, [this] { close(); });
    run(a.editDataplane, [this] {
        if (const DataplanePtr row = focusedDataplane())
            openEditor(row->key());
    });
    run(a.push, [this, push = a.push] { write(push->text(), &DataplaneEditor::push); });
    run(a.revert, [this] {
        if (DataplaneEditor *editor = currentEditor())
            editor->revert();
    });
    run(a.undoPush, [this] { write(tr("Take the push back"), &DataplaneEditor::undoPush); });
    run(a.copyName, [this] {
        QStringList names;
        for (const ResourceKey &key : chosenDataplanes())
            names << toQString(key.name);
        QApplication::clipboard()->setText(
            names.size() > 1 ? names.join(u'\n') : toQString(m_workspace.focus->target().key.name));
    });
    run(a.copyYaml, [this] { copyDocuments(DocumentFormat::Yaml); });
    run(a.copyJson, [this] { copyDocuments(DocumentFormat::Json); });
    run(a.copyKumactl, [this] { copyCommands(false); });
    run(a.copyCurl, [this] { copyCommands(true); });
    run(a.quickOpen, [this] { m_palette->open(PaletteBox::Mode::Objects); });
    run(a.palette, [this] { m_palette->open(PaletteBox::Mode::Actions); });
    run(a.command, [this] { m_palette->open(PaletteBox::Mode::Commands); });
    run(a.focusFilter, [this] {
        if (currentPage()->startFind())
            return;
        m_bar->query()->selectAll();
        m_bar->query()->setFocus(Qt::ShortcutFocusReason);
    });
    run(a.clearFilter, [this] {
        m_dataplanesPage->setService({});
        m_bar->query()->setQuery({});
    });
    run(a.back, [this] { m_workspace.focus->back(); });
    run(a.forward, [this] { m_workspace.focus->forward(); });
    run(a.pageDataplanes, [this] { goTo(m_dataplanesPage); });
    run(a.pageServices, [this] { goTo(m_servicesPage); });
    run(a.pageTagSets, [this] { goTo(m_tagSetsPage); });
    run(a.pageOverview, [this] { goTo(m_overviewPage); });
    run(a.pagePolicies, [this] { goTo(m_policiesPage); });
    run(a.pageZones, [this] { goTo(m_zonesPage); });
    run(a.pageProblems, [this] { goTo(m_problemsPage); });
    run(a.markSeen, [this] { m_workspace.changes->markSeen(); });
    run(a.pageGraph, [this] { goTo(m_graphPage); });
    run(a.pageSidecars, [this] { goTo(m_sidecarsPage); });
    connect(a.showNavigator, &QAction::toggled, m_navigator, &QWidget::setVisible);
    connect(a.showInspector, &QAction::toggled, m_inspector, &QWidget::setVisible);
    connect(a.showDock, &QAction::toggled, m_dock, &QWidget::setVisible);
    run(a.fitGraph, [this] { m_graphPage->view()->fit(); });
    run(a.zoomIn, [this] { m_graphPage->view()->zoomBy(1.2); });
    run(a.zoomOut, [this] { m_graphPage->view()->zoomBy(1 / 1.2); });
    run(a.exportGraph, [this] { m_graphPage->exportWithDialog(); });
    run(a.themeSystem, [this] { setTheme(ThemeMode::System); });
    run(a.themeLight, [this] { setTheme(ThemeMode::Light); });
    run(a.themeDark, [this] { setTheme(ThemeMode::Dark); });
    run(a.showInGraph, [this] { showInGraph(); });
    run(a.showDataplanes, [this] { showDataplanesOfService(); });
    connect(a.pauseLive, &QAction::toggled, this, &MainWindow::setLive);
    run(a.startSidecar, [this] { startSidecar(m_workspace.focus->target().key); });
    run(a.stopSidecar, [this] {
        if (SidecarHost *host = m_workspace.context.sidecars)
            host->stop(m_workspace.focus->target().key);
    });
    run(a.startAllSidecars, [this] { startAllSidecars(); });
    run(a.stopAllSidecars, [this] {
        if (SidecarHost *host = m_workspace.context.sidecars)
            host->stopAll();
    });
    run(a.openAdmin, [this] {
        const SidecarHost *host = m_workspace.context.sidecars;
        for (const SidecarStatus &status : host ? host->sidecars() : QList<SidecarStatus>()) {
            if (status.key == m_workspace.focus->target().key && !status.admin.isEmpty())
                QDesktopServices::openUrl(status.admin);
        }
    });
    run(a.callOutbound, [this] {
        m_sidecarsPage->callPanel()->choose(m_workspace.focus->target().key);
        goTo(m_sidecarsPage);
    });
    run(a.showKeys, [this] { showKeys(); });
    run(a.about, [this] { showAbout(); });
}

void MainWindow::showContextMenu(const QPoint &globalPos)
{
    updateActions();
    const Actions &a = m_workspace.actions;
    const FocusTarget &target = m_workspace.focus->target();
    auto *menu = new QMenu(this);
    menu->setObjectName(u"menu.context"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    switch (target.kind) {
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
        menu->addActions({a.editDataplane, a.startSidecar, a.stopSidecar, a.showInGraph});
        break;
    case FocusKind::Sidecar:
        menu->addActions({a.startSidecar, a.stopSidecar, a.callOutbound, a.openAdmin, a.editDataplane});
        break;
    case FocusKind::Service:
        menu->addActions({a.showDataplanes, a.showInGraph});
        break;
    case FocusKind::Mesh:
    case FocusKind::ControlPlane:
    case FocusKind::Policy:
    case FocusKind::Zone:
    case FocusKind::None:
        break;
    }
    // The value under the pointer first, then any value it has.
    const TableView *table = currentPage()->table();
    const bool ofTable = table && table->isVisible()
                         && table->viewport()->rect().contains(table->viewport()->mapFromGlobal(globalPos));
    const CellValue under = ofTable ? table->menuValue() : CellValue{};
    QList<CellValue> values;
    const auto offer = [&values](const QString &field, const std::string &value) {
        const CellValue one{field, toQString(value)};
        const auto isThere = [&one](const CellValue &other) {
            return other.field == one.field && other.value == one.value;
        };
        if (!one.isNone() && std::none_of(values.begin(), values.end(), isThere))
            values << one;
    };
    if (const DataplanePtr row = focusedDataplane()) {
        for (const Tags &tags : row->dataplane->tagSets()) {
            for (const auto &[key, value] : tags)
                offer(u"tag."_s + toQString(key), value);
        }
        offer(u"address"_s, row->dataplane->address);
        offer(u"name"_s, row->key().name);
    } else if (target.kind == FocusKind::Service) {
        offer(u"service"_s, target.key.name);
    }
    menu->addSeparator();
    if (!under.field.isEmpty() && !under.isNone()) {
        connect(menu->addAction(icon(u"filter"_s), tr("Filter by “%1”").arg(under.value)),
                &QAction::triggered, this, [this, under] { filterBy(equalTerm(under.field, under.value)); });
        connect(menu->addAction(tr("Exclude “%1”").arg(under.value)), &QAction::triggered, this,
                [this, under] { filterBy(unequalTerm(under.field, under.value)); });
    }
    if (!values.isEmpty()) {
        QMenu *filter = menu->addMenu(icon(u"filter"_s), tr("&Filter by"));
        QMenu *exclude = menu->addMenu(tr("E&xclude"));
        for (const CellValue &one : values) {
            connect(filter->addAction(one.value), &QAction::triggered, this,
                    [this, one] { filterBy(equalTerm(one.field, one.value)); });
            connect(exclude->addAction(one.value), &QAction::triggered, this,
                    [this, one] { filterBy(unequalTerm(one.field, one.value)); });
        }
    }
    QMenu *copy = menu->addMenu(icon(u"copy"_s), tr("&Copy"));
    copy->addAction(a.copyName);
    if (under.value != toQString(target.key.name) && !under.isNone())
        connect(copy->addAction(tr("Copy “%1”").arg(under.value)), &QAction::triggered, this,
                [under] { QApplication::clipboard()->setText(under.value); });
    if (focusedDataplane())
        copy->addActions({a.copyYaml, a.copyJson, a.copyKumactl, a.copyCurl});
    menu->popup(globalPos);
}

void MainWindow::showKeys()
{
    if (!m_keys)
        m_keys = new KeysDialog(m_workspace.actions.all(), m_workspace.context.settings, this);
    Page *page = currentPage();
    m_keys->showFor(m_tabs->tabText(m_tabs->currentIndex()), page->keys());
}

void MainWindow::showAbout()
{
    auto *box = new QMessageBox(this);
    box->setObjectName(u"dialog.about"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Meshscope"));
    box->setIconPixmap(QApplication::windowIcon().pixmap(64, 64));
    box->setTextFormat(Qt::RichText);
    box->setText(tr("<h3>Meshscope %1</h3><p>Inspector and workbench for Kuma service meshes.</p>")
                     .arg(QString::fromLatin1(MESHSCOPE_VERSION)));
    box->setInformativeText(tr("Free software under the GNU General Public License, version 3 or later. It "
                               "comes without any warranty, "
                               "as far as the law allows. Built with Qt %1 and QScintilla.")
                                .arg(QString::fromLatin1(qVersion())));
    box->setStandardButtons(QMessageBox::Close);
    box->open();
}

}  // namespace meshscope::ui
