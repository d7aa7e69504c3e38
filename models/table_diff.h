// What turns one sorted row list into the next: runs to remove, runs to insert, runs that changed in place.
// Pure.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace meshscope {

constexpr std::size_t kMaxRowSignals = 256;  // beyond this a reset is cheaper than the signals

// Rows at … at + count - 1. Ints, because that is what row signals take.
struct RowRun {
    int at = 0;
    int count = 0;
    bool operator==(const RowRun &) const = default;
};

// To apply: remove `removed` from the last run to the first, then insert `inserted` from the first to the
// last; after that the keys are those of the new list, and `changed` names the rows whose values differ.
struct TableDiff {
    std::vector<RowRun> removed;   // positions in the old list, ascending
    std::vector<RowRun> inserted;  // positions in the new list, ascending
    std::vector<RowRun> changed;   // positions in the new list, ascending

    // Row signals that move rows; dataChanged is nearly free and does not count.
    std::size_t signalCount() const { return removed.size() + inserted.size(); }
    bool isEmpty() const { return removed.empty() && inserted.empty() && changed.empty(); }
    bool operator==(const TableDiff &) const = default;
};

namespace detail {

inline void extendRuns(std::vector<RowRun> &runs, std::size_t row)
{
    const int at = static_cast<int>(row);
    if (!runs.empty() && runs.back().at + runs.back().count == at)
        ++runs.back().count;
    else
        runs.push_back({at, 1});
}

}  // namespace detail

// Shared rows are the same when they are one object or equal by value.
struct SameShared {
    template <class T>
    bool operator()(const std::shared_ptr<T> &a, const std::shared_ptr<T> &b) const
    {
        return a == b || *a == *b;
    }
};

// Both lists sorted by key(row), no key twice. One pass; rows that both lists share as objects cost one
// comparison of pointers, which is the common case of a refresh.
template <class Rows, class KeyFn, class SameFn = SameShared>
TableDiff diffSorted(const Rows &before, const Rows &after, KeyFn key, SameFn same = {})
{
    TableDiff diff;
    std::size_t i = 0, j = 0;
    while (i < before.size() && j < after.size()) {
        if constexpr (requires { before[i].get(); }) {
            if (before[i] == after[j]) {
                ++i, ++j;
                continue;
            }
        }
        const auto &left = key(before[i]);
        const auto &right = key(after[j]);
        if (left == right) {
            if (!same(before[i], after[j]))
                detail::extendRuns(diff.changed, j);
            ++i, ++j;
        } else if (left < right) {
            detail::extendRuns(diff.removed, i++);
        } else {
            detail::extendRuns(diff.inserted, j++);
        }
    }
    for (; i < before.size(); ++i)
        detail::extendRuns(diff.removed, i);
    for (; j < after.size(); ++j)
        detail::extendRuns(diff.inserted, j);
    return diff;
}

}  // namespace meshscope
