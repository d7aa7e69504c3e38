#include "ui/browse/table_view.h"

#include "models/roles.h"
#include "ui/style/delegates.h"
#include "ui/style/theme.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString quoted(QString cell)
{
    if (!cell.contains(u',') && !cell.contains(u'"') && !cell.contains(u'\n'))
        return cell;
    return u'"' + cell.replace(u'"', u"\"\""_s) + u'"';
}

}  // namespace

TableHeader::TableHeader(QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
{
    setAccessibleName(tr("Columns"));
    setSectionsMovable(true);
    setSectionsClickable(true);
    setHighlightSections(false);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setMinimumSectionSize(36);
    setFixedHeight(26);
}

void TableHeader::initStyleOptionForIndex(QStyleOptionHeader *option, int logicalIndex) const
{
    QHeaderView::initStyleOptionForIndex(option, logicalIndex);
    if (m_right.contains(logicalIndex))
        option->textAlignment = Qt::AlignRight | Qt::AlignVCenter;
}

TableView::TableView(QWidget *parent)
    : QTreeView(parent)
    , m_header(new TableHeader(this))
{
    setHeader(m_header);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setFrameShape(QFrame::NoFrame);
    setAlternatingRowColors(false);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setItemDelegate(new CellDelegate(this));
    setTabKeyNavigation(false);
    m_header->setStretchLastSection(false);
    m_header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_header, &QWidget::customContextMenuRequested, this, [this](const QPoint &pos) {
        QMenu menu(this);
        fillColumnMenu(&menu);
        menu.exec(m_header->mapToGlobal(pos));
    });
    connect(m_header, &QHeaderView::sectionResized, this, [this](int column, int, int) {
        if (column != m_stretch && !m_quiet)
            stretch();
    });
}

void TableView::setModel(QAbstractItemModel *model)
{
    QTreeView::setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        if (m_finder && m_current != ResourceKey{})
            showRow(m_finder(m_current));
    });
}

void TableView::setColumn(int column, int width, bool right)
{
    setColumnWidth(column, width);
    if (right)
        m_header->setRightAligned(column);
}

void TableView::setStretch(int column)
{
    m_stretch = column;
    stretch();
}

void TableView::stretch()
{
    if (m_stretch < 0 || m_header->isSectionHidden(m_stretch))
        return;
    int others = 0;
    for (int i = 0; i < m_header->count(); ++i) {
        if (i != m_stretch && !m_header->isSectionHidden(i))
            others += m_header->sectionSize(i);
    }
    const QScopedValueRollback quiet(m_quiet, true);
    m_header->resizeSection(m_stretch, qMax(80, viewport()->width() - others));
}

void TableView::fillColumnMenu(QMenu *menu)
{
    for (int column = 1; column < m_header->count(); ++column) {
        QAction *action = menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!m_header->isSectionHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            m_header->setSectionHidden(column, !shown);
            stretch();
        });
    }
}

void TableView::restore(QSettings *settings)
{
    if (!settings)
        return;
    const QByteArray state = settings->value(u"tables/"_s + objectName()).toByteArray();
    if (!state.isEmpty())
        m_header->restoreState(state);
    stretch();
}

void TableView::save(QSettings *settings) const
{
    if (settings)
        settings->setValue(u"tables/"_s + objectName(), m_header->saveState());
}

QString TableView::csv() const
{
    QList<int> columns;
    for (int visual = 0; visual < m_header->count(); ++visual) {
        const int column = m_header->logicalIndex(visual);
        if (!m_header->isSectionHidden(column))
            columns << column;
    }
    QStringList lines;
    QStringList cells;
    for (const int column : columns)
        cells << quoted(model()->headerData(column, Qt::Horizontal).toString());
    lines << cells.join(u',');
    for (int row = 0; row < model()->rowCount(); ++row) {
        cells.clear();
        for (const int column : columns) {
            const QModelIndex index = model()->index(row, column);
            const QVariant full = index.data(TextRole);
            cells << quoted((full.isValid() ? full : index.data(Qt::DisplayRole)).toString());
        }
        lines << cells.join(u',');
    }
    return lines.join(u"\r\n"_s) + u"\r\n"_s;
}

void TableView::showRow(const QModelIndex &index)
{
    const QScopedValueRollback quiet(m_quiet, true);
    if (!index.isValid()) {
        clearSelection();
        setCurrentIndex({});
        m_current = {};
        return;
    }
    if (index.siblingAtColumn(0) == currentIndex().siblingAtColumn(0) && selectionModel()->isSelected(index))
        return;
    setCurrentIndex(index.siblingAtColumn(0));
    scrollTo(index);
}

void TableView::focusFirstRow()
{
    setFocus(Qt::ShortcutFocusReason);
    if (!currentIndex().isValid() && model() && model()->rowCount() > 0)
        setCurrentIndex(model()->index(0, 0));
}

void TableView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTreeView::currentChanged(current, previous);
    if (current.isValid())
        m_current = current.data(KeyRole).value<ResourceKey>();
    if (!m_quiet && current.isValid())
        Q_EMIT rowChosen(current);
}

void TableView::dataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight,
                            const QList<int> &roles)
{
    if (QAccessible::isActive())
        return QTreeView::dataChanged(topLeft, bottomRight, roles);
    // A tree looks for each changed row from the last one it saw; at 100,000 rows that is 5 ms a signal, and
    // 100 ms for the ages of all. Here rows are flat and equally high, so a row's number is its place.
    const int top = verticalScrollBar()->value() / kRowHeight;
    const int bottom = (verticalScrollBar()->value() + viewport()->height()) / kRowHeight;
    if (topLeft.row() <= bottom && bottomRight.row() >= top)
        viewport()->update();
}

void TableView::reset()
{
    const QScopedValueRollback quiet(m_quiet, true);
    QTreeView::reset();
}

void TableView::contextMenuEvent(QContextMenuEvent *event)
{
    QModelIndex index = indexAt(event->pos());
    QPoint where = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        index = currentIndex();
        where = viewport()->mapToGlobal(visualRect(index).bottomLeft());
    }
    if (index.isValid())
        Q_EMIT menuWanted(index, where);
}

void TableView::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    stretch();
}

}  // namespace meshscope::ui
