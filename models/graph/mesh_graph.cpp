#include "models/graph/mesh_graph.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <map>
#include <set>

using namespace Qt::StringLiterals;

namespace meshscope::graph {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(meshscope::graph::Words)
};

}  // namespace

int MeshGraph::indexOf(const ResourceKey &key) const
{
    const auto at =
        std::lower_bound(nodes.begin(), nodes.end(), key,
                         [](const GraphNode &node, const ResourceKey &k) { return node.key < k; });
    return at != nodes.end() && at->key == key ? static_cast<int>(at - nodes.begin()) : -1;
}

bool MeshGraph::hasSameShape(const MeshGraph &other) const
{
    return edges == other.edges
           && std::equal(nodes.begin(), nodes.end(), other.nodes.begin(), other.nodes.end(),
                         [](const GraphNode &a, const GraphNode &b) { return a.key == b.key; });
}

MeshGraph serviceGraph(const Snapshot &snapshot, const std::string &mesh)
{
    static const std::string kVersionTag = "version";
    std::map<ResourceKey, std::set<std::string>> versions;
    for (const auto &row : snapshot.dataplanes) {
        const auto noteVersion = [&](const Tags &tags) {
            const auto service = tags.find(kServiceTag);
            const auto version = tags.find(kVersionTag);
            if (service != tags.end() && version != tags.end())
                versions[{row->key().mesh, service->second}].insert(version->second);
        };
        if (!mesh.empty() && row->key().mesh != mesh)
            continue;
        for (const auto &inbound : row->dataplane->inbounds)
            noteVersion(inbound.tags);
        if (row->dataplane->gateway)
            noteVersion(row->dataplane->gateway->tags);
    }

    const auto services = servicesOf(snapshot);
    MeshGraph graph;
    for (const auto &service : services) {
        if (!mesh.empty() && service.key.mesh != mesh)
            continue;
        const auto &found = versions[service.key];
        graph.nodes.push_back(
            {service.key, service.key.name, service.total(), {found.begin(), found.end()}, service.health()});
    }
    for (const auto &service : services) {
        const int from = graph.indexOf(service.key);
        if (from < 0)
            continue;
        for (const auto &called : service.callsServices)
            graph.edges.push_back({from, graph.indexOf({service.key.mesh, called})});
    }
    return graph;
}

QString factsLine(const GraphNode &node)
{
    if (!node.facts.empty())
        return QString::fromStdString(node.facts);
    if (node.dataplanes == 0)
        return Words::tr("no dataplanes");
    QString line =
        node.dataplanes == 1 ? Words::tr("1 dataplane") : Words::tr("%1 dataplanes").arg(node.dataplanes);
    if (node.versions.empty())
        return line;
    constexpr std::size_t kShown = 3;
    line += u" ·"_s;
    for (std::size_t i = 0; i < std::min(kShown, node.versions.size()); ++i)
        line += u' ' + QString::fromStdString(node.versions[i]);
    return node.versions.size() > kShown ? QString(line + u" …"_s) : line;
}

}  // namespace meshscope::graph
