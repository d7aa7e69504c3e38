// Edges as smooth curves that leave and enter cards at their borders. Pure; any thread.
#pragma once

#include "models/graph/geometry.h"
#include "models/graph/mesh_graph.h"

#include <vector>

namespace meshscope::graph {

// One cubic Bézier. The arrow stands at `end` and points along end - control2.
struct Curve {
    Point start, control1, control2, end;
    bool operator==(const Curve &) const = default;
};

Point pointAt(const Curve &curve, double t);     // 0 … 1
Rect boundsOf(const Curve &curve);               // of the hull, never too small
double distanceTo(const Curve &curve, Point p);  // to the nearest point, close enough for a hit test

// One curve for each edge, in order. Cards side by side are joined right to left border (or left to right,
// when the callee stands before), cards above each other bottom to top; several ends at one border share it
// evenly, ordered by where they come from, so that they do not cross there. An edge to itself is a loop over
// the card's upper right corner.
// downwards is for layers from top to bottom: cards in different rows are joined bottom to top then, however
// far aside.
std::vector<Curve> routeEdges(const std::vector<Rect> &cards, const std::vector<GraphEdge> &edges,
                              bool downwards = false);

}  // namespace meshscope::graph
