// A uniform grid over rectangles: what lies under a point or in a view, without asking every node. Pure; any
// thread for reading once built.
#pragma once

#include "models/graph/geometry.h"

#include <vector>

namespace meshscope::graph {

class SpatialGrid
{
public:
    SpatialGrid() = default;
    // Indices answered are places in `items`. cell is in scene units; it is enlarged when the grid would get
    // more than about four cells an item.
    explicit SpatialGrid(const std::vector<Rect> &items, double cell = 320);

    bool isEmpty() const { return m_items.empty(); }
    const Rect &bounds() const { return m_bounds; }

    // -1 when there is none; of several the last one, which is painted on top.
    int itemAt(Point p) const;
    // Ascending, each once.
    std::vector<int> itemsIn(const Rect &area) const;

    // For far zooms: one tile a cell.
    int columns() const { return m_columns; }
    int rows() const { return m_rows; }
    double cell() const { return m_cell; }
    Rect cellRect(int column, int row) const;
    int countIn(int column, int row) const;  // items whose center lies in it

private:
    struct Range {
        int firstColumn, lastColumn, firstRow, lastRow;
    };
    Range cellsOf(const Rect &area) const;
    std::size_t cellAt(int column, int row) const;

    std::vector<Rect> m_items;
    Rect m_bounds;
    double m_cell = 320;
    int m_columns = 0, m_rows = 0;
    std::vector<int> m_first;    // where a cell's entries begin in m_entries; one more than cells
    std::vector<int> m_entries;  // item indices, cell by cell
    std::vector<int> m_counts;
};

}  // namespace meshscope::graph
