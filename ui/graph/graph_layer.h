// The whole graph as one painted item: flat arrays, a grid for hits and for what is in view. Only the outline
// of what is hovered or in focus is an item of its own.
#pragma once

#include "models/graph/edge_routing.h"
#include "models/graph/layout_job.h"
#include "models/graph/mesh_graph.h"
#include "models/graph/spatial_grid.h"

#include <QGraphicsItem>
#include <QPalette>

#include <vector>

namespace meshscope::ui {

// Below these levels of detail less is drawn; 1 is one scene unit a pixel.
inline constexpr double kDensityLevel = 0.03, kBoxLevel = 0.15, kNameLevel = 0.35, kFactLevel = 0.5;
inline constexpr double kFaint = 0.25;  // opacity of what the focus leaves aside

class GraphLayer : public QGraphicsItem
{
public:
    GraphLayer();

    // centers: one for each node.
    // downwards: its layers go from top to bottom.
    void setGraph(graph::MeshGraph graph, const std::vector<graph::Point> &centers, bool downwards);
    // The same shape as before: only cards are painted anew.
    void setNodes(graph::MeshGraph graph);
    const graph::MeshGraph &graph() const { return m_graph; }
    const std::vector<graph::Rect> &cards() const { return m_cards; }
    const std::vector<graph::Curve> &curves() const { return m_curves; }

    void setColours(const QPalette &palette);
    // -1 = none. The node, its neighbours and their edges stay at full strength.
    void setFocusNode(int node);
    int focusNode() const { return m_focus; }
    // One flag a node: found by the filter, or not; empty = no filter.
    void setFound(std::vector<bool> found);

    int nodeAt(const QPointF &scenePos) const;  // -1 = none
    QRectF cardRect(int node) const;
    // The nearest card in the direction of the step, which is a unit vector; -1 = none.
    int nextNode(int from, const QPointF &step) const;

    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    bool isFaint(int node) const;
    bool isFaint(const graph::GraphEdge &edge) const;
    void paintDensity(QPainter *painter, const QRectF &seen) const;
    void paintBoxes(QPainter *painter, const QRectF &seen) const;
    void paintEdges(QPainter *painter, const QRectF &seen, double lod) const;
    void paintCards(QPainter *painter, const QRectF &seen, double lod) const;
    void paintCard(QPainter *painter, int node, double lod) const;
    void updateNeighbours();

    graph::MeshGraph m_graph;
    std::vector<graph::Rect> m_cards;
    std::vector<graph::Curve> m_curves;
    graph::SpatialGrid m_cardGrid, m_edgeGrid;
    QRectF m_bounds;
    QPalette m_palette;
    int m_focus = -1;
    std::vector<bool> m_near;  // neighbours of the focus, and itself
    std::vector<bool> m_found;
};

}  // namespace meshscope::ui
