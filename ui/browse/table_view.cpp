#include "ui/browse/table_view.h"

#include "models/roles.h"
#include "ui/style/delegates.h"
#include "ui/style/palette.h"
#include "ui/style/tag_chips.h"
#include "ui/style/theme.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSettings>
#include <QSortFilterProxyModel>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kMaxSelectionKept = 1000;  // over a reset
constexpr int kFlashMilliseconds = 900;

QString keyOf(const QModelIndex &index)
{
    const auto key = index.data(KeyRole).value<ResourceKey>();
    return QString::fromStdString(key.mesh + "/" + key.name);
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
    m_flash.setSingleShot(true);
    m_flash.setInterval(kFlashMilliseconds);
    connect(&m_flash, &QTimer::timeout, this, [this] {
        m_flashing.clear();
        viewport()->update();
    });
    connect(m_header, &QHeaderView::sectionResized, this, [this](int column, int, int) {
        if (column != m_stretch && !m_quiet)
            stretch();
    });
}

void TableView::setModel(QAbstractItemModel *model)
{
    QTreeView::setModel(model);
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        m_selected.clear();
        if (selectionMode() == QAbstractItemView::ExtendedSelection && m_finder
            && selectionModel()->selectedRows().size() <= static_cast<qsizetype>(kMaxSelectionKept))
            m_selected = selectedKeys();
    });
    connect(model, &QAbstractItemModel::modelReset, this, &TableView::restoreSelection);
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

void TableView::setMultiSelect() { setSelectionMode(QAbstractItemView::ExtendedSelection); }

std::vector<ResourceKey> TableView::selectedKeys() const
{
    QModelIndexList rows = selectionModel() ? selectionModel()->selectedRows() : QModelIndexList();
    std::sort(rows.begin(), rows.end(),
              [](const QModelIndex &a, const QModelIndex &b) { return a.row() < b.row(); });
    std::vector<ResourceKey> keys;
    for (const QModelIndex &row : rows)
        keys.push_back(row.data(KeyRole).value<ResourceKey>());
    return keys;
}

QList<int> TableView::visibleColumns() const
{
    QList<int> columns;
    for (int visual = 0; visual < m_header->count(); ++visual) {
        const int column = m_header->logicalIndex(visual);
        if (!m_header->isSectionHidden(column))
            columns << column;
    }
    return columns;
}

CellValue TableView::valueAt(const QModelIndex &index, const QPoint &pos) const
{
    if (const auto *chips = qobject_cast<TagChipDelegate *>(itemDelegateForIndex(index))) {
        QStyleOptionViewItem option;
        initViewItemOption(&option);
        option.rect = visualRect(index);
        option.viewItemPosition = QStyleOptionViewItem::Middle;
        const QList<TagChip> all = chipsOf(index.data(TagsRole).value<TagSets>());
        const int at = chips->chipIn(option, index, pos);
        if (at < 0)
            return {};
        return {u"tag."_s + all.at(at).fullKey(), all.at(at).value};
    }
    const QVariant value = index.data(ValueRole);
    return {index.data(FieldRole).toString(),
            (value.isValid() ? value : index.data(Qt::DisplayRole)).toString()};
}

void TableView::restoreSelection()
{
    if (!m_finder)
        return;
    if (m_selected.size() < 2) {
        if (m_current != ResourceKey{})
            showRow(m_finder(m_current));
        return;
    }
    const QScopedValueRollback quiet(m_quiet, true);
    QItemSelection selection;
    for (const ResourceKey &key : m_selected) {
        if (const QModelIndex row = m_finder(key); row.isValid())
            selection.select(row.siblingAtColumn(0), row.siblingAtColumn(model()->columnCount() - 1));
    }
    if (const QModelIndex current = m_finder(m_current); current.isValid())
        selectionModel()->setCurrentIndex(current.siblingAtColumn(0), QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    m_selected.clear();
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
    // The focus follows the current row; where several are chosen, the others stay chosen.
    const bool isCurrent = index.siblingAtColumn(0) == currentIndex().siblingAtColumn(0);
    const bool isMany = selectionMode() == QAbstractItemView::ExtendedSelection
                        && selectionModel()->selectedRows().size() > 1;
    if (isCurrent && (isMany || selectionModel()->isSelected(index)))
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
    if (topLeft.row() > bottom || bottomRight.row() < top)
        return;
    // Ages and the like name their roles; news of a row do not.
    if (roles.isEmpty())
        noteChanges(qMax(top, topLeft.row()), qMin(bottom, bottomRight.row()));
    viewport()->update();
}

void TableView::noteChanges(int first, int last)
{
    for (int row = first; row <= last && row < model()->rowCount(); ++row) {
        const QString key = keyOf(model()->index(row, 0));
        const auto seen = m_seen.constFind(key);
        if (seen == m_seen.constEnd())
            continue;
        QList<int> columns;
        for (int column = 0; column < seen->size(); ++column) {
            // What tells an age changes all the time.
            const QModelIndex cell = model()->index(row, column);
            if (!cell.data(TimeRole).isValid() && cell.data().toString() != seen->at(column))
                columns << column;
        }
        if (!columns.isEmpty())
            m_flashing[key] = columns;
    }
    if (!m_flashing.isEmpty())
        m_flash.start();
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTreeView::paintEvent(event);
    // What is in sight now is what the next change is told from.
    m_seen.clear();
    if (!model())
        return;
    const int top = verticalScrollBar()->value() / kRowHeight;
    const int bottom =
        qMin(model()->rowCount() - 1, (verticalScrollBar()->value() + viewport()->height()) / kRowHeight);
    for (int row = top; row <= bottom; ++row) {
        const QString key = keyOf(model()->index(row, 0));
        if (key.size() < 2)
            continue;
        QStringList texts;
        for (int column = 0; column < model()->columnCount(); ++column)
            texts << model()->index(row, column).data().toString();
        m_seen.insert(key, texts);
    }
}

void TableView::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (!m_flashing.isEmpty()) {
        for (const int column : m_flashing.value(keyOf(index.siblingAtColumn(0)))) {
            if (!m_header->isSectionHidden(column))
                painter->fillRect(QRect(m_header->sectionViewportPosition(column), option.rect.top(),
                                        m_header->sectionSize(column), option.rect.height()),
                                  blend(palette().color(QPalette::Base), accent(palette()), 0.14));
        }
    }
    QTreeView::drawRow(painter, option, index);
}

// Sorted by anything but the name, a row could move away under the click that was meant for it.
void TableView::holdOrder(bool hold)
{
    auto *proxy = qobject_cast<QSortFilterProxyModel *>(model());
    if (!proxy || (hold && (proxy->sortColumn() <= 0)))
        return;
    if (proxy->dynamicSortFilter() == hold)
        proxy->setDynamicSortFilter(!hold);
}

bool TableView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::HoverMove)
        holdOrder(true);
    else if (event->type() == QEvent::HoverLeave || event->type() == QEvent::Leave)
        holdOrder(false);
    return QTreeView::viewportEvent(event);
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
    if (!index.isValid())
        return;
    m_menuValue = valueAt(index, event->pos());
    Q_EMIT menuWanted(index, where);
}

void TableView::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    stretch();
}

}  // namespace meshscope::ui
