#include "ui/browse/overview_page.h"

#include "models/change_feed.h"
#include "models/focus.h"
#include "models/pool_job.h"
#include "models/text.h"
#include "ui/browse/problem_finder.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include "backend/support/when_done.h"

#include <QAbstractButton>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kAtOnce = 2000;  // dataplanes; beyond, figures are counted in the pool
constexpr int kColumns = 3;
constexpr int kRows = 10;  // of findings and of changes

// A mark, a word, a bar for its share, the number. Opens its list.
class FigureButton : public QAbstractButton
{
public:
    FigureButton(const Figure &figure, std::size_t total, QWidget *parent)
        : QAbstractButton(parent)
        , m_figure(figure)
        , m_share(total > 0 ? static_cast<double>(figure.count) / static_cast<double>(total) : 0)
    {
        setText(figure.label);
        setAccessibleName(u"%1: %2"_s.arg(figure.label).arg(static_cast<qulonglong>(figure.count)));
        setToolTip(figure.query);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setEnabled(figure.count > 0);
        setFixedHeight(24);
        setObjectName(u"figure."_s + figure.query);
    }
    QSize sizeHint() const override { return {200, 24}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor tone = accent(palette());
        if (isEnabled() && (underMouse() || hasFocus())) {
            painter.setPen(hasFocus() ? QPen(tone) : QPen(Qt::NoPen));
            painter.setBrush(blend(palette().color(QPalette::Base), tone, 0.06));
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        }
        QRect rest = rect().adjusted(6, 0, -6, 0);
        if (m_figure.hasHealth) {
            paintMark(&painter, QRectF(rest.left(), rest.center().y() - 4, kMarkSize, kMarkSize),
                      isEnabled() ? markFor(m_figure.health) : Mark::Unknown, palette());
            rest.setLeft(rest.left() + kMarkSize + 7);
        }
        const QString number = QLocale().toString(static_cast<qulonglong>(m_figure.count));
        painter.setFont(strongFont(font()));
        painter.setPen(isEnabled() ? palette().color(QPalette::Text) : mutedText(palette()));
        painter.drawText(rest, Qt::AlignRight | Qt::AlignVCenter, number);
        rest.setRight(rest.right() - 52);
        const int bar = qMin(72, rest.width() / 3);
        const QRectF ground(rest.right() - bar, rest.center().y() - 2, bar, 5);
        painter.setPen(Qt::NoPen);
        painter.setBrush(hairline(palette()));
        painter.drawRoundedRect(ground, 2, 2);
        if (m_share > 0) {
            painter.setBrush(m_figure.hasHealth ? markColour(markFor(m_figure.health), palette()) : tone);
            painter.drawRoundedRect(QRectF(ground.topLeft(), QSizeF(qMax(3.0, bar * m_share), 5)), 2, 2);
        }
        rest.setRight(rest.right() - bar - 8);
        painter.setFont(font());
        painter.setPen(isEnabled() ? palette().color(QPalette::Text) : mutedText(palette()));
        painter.drawText(rest, Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text(), Qt::ElideRight, rest.width()));
    }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
            return click();
        QAbstractButton::keyPressEvent(event);
    }
    void enterEvent(QEnterEvent *) override { update(); }
    void leaveEvent(QEvent *) override { update(); }

private:
    Figure m_figure;
    double m_share;
};

QLabel *heading(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setFont(strongFont(label->font()));
    label->setContentsMargins(6, 0, 0, 0);
    return label;
}

}  // namespace

OverviewPage::OverviewPage(const Workspace &workspace, ProblemFinder *finder, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_finder(finder)
    , m_figures(new QWidget)
    , m_grid(new QGridLayout(m_figures))
    , m_worst(new TableView)
    , m_changes(new TableView)
{
    setObjectName(u"page.overview"_s);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(24);
    m_grid->setVerticalSpacing(18);
    for (int column = 0; column < kColumns; ++column)
        m_grid->setColumnStretch(column, 1);
    const auto list = [this](TableView *view, QAbstractItemModel *model, const QString &id,
                             const QString &name) {
        view->setObjectName(id);
        view->setAccessibleName(name);
        view->setModel(model);
        view->setHeaderHidden(true);
        view->setFixedHeight(kRows * kRowHeight);
        connect(view, &TableView::rowChosen, this, [this](const QModelIndex &index) {
            m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
        });
        connect(view, &QAbstractItemView::activated, this, &OverviewPage::openWanted);
    };
    list(m_worst, finder->table(), u"table.worst"_s, tr("Worst findings"));
    list(m_changes, workspace.changes, u"table.recentChanges"_s, tr("Recent changes"));
    CellDelegate::Look age, strong;
    age.muted = age.right = true;
    strong.strong = true;
    m_worst->setItemDelegateForColumn(ProblemTable::KindColumn, new StatusDelegate(m_worst));
    m_worst->setItemDelegateForColumn(ProblemTable::SinceColumn, new CellDelegate(age, m_worst));
    m_worst->setColumnHidden(ProblemTable::MeshColumn, true);
    m_worst->setColumn(ProblemTable::KindColumn, 128);
    m_worst->setColumn(ProblemTable::SinceColumn, 60, true);
    m_worst->setStretch(ProblemTable::TextColumn);
    m_changes->setItemDelegateForColumn(ChangeFeed::KindColumn, new StatusDelegate(m_changes));
    m_changes->setItemDelegateForColumn(ChangeFeed::NameColumn, new CellDelegate(strong, m_changes));
    m_changes->setItemDelegateForColumn(ChangeFeed::WhenColumn, new CellDelegate(age, m_changes));
    m_changes->setColumn(ChangeFeed::KindColumn, 96);
    m_changes->setColumn(ChangeFeed::NameColumn, 140);
    m_changes->setColumn(ChangeFeed::WhenColumn, 60, true);
    m_changes->setStretch(ChangeFeed::WhatColumn);

    auto *body = new QWidget;
    body->setBackgroundRole(QPalette::Base);
    body->setAutoFillBackground(true);
    m_worstTitle = heading(tr("Worst findings"), body);
    m_changesTitle = heading(tr("Recent changes"), body);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(kPageMargin - 6, 4, kPageMargin - 6, kPageMargin);
    column->setSpacing(6);
    column->addWidget(m_figures);
    column->addSpacing(12);
    column->addWidget(m_worstTitle);
    column->addWidget(m_worst);
    column->addSpacing(12);
    column->addWidget(m_changesTitle);
    column->addWidget(m_changes);
    column->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(body);
    m_frame = new PageFrame(tr("Overview"), scroll, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    connect(workspace.connections, &Connections::snapshotChanged, this, &OverviewPage::look);
    connect(workspace.connections, &Connections::stateChanged, this, &OverviewPage::refreshState);
    connect(finder, &ProblemFinder::changed, this, &OverviewPage::showEnds);
    connect(workspace.changes, &QAbstractItemModel::rowsInserted, this, &OverviewPage::showEnds);
    connect(workspace.changes, &QAbstractItemModel::modelReset, this, &OverviewPage::showEnds);
    look();
    showEnds();
}

OverviewPage::~OverviewPage()
{
    m_working.cancel();
    m_working.waitForFinished();
}

void OverviewPage::setMesh(const QString &mesh)
{
    m_mesh = mesh;
    look();
}

QString OverviewPage::countText() const
{
    return m_frame->showsData() ? QLocale().toString(static_cast<qulonglong>(m_shown.total)) : QString();
}

QList<QPair<QString, QString>> OverviewPage::keys() const
{
    return {{tr("Walk over the figures"), tr("Tab")},
            {tr("Open the list of a figure"), tr("Return or Space")}};
}

void OverviewPage::takeFocus()
{
    for (QAbstractButton *button : m_figures->findChildren<QAbstractButton *>()) {
        if (button->isEnabled())
            return button->setFocus(Qt::OtherFocusReason);
    }
    setFocus();
}

void OverviewPage::look()
{
    const SnapshotPtr snapshot = m_workspace.context.source->snapshot();
    m_working.cancel();
    if (snapshot->dataplanes.size() <= kAtOnce)
        return fill(overviewOf(*snapshot, m_mesh.toStdString(), currentTime()));
    m_working =
        runInPool([snapshot, mesh = m_mesh.toStdString(), now = currentTime()]() -> Result<MeshOverview> {
            return overviewOf(*snapshot, mesh, now);
        });
    whenDone(m_working, this, [this](const Result<MeshOverview> &overview) {
        if (overview)
            fill(*overview);
    });
}

void OverviewPage::fill(const MeshOverview &overview)
{
    if (overview != m_shown || m_grid->count() == 0) {
        m_shown = overview;
        // The same figure keeps the keyboard.
        const QWidget *before = m_figures->focusWidget();
        const QString focused = before && before->hasFocus() ? before->objectName() : QString();
        while (QLayoutItem *item = m_grid->takeAt(0)) {
            delete item->widget();
            delete item;
        }
        int place = 0;
        for (const FigureGroup &group : overview.groups) {
            if (group.figures.empty())
                continue;
            auto *card = new QWidget(m_figures);
            auto *column = new QVBoxLayout(card);
            column->setContentsMargins(0, 0, 0, 0);
            column->setSpacing(1);
            column->addWidget(heading(group.title, card));
            for (const Figure &figure : group.figures) {
                auto *button = new FigureButton(figure, overview.total, card);
                connect(button, &QAbstractButton::clicked, this,
                        [this, query = figure.query] { Q_EMIT listWanted(query); });
                column->addWidget(button);
                if (!focused.isEmpty() && button->objectName() == focused)
                    button->setFocus();
            }
            if (group.more > 0) {
                auto *more = new QLabel(tr("and %1 more").arg(static_cast<qulonglong>(group.more)), card);
                more->setForegroundRole(QPalette::PlaceholderText);
                more->setContentsMargins(6, 0, 0, 0);
                column->addWidget(more);
            }
            column->addStretch();
            m_grid->addWidget(card, place / kColumns, place % kColumns, Qt::AlignTop);
            ++place;
        }
    }
    refreshState();
}

void OverviewPage::showEnds()
{
    const int found = m_finder->table()->rowCount();
    m_worstTitle->setText(found == 0 ? tr("No findings")
                          : found > kRows
                              ? tr("The %1 worst of %2 findings").arg(kRows).arg(m_finder->total())
                              : tr("Findings"));
    m_worst->setVisible(found > 0);
    m_worst->setFixedHeight(qBound(1, found, kRows) * kRowHeight);
    const int changes = m_workspace.changes->rowCount();
    m_changesTitle->setText(changes == 0 ? tr("No changes since it was connected") : tr("Recent changes"));
    m_changes->setVisible(changes > 0);
    m_changes->setFixedHeight(qBound(1, changes, kRows) * kRowHeight);
    for (TableView *view : {m_worst, m_changes})
        view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void OverviewPage::refreshState()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    if (shows && m_shown.total > 0) {
        m_frame->showData();
    } else if (shows) {
        m_frame->state()->showEmpty(
            u"dataplane"_s,
            m_mesh.isEmpty() ? tr("This control plane has no dataplanes")
                             : tr("The mesh %1 has no dataplanes").arg(m_mesh),
            tr("A dataplane appears here when it is pushed, or when its sidecar registers it."),
            {tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }});
        m_frame->showState();
    }
    m_frame->setCount(countText());
    Q_EMIT countChanged();
}

}  // namespace meshscope::ui
