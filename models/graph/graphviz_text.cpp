// What is said to Graphviz and what it answers.
#include "models/graph/layout_job.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace meshscope::graph {
namespace {

constexpr double kPointsPerInch =
    72;  // Graphviz: sizes in inches, positions in points; a scene unit is a point

QByteArray inches(double units) { return QByteArray::number(units / kPointsPerInch, 'f', 4); }

}  // namespace

QByteArray dotText(const MeshGraph &graph, const LayoutOptions &options, Engine engine)
{
    QByteArray text = "digraph mesh {\n";
    if (engine == Engine::Dot) {
        // The limits bound the network simplex: without them a random graph of 300 nodes takes dot 37 s
        // instead of 1.3.
        text += "graph [splines=false, nslimit=2, nslimit1=2, mclimit=0.2, ";
        // Cards are wide and low: from top to bottom the layers can stand closer.
        text += options.leftToRight ? "nodesep=0.45, ranksep=1.2, rankdir=LR];\n"
                                    : "nodesep=0.28, ranksep=0.72, rankdir=TB];\n";
    } else {
        text += "graph [splines=false, overlap=prism, K=2.6, repulsiveforce=1.6, sep=\"+16\"];\n";
    }
    text += "node [shape=box, fixedsize=true, label=\"\", width=" + inches(kCardWidth)
            + ", height=" + inches(kCardHeight) + "];\n";
    // Names never leave us: nodes are numbers, so that nothing in a service's name can be taken for DOT.
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        text += 'n' + QByteArray::number(static_cast<qulonglong>(i)) + ";\n";
    for (const GraphEdge &edge : graph.edges) {
        if (edge.from != edge.to)
            text += 'n' + QByteArray::number(edge.from) + " -> n" + QByteArray::number(edge.to) + ";\n";
    }
    return text + "}\n";
}

Result<std::vector<Point>> centersFromJson(const QByteArray &json, std::size_t nodeCount)
{
    const auto document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return fail(Error::Code::Invalid, "Graphviz answered something that is not JSON");
    std::vector<Point> centers(nodeCount);
    std::size_t placed = 0;
    for (const auto &value : document.object().value(u"objects"_s).toArray()) {
        const QJsonObject object = value.toObject();
        const QString name = object.value(u"name"_s).toString();
        const QStringList position = object.value(u"pos"_s).toString().split(u',');
        bool isNumber = false;
        const auto node = name.startsWith(u'n') ? name.mid(1).toULongLong(&isNumber) : 0;
        if (!isNumber || node >= nodeCount || position.size() != 2)
            continue;
        bool hasX = false, hasY = false;
        const Point center{position.at(0).toDouble(&hasX),
                           -position.at(1).toDouble(&hasY)};  // its y grows upwards
        if (!hasX || !hasY || !std::isfinite(center.x) || !std::isfinite(center.y))
            continue;
        centers[node] = center;
        ++placed;
    }
    if (placed != nodeCount)
        return fail(Error::Code::Invalid, "Graphviz placed " + std::to_string(placed) + " of "
                                              + std::to_string(nodeCount) + " nodes");
    return centers;
}

std::vector<Point> gridCenters(const MeshGraph &graph)
{
    const std::size_t count = graph.nodes.size();
    constexpr double kStepX = kCardWidth + 56, kStepY = kCardHeight + 40;
    // As wide as high on the screen.
    const auto columns = std::max<std::size_t>(
        1,
        static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count) * kStepY / kStepX * 1.6))));
    std::vector<Point> centers;
    centers.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        centers.push_back(
            {static_cast<double>(i % columns) * kStepX, static_cast<double>(i / columns) * kStepY});
    return centers;
}

}  // namespace meshscope::graph
