#include "ui/sidecars/sidecars_page.h"

#include "models/focus.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/sidecars/call_panel.h"
#include "ui/sidecars/live_panel.h"
#include "ui/sidecars/log_view.h"
#include "ui/sidecars/path_panel.h"
#include "ui/style/delegates.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

SidecarsPage::SidecarsPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_table(new TableView)
    , m_log(new LogView(workspace))
    , m_call(new CallPanel(workspace))
    , m_live(new LivePanel(workspace))
    , m_path(new PathPanel(workspace))
    , m_tools(new QTabWidget)
    , m_parts(new QSplitter(Qt::Vertical))
    , m_frame(new PageFrame(tr("Sidecars"), m_parts, this))
{
    setObjectName(u"page.sidecars"_s);
    m_table->setObjectName(u"table.sidecars"_s);
    m_table->setAccessibleName(tr("Sidecars on this machine"));
    m_table->setModel(workspace.sidecars);
    m_table->setFinder([this](const ResourceKey &key) { return m_workspace.sidecars->indexOf(key); });
    CellDelegate::Look name, number, fixed, since, detail;
    name.icon = u"sidecar"_s;
    name.strong = true;
    number.fixed = number.right = true;
    fixed.fixed = true;
    since.muted = since.right = true;
    detail.muted = true;
    m_table->setItemDelegateForColumn(SidecarTable::NameColumn, new CellDelegate(name, m_table));
    m_table->setItemDelegateForColumn(SidecarTable::PhaseColumn, new StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(SidecarTable::DetailColumn, new CellDelegate(detail, m_table));
    m_table->setItemDelegateForColumn(SidecarTable::PidColumn, new CellDelegate(number, m_table));
    m_table->setItemDelegateForColumn(SidecarTable::AdminColumn, new CellDelegate(fixed, m_table));
    m_table->setItemDelegateForColumn(SidecarTable::VersionColumn, new CellDelegate(this));
    m_table->setItemDelegateForColumn(SidecarTable::SinceColumn, new CellDelegate(since, m_table));
    m_table->setColumn(SidecarTable::NameColumn, 120);
    m_table->setColumn(SidecarTable::PhaseColumn, 112);
    m_table->setColumn(SidecarTable::PidColumn, 66, true);
    m_table->setColumn(SidecarTable::AdminColumn, 120);
    m_table->setColumn(SidecarTable::VersionColumn, 60);
    m_table->setColumn(SidecarTable::SinceColumn, 58, true);
    m_table->setStretch(SidecarTable::DetailColumn);
    m_table->restore(workspace.context.settings);

    auto *lower = new QSplitter(Qt::Horizontal);
    lower->setObjectName(u"splitter.sidecarLog"_s);
    lower->addWidget(m_log);
    m_tools->setObjectName(u"tabs.sidecarTools"_s);
    m_tools->setDocumentMode(true);
    m_tools->addTab(m_call, tr("Call"));
    m_tools->addTab(m_live, tr("Live"));
    m_tools->addTab(m_path, tr("Path"));
    lower->addWidget(m_tools);
    lower->setStretchFactor(0, 1);
    lower->setSizes({300, 430});
    lower->setChildrenCollapsible(false);
    m_parts->setObjectName(u"splitter.sidecars"_s);
    m_parts->addWidget(m_table);
    m_parts->addWidget(lower);
    m_parts->setStretchFactor(1, 1);
    m_parts->setSizes({160, 320});
    m_parts->setChildrenCollapsible(false);

    if (workspace.context.sidecarSet && workspace.context.sidecars) {
        auto *set = new QAction(tr("Run a set …"), this);
        set->setObjectName(u"action.runSidecarSet"_s);
        set->setToolTip(tr("Start all proxies that a sidecar set file names"));
        connect(set, &QAction::triggered, this, &SidecarsPage::chooseSet);
        m_frame->addAction(set);
    }
    m_frame->addAction(workspace.actions.stopAllSidecars);
    m_frame->addAction(workspace.actions.startAllSidecars, true);
    auto *copy = m_frame->notice()->addButton(tr("Copy details"), u"button.copySidecarDetails"_s);
    m_copy = copy;
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_details); });
    auto *endLeftovers = m_frame->notice()->addButton(tr("End them"), u"button.endLeftovers"_s);
    m_endLeftovers = endLeftovers;
    connect(endLeftovers, &QPushButton::clicked, this, [this] {
        m_workspace.context.sidecars->removeLeftovers();
        refresh();
    });
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);
    // The retry of the frame's notice is about the control plane; sidecars do not come from there.
    if (auto *retry = m_frame->findChild<QPushButton *>(u"button.retry"_s))
        retry->hide();

    connect(m_table, &TableView::rowChosen, this, [this](const QModelIndex &index) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
    });
    connect(m_table, &TableView::menuWanted, this, [this](const QModelIndex &index, const QPoint &pos) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
        Q_EMIT menuWanted(pos);
    });
    connect(workspace.focus, &Focus::changed, this, &SidecarsPage::followFocus);
    connect(workspace.connections, &Connections::snapshotChanged, this, &SidecarsPage::refresh);
    connect(workspace.sidecars, &QAbstractItemModel::modelReset, this, &SidecarsPage::refresh);
    connect(workspace.sidecars, &QAbstractItemModel::rowsInserted, this, &SidecarsPage::refresh);
    connect(workspace.actions.startAllSidecars, &QAction::changed, this, &SidecarsPage::refresh);
    if (workspace.context.sidecars) {
        connect(workspace.context.sidecars, &SidecarHost::sidecarChanged, this,
                [this](const SidecarStatus &status) {
                    if (status.phase == SidecarPhase::Ready)
                        m_refusal.clear();
                    refresh();
                });
    }
    refresh();
}

QString SidecarsPage::countText() const
{
    const int all = m_workspace.sidecars->rowCount();
    return all == 0 ? QString() : QString::number(all);
}

bool SidecarsPage::startFind()
{
    m_log->startFind();
    return true;
}

void SidecarsPage::takeFocus() { m_table->focusFirstRow(); }

void SidecarsPage::showRefusal(const ResourceKey &key, const Error &error)
{
    m_refusal = tr("The sidecar of %1 did not start: %2").arg(toQString(key.name), errorLine(error));
    m_details = errorDetails(error, tr("start of the sidecar of %1").arg(toQString(key.name)));
    refresh();
}

void SidecarsPage::showTool(Tool tool) { m_tools->setCurrentIndex(static_cast<int>(tool)); }

void SidecarsPage::chooseSet()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Run a sidecar set"), {},
                                                      tr("Sidecar sets (*.yaml *.yml);;All files (*)"));
    if (!path.isEmpty())
        runSet(path);
}

void SidecarsPage::runSet(const QString &path)
{
    m_refusal.clear();
    const auto set = m_workspace.context.sidecarSet(path);
    if (!set) {
        m_refusal = tr("The set cannot be run: %1").arg(errorLine(set.error()));
        m_details = errorDetails(set.error(), tr("sidecar set %1").arg(path));
        return refresh();
    }
    for (const auto &spec : *set) {
        if (const auto started = m_workspace.context.sidecars->start(spec); !started)
            showRefusal(spec.dataplane, started.error());
    }
    refresh();
}

// What an earlier, killed run left running is offered for removal until it is gone.
bool SidecarsPage::showLeftovers()
{
    const auto leftovers = m_workspace.context.sidecars->leftovers();
    m_endLeftovers->setVisible(!leftovers.isEmpty());
    m_copy->setVisible(leftovers.isEmpty());
    if (leftovers.isEmpty())
        return false;
    QStringList programs;
    for (const auto &leftover : leftovers)
        programs << leftover.programs;
    programs.removeDuplicates();
    m_frame->notice()->setNotice(
        Mark::Partly,
        tr("An earlier run of Meshscope was killed and left running: %1.").arg(programs.join(u", "_s)));
    return true;
}

void SidecarsPage::followFocus()
{
    const FocusTarget &target = m_workspace.focus->target();
    const bool mine = target.kind == FocusKind::Sidecar || target.kind == FocusKind::Dataplane
                      || target.kind == FocusKind::Inbound;
    const QModelIndex row = mine ? m_workspace.sidecars->indexOf(target.key) : QModelIndex();
    m_table->showRow(row);
    if (row.isValid()) {
        m_live->showSidecar(target.key);
        m_path->choose(target.key);
    }
    refresh();
}

void SidecarsPage::refresh()
{
    SidecarHost *host = m_workspace.context.sidecars;
    const SidecarTable &table = *m_workspace.sidecars;
    const int all = table.rowCount();
    QStringList counts;
    if (const int ready = table.countIn(SidecarPhase::Ready); all > 0)
        counts << tr("%1 of %2 ready").arg(ready).arg(all);
    if (const int failed = table.countIn(SidecarPhase::Failed); failed > 0)
        counts << tr("%1 failed").arg(failed);
    if (host && host->envoy().isFound())
        counts << tr("Envoy %1").arg(host->envoy().version);
    m_frame->setCount(counts.join(u" · "_s));
    Q_EMIT countChanged();

    if (!host) {
        m_frame->state()->showEmpty(u"sidecar"_s, tr("Sidecars cannot be run from here"),
                                    tr("This connection has no launcher."));
        return m_frame->showState();
    }
    const ToolStatus envoy = host->envoy();
    const QString missing =
        tr("Envoy was not found on this machine, so no sidecar can start. %1").arg(envoy.advice).trimmed();
    if (all == 0) {
        if (!showLeftovers())
            m_frame->notice()->clear();
        if (!envoy.isFound()) {
            const QString tried =
                envoy.tried.isEmpty() ? QString() : tr("Looked in: %1").arg(envoy.tried.join(u", "_s));
            m_frame->state()->showEmpty(u"problems"_s, tr("Envoy was not found on this machine"),
                                        envoy.advice + (tried.isEmpty() ? QString() : u"\n"_s + tried));
        } else if (!m_refusal.isEmpty()) {
            m_frame->state()->showEmpty(
                u"problems"_s, m_refusal, {},
                {tr("Copy details"), {}, [this] { QApplication::clipboard()->setText(m_details); }});
        } else {
            QAction *start = m_workspace.actions.startAllSidecars;
            StateView::Deed deed;
            if (start->isEnabled()) {
                QString words = start->text();
                deed = {words.remove(u'&'), {}, [start] { start->trigger(); }};
            }
            m_frame->state()->showEmpty(u"sidecar"_s, tr("No sidecar runs on this machine"),
                                        tr("A sidecar is an Envoy beside a workload. It gets its "
                                           "configuration from the control plane."),
                                        deed);
        }
        return m_frame->showState();
    }
    m_frame->showData();

    // The one in focus first, else any that failed.
    const SidecarStatus *failed = nullptr;
    for (int row = 0; row < all; ++row) {
        const SidecarStatus &status = table.statusAt(row);
        if (status.phase != SidecarPhase::Failed)
            continue;
        if (!failed || status.key == m_workspace.focus->target().key)
            failed = &status;
    }
    if (showLeftovers()) {
        m_details.clear();
    } else if (failed) {
        const Error error =
            failed->failure.value_or(Error{Error::Code::Internal, failed->detail.toStdString(), {}});
        m_details = errorDetails(error, tr("sidecar of %1").arg(toQString(failed->key.name)));
        m_frame->notice()->setNotice(
            Mark::Bad,
            tr("%1: %2 %3").arg(toQString(failed->key.name), errorLine(error), failed->advice).trimmed());
    } else if (!m_refusal.isEmpty()) {
        m_frame->notice()->setNotice(Mark::Bad, m_refusal);
    } else if (!envoy.isFound()) {
        m_details = missing;
        m_frame->notice()->setNotice(Mark::Partly, missing);
    } else {
        m_frame->notice()->clear();
    }
}

}  // namespace meshscope::ui
