// What is said to Graphviz and what it answers.
#include "models/graph/layout_job.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace Qt::StringLiterals;

namespace meshscope::graph {
namespace {

// Graphviz: sizes in inches, positions in points; a scene unit is a point.
constexpr double kPointsPerInch = 72;
constexpr double kGridStepX = kCardWidth + 56, kGridStepY = kCardHeight + 40;

QByteArray inches(double units) { return QByteArray::number(units / kPointsPerInch, 'f', 4); }

}  // namespace

std::vector<bool> linkedNodes(const MeshGraph &graph)
{
    std::vector<bool> linked(graph.nodes.size());
    for (const GraphEdge &edge : graph.edges) {
        if (edge.from != edge.to)
            linked[static_cast<std::size_t>(edge.from)] = linked[static_cast<std::size_t>(edge.to)] = true;
    }
    return linked;
}

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
    const auto linked = linkedNodes(graph);
    for (std::size_t i = 0; i < linked.size(); ++i) {
        if (linked[i])
            text += 'n' + QByteArray::number(static_cast<qulonglong>(i)) + ";\n";
    }
    for (const GraphEdge &edge : graph.edges) {
        if (edge.from != edge.to)
            text += 'n' + QByteArray::number(edge.from) + " -> n" + QByteArray::number(edge.to) + ";\n";
    }
    return text + "}\n";
}

Result<std::vector<Point>> centersFromJson(const QByteArray &json, const std::vector<bool> &linked)
{
    const auto document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return fail(Error::Code::Invalid, "Graphviz answered something that is not JSON");
    std::vector<Point> centers(linked.size());
    std::vector<bool> missing = linked;
    for (const auto &value : document.object().value(u"objects"_s).toArray()) {
        const QJsonObject object = value.toObject();
        const QString name = object.value(u"name"_s).toString();
        const QStringList position = object.value(u"pos"_s).toString().split(u',');
        bool isNumber = false;
        const auto node = name.startsWith(u'n') ? name.mid(1).toULongLong(&isNumber) : 0;
        if (!isNumber || node >= linked.size() || position.size() != 2)
            continue;
        bool hasX = false, hasY = false;
        const Point center{position.at(0).toDouble(&hasX),
                           -position.at(1).toDouble(&hasY)};  // its y grows upwards
        if (!hasX || !hasY || !std::isfinite(center.x) || !std::isfinite(center.y))
            continue;
        centers[node] = center;
        missing[node] = false;
    }
    if (const auto count = std::count(missing.begin(), missing.end(), true); count > 0)
        return fail(Error::Code::Invalid, "Graphviz left out " + std::to_string(count) + " of "
                                              + std::to_string(std::count(linked.begin(), linked.end(), true))
                                              + " nodes");
    return centers;
}

void placeUnlinked(std::vector<Point> &centers, const std::vector<bool> &linked)
{
    std::optional<Rect> bounds;
    for (std::size_t i = 0; i < linked.size(); ++i) {
        if (linked[i])
            bounds = bounds ? bounds->united(cardAround(centers[i])) : cardAround(centers[i]);
    }
    const auto count = static_cast<std::size_t>(std::count(linked.begin(), linked.end(), false));
    const auto block = gridCenters(count, bounds ? bounds->width : 0);
    const Point origin =
        bounds ? Point{bounds->left + kCardWidth / 2, bounds->bottom() + kGridStepY + kCardHeight / 2}
               : Point{};
    std::size_t next = 0;
    for (std::size_t i = 0; i < linked.size(); ++i) {
        if (linked[i])
            continue;
        centers[i] = {origin.x + block[next].x, origin.y + block[next].y};
        ++next;
    }
}

std::vector<Point> gridCenters(std::size_t count, double width)
{
    // As wide as a screen is, or a little wider than asked, so that a few nodes under a narrow picture make
    // no tower.
    const auto wanted = std::sqrt(static_cast<double>(count) * kGridStepY / kGridStepX * 1.6);
    const auto columns = static_cast<std::size_t>(
        std::max({1.0, std::ceil(wanted), std::floor((width + kGridStepX - kCardWidth) / kGridStepX)}));
    std::vector<Point> centers;
    centers.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t column = i % columns, line = i / columns;
        centers.push_back({static_cast<double>(column) * kGridStepX, static_cast<double>(line) * kGridStepY});
    }
    return centers;
}

}  // namespace meshscope::graph
