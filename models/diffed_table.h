// The common half of our tables: rows sorted by key, shared with the snapshot, replaced by diffing. GUI
// thread only.
#pragma once

#include "models/table_diff.h"

#include <QAbstractTableModel>

#include <algorithm>
#include <memory>
#include <vector>

namespace meshscope {

// Filtering anew row by row makes a signal for each run of rows that come or go; beyond this many rows a
// proxy lays itself out anew instead (842 ms against 40 for a filter that takes every fifth of 100,000).
constexpr int kRefilterByRows = 2000;

// Row needs a static or member key: `KeyOf{}(row)` answers a reference to a sortable key.
template <class Row, class KeyOf>
class DiffedTable : public QAbstractTableModel
{
public:
    using RowPtr = std::shared_ptr<const Row>;
    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    const RowPtr &rowAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    const std::vector<RowPtr> &rows() const { return m_rows; }

    // -1 when there is none. Binary search.
    template <class Key>
    int rowOf(const Key &key) const
    {
        const auto at = std::lower_bound(m_rows.begin(), m_rows.end(), key,
                                         [](const RowPtr &row, const Key &k) { return KeyOf{}(row) < k; });
        return at != m_rows.end() && KeyOf{}(*at) == key ? static_cast<int>(at - m_rows.begin()) : -1;
    }

protected:
    void setRows(std::vector<RowPtr> next)
    {
        const TableDiff diff = diffSorted(m_rows, next, KeyOf{});
        if (diff.signalCount() > kMaxRowSignals) {
            beginResetModel();
            m_rows = std::move(next);
            endResetModel();
            return;
        }
        for (auto run = diff.removed.rbegin(); run != diff.removed.rend(); ++run) {
            beginRemoveRows({}, run->at, run->at + run->count - 1);
            m_rows.erase(m_rows.begin() + run->at, m_rows.begin() + run->at + run->count);
            endRemoveRows();
        }
        for (const auto [at, count] : diff.inserted) {
            beginInsertRows({}, at, at + count - 1);
            m_rows.insert(m_rows.begin() + at, next.begin() + at, next.begin() + at + count);
            endInsertRows();
        }
        m_rows = std::move(
            next);  // same keys in the same order now; and the newest objects, so the next diff is cheap
        for (const auto [at, count] : diff.changed)
            Q_EMIT this->dataChanged(this->index(at, 0),
                                     this->index(at + count - 1, this->columnCount({}) - 1));
    }

private:
    std::vector<RowPtr> m_rows;
};

}  // namespace meshscope
