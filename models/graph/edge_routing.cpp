#include "models/graph/edge_routing.h"

#include <array>

namespace meshscope::graph {
namespace {

enum class Side { Right, Left, Top, Bottom };

// One end of an edge, waiting for its place on a border.
struct End {
    std::size_t edge = 0;
    bool isStart = false;
    double towards = 0;  // where the other card is, along this border
};

constexpr double kBorderUse = 0.7;  // of a border's length, for ends; corners stay free
constexpr double kLeastReach = 24;  // of a control point from its border
constexpr double kMostReach = 220;
constexpr double kEndGap = 14;  // between two ends at one border, where there is room

bool isUpright(Side side) { return side == Side::Left || side == Side::Right; }

Point placeOn(const Rect &card, Side side, double offset)
{
    const Point middle = card.center();
    switch (side) {
    case Side::Right:
        return {card.right(), middle.y + offset};
    case Side::Left:
        return {card.left, middle.y + offset};
    case Side::Top:
        return {middle.x + offset, card.top};
    case Side::Bottom:
        return {middle.x + offset, card.bottom()};
    }
    return middle;
}

Point outwards(Point from, Side side, double reach)
{
    switch (side) {
    case Side::Right:
        return {from.x + reach, from.y};
    case Side::Left:
        return {from.x - reach, from.y};
    case Side::Top:
        return {from.x, from.y - reach};
    case Side::Bottom:
        return {from.x, from.y + reach};
    }
    return from;
}

std::pair<Side, Side> sidesFor(const Rect &from, const Rect &to, bool downwards)
{
    if (downwards && to.top >= from.bottom())
        return {Side::Bottom, Side::Top};
    if (downwards && to.bottom() <= from.top)
        return {Side::Top, Side::Bottom};
    const double gapRight = to.left - from.right();
    const double gapLeft = from.left - to.right();
    if (gapRight >= 0)
        return {Side::Right, Side::Left};
    if (gapLeft >= 0)
        return {Side::Left, Side::Right};
    return to.center().y >= from.center().y ? std::pair{Side::Bottom, Side::Top}
                                            : std::pair{Side::Top, Side::Bottom};
}

Curve loopOver(const Rect &card)
{
    const Point corner{card.right(), card.top};
    const Point start{corner.x - card.width * 0.22, card.top};
    const Point end{card.right(), corner.y + card.height * 0.3};
    return {start, {start.x, start.y - 34}, {end.x + 40, end.y}, end};
}

double reachFor(Point a, Point b, Side side)
{
    const double distance = isUpright(side) ? std::abs(b.x - a.x) : std::abs(b.y - a.y);
    return std::clamp(distance / 2, kLeastReach, kMostReach);
}

}  // namespace

Point pointAt(const Curve &curve, double t)
{
    const double u = 1 - t;
    const double a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
    return {a * curve.start.x + b * curve.control1.x + c * curve.control2.x + d * curve.end.x,
            a * curve.start.y + b * curve.control1.y + c * curve.control2.y + d * curve.end.y};
}

Rect boundsOf(const Curve &curve)
{
    const std::array points{curve.start, curve.control1, curve.control2, curve.end};
    double left = points[0].x, right = left, top = points[0].y, bottom = top;
    for (const Point p : points) {
        left = std::min(left, p.x), right = std::max(right, p.x);
        top = std::min(top, p.y), bottom = std::max(bottom, p.y);
    }
    return {left, top, right - left, bottom - top};
}

double distanceTo(const Curve &curve, Point p)
{
    constexpr int kSteps = 24;
    double best = std::hypot(curve.start.x - p.x, curve.start.y - p.y);
    Point from = curve.start;
    for (int i = 1; i <= kSteps; ++i) {
        const Point to = pointAt(curve, static_cast<double>(i) / kSteps);
        const double dx = to.x - from.x, dy = to.y - from.y;
        const double length2 = dx * dx + dy * dy;
        const double t =
            length2 == 0 ? 0 : std::clamp(((p.x - from.x) * dx + (p.y - from.y) * dy) / length2, 0.0, 1.0);
        best = std::min(best, std::hypot(from.x + t * dx - p.x, from.y + t * dy - p.y));
        from = to;
    }
    return best;
}

std::vector<Curve> routeEdges(const std::vector<Rect> &cards, const std::vector<GraphEdge> &edges,
                              bool downwards)
{
    std::vector<Curve> curves(edges.size());
    std::vector<std::pair<Side, Side>> sides(edges.size());
    std::vector<std::array<std::vector<End>, 4>> borders(cards.size());
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const auto from = static_cast<std::size_t>(edges[i].from), to = static_cast<std::size_t>(edges[i].to);
        if (from == to)
            continue;
        sides[i] = sidesFor(cards[from], cards[to], downwards);
        const auto along = [](Side side, Point p) { return isUpright(side) ? p.y : p.x; };
        borders[from][static_cast<std::size_t>(sides[i].first)].push_back(
            {i, true, along(sides[i].first, cards[to].center())});
        borders[to][static_cast<std::size_t>(sides[i].second)].push_back(
            {i, false, along(sides[i].second, cards[from].center())});
    }
    for (std::size_t card = 0; card < cards.size(); ++card) {
        for (std::size_t s = 0; s < 4; ++s) {
            auto &ends = borders[card][s];
            const auto side = static_cast<Side>(s);
            // Equal ones (a pair of edges there and back) keep one order at both cards, so that they do not
            // cross.
            std::stable_sort(ends.begin(), ends.end(),
                             [](const End &a, const End &b) { return a.towards < b.towards; });
            const double room = (isUpright(side) ? cards[card].height : cards[card].width) * kBorderUse;
            const double gap =
                ends.size() < 2 ? 0 : std::min(kEndGap, room / static_cast<double>(ends.size() - 1));
            double offset = -gap * static_cast<double>(ends.size() - 1) / 2;
            for (const End &end : ends) {
                (end.isStart ? curves[end.edge].start : curves[end.edge].end) =
                    placeOn(cards[card], side, offset);
                offset += gap;
            }
        }
    }
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (edges[i].from == edges[i].to) {
            curves[i] = loopOver(cards[static_cast<std::size_t>(edges[i].from)]);
            continue;
        }
        Curve &curve = curves[i];
        const double reach = reachFor(curve.start, curve.end, sides[i].first);
        curve.control1 = outwards(curve.start, sides[i].first, reach);
        curve.control2 = outwards(curve.end, sides[i].second, reach);
    }
    return curves;
}

}  // namespace meshscope::graph
