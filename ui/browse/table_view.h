// A table as every page has it: a tree view without decoration, one row height, columns that can be chosen,
// selection that survives a reset by KeyRole. Cells that change in sight flash for a moment; while the
// pointer is over the rows their order holds still.
#pragma once

#include "backend/core/resource_key.h"

#include <QHash>
#include <QHeaderView>
#include <QSet>
#include <QTimer>
#include <QTreeView>

#include <functional>
#include <vector>

class QMenu;
class QSettings;

namespace meshscope::ui {

class TableHeader : public QHeaderView
{
    Q_OBJECT

public:
    explicit TableHeader(QWidget *parent);
    void setRightAligned(int column) { m_right.insert(column); }

protected:
    void initStyleOptionForIndex(QStyleOptionHeader *option, int logicalIndex) const override;

private:
    QSet<int> m_right;
};

// One value under the pointer, as the query language names it: {"tag.version", "v2"}. An empty field is a
// value that cannot be asked for by field.
struct CellValue {
    QString field;
    QString value;
    bool isNone() const { return value.isEmpty(); }
};

class TableView : public QTreeView
{
    Q_OBJECT

public:
    explicit TableView(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    // Finds the row of a key again after a reset, without asking every row.
    void setFinder(std::function<QModelIndex(const ResourceKey &)> finder) { m_finder = std::move(finder); }
    // Width in pixels; right-aligned columns are numbers and ages.
    void setColumn(int column, int width, bool right = false);
    // A column that takes what is left.
    void setStretch(int column);
    // Entries to show and hide columns, for a page's menu; the header's context menu has them too. The first
    // column always stays.
    void fillColumnMenu(QMenu *menu);

    // Widths, order and hidden columns under "tables/<objectName>". Settings may be null.
    void restore(QSettings *settings);
    void save(QSettings *settings) const;

    // Several rows may be chosen, with Shift and Ctrl; the focus follows the current one.
    void setMultiSelect();
    // Keys of the chosen rows, from top to bottom.
    std::vector<ResourceKey> selectedKeys() const;
    QList<int> visibleColumns() const;  // as they stand
    // The value that the last context menu was asked for on.
    const CellValue &menuValue() const { return m_menuValue; }
    // Selects the row and scrolls to it; without announcing rowChosen. Invalid clears the selection.
    void showRow(const QModelIndex &index);
    void focusFirstRow();

Q_SIGNALS:
    void rowChosen(const QModelIndex &index);  // by mouse or key, not by showRow()
    void menuWanted(const QModelIndex &index, const QPoint &globalPos);

protected:
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void reset() override;
    void dataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight,
                     const QList<int> &roles = {}) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option,
                 const QModelIndex &index) const override;
    void paintEvent(QPaintEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void stretch();
    CellValue valueAt(const QModelIndex &index, const QPoint &pos) const;
    void restoreSelection();
    void noteChanges(int first, int last);
    void holdOrder(bool hold);

    TableHeader *m_header;
    std::function<QModelIndex(const ResourceKey &)> m_finder;
    ResourceKey m_current;                // to find the row again after a reset
    std::vector<ResourceKey> m_selected;  // the same, where several are chosen
    CellValue m_menuValue;
    QHash<QString, QStringList> m_seen;     // texts of the rows in sight, by key, to tell which cells changed
    QHash<QString, QList<int>> m_flashing;  // columns that changed a moment ago, by key
    QTimer m_flash;
    int m_stretch = -1;
    bool m_quiet = false;
};

}  // namespace meshscope::ui
