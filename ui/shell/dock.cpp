#include "ui/shell/dock.h"

#include "models/change_feed.h"
#include "models/focus.h"
#include "models/request_table.h"
#include "models/text.h"
#include "ui/browse/problem_finder.h"
#include "ui/browse/table_view.h"
#include "ui/shell/app_log.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QListView>
#include <QLocale>
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

QLabel *emptyLabel()
{
    auto *none = new QLabel;
    none->setForegroundRole(QPalette::PlaceholderText);
    none->setBackgroundRole(QPalette::Base);
    none->setAutoFillBackground(true);
    none->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    none->setContentsMargins(kPageMargin, 8, kPageMargin, 8);
    none->setWordWrap(true);
    return none;
}

// What is new since the person last looked stands out by weight, not by colour alone.
class ChangeNameDelegate : public CellDelegate
{
public:
    using CellDelegate::CellDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        CellDelegate::initStyleOption(option, index);
        if (index.data(ChangeFeed::UnseenRole).toBool()) {
            option->font = strongFont(option->font);
            option->fontMetrics = QFontMetrics(option->font);
            option->text.prepend(u"• "_s);
        }
    }
};

}  // namespace

Dock::Dock(const Workspace &workspace, ProblemFinder *finder, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_finder(finder)
    , m_appLog(new AppLog(this))
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_problemView(new TableView)
    , m_noProblems(emptyLabel())
    , m_changeView(new TableView)
    , m_noChanges(emptyLabel())
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
    m_tabs->addTab(tr("Changes"));
    m_tabs->addTab(tr("Requests"));
    m_tabs->addTab(tr("Log"));

    m_problemView->setObjectName(u"table.problems"_s);
    m_problemView->setAccessibleName(tr("Problems"));
    m_problemView->setModel(finder->table());
    m_problemView->setColumnHidden(ProblemTable::MeshColumn, true);
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
    m_changeView->setObjectName(u"table.changes"_s);
    m_changeView->setAccessibleName(tr("Changes"));
    m_changeView->setModel(workspace.changes);
    m_changeView->setHeaderHidden(true);
    m_changeView->setItemDelegateForColumn(ChangeFeed::KindColumn, new StatusDelegate(m_changeView));
    m_changeView->setItemDelegateForColumn(ChangeFeed::NameColumn, new ChangeNameDelegate(m_changeView));
    m_changeView->setItemDelegateForColumn(ChangeFeed::WhenColumn, new CellDelegate(age, m_changeView));
    m_changeView->setColumn(ChangeFeed::KindColumn, 96);
    m_changeView->setColumn(ChangeFeed::NameColumn, 180);
    m_changeView->setColumn(ChangeFeed::WhenColumn, 70, true);
    m_changeView->setStretch(ChangeFeed::WhatColumn);

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
    m_stack->addWidget(m_changeView);
    m_stack->addWidget(m_requestView);
    m_stack->addWidget(m_logView);
    m_stack->addWidget(m_noProblems);
    m_stack->addWidget(m_noChanges);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    layout->addSpacing(1);
    layout->addWidget(m_stack, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        // Whoever turns away from the feed has looked at it.
        if (tab != ChangesTab && m_shownTab == ChangesTab)
            m_workspace.changes->markSeen();
        m_shownTab = tab;
        showProblems();
    });
    for (TableView *view : {m_problemView, m_changeView})
        connect(view, &TableView::rowChosen, this, [this](const QModelIndex &index) {
            m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
        });
    connect(m_problemView, &QAbstractItemView::activated, this, &Dock::openWanted);
    connect(m_changeView, &QAbstractItemView::activated, this, &Dock::openWanted);
    connect(finder, &ProblemFinder::changed, this, &Dock::showProblems);
    connect(workspace.changes, &ChangeFeed::unseenChanged, this, &Dock::showChanges);
    showProblems();
    showChanges();
}

void Dock::setTab(Tab tab) { m_tabs->setCurrentIndex(tab); }

int Dock::problemCount() const { return static_cast<int>(m_finder->total()); }

void Dock::tick()
{
    if (isVisible())
        m_workspace.changes->setNow(currentTime());
}

void Dock::showProblems()
{
    const int count = problemCount();
    m_tabs->setTabText(ProblemsTab,
                       count > 0 ? tr("Problems %1").arg(QLocale().toString(count)) : tr("Problems"));
    const bool empty = m_workspace.context.source->snapshot()->dataplanes.empty();
    m_noProblems->setText(
        empty ? tr("There are no dataplanes to look at yet.")
              : tr("No problems: what is connected took its configuration, and nothing is offline."));
    m_noChanges->setText(tr("Nothing has changed since it was connected."));
    const int tab = m_tabs->currentIndex();
    if (tab == ProblemsTab && m_finder->table()->rowCount() == 0)
        m_stack->setCurrentWidget(m_noProblems);
    else if (tab == ChangesTab && m_workspace.changes->rowCount() == 0)
        m_stack->setCurrentWidget(m_noChanges);
    else
        m_stack->setCurrentIndex(tab);
    Q_EMIT problemsChanged();
}

void Dock::showChanges()
{
    const int count = m_workspace.changes->unseen();
    m_tabs->setTabText(ChangesTab,
                       count > 0 ? tr("Changes %1").arg(QLocale().toString(count)) : tr("Changes"));
    m_tabs->setTabToolTip(ChangesTab, tr("Changes since you last looked at them"));
    showProblems();
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
