// What the page Tag sets shows of a snapshot, worked out together so that its halves agree: facets, lattice,
// findings. Pure but for the maker; GUI thread there.
#pragma once

#include "backend/core/result.h"
#include "backend/query/facets.h"
#include "backend/query/tag_lint.h"
#include "models/graph/mesh_graph.h"

#include <QFuture>
#include <QObject>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace meshscope {

class QueryFilter;

struct TagSetDigest {
    query::Rows rows;  // of the mesh, that the query matches
    std::vector<query::Facet> facets;
    std::set<std::string> keys;  // by which the lattice groups
    query::Lattice lattice;
    graph::MeshGraph graph;   // of the lattice; its nodes in another order:
    std::vector<int> nodeOf;  // by place in the graph, the place in lattice.nodes
    std::vector<query::TagFinding> findings;

    int placeInGraph(int latticeNode) const;
};
using TagSetDigestPtr = std::shared_ptr<const TagSetDigest>;

struct TagSetQuestion {
    std::string mesh;            // empty = all
    std::set<std::string> keys;  // empty = as suggested
};
// Selectors of all policies and services of a snapshot; nothing where it carries none.
std::optional<std::vector<query::Selector>> selectorsOf(const Snapshot &snapshot);
TagSetDigestPtr tagSetDigestOf(query::Rows rows, const TagSetQuestion &question,
                               const std::optional<std::vector<query::Selector>> &selectors = {});

// "version=v2", "service=web"; "every inbound" for the empty set.
QString latticeTitle(const query::LatticeNode &node, const std::vector<std::string> &keys);
// As a query that is true for just these: inbound(service == web tag.version == v2).
std::string queryOf(const Tags &tags);
// As a selector: kuma.io/service=web, version=v2.
QString selectorOf(const Tags &tags);

// Makes digests of the newest question, few rows at once, many in the pool. The latest wins.
class TagSetDigester : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t kAtOnce = 1000;

    explicit TagSetDigester(QObject *parent = nullptr);
    ~TagSetDigester() override;

    // Rows of the snapshot that the filter accepts. The filter may be null.
    void ask(const SnapshotPtr &snapshot, const QueryFilter *filter, const TagSetQuestion &question);
    const TagSetDigestPtr &digest() const { return m_digest; }  // nullptr before the first
    bool isWorking() const { return m_isWorking; }

Q_SIGNALS:
    void digestChanged();

private:
    TagSetDigestPtr m_digest;
    QFuture<Result<TagSetDigestPtr>> m_job;
    bool m_isWorking = false;
};

}  // namespace meshscope
