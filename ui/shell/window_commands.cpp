// What the actions of the window do, and when they can.
#include "ui/shell/main_window.h"

#include "models/dataplane_table.h"
#include "models/focus.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/browse/dataplanes_page.h"
#include "ui/browse/services_page.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/graph/graph_page.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/status_line.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/error_text.h"

#include "backend/codec/yaml_document.h"
#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QApplication>
#include <QClipboard>
#include <QMessageBox>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kManySidecars = 10;  // more than this are asked about

}  // namespace

DataplanePtr MainWindow::focusedDataplane() const
{
    const FocusTarget &target = m_workspace.focus->target();
    switch (target.kind) {
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
    case FocusKind::Sidecar:
        return m_workspace.context.source->snapshot()->find(target.key);
    case FocusKind::Service:
    case FocusKind::Mesh:
    case FocusKind::ControlPlane:
    case FocusKind::None:
        break;
    }
    return nullptr;
}

bool MainWindow::isStartable(const DataplaneOverview &row) const
{
    const QModelIndex known = m_workspace.sidecars->indexOf(row.key());
    return !known.isValid() || hasEnded(m_workspace.sidecars->statusAt(known.row()).phase);
}

void MainWindow::countStartable()
{
    m_startable = 0;
    if (!m_workspace.context.sidecars || !m_workspace.context.sidecarSpec)
        return;
    const std::string mesh = m_bar->mesh().toStdString();
    for (const auto &row : m_workspace.context.source->snapshot()->dataplanes) {
        if ((mesh.empty() || row->key().mesh == mesh) && isStartable(*row))
            ++m_startable;
    }
}

void MainWindow::updateActions()
{
    if (!m_tabs || !m_tabs->currentWidget())
        return;
    const Actions &a = m_workspace.actions;
    const FocusTarget &target = m_workspace.focus->target();
    const DataplanePtr dataplane = focusedDataplane();
    const SidecarHost *host = m_workspace.context.sidecars;
    const QModelIndex sidecar = m_workspace.sidecars->indexOf(target.key);
    const bool runs = sidecar.isValid() && !hasEnded(m_workspace.sidecars->statusAt(sidecar.row()).phase);
    int running = 0;
    for (int row = 0; row < m_workspace.sidecars->rowCount(); ++row)
        running += hasEnded(m_workspace.sidecars->statusAt(row).phase) ? 0 : 1;
    const bool canLaunch = host && m_workspace.context.sidecarSpec && host->envoy().isFound();

    a.back->setEnabled(m_workspace.focus->canGoBack());
    a.forward->setEnabled(m_workspace.focus->canGoForward());
    a.editDataplane->setEnabled(dataplane && m_workspace.context.editor);
    a.startSidecar->setEnabled(dataplane && canLaunch && !runs);
    a.startSidecar->setToolTip(canLaunch ? tr("Starts an Envoy for this dataplane on this machine")
                               : host    ? tr("Envoy was not found. %1").arg(host->envoy().advice)
                                         : tr("Sidecars cannot be run from here"));
    a.stopSidecar->setEnabled(runs);
    a.startAllSidecars->setEnabled(canLaunch && m_startable > 0);
    a.startAllSidecars->setText(m_startable > 0 ? tr("Start %n sidecar(s)", nullptr, m_startable)
                                                : tr("Start all sidecars"));
    a.stopAllSidecars->setEnabled(running > 0);
    a.stopAllSidecars->setText(running > 0 ? tr("Stop %n sidecar(s)", nullptr, running)
                                           : tr("Stop all sidecars"));
    a.openAdmin->setEnabled(sidecar.isValid() && sidecar.data(SidecarTable::AdminUrlRole).toUrl().isValid()
                            && runs);
    a.callOutbound->setEnabled(host);
    a.copyName->setEnabled(!target.key.name.empty());
    a.copyYaml->setEnabled(dataplane && m_workspace.context.editor);
    a.showInGraph->setEnabled(dataplane || target.kind == FocusKind::Service);
    a.showDataplanes->setEnabled(target.kind == FocusKind::Service);

    const DataplaneEditor *editor = currentEditor();
    const QString name = m_workspace.context.connectionName;
    a.push->setText(editor ? tr("Push 1 dataplane to %1").arg(name) : tr("Push"));
    a.push->setEnabled(editor && editor->session()->canPush());
    a.push->setToolTip(editor ? editor->session()->whyNotPush() : tr("Open a dataplane in the editor first"));
    a.revert->setEnabled(editor && editor->session()->isModified());
    a.revert->setToolTip(tr("Back to what the server held when it was read"));
    a.undoPush->setEnabled(editor && editor->session()->canUndoPush());
    a.closeTab->setEnabled(editor);
    a.exportCsv->setEnabled(!editor);
    a.exportGraph->setEnabled(m_tabs->currentWidget() == m_graphPage && !m_graphPage->countText().isEmpty());
    a.fitGraph->setEnabled(m_tabs->currentWidget() == m_graphPage);
    a.zoomIn->setEnabled(m_tabs->currentWidget() == m_graphPage);
    a.zoomOut->setEnabled(m_tabs->currentWidget() == m_graphPage);
}

void MainWindow::startSidecar(const ResourceKey &key)
{
    const DataplanePtr row = m_workspace.context.source->snapshot()->find(key);
    SidecarHost *host = m_workspace.context.sidecars;
    if (!row || !host || !m_workspace.context.sidecarSpec)
        return;
    qCInfo(lcUi) << "start the sidecar of" << toQString(key.name);
    const Result<SidecarSpec> spec = m_workspace.context.sidecarSpec(*row->dataplane);
    const Result<void> started = spec ? host->start(*spec) : Result<void>(fail(spec.error()));
    if (!started) {
        m_sidecarsPage->showRefusal(key, started.error());
        goTo(m_sidecarsPage);
    }
}

void MainWindow::startAllSidecars()
{
    std::vector<ResourceKey> keys;
    const std::string mesh = m_bar->mesh().toStdString();
    for (const auto &row : m_workspace.context.source->snapshot()->dataplanes) {
        if ((mesh.empty() || row->key().mesh == mesh) && isStartable(*row))
            keys.push_back(row->key());
    }
    const auto start = [this, keys] {
        for (const ResourceKey &key : keys)
            startSidecar(key);
    };
    if (keys.size() <= kManySidecars)
        return start();
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"dialog.startMany"_s);
    box->setWindowTitle(tr("Start sidecars"));
    box->setText(tr("That is one Envoy for each of %n dataplane(s), all on this machine.", nullptr,
                    static_cast<int>(keys.size())));
    auto *deed = box->addButton(tr("Start %n sidecar(s)", nullptr, static_cast<int>(keys.size())),
                                QMessageBox::AcceptRole);
    box->addButton(tr("Start none"), QMessageBox::RejectRole);
    connect(deed, &QAbstractButton::clicked, this, start);
    box->open();
}

void MainWindow::copyYaml()
{
    const DataplanePtr row = focusedDataplane();
    if (!row || !m_workspace.context.editor)
        return;
    whenDone(m_workspace.context.editor->fetchDataplane(row->key()), this,
             [this](const Result<ServerDocument> &document) {
                 const auto yaml =
                     document ? yamlFromJson(document->json) : Result<std::string>(fail(document.error()));
                 if (!yaml)
                     return say(errorLine(yaml.error()));
                 QApplication::clipboard()->setText(toQString(*yaml));
                 say(tr("The document is on the clipboard as YAML"));
             });
}

void MainWindow::showInGraph()
{
    m_tabs->setCurrentWidget(m_graphPage);
    m_graphPage->takeFocus();
}

void MainWindow::showDataplanesOfService()
{
    const FocusTarget target = m_workspace.focus->target();
    if (target.kind != FocusKind::Service)
        return;
    m_dataplanesPage->setService(toQString(target.key.name));
    goTo(m_dataplanesPage);
}

void MainWindow::filterBy(const QString &value)
{
    Page *page = currentPage();
    if (!page->hasFilter() || page == m_graphPage)
        m_tabs->setCurrentWidget(m_dataplanesPage);
    m_bar->query()->setQuery(toQString(query::quotedValue(value.toStdString())));
}

void MainWindow::openFocus()
{
    switch (m_workspace.focus->target().kind) {
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
        m_tabs->setCurrentWidget(m_dataplanesPage);
        break;
    case FocusKind::Service:
        showDataplanesOfService();
        break;
    case FocusKind::Sidecar:
        m_tabs->setCurrentWidget(m_sidecarsPage);
        break;
    case FocusKind::Mesh:
    case FocusKind::ControlPlane:
        m_tabs->setCurrentWidget(m_graphPage);
        break;
    case FocusKind::None:
        break;
    }
}

void MainWindow::closeTab(int index)
{
    auto *editor = qobject_cast<DataplaneEditor *>(m_tabs->widget(index));
    if (!editor)
        return;
    const auto drop = [this, editor = QPointer(editor)] {
        if (!editor)
            return;
        m_tabs->removeTab(m_tabs->indexOf(editor));
        editor->deleteLater();
        updateActions();
    };
    if (!editor->session()->isModified())
        return drop();
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"dialog.closeEditor"_s);
    box->setWindowTitle(tr("Close editor"));
    const QString name = toQString(editor->key().name);
    box->setText(tr("%1 was changed and not pushed.").arg(name));
    auto *deed = box->addButton(tr("Close without pushing %1").arg(name), QMessageBox::DestructiveRole);
    deed->setObjectName(u"button.closeAnyway"_s);
    auto *stay = box->addButton(tr("Keep editing"), QMessageBox::RejectRole);
    box->setDefaultButton(qobject_cast<QPushButton *>(stay));
    connect(deed, &QAbstractButton::clicked, this, drop);
    box->open();
}

void MainWindow::say(const QString &text)
{
    m_status->setProgress(text);
    m_sayTimer.start();
}

}  // namespace meshscope::ui
