#include "ui/graph/graph_layer.h"

#include "models/text.h"
#include "ui/style/icons.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOptionGraphicsItem>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr double kRadius = 6;
constexpr double kEdgeWidth = 1.25;
constexpr double kArrow = 7;
constexpr double kMargin = 20;  // around everything, for loops, arrows and outlines

QRectF toQt(const graph::Rect &rect) { return {rect.left, rect.top, rect.width, rect.height}; }

QPointF toQt(const graph::Point &point) { return {point.x, point.y}; }

graph::Rect fromQt(const QRectF &rect) { return {rect.left(), rect.top(), rect.width(), rect.height()}; }

}  // namespace

GraphLayer::GraphLayer() { setFlag(QGraphicsItem::ItemUsesExtendedStyleOption); }

void GraphLayer::setGraph(graph::MeshGraph next, const std::vector<graph::Point> &centers, bool downwards)
{
    prepareGeometryChange();
    m_graph = std::move(next);
    m_cards.clear();
    for (const graph::Point &center : centers)
        m_cards.push_back(graph::cardAround(center));
    m_curves = graph::routeEdges(m_cards, m_graph.edges, downwards);
    m_cardGrid = graph::SpatialGrid(m_cards);
    std::vector<graph::Rect> hulls;
    graph::Rect all = m_cards.empty() ? graph::Rect{} : m_cards.front();
    for (const graph::Rect &card : m_cards)
        all = all.united(card);
    for (const graph::Curve &curve : m_curves) {
        hulls.push_back(graph::boundsOf(curve));
        all = all.united(hulls.back());
    }
    m_edgeGrid = graph::SpatialGrid(hulls);
    m_bounds = toQt(all).adjusted(-kMargin, -kMargin, kMargin, kMargin);
    m_focus = -1;
    m_found.clear();
    updateNeighbours();
    update();
}

void GraphLayer::setNodes(graph::MeshGraph next)
{
    m_graph = std::move(next);
    update();
}

void GraphLayer::setColours(const QPalette &palette)
{
    m_palette = palette;
    update();
}

void GraphLayer::setFocusNode(int node)
{
    if (node == m_focus)
        return;
    m_focus = node;
    updateNeighbours();
    update();
}

void GraphLayer::setFound(std::vector<bool> found)
{
    m_found = std::move(found);
    update();
}

void GraphLayer::updateNeighbours()
{
    m_near.assign(m_graph.nodes.size(), false);
    if (m_focus < 0)
        return;
    m_near[static_cast<std::size_t>(m_focus)] = true;
    for (const graph::GraphEdge &edge : m_graph.edges) {
        if (edge.from == m_focus || edge.to == m_focus) {
            m_near[static_cast<std::size_t>(edge.from)] = true;
            m_near[static_cast<std::size_t>(edge.to)] = true;
        }
    }
}

bool GraphLayer::isFaint(int node) const
{
    const auto at = static_cast<std::size_t>(node);
    if (!m_found.empty() && !m_found[at])
        return true;
    return m_focus >= 0 && !m_near[at];
}

bool GraphLayer::isFaint(const graph::GraphEdge &edge) const
{
    if (!m_found.empty()
        && !(m_found[static_cast<std::size_t>(edge.from)] && m_found[static_cast<std::size_t>(edge.to)]))
        return true;
    return m_focus >= 0 && edge.from != m_focus && edge.to != m_focus;
}

int GraphLayer::nodeAt(const QPointF &scenePos) const
{
    return m_cardGrid.isEmpty() ? -1 : m_cardGrid.itemAt({scenePos.x(), scenePos.y()});
}

QRectF GraphLayer::cardRect(int node) const
{
    return node < 0 ? QRectF() : toQt(m_cards[static_cast<std::size_t>(node)]);
}

int GraphLayer::nextNode(int from, const QPointF &step) const
{
    if (m_cards.empty())
        return -1;
    if (from < 0)
        return 0;
    const QPointF start = cardRect(from).center();
    int best = -1;
    double bestCost = std::numeric_limits<double>::max();
    for (int i = 0; i < static_cast<int>(m_cards.size()); ++i) {
        const QPointF way = cardRect(i).center() - start;
        const double ahead = QPointF::dotProduct(way, step);
        if (i == from || ahead < 1)
            continue;
        // What lies aside costs twice, so that a walk goes straight where it can.
        const double aside = std::abs(way.x() * step.y() - way.y() * step.x());
        if (const double cost = ahead + 2 * aside; cost < bestCost) {
            bestCost = cost;
            best = i;
        }
    }
    return best;
}

void GraphLayer::paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *)
{
    const qreal lod = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    const QRectF seen = option->exposedRect;
    if (lod < kDensityLevel)
        return paintDensity(painter, seen);
    if (lod < kBoxLevel)
        return paintBoxes(painter, seen);
    paintEdges(painter, seen, lod);
    paintCards(painter, seen, lod);
}

void GraphLayer::paintDensity(QPainter *painter, const QRectF &seen) const
{
    const QColor ink = mutedText(m_palette);
    for (int column = 0; column < m_cardGrid.columns(); ++column) {
        for (int row = 0; row < m_cardGrid.rows(); ++row) {
            const QRectF cell = toQt(m_cardGrid.cellRect(column, row));
            const int count = m_cardGrid.countIn(column, row);
            if (count > 0 && cell.intersects(seen))
                painter->fillRect(cell,
                                  blend(m_palette.color(QPalette::Base), ink, qMin(1.0, 0.25 + count * 0.1)));
        }
    }
}

void GraphLayer::paintBoxes(QPainter *painter, const QRectF &seen) const
{
    QVector<QLineF> lines;
    for (const int at : m_edgeGrid.itemsIn(fromQt(seen))) {
        const graph::Curve &curve = m_curves[static_cast<std::size_t>(at)];
        lines << QLineF(toQt(curve.start), toQt(curve.end));
    }
    QPen pen(hairline(m_palette), 1);
    pen.setCosmetic(true);
    painter->setPen(pen);
    painter->drawLines(lines);
    for (const int node : m_cardGrid.itemsIn(fromQt(seen))) {
        const Mark mark = markFor(m_graph.nodes[static_cast<std::size_t>(node)].health);
        QColor fill = markColour(mark, m_palette);
        fill.setAlphaF(isFaint(node) ? 0.25f : 0.9f);
        painter->fillRect(cardRect(node), fill);
    }
}

void GraphLayer::paintEdges(QPainter *painter, const QRectF &seen, double lod) const
{
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor plain = blend(m_palette.color(QPalette::Base), m_palette.color(QPalette::Text), 0.42);
    const QColor strong = blend(m_palette.color(QPalette::Base), m_palette.color(QPalette::Text), 0.8);
    for (const int at : m_edgeGrid.isEmpty() ? std::vector<int>{} : m_edgeGrid.itemsIn(fromQt(seen))) {
        const graph::Curve &curve = m_curves[static_cast<std::size_t>(at)];
        const graph::GraphEdge &edge = m_graph.edges[static_cast<std::size_t>(at)];
        const bool faint = isFaint(edge);
        const bool lit = m_focus >= 0 && !faint;
        painter->setOpacity(faint ? kFaint : 1);
        const QColor colour = lit ? strong : plain;
        QPen pen(colour, kEdgeWidth / qMax(lod, 0.6));
        pen.setCapStyle(Qt::RoundCap);
        painter->setPen(pen);
        painter->setBrush(Qt::NoBrush);
        QPointF direction = toQt(curve.end) - toQt(curve.control2);
        const double length = std::hypot(direction.x(), direction.y());
        direction = length > 0.01 ? direction / length : QPointF(0, 1);
        const QPointF tip = toQt(curve.end), across(-direction.y(), direction.x());
        const QPointF foot = tip - direction * kArrow;
        QPainterPath path(toQt(curve.start));
        path.cubicTo(toQt(curve.control1), toQt(curve.control2) - direction * kArrow, foot);
        painter->drawPath(path);
        const QPointF head[] = {tip, foot + across * (kArrow * 0.45), foot - across * (kArrow * 0.45)};
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawPolygon(head, 3);
    }
    painter->setOpacity(1);
}

void GraphLayer::paintCards(QPainter *painter, const QRectF &seen, double lod) const
{
    painter->setRenderHint(QPainter::Antialiasing);
    if (m_cardGrid.isEmpty())
        return;
    for (const int node : m_cardGrid.itemsIn(fromQt(seen)))
        paintCard(painter, node, lod);
    painter->setOpacity(1);
}

void GraphLayer::paintCard(QPainter *painter, int at, double lod) const
{
    const graph::GraphNode &node = m_graph.nodes[static_cast<std::size_t>(at)];
    const QRectF card = cardRect(at);
    const QColor base = m_palette.color(QPalette::Base);
    const Mark mark = node.isGroup ? Mark::None : markFor(node.health);
    // The card hides the edges behind it also when it is faint.
    painter->setOpacity(1);
    painter->setPen(Qt::NoPen);
    painter->setBrush(base);
    painter->drawRoundedRect(card, kRadius, kRadius);
    painter->setOpacity(isFaint(at) ? kFaint : 1);

    // Raised a little from the ground, so that cards stand out without a shadow.
    const QColor border = blend(base, m_palette.color(QPalette::Text), 0.22);
    QPen pen(border, 1);
    if (node.dataplanes == 0)
        pen.setStyle(Qt::DashLine);  // only called: nobody offers it
    painter->setPen(pen);
    painter->setBrush(isDark(m_palette) ? blend(base, Qt::white, 0.035) : base);
    painter->drawRoundedRect(card, kRadius, kRadius);
    painter->save();
    QPainterPath shape;
    shape.addRoundedRect(card, kRadius, kRadius);
    painter->setClipPath(shape, Qt::IntersectClip);
    if (mark != Mark::None)
        painter->fillRect(QRectF(card.left(), card.top(), 4, card.height()), markColour(mark, m_palette));
    painter->restore();
    if (lod < kNameLevel)
        return;

    icon(node.kind == graph::GraphNode::Kind::TagSet ? u"tag-set"_s : u"service"_s,
         m_palette.color(QPalette::Text))
        .paint(painter,
               QRect(static_cast<int>(card.left()) + 13, static_cast<int>(card.center().y()) - 8, 16, 16));
    paintMark(painter, QRectF(card.right() - 20, card.top() + 9, kMarkSize, kMarkSize), mark, m_palette);
    const QFont font = QApplication::font();
    const QRectF words = card.adjusted(36, 5, -8, -5);
    painter->setFont(strongFont(font));
    painter->setPen(m_palette.color(QPalette::Text));
    const QRectF title(words.left(), words.top(), words.width() - 14, words.height() / 2);
    painter->drawText(
        title, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter->font()).elidedText(toQString(node.title), Qt::ElideRight, title.width()));
    if (lod < kFactLevel)
        return;
    painter->setFont(smallFont(font));
    painter->setPen(mutedText(m_palette));
    const QRectF facts(words.left(), words.center().y(), words.width(), words.height() / 2);
    painter->drawText(
        facts, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(painter->font()).elidedText(graph::factsLine(node), Qt::ElideRight, facts.width()));
}

}  // namespace meshscope::ui
