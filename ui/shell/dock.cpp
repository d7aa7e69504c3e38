#include "ui/shell/dock.h"

#include "models/focus.h"
#include "models/pool_job.h"
#include "models/query_filter.h"
#include "models/request_table.h"
#include "models/text.h"
#include "ui/browse/problems.h"
#include "ui/browse/table_view.h"
#include "ui/shell/app_log.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include "backend/support/when_done.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kAtOnce = 2000;  // dataplanes; beyond, problems are looked for in the pool

}  // namespace

Dock::Dock(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_problems(new ProblemTable(this))
    , m_appLog(new AppLog(this))
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_problemView(new TableView)
    , m_requestView(new TableView)
    , m_logView(new QListView)
{
    setObjectName(u"dock"_s);
    m_tabs->setObjectName(u"tabs.dock"_s);
    m_tabs->setAccessibleName(tr("Problems and logs"));
    m_tabs->setProperty("plainTabs", true);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab(tr("Problems"));
    m_tabs->addTab(tr("Requests"));
    m_tabs->addTab(tr("Log"));

    m_problemView->setObjectName(u"table.problems"_s);
    m_problemView->setAccessibleName(tr("Problems"));
    m_problemView->setModel(m_problems);
    m_problemView->setHeaderHidden(true);
    CellDelegate::Look age, path, number;
    age.muted = age.right = true;
    path.fixed = true;
    number.right = number.muted = true;
    m_problemView->setItemDelegateForColumn(ProblemTable::KindColumn, new StatusDelegate(m_problemView));
    m_problemView->setItemDelegateForColumn(ProblemTable::SinceColumn, new CellDelegate(age, m_problemView));
    m_problemView->setColumn(ProblemTable::KindColumn, 110);
    m_problemView->setColumn(ProblemTable::SinceColumn, 70, true);
    m_problemView->setStretch(ProblemTable::TextColumn);
    auto *none = new QLabel;
    none->setForegroundRole(QPalette::PlaceholderText);
    none->setBackgroundRole(QPalette::Base);
    none->setAutoFillBackground(true);
    none->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    none->setContentsMargins(kPageMargin, 8, kPageMargin, 8);
    m_noProblems = none;

    m_requestView->setObjectName(u"table.requests"_s);
    m_requestView->setAccessibleName(tr("Requests"));
    m_requestView->setModel(workspace.requests);
    m_requestView->setItemDelegateForColumn(RequestTable::PathColumn, new CellDelegate(path, m_requestView));
    m_requestView->setItemDelegateForColumn(RequestTable::StatusColumn, new StatusDelegate(m_requestView));
    m_requestView->setItemDelegateForColumn(RequestTable::DurationColumn,
                                            new CellDelegate(number, m_requestView));
    m_requestView->setItemDelegateForColumn(RequestTable::BytesColumn,
                                            new CellDelegate(number, m_requestView));
    m_requestView->setColumn(RequestTable::StartedColumn, 110);
    m_requestView->setColumn(RequestTable::SourceColumn, 110);
    m_requestView->setColumn(RequestTable::MethodColumn, 70);
    m_requestView->setColumn(RequestTable::StatusColumn, 130);
    m_requestView->setColumn(RequestTable::DurationColumn, 80, true);
    m_requestView->setColumn(RequestTable::BytesColumn, 80, true);
    m_requestView->setStretch(RequestTable::PathColumn);
    connect(m_requestView, &TableView::menuWanted, this, &Dock::requestMenu);
    connect(workspace.requests, &QAbstractItemModel::rowsInserted, this, [this] {
        QScrollBar *bar = m_requestView->verticalScrollBar();
        if (bar->value() >= bar->maximum() - kRowHeight)
            QMetaObject::invokeMethod(m_requestView, &TableView::scrollToBottom, Qt::QueuedConnection);
    });

    m_logView->setObjectName(u"log.application"_s);
    m_logView->setAccessibleName(tr("Application log"));
    m_logView->setModel(m_appLog);
    m_logView->setUniformItemSizes(true);
    m_logView->setFrameShape(QFrame::NoFrame);
    m_logView->setItemDelegate(
        new StatusDelegate(CellDelegate::Look{true, false, false, false, {}, true}, m_logView));
    connect(m_appLog, &QAbstractItemModel::rowsInserted, m_logView, &QListView::scrollToBottom);

    m_stack->addWidget(m_problemView);
    m_stack->addWidget(m_requestView);
    m_stack->addWidget(m_logView);
    m_stack->addWidget(m_noProblems);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    layout->addSpacing(1);
    layout->addWidget(m_stack, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, &Dock::showProblems);
    connect(m_problemView, &TableView::rowChosen, this, [this](const QModelIndex &index) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
    });
    connect(workspace.context.source, &MeshSource::snapshotChanged, this, &Dock::updateProblems);
    connect(workspace.filter, &QueryFilter::answerChanged, this, &Dock::showProblems);
    if (workspace.context.sidecars)
        connect(workspace.context.sidecars, &SidecarHost::sidecarChanged, this, &Dock::showProblems);
    m_problems->setNow(currentTime());
    updateProblems();
}

Dock::~Dock()
{
    m_working.cancel();
    m_working.waitForFinished();
}

void Dock::setTab(Tab tab) { m_tabs->setCurrentIndex(tab); }

int Dock::problemCount() const { return m_problems->rowCount(); }

void Dock::tick()
{
    if (isVisible())
        m_problems->setNow(currentTime());
}

void Dock::updateProblems()
{
    const SnapshotPtr snapshot = m_workspace.context.source->snapshot();
    MeshSource *source = m_workspace.context.source;  // a name for targets; not used in the pool
    m_working.cancel();
    if (snapshot->dataplanes.size() <= kAtOnce) {
        m_meshProblems = problemsOf(*snapshot, currentTime(), source);
        return showProblems();
    }
    m_working = runInPool([snapshot, source, now = currentTime()]() -> Result<std::vector<Problem>> {
        return problemsOf(*snapshot, now, source);
    });
    whenDone(m_working, this, [this](const Result<std::vector<Problem>> &found) {
        if (!found)
            return;
        m_meshProblems = *found;
        showProblems();
    });
}

void Dock::showProblems()
{
    std::vector<Problem> all;
    if (m_workspace.context.sidecars)
        all = problemsOf(m_workspace.context.sidecars->sidecars());
    std::copy_if(
        m_meshProblems.begin(), m_meshProblems.end(), std::back_inserter(all),
        [this](const Problem &problem) { return m_workspace.filter->acceptsTarget(problem.target); });
    const auto count = static_cast<int>(all.size());
    m_problems->setProblems(std::move(all));
    m_tabs->setTabText(ProblemsTab, count > 0 ? tr("Problems %1").arg(count) : tr("Problems"));
    const bool empty = m_workspace.context.source->snapshot()->dataplanes.empty();
    m_noProblems->setText(
        empty ? tr("There are no dataplanes to look at yet.")
        : !m_meshProblems.empty()
            ? tr("No problems with what the query matches.")
            : tr("No problems: what is connected took its configuration, and nothing is offline."));
    const int tab = m_tabs->currentIndex();
    m_stack->setCurrentIndex(tab == ProblemsTab && count == 0 ? m_stack->indexOf(m_noProblems) : tab);
    Q_EMIT problemsChanged();
}

void Dock::requestMenu(const QModelIndex &index, const QPoint &globalPos)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto copy = [menu](const QString &name, const QString &text) {
        if (text.isEmpty())
            return;
        QAction *action = menu->addAction(icon(u"copy"_s), name);
        connect(action, &QAction::triggered, action, [text] { QApplication::clipboard()->setText(text); });
    };
    copy(tr("Copy as curl"), index.data(RequestTable::CurlRole).toString());
    copy(tr("Copy as kumactl"), index.data(RequestTable::KumactlRole).toString());
    copy(tr("Copy address"), index.data(RequestTable::UrlRole).toUrl().toString());
    menu->popup(globalPos);
}

void Dock::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(0, m_tabs->geometry().bottom() + 1, width(), 1), hairline(palette()));
}

}  // namespace meshscope::ui
