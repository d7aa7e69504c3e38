// Positions for a graph, made by Graphviz in a child process: it can be killed (cancelled, newer graph,
// deadline) and cannot take the window down with it. `dot` for layered pictures of small graphs, `sfdp` for
// larger ones, and a plain grid when neither is to be had; the result says which, and why.
#pragma once

#include "backend/core/result.h"
#include "models/graph/geometry.h"
#include "models/graph/mesh_graph.h"

#include <QFuture>
#include <QObject>
#include <QString>

#include <map>
#include <memory>
#include <vector>

namespace meshscope::graph {

enum class Engine { Dot, Sfdp, Grid };

struct LayoutOptions {
    QString program = QStringLiteral("dot");  // a name looked up in PATH, or a path
    // dot is at home up to these; beyond, sfdp is asked at once. Random graphs of few nodes can take dot
    // minutes: hence the deadline.
    int dotNodes = 600, dotEdges = 1500;
    int sfdpNodes = 5000;  // beyond: grid
    int dotMilliseconds = 3000, sfdpMilliseconds = 6000;
    bool leftToRight = true;
};

struct LayoutResult {
    std::vector<Point> centers;  // one for each node of the graph, in its order
    Rect bounds;                 // of all cards
    Engine engine = Engine::Grid;
    QString note;  // why it is not the layered picture; empty when it is
    qint64 milliseconds = 0;
};

using LastPositions = std::map<ResourceKey, Point>;  // centers

// GUI thread. One layout at a time: the latest wins, the one before ends as Cancelled. Its child never
// outlives it.
class GraphLayout : public QObject
{
    Q_OBJECT

public:
    explicit GraphLayout(QObject *parent = nullptr);
    ~GraphLayout() override;

    // Answers a position for every node always (also with Graphviz missing); the only error is Cancelled.
    // Cancelling the future kills the child. `last` moves the picture as a whole so that known nodes stay
    // near where they were.
    QFuture<Result<LayoutResult>> layout(const MeshGraph &graph, const LastPositions &last = {},
                                         const LayoutOptions &options = {});
    void cancel();
    bool isRunning() const { return m_run != nullptr; }

Q_SIGNALS:
    void runningChanged();

private:
    struct Run;
    void startEngine(Engine engine, const QString &note);
    void engineEnded(const QString &failure);
    void finish(LayoutResult result);
    void dropRun();

    std::unique_ptr<Run> m_run;
};

// The pieces, for tests. Pure. Nodes without an edge to another are not given to Graphviz, which would line
// them up in one endless column; they stand as a block under the rest.
std::vector<bool> linkedNodes(const MeshGraph &graph);
QByteArray dotText(const MeshGraph &graph, const LayoutOptions &options, Engine engine);
// From Graphviz's -Tjson0, for the linked nodes; the others stay at the origin.
Result<std::vector<Point>> centersFromJson(const QByteArray &json, const std::vector<bool> &linked);
void placeUnlinked(std::vector<Point> &centers, const std::vector<bool> &linked);
std::vector<Point> gridCenters(std::size_t count, double width = 0);  // width 0 = as wide as looks well

}  // namespace meshscope::graph
