#include "models/ordered_proxy.h"

#include "backend/support/when_done.h"
#include "models/diffed_table.h"
#include "models/pool_job.h"

#include <algorithm>
#include <numeric>

namespace meshscope {

namespace {

constexpr std::size_t kMostRowSignals = 64;  // beyond, one new layout is cheaper

}  // namespace

OrderedProxy::OrderedProxy(QObject *parent)
    : QAbstractProxyModel(parent)
{}

OrderedProxy::~OrderedProxy() { m_sorting.cancel(); }

void OrderedProxy::setSourceModel(QAbstractItemModel *model)
{
    if (sourceModel())
        sourceModel()->disconnect(this);
    beginResetModel();
    QAbstractProxyModel::setSourceModel(model);
    startAnew();
    endResetModel();
    if (!model)
        return;
    connect(model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { rowsCame(first, last); });
    connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { rowsWillGo(first, last); });
    connect(model, &QAbstractItemModel::rowsRemoved, this,
            [this](const QModelIndex &, int first, int last) { rowsWent(first, last); });
    connect(model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &from, const QModelIndex &to, const QList<int> &roles) {
                rowsChanged(from.row(), to.row(), roles);
            });
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, [this] { beginResetModel(); });
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        startAnew();
        endResetModel();
    });
}

QModelIndex OrderedProxy::mapToSource(const QModelIndex &index) const
{
    if (!index.isValid() || !sourceModel())
        return {};
    return sourceModel()->index(m_shown[static_cast<std::size_t>(index.row())], index.column());
}

QModelIndex OrderedProxy::mapFromSource(const QModelIndex &index) const
{
    if (!index.isValid() || static_cast<std::size_t>(index.row()) >= m_place.size())
        return {};
    const int place = m_place[static_cast<std::size_t>(index.row())];
    return place < 0 ? QModelIndex() : createIndex(place, index.column());
}

QModelIndex OrderedProxy::index(int row, int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex OrderedProxy::parent(const QModelIndex &) const { return {}; }

QModelIndex OrderedProxy::sibling(int row, int column, const QModelIndex &) const
{
    return index(row, column);
}

int OrderedProxy::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int OrderedProxy::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !sourceModel() ? 0 : sourceModel()->columnCount();
}

bool OrderedProxy::hasChildren(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_shown.empty();
}

QVariant OrderedProxy::headerData(int section, Qt::Orientation orientation, int role) const
{
    // By its section; the base asks the first row, which may not be there.
    return sourceModel() ? sourceModel()->headerData(section, orientation, role) : QVariant();
}

void OrderedProxy::sort(int column, Qt::SortOrder order)
{
    m_wantedColumn = column;
    m_wantedDirection = order;
    m_sorting.cancel();
    m_isSorting = false;
    if (column >= 0 && static_cast<int>(m_order.size()) > kSortAtOnce)
        return startSorting();
    relayout([this] { sortAll(); });
}

void OrderedProxy::refilter()
{
    if (!sourceModel())
        return;
    if (m_isSettleDue || static_cast<int>(m_order.size()) > kRefilterByRows)
        return relayout([] {});
    mendOrder();
    // Few rows: views keep what they have for the others.
    for (std::size_t end = m_shown.size(); end > 0;) {
        if (acceptsRow(m_shown[end - 1])) {
            --end;
            continue;
        }
        std::size_t begin = end - 1;
        while (begin > 0 && !acceptsRow(m_shown[begin - 1]))
            --begin;
        hidePlaces(static_cast<int>(begin), static_cast<int>(end - begin));
        end = begin;
    }
    // Both are in the same order now, and what is shown is part of what is wanted.
    std::size_t place = 0;
    for (std::size_t at = 0; at < m_order.size();) {
        std::vector<int> run;
        while (at < m_order.size() && !(place < m_shown.size() && m_shown[place] == m_order[at])) {
            if (acceptsRow(m_order[at]))
                run.push_back(m_order[at]);
            ++at;
        }
        if (!run.empty()) {
            const int from = static_cast<int>(place);
            beginInsertRows({}, from, from + static_cast<int>(run.size()) - 1);
            m_shown.insert(m_shown.begin() + from, run.begin(), run.end());
            fixPlaces(from);
            endInsertRows();
            place += run.size();
        }
        if (at < m_order.size()) {
            ++at;
            ++place;
        }
    }
}

bool OrderedProxy::isBefore(int a, int b) const
{
    if (m_column < 0)
        return a < b;
    return m_direction == Qt::AscendingOrder ? isLess(a, b, m_column) : isLess(b, a, m_column);
}

void OrderedProxy::sortAll()
{
    m_dirty.clear();
    m_column = m_wantedColumn;
    m_direction = m_wantedDirection;
    std::sort(m_order.begin(), m_order.end(), [this](int a, int b) { return isBefore(a, b); });
}

void OrderedProxy::startAnew()
{
    ++m_version;
    m_isResetting = false;
    m_dirty.clear();
    m_suspects.clear();
    m_sorting.cancel();
    m_isSorting = false;
    const int rows = sourceModel() ? sourceModel()->rowCount() : 0;
    m_order.resize(static_cast<std::size_t>(rows));
    std::iota(m_order.begin(), m_order.end(), 0);
    if (m_wantedColumn >= 0 && rows > kSortAtOnce) {
        m_column = -1;
        startSorting();
    } else {
        sortAll();
    }
    rebuildShown();
}

void OrderedProxy::startSorting()
{
    m_sorting.cancel();
    m_isSorting = true;
    auto order = m_order;
    const int column = m_wantedColumn;
    const Qt::SortOrder direction = m_wantedDirection;
    m_sorting = runInPool([order = std::move(order), less = frozenOrder(column),
                           direction]() mutable -> Result<std::vector<int>> {
        std::sort(order.begin(), order.end(),
                  [&](int a, int b) { return direction == Qt::AscendingOrder ? less(a, b) : less(b, a); });
        return std::move(order);
    });
    whenDone(m_sorting, this,
             [this, column, direction, version = m_version](Result<std::vector<int>> sorted) {
                 if (!sorted)
                     return;  // a newer one runs
                 m_isSorting = false;
                 if (version != m_version)
                     return startSorting();
                 relayout([&] {
                     m_order = std::move(*sorted);
                     m_column = column;
                     m_direction = direction;
                     m_dirty.clear();
                 });
             });
}

// Takes the rows that changed out of the order and puts them where they belong now.
void OrderedProxy::mendOrder()
{
    if (m_dirty.empty())
        return;
    std::vector<bool> isDirty(m_order.size());
    std::vector<int> dirty;
    for (const int row : std::exchange(m_dirty, {})) {
        if (!isDirty[static_cast<std::size_t>(row)])
            dirty.push_back(row);
        isDirty[static_cast<std::size_t>(row)] = true;
    }
    std::erase_if(m_order, [&isDirty](int row) { return isDirty[static_cast<std::size_t>(row)]; });
    insertInOrder(std::move(dirty));
}

// `rows` are not in the order yet. Finds their places first and moves everything once.
void OrderedProxy::insertInOrder(std::vector<int> rows)
{
    const auto before = [this](int a, int b) { return isBefore(a, b); };
    std::sort(rows.begin(), rows.end(), before);
    std::vector<int> next;
    next.reserve(m_order.size() + rows.size());
    auto from = m_order.begin();
    for (const int row : rows) {
        const auto to = std::lower_bound(from, m_order.end(), row, before);
        next.insert(next.end(), from, to);
        next.push_back(row);
        from = to;
    }
    next.insert(next.end(), from, m_order.end());
    m_order = std::move(next);
}

void OrderedProxy::rebuildShown()
{
    m_shown.clear();
    m_place.assign(m_order.size(), -1);
    for (const int row : m_order) {
        if (acceptsRow(row)) {
            m_place[static_cast<std::size_t>(row)] = static_cast<int>(m_shown.size());
            m_shown.push_back(row);
        }
    }
}

void OrderedProxy::fixPlaces(int from)
{
    for (auto place = static_cast<std::size_t>(from); place < m_shown.size(); ++place)
        m_place[static_cast<std::size_t>(m_shown[place])] = static_cast<int>(place);
}

void OrderedProxy::showRow(int row)
{
    const auto at = std::lower_bound(m_shown.begin(), m_shown.end(), row,
                                     [this](int a, int b) { return isBefore(a, b); });
    const int place = static_cast<int>(at - m_shown.begin());
    beginInsertRows({}, place, place);
    m_shown.insert(at, row);
    fixPlaces(place);
    endInsertRows();
}

void OrderedProxy::hidePlaces(int place, int count)
{
    beginRemoveRows({}, place, place + count - 1);
    const auto first = m_shown.begin() + place;
    for (auto row = first; row != first + count; ++row)
        m_place[static_cast<std::size_t>(*row)] = -1;
    m_shown.erase(first, first + count);
    fixPlaces(place);
    endRemoveRows();
}

void OrderedProxy::relayout(const std::function<void()> &change)
{
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> rows;
    for (const QModelIndex &index : before)
        rows.push_back(m_shown[static_cast<std::size_t>(index.row())]);
    change();
    mendOrder();
    m_suspects.clear();
    rebuildShown();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const int place = m_place[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])];
        after << (place < 0 ? QModelIndex() : createIndex(place, before.at(i).column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void OrderedProxy::rowsCame(int first, int last)
{
    ++m_version;
    const int count = last - first + 1;
    for (auto *rows : {&m_order, &m_shown, &m_dirty, &m_suspects}) {
        for (int &row : *rows)
            row += row >= first ? count : 0;
    }
    m_place.insert(m_place.begin() + first, static_cast<std::size_t>(count), -1);
    std::vector<int> came(static_cast<std::size_t>(count));
    std::iota(came.begin(), came.end(), first);
    if (static_cast<int>(m_order.size()) + count > kSortAtOnce && count > kSortAtOnce / 2
        && m_wantedColumn >= 0) {
        // The first rows of a large table: in the source's order until they are sorted.
        return relayout([&] {
            m_column = -1;
            m_dirty.clear();
            m_order.insert(m_order.end(), came.begin(), came.end());
            std::sort(m_order.begin(), m_order.end());
            startSorting();
        });
    }
    mendOrder();
    insertInOrder(came);
    std::erase_if(came, [this](int row) { return !acceptsRow(row); });
    if (came.empty())
        return;
    if (m_shown.empty()) {
        std::sort(came.begin(), came.end(), [this](int a, int b) { return isBefore(a, b); });
        beginInsertRows({}, 0, static_cast<int>(came.size()) - 1);
        m_shown = came;
        fixPlaces(0);
        endInsertRows();
    } else if (came.size() <= kMostRowSignals) {
        for (const int row : came)
            showRow(row);
    } else {
        relayout([] {});
    }
}

void OrderedProxy::rowsWillGo(int first, int last)
{
    mendOrder();
    std::vector<int> places;
    for (int row = first; row <= last; ++row) {
        if (const int place = m_place[static_cast<std::size_t>(row)]; place >= 0)
            places.push_back(place);
    }
    std::sort(places.begin(), places.end());
    std::vector<std::pair<int, int>> runs;  // place, count
    for (const int place : places) {
        if (!runs.empty() && runs.back().first + runs.back().second == place)
            ++runs.back().second;
        else
            runs.emplace_back(place, 1);
    }
    if (runs.size() > kMostRowSignals) {
        m_isResetting = true;
        beginResetModel();
        return;
    }
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        hidePlaces(run->first, run->second);
}

void OrderedProxy::rowsWent(int first, int last)
{
    ++m_version;
    const int count = last - first + 1;
    for (auto *rows : {&m_order, &m_suspects})
        std::erase_if(*rows, [first, last](int row) { return row >= first && row <= last; });
    for (auto *rows : {&m_order, &m_shown, &m_suspects}) {
        for (int &row : *rows)
            row -= row > last ? count : 0;
    }
    m_place.erase(m_place.begin() + first, m_place.begin() + last + 1);
    if (m_isResetting) {
        m_isResetting = false;
        rebuildShown();
        endResetModel();
    }
}

void OrderedProxy::rowsChanged(int first, int last, const QList<int> &roles)
{
    ++m_version;
    std::vector<int> stayed;
    for (int row = first; row <= last; ++row) {
        const int place = m_place[static_cast<std::size_t>(row)];
        const bool isAccepted = acceptsRow(row);
        if (m_column >= 0) {
            m_dirty.push_back(row);
            m_suspects.push_back(row);
        }
        if (place >= 0 && isAccepted)
            stayed.push_back(row);
        else if (place >= 0)
            hidePlaces(place, 1);
        else if (isAccepted)
            showRow(row);
    }
    std::vector<int> places;
    for (const int row : stayed)
        places.push_back(m_place[static_cast<std::size_t>(row)]);
    std::sort(places.begin(), places.end());
    for (std::size_t i = 0; i < places.size();) {
        std::size_t end = i + 1;
        while (end < places.size() && places[end] == places[end - 1] + 1)
            ++end;
        Q_EMIT dataChanged(index(places[i], 0), index(places[end - 1], columnCount() - 1), roles);
        i = end;
    }
    if (!m_suspects.empty() && !m_isSettleDue) {
        m_isSettleDue = true;
        QMetaObject::invokeMethod(this, &OrderedProxy::settle, Qt::QueuedConnection);
    }
}

// Once for all that changed in a turn: a new layout, if what is shown is out of order now.
void OrderedProxy::settle()
{
    m_isSettleDue = false;
    const bool isInOrder = std::all_of(m_suspects.begin(), m_suspects.end(), [this](int row) {
        const int place = m_place[static_cast<std::size_t>(row)];
        const auto at = static_cast<std::size_t>(place);
        return place < 0
               || ((at == 0 || isBefore(m_shown[at - 1], row))
                   && (at + 1 == m_shown.size() || isBefore(row, m_shown[at + 1])));
    });
    if (!isInOrder)
        return relayout([] {});
    m_suspects.clear();
    mendOrder();
}

}  // namespace meshscope
