// Filter and order over a flat table, for a hundred thousand rows: the order of all rows is kept, so that
// another filter is one walk through it and no sorting, and a large table is sorted in the pool. Qt's own
// proxy sorts and maps anew with every filter. GUI thread.
#pragma once

#include "backend/core/result.h"

#include <QAbstractProxyModel>
#include <QFuture>

#include <functional>
#include <vector>

namespace meshscope {

class OrderedProxy : public QAbstractProxyModel
{
    Q_OBJECT

public:
    static constexpr int kSortAtOnce = 10'000;  // more rows than that are sorted in the pool

    explicit OrderedProxy(QObject *parent = nullptr);
    ~OrderedProxy() override;

    void setSourceModel(QAbstractItemModel *model) override;
    // -1 = the order of the source. A large table keeps the order it has until the new one is there.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    bool isSorting() const { return m_isSorting; }

    QModelIndex mapToSource(const QModelIndex &index) const override;
    QModelIndex mapFromSource(const QModelIndex &index) const override;
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    QModelIndex sibling(int row, int column, const QModelIndex &of) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

protected:
    // Of the source's rows as they are now.
    virtual bool acceptsRow(int row) const = 0;
    // A strict order by a column, of the source's rows as they are now.
    virtual bool isLess(int a, int b, int column) const = 0;
    // The same as a function that owns what it reads, for another thread.
    using Less = std::function<bool(int, int)>;
    virtual Less frozenOrder(int column) const = 0;

    // Asks acceptsRow() of every row again.
    void refilter();

private:
    void rowsCame(int first, int last);
    void rowsWillGo(int first, int last);
    void rowsWent(int first, int last);
    void rowsChanged(int first, int last, const QList<int> &roles);
    void startAnew();
    void startSorting();

    bool isBefore(int a, int b) const;
    void sortAll();
    void mendOrder();
    void settle();
    void insertInOrder(std::vector<int> rows);
    void rebuildShown();
    void fixPlaces(int from);
    void showRow(int row);
    void hidePlaces(int place, int count);
    void relayout(const std::function<void()> &change);

    std::vector<int> m_order;     // all rows of the source, as they are ordered
    std::vector<int> m_shown;     // of them, those that are accepted
    std::vector<int> m_place;     // by row of the source, its place in m_shown; -1 = not shown
    std::vector<int> m_dirty;     // rows that changed, whose place in m_order may be another now
    std::vector<int> m_suspects;  // and those whose place in m_shown may be
    int m_column = -1;            // of m_order
    Qt::SortOrder m_direction = Qt::AscendingOrder;
    int m_wantedColumn = -1;
    Qt::SortOrder m_wantedDirection = Qt::AscendingOrder;
    QFuture<Result<std::vector<int>>> m_sorting;
    quint64 m_version = 0;  // of the source's rows
    bool m_isSorting = false;
    bool m_isSettleDue = false;
    bool m_isResetting = false;
};

}  // namespace meshscope
