#include "models/graph/spatial_grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace meshscope::graph {

SpatialGrid::SpatialGrid(const std::vector<Rect> &items, double cell)
    : m_items(items)
    , m_cell(std::max(cell, 1.0))
{
    if (m_items.empty())
        return;
    m_bounds = m_items.front();
    for (const Rect &item : m_items)
        m_bounds = m_bounds.united(item);
    const double most = 4.0 * static_cast<double>(m_items.size()) + 16;
    while ((m_bounds.width / m_cell + 1) * (m_bounds.height / m_cell + 1) > most)
        m_cell *= 1.5;
    m_columns = static_cast<int>(m_bounds.width / m_cell) + 1;
    m_rows = static_cast<int>(m_bounds.height / m_cell) + 1;

    // Two passes: count, then place; three flat arrays and no list a cell.
    const auto cells = static_cast<std::size_t>(m_columns) * static_cast<std::size_t>(m_rows);
    m_first.assign(cells + 1, 0);
    m_counts.assign(cells, 0);
    const auto eachCell = [this](const Rect &item, auto visit) {
        const Range range = cellsOf(item);
        for (int row = range.firstRow; row <= range.lastRow; ++row) {
            for (int column = range.firstColumn; column <= range.lastColumn; ++column)
                visit(cellAt(column, row));
        }
    };
    for (const Rect &item : m_items) {
        eachCell(item, [this](std::size_t at) { ++m_first[at + 1]; });
        const Range middle = cellsOf({item.center().x, item.center().y, 0, 0});
        ++m_counts[cellAt(middle.firstColumn, middle.firstRow)];
    }
    for (std::size_t i = 1; i < m_first.size(); ++i)
        m_first[i] += m_first[i - 1];
    m_entries.resize(static_cast<std::size_t>(m_first.back()));
    std::vector<int> next(m_first.begin(), m_first.end() - 1);
    for (std::size_t i = 0; i < m_items.size(); ++i)
        eachCell(m_items[i], [&](std::size_t at) {
            m_entries[static_cast<std::size_t>(next[at]++)] = static_cast<int>(i);
        });
}

SpatialGrid::Range SpatialGrid::cellsOf(const Rect &area) const
{
    const auto clamped = [this](double distance, int count) {
        return static_cast<int>(
            std::clamp(std::floor(distance / m_cell), 0.0, static_cast<double>(count - 1)));
    };
    return {clamped(area.left - m_bounds.left, m_columns), clamped(area.right() - m_bounds.left, m_columns),
            clamped(area.top - m_bounds.top, m_rows), clamped(area.bottom() - m_bounds.top, m_rows)};
}

std::size_t SpatialGrid::cellAt(int column, int row) const
{
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(m_columns)
           + static_cast<std::size_t>(column);
}

int SpatialGrid::itemAt(Point p) const
{
    if (isEmpty() || !m_bounds.contains(p))
        return -1;
    const Range range = cellsOf({p.x, p.y, 0, 0});
    const std::size_t at = cellAt(range.firstColumn, range.firstRow);
    for (int i = m_first[at + 1] - 1; i >= m_first[at]; --i) {
        const int item = m_entries[static_cast<std::size_t>(i)];
        if (m_items[static_cast<std::size_t>(item)].contains(p))
            return item;
    }
    return -1;
}

std::vector<int> SpatialGrid::itemsIn(const Rect &area) const
{
    std::vector<int> found;
    if (isEmpty() || !m_bounds.intersects(area))
        return found;
    const Range range = cellsOf(area);
    for (int row = range.firstRow; row <= range.lastRow; ++row) {
        for (int column = range.firstColumn; column <= range.lastColumn; ++column) {
            const std::size_t at = cellAt(column, row);
            for (int i = m_first[at]; i < m_first[at + 1]; ++i) {
                const int item = m_entries[static_cast<std::size_t>(i)];
                if (m_items[static_cast<std::size_t>(item)].intersects(area))
                    found.push_back(item);
            }
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

Rect SpatialGrid::cellRect(int column, int row) const
{
    return {m_bounds.left + column * m_cell, m_bounds.top + row * m_cell, m_cell, m_cell};
}

int SpatialGrid::countIn(int column, int row) const
{
    return column < 0 || row < 0 || column >= m_columns || row >= m_rows ? 0 : m_counts[cellAt(column, row)];
}

}  // namespace meshscope::graph
