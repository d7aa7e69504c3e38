// The menus of the window, and what their entries do.
#include "ui/shell/main_window.h"

#include "models/focus.h"
#include "models/text.h"
#include "ui/browse/dataplanes_page.h"
#include "ui/browse/inspector.h"
#include "ui/browse/navigator_view.h"
#include "ui/browse/services_page.h"
#include "ui/browse/table_view.h"
#include "ui/browse/tag_sets_page.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/graph/graph_page.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/dock.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/call_panel.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDialog>
#include <QHeaderView>
#include <QMenuBar>
#include <QMessageBox>
#include <QTreeWidget>
#include <QVBoxLayout>

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
    add(tr("&File"),
        {a.refresh, a.pauseLive, nullptr, a.exportCsv, a.exportGraph, nullptr, a.closeTab, a.quit});
    add(tr("&Edit"), {a.editDataplane, a.push, a.revert, a.undoPush, nullptr, a.copyName, a.copyYaml, nullptr,
                      a.focusFilter, a.clearFilter});
    QMenu *view =
        add(tr("&View"), {a.back, a.forward, nullptr, a.pageDataplanes, a.pageServices, a.pageTagSets,
                          a.pageGraph, a.pageSidecars, nullptr, a.showNavigator, a.showInspector, a.showDock,
                          nullptr, a.fitGraph, a.zoomIn, a.zoomOut, nullptr});
    QMenu *theme = view->addMenu(icon(u"theme"_s), tr("&Theme"));
    for (QAction *entry : {a.themeSystem, a.themeLight, a.themeDark})
        theme->addAction(entry);
    add(tr("&Mesh"), {a.showDataplanes, a.showInGraph, nullptr, a.refresh});
    add(tr("&Sidecars"), {a.startSidecar, a.stopSidecar, nullptr, a.startAllSidecars, a.stopAllSidecars,
                          nullptr, a.openAdmin});
    add(tr("&Tools"), {a.callOutbound});
    add(tr("&Help"), {a.showKeys, a.about});
}

void MainWindow::connectActions()
{
    const Actions &a = m_workspace.actions;
    MeshSource *source = m_workspace.context.source;
    const auto run = [this](QAction *action, auto fn) { connect(action, &QAction::triggered, this, fn); };
    run(a.refresh, [source] { source->refresh(); });
    run(a.exportCsv, [this] {
        const QString csv = currentPage()->csv();
        if (csv.isEmpty())
            return;
        QApplication::clipboard()->setText(csv);
        say(tr("The table is on the clipboard as CSV"));
    });
    run(a.closeTab, [this] { closeTab(m_tabs->currentIndex()); });
    run(a.quit, [this] { close(); });
    run(a.editDataplane, [this] {
        if (const DataplanePtr row = focusedDataplane())
            openEditor(row->key());
    });
    run(a.push, [this] {
        if (DataplaneEditor *editor = currentEditor())
            editor->push();
    });
    run(a.revert, [this] {
        if (DataplaneEditor *editor = currentEditor())
            editor->revert();
    });
    run(a.undoPush, [this] {
        if (DataplaneEditor *editor = currentEditor())
            editor->undoPush();
    });
    run(a.copyName,
        [this] { QApplication::clipboard()->setText(toQString(m_workspace.focus->target().key.name)); });
    run(a.copyYaml, [this] { copyYaml(); });
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
    case FocusKind::None:
        break;
    }
    // Any value it has, to filter by.
    QStringList values;
    if (const DataplanePtr row = focusedDataplane()) {
        for (const Tags &tags : row->dataplane->tagSets()) {
            for (const auto &[key, value] : tags) {
                if (!values.contains(toQString(value)))
                    values << toQString(value);
            }
        }
        if (!row->dataplane->address.empty())
            values << toQString(row->dataplane->address);
    } else if (target.kind == FocusKind::Service) {
        values << toQString(target.key.name);
    }
    menu->addSeparator();
    if (!values.isEmpty()) {
        QMenu *filter = menu->addMenu(icon(u"filter"_s), tr("&Filter by"));
        for (const QString &value : values)
            connect(filter->addAction(value), &QAction::triggered, this, [this, value] { filterBy(value); });
    }
    menu->addAction(a.copyName);
    if (focusedDataplane())
        menu->addAction(a.copyYaml);
    menu->popup(globalPos);
}

void MainWindow::showKeys()
{
    if (!m_keys) {
        m_keys = new QDialog(this);
        m_keys->setObjectName(u"dialog.keys"_s);
        m_keys->setWindowTitle(tr("Keys"));
        m_keys->resize(420, 520);
        auto *list = new QTreeWidget(m_keys);
        list->setObjectName(u"list.keys"_s);
        list->setAccessibleName(tr("Keys"));
        list->setHeaderLabels({tr("Action"), tr("Keys")});
        list->setRootIsDecorated(false);
        list->setUniformRowHeights(true);
        list->setFrameShape(QFrame::NoFrame);
        list->setItemDelegate(new CellDelegate(list));
        list->header()->resizeSection(0, 250);
        for (const QAction *action : m_workspace.actions.all()) {
            QStringList keys;
            for (const QKeySequence &key : action->shortcuts())
                keys << key.toString(QKeySequence::NativeText);
            QString name = action->text();
            if (!keys.isEmpty())
                new QTreeWidgetItem(list, {name.remove(u'&'), keys.join(tr(" or "))});
        }
        for (const auto &[name, keys] : {std::pair(tr("Graph: walk to the next card"), tr("Arrows")),
                                         std::pair(tr("Graph: focus, then open its dataplanes"), tr("Enter")),
                                         std::pair(tr("Filter: to the rows"), tr("Down or Enter")),
                                         std::pair(tr("Filter: clear, then leave"), tr("Escape"))})
            new QTreeWidgetItem(list, {name, keys});
        auto *layout = new QVBoxLayout(m_keys);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(list);
    }
    m_keys->show();
    m_keys->raise();
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
