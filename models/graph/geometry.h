// Plain geometry for graphs: scene units, y downwards. No QtGui, so that the pool and tests can use it.
#pragma once

#include <algorithm>
#include <cmath>

namespace meshscope::graph {

struct Point {
    double x = 0, y = 0;
    bool operator==(const Point &) const = default;
};

struct Rect {
    double left = 0, top = 0, width = 0, height = 0;

    double right() const { return left + width; }
    double bottom() const { return top + height; }
    Point center() const { return {left + width / 2, top + height / 2}; }
    bool contains(Point p) const { return p.x >= left && p.x <= right() && p.y >= top && p.y <= bottom(); }
    bool intersects(const Rect &o) const
    {
        return left <= o.right() && o.left <= right() && top <= o.bottom() && o.top <= bottom();
    }
    Rect united(const Rect &o) const
    {
        const double l = std::min(left, o.left), t = std::min(top, o.top);
        return {l, t, std::max(right(), o.right()) - l, std::max(bottom(), o.bottom()) - t};
    }
    bool operator==(const Rect &) const = default;
};

constexpr double kCardWidth = 160;  // look.md: a card at level 1
constexpr double kCardHeight = 44;

inline Rect cardAround(Point center)
{
    return {center.x - kCardWidth / 2, center.y - kCardHeight / 2, kCardWidth, kCardHeight};
}

}  // namespace meshscope::graph
