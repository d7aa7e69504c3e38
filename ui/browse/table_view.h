// A table as every page has it: a tree view without decoration, one row height, columns that can be chosen,
// selection that survives a reset by KeyRole.
#pragma once

#include "backend/core/resource_key.h"

#include <QHeaderView>
#include <QSet>
#include <QTreeView>

#include <functional>

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

    // The rows on display as CSV, with the header, visible columns only (RFC 4180).
    QString csv() const;
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
    void resizeEvent(QResizeEvent *event) override;

private:
    void stretch();

    TableHeader *m_header;
    std::function<QModelIndex(const ResourceKey &)> m_finder;
    ResourceKey m_current;  // to find the row again after a reset
    int m_stretch = -1;
    bool m_quiet = false;
};

}  // namespace meshscope::ui
