// What the actions of the window do, and when they can.
#include "ui/shell/main_window.h"

#include "models/dataplane_table.h"
#include "models/focus.h"
#include "models/request_table.h"
#include "models/sidecar_table.h"
#include "models/table_export.h"
#include "models/text.h"
#include "ui/browse/dataplanes_page.h"
#include "ui/browse/overview_page.h"
#include "ui/browse/policies_page.h"
#include "ui/browse/services_page.h"
#include "ui/browse/table_view.h"
#include "ui/browse/zones_page.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/graph/graph_page.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/connect_page.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/start_page.h"
#include "ui/shell/status_line.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/error_text.h"

#include "backend/codec/yaml_document.h"
#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>

#include <memory>
#include <optional>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kManySidecars = 10;    // more than this are asked about
constexpr std::size_t kManyDocuments = 200;  // each is a request
constexpr int kManyRows = 5000;              // on the clipboard

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
    case FocusKind::Policy:
    case FocusKind::Zone:
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
    a.showInGraph->setEnabled(dataplane || target.kind == FocusKind::Service);
    a.showDataplanes->setEnabled(target.kind == FocusKind::Service);

    const DataplaneEditor *editor = currentEditor();
    const QString name = editor ? editor->context().connectionName : QString();
    a.push->setText(editor ? tr("Push 1 dataplane to %1").arg(name) : tr("Push"));
    a.push->setEnabled(editor && editor->session()->canPush());
    a.push->setToolTip(editor ? editor->session()->whyNotPush() : tr("Open a dataplane in the editor first"));
    a.revert->setEnabled(editor && editor->session()->isModified());
    a.revert->setToolTip(tr("Back to what the server held when it was read"));
    a.undoPush->setEnabled(editor && editor->session()->canUndoPush());
    a.closeTab->setEnabled(editor || m_tabs->currentWidget() == m_connectPage
                           || m_tabs->currentWidget() == m_startPage);
    a.closeConnection->setEnabled(!m_workspace.connections->isEmpty());
    a.pageConnect->setEnabled(m_workspace.context.doors);
    a.refresh->setEnabled(!m_workspace.connections->isEmpty());
    for (QAction *copy : {a.copyJson, a.copyYaml})
        copy->setEnabled(dataplane && m_workspace.context.editor);
    for (QAction *copy : {a.copyKumactl, a.copyCurl})
        copy->setEnabled(static_cast<bool>(dataplane));
    a.exportCsv->setEnabled(currentPage()->table());
    a.exportTable->setEnabled(currentPage()->table());
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

std::vector<ResourceKey> MainWindow::chosenDataplanes() const
{
    if (const TableView *table = currentPage()->table();
        table && currentPage() == m_dataplanesPage && table->selectedKeys().size() > 1)
        return table->selectedKeys();
    const DataplanePtr row = focusedDataplane();
    return row ? std::vector<ResourceKey>{row->key()} : std::vector<ResourceKey>();
}

void MainWindow::copyDocuments(DocumentFormat format)
{
    const std::vector<ResourceKey> keys = chosenDataplanes();
    MeshEditor *editor = m_workspace.context.editor;
    if (keys.empty() || !editor)
        return;
    if (keys.size() > kManyDocuments)
        return say(tr("%1 documents are too many for the clipboard; export the table instead")
                       .arg(static_cast<int>(keys.size())));
    struct Collected {
        std::vector<std::string> texts;
        std::size_t waiting = 0;
        std::optional<Error> error;
    };
    auto all = std::make_shared<Collected>();
    all->texts.resize(keys.size());
    all->waiting = keys.size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        whenDone(editor->fetchDataplane(keys[i]), this,
                 [this, all, i, format](const Result<ServerDocument> &document) {
                     Result<std::string> text =
                         document ? Result<std::string>(document->json) : fail(document.error());
                     if (text && format == DocumentFormat::Yaml)
                         text = yamlFromJson(*text);
                     if (text)
                         all->texts[i] = std::move(*text);
                     else if (!all->error)
                         all->error = text.error();
                     if (--all->waiting > 0)
                         return;
                     if (all->error)
                         return say(errorLine(*all->error));
                     const bool yaml = format == DocumentFormat::Yaml;
                     QStringList texts;
                     for (const std::string &one : all->texts)
                         texts << toQString(one).trimmed();
                     const bool one = texts.size() == 1;
                     QString joined = texts.join(yaml ? u"\n---\n"_s : u",\n"_s);
                     if (!one && !yaml)
                         joined = u"[\n"_s + joined + u"\n]"_s;
                     joined += u'\n';
                     QApplication::clipboard()->setText(joined);
                     say(yaml ? tr("%n document(s) on the clipboard as YAML", nullptr,
                                   static_cast<int>(texts.size()))
                              : tr("%n document(s) on the clipboard as JSON", nullptr,
                                   static_cast<int>(texts.size())));
                 });
    }
}

void MainWindow::copyCommands(bool curl)
{
    QStringList lines;
    const std::vector<ResourceKey> keys = chosenDataplanes();
    for (const ResourceKey &key : keys) {
        RequestRecord record;
        record.method = u"GET"_s;
        record.url = m_workspace.context.source->address();
        record.url.setPath(record.url.path().endsWith(u'/') ? record.url.path().chopped(1)
                                                            : record.url.path());
        record.url.setPath(record.url.path() + u"/meshes/"_s + toQString(key.mesh) + u"/dataplanes/"_s
                           + toQString(key.name));
        if (!curl) {
            // kumactl knows its control plane by itself, whatever path the API stands under.
            record.url.setPath(u"/meshes/"_s + toQString(key.mesh) + u"/dataplanes/"_s + toQString(key.name));
        }
        lines << (curl ? curlEquivalent(record) : kumactlEquivalent(record));
    }
    if (lines.isEmpty())
        return;
    QApplication::clipboard()->setText(lines.join(u'\n') + (lines.size() > 1 ? u"\n"_s : QString()));
    say(tr("%n command(s) on the clipboard", nullptr, static_cast<int>(lines.size())));
}

void MainWindow::copyTable()
{
    const TableView *table = currentPage()->table();
    if (!table)
        return;
    if (table->model()->rowCount() > kManyRows)
        return say(tr("%1 rows are too many for the clipboard; export the table to a file instead")
                       .arg(table->model()->rowCount()));
    const ExportTable rows = exportTableOf(*table->model(), table->visibleColumns());
    QApplication::clipboard()->setText(QString::fromUtf8(exportText(rows, ExportFormat::Csv)));
    say(tr("The table is on the clipboard as CSV"));
}

void MainWindow::exportTable()
{
    if (!currentPage()->table())
        return;
    auto *dialog = new QFileDialog(this, tr("Export table"));
    dialog->setObjectName(u"dialog.exportTable"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("CSV (*.csv)"), tr("JSON (*.json)"), tr("YAML (*.yaml)")});
    dialog->setDefaultSuffix(u"csv"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.section(u"*."_s, 1).chopped(1));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::exportTableTo);
    dialog->open();
}

void MainWindow::exportTableTo(const QString &path)
{
    TableView *table = currentPage()->table();
    if (!table)
        return;
    auto *job = new TableExport(table->model(), table->visibleColumns(), path, exportFormatFor(path), this);
    connect(job, &TableExport::progress, this, [this](int rows, int total) {
        m_status->setProgress(
            tr("Reading row %1 of %2").arg(QLocale().toString(rows), QLocale().toString(total)));
    });
    connect(job, &TableExport::finished, this, [this, job, path](const Result<int> &written) {
        job->deleteLater();
        say(written ? tr("%n row(s) are in %1", nullptr, *written).arg(QFileInfo(path).fileName())
                    : errorLine(written.error()));
    });
    job->start();
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

void MainWindow::filterBy(const QString &term)
{
    Page *page = currentPage();
    if (!page->hasFilter() || page == m_graphPage)
        m_tabs->setCurrentWidget(m_dataplanesPage);
    // Beside what is asked already; an "or" in it stays together.
    const QString present = m_bar->query()->text().trimmed();
    const query::Query asked = query::parse(present.toStdString()).query;
    const bool isOr = asked.root() && asked.root()->kind == query::Node::Kind::Or;
    if (asked.isEmpty())
        return m_bar->query()->setQuery(term);
    const QString kept = isOr ? QString(u'(' + present + u')') : present;
    m_bar->query()->setQuery(kept + u' ' + term);
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
    case FocusKind::Policy:
        m_policiesPage->setType({});
        m_tabs->setCurrentWidget(m_policiesPage);
        break;
    case FocusKind::Zone:
        m_tabs->setCurrentWidget(m_zonesPage);
        break;
    case FocusKind::Mesh:
    case FocusKind::ControlPlane:
        m_tabs->setCurrentWidget(m_overviewPage);
        break;
    case FocusKind::None:
        break;
    }
}

void MainWindow::closeTab(int index)
{
    if (m_tabs->widget(index) == m_startPage || m_tabs->widget(index) == m_connectPage) {
        // They stay what they are and come back where they were.
        m_tabs->removeTab(index);
        return;
    }
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
