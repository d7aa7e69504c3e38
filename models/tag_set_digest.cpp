#include "models/tag_set_digest.h"

#include "backend/query/query.h"
#include "backend/support/when_done.h"
#include "models/pool_job.h"
#include "models/query_filter.h"
#include "models/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(meshscope::TagSetWords)
};

std::string shortKey(const std::string &key)
{
    return key.starts_with("kuma.io/") ? key.substr(std::string_view("kuma.io/").size()) : key;
}

QString factsOf(const query::LatticeNode &node)
{
    const QLocale locale;
    const auto number = [&locale](std::size_t count) {
        return locale.toString(static_cast<qulonglong>(count));
    };
    QString facts;
    if (node.own == node.inbounds)
        facts = node.own == 1 ? Words::tr("1 inbound") : Words::tr("%1 inbounds").arg(number(node.own));
    else if (node.own == 0)
        facts = Words::tr("%1 with more tags").arg(number(node.inbounds));
    else
        facts = Words::tr("%1, %2 with more").arg(number(node.own), number(node.inbounds - node.own));
    if (node.folded > 0)
        facts += Words::tr(" · %1 sets folded").arg(number(node.folded));
    return facts;
}

// The graph's order is by key, the lattice's by size.
void addGraph(TagSetDigest &digest, const std::string &mesh)
{
    const auto &nodes = digest.lattice.nodes;
    std::vector<std::string> keys;
    for (const auto &node : nodes) {
        std::string key;
        for (const auto &[name, value] : node.tags)
            key += name + '=' + value + '\n';
        keys.push_back(std::move(key));
    }
    digest.nodeOf.resize(nodes.size());
    std::iota(digest.nodeOf.begin(), digest.nodeOf.end(), 0);
    std::sort(digest.nodeOf.begin(), digest.nodeOf.end(), [&keys](int a, int b) {
        return keys[static_cast<std::size_t>(a)] < keys[static_cast<std::size_t>(b)];
    });
    for (const int place : digest.nodeOf) {
        const auto &node = nodes[static_cast<std::size_t>(place)];
        graph::GraphNode card;
        card.key = {mesh, keys[static_cast<std::size_t>(place)]};
        card.title = latticeTitle(node, digest.lattice.keys).toStdString();
        card.dataplanes = node.dataplanes;
        card.health = node.own > 0 ? node.health : Health::Unknown;
        card.facts = factsOf(node).toStdString();
        card.isGroup = node.own == 0;
        card.kind = graph::GraphNode::Kind::TagSet;
        digest.graph.nodes.push_back(std::move(card));
    }
    for (const auto &edge : digest.lattice.edges)
        digest.graph.edges.push_back({digest.placeInGraph(edge.from), digest.placeInGraph(edge.to)});
    std::sort(digest.graph.edges.begin(), digest.graph.edges.end(),
              [](const auto &a, const auto &b) { return a.from != b.from ? a.from < b.from : a.to < b.to; });
}

}  // namespace

int TagSetDigest::placeInGraph(int latticeNode) const
{
    const auto at = std::find(nodeOf.begin(), nodeOf.end(), latticeNode);
    return at == nodeOf.end() ? -1 : static_cast<int>(at - nodeOf.begin());
}

QString latticeTitle(const query::LatticeNode &node, const std::vector<std::string> &keys)
{
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        if (const auto tag = node.tags.find(*key); tag != node.tags.end())
            return toQString(shortKey(tag->first) + "=" + tag->second);
    }
    return Words::tr("every inbound");
}

std::string queryOf(const Tags &tags)
{
    std::string inner;
    for (const auto &[key, value] : tags) {
        const std::string field = key == kServiceTag ? "service" : "tag." + key;
        const bool isPlain = query::quotedValue(key) == key;
        inner += (inner.empty() ? "" : " ") + (isPlain ? field : "tag." + query::quotedValue(key))
                 + " == " + query::quotedValue(value);
    }
    return tags.size() > 1 ? "inbound(" + inner + ")" : inner;
}

QString selectorOf(const Tags &tags)
{
    QString text;
    for (const auto &[key, value] : tags)
        text += (text.isEmpty() ? QString() : u", "_s) + toQString(key) + u'=' + toQString(value);
    return text;
}

std::optional<std::vector<query::Selector>> selectorsOf(const Snapshot &snapshot)
{
    if (snapshot.resources.empty())
        return {};
    std::vector<query::Selector> all;
    for (const auto &list : snapshot.resources) {
        for (const auto &resource : list->rows) {
            // What selects no proxies, or is not understood, uses no tag either.
            if (const auto selectors = query::parseSelectors(resource->json))
                all.insert(all.end(), selectors->begin(), selectors->end());
        }
    }
    return all;
}

TagSetDigestPtr tagSetDigestOf(query::Rows rows, const TagSetQuestion &question,
                               const std::optional<std::vector<query::Selector>> &selectors)
{
    auto digest = std::make_shared<TagSetDigest>();
    digest->rows = std::move(rows);
    digest->facets = query::facetsOf(digest->rows);
    digest->keys = question.keys.empty() ? query::suggestedKeys(digest->facets) : question.keys;
    query::LatticeOptions options;
    options.keys = digest->keys;
    digest->lattice = query::latticeOf(digest->rows, options);
    digest->findings = query::lintTags(digest->rows, selectors);
    addGraph(*digest, question.mesh);
    return digest;
}

TagSetDigester::TagSetDigester(QObject *parent)
    : QObject(parent)
{}

TagSetDigester::~TagSetDigester() { m_job.cancel(); }

void TagSetDigester::ask(const SnapshotPtr &snapshot, const QueryFilter *filter,
                         const TagSetQuestion &question)
{
    m_job.cancel();
    const auto rowsOf = [](const Snapshot &from, const FilterAnswerPtr &answer, const std::string &mesh) {
        query::Rows rows;
        for (std::size_t i = 0; i < from.dataplanes.size(); ++i) {
            const auto &row = from.dataplanes[i];
            if (!mesh.empty() && row->key().mesh != mesh)
                continue;
            const bool isKnown = answer && answer->snapshot.get() == &from;
            if (!answer
                || (isKnown ? bool(answer->matched.rows[i])
                            : answer->query.matches(*row, answer->at, answer->matched.policies.get())))
                rows.push_back(row);
        }
        return rows;
    };
    const FilterAnswerPtr answer = filter ? filter->answer() : nullptr;
    if (snapshot->dataplanes.size() <= kAtOnce) {
        m_isWorking = false;
        m_digest = tagSetDigestOf(rowsOf(*snapshot, answer, question.mesh), question, selectorsOf(*snapshot));
        Q_EMIT digestChanged();
        return;
    }
    m_isWorking = true;
    m_job = runInPool([snapshot, answer, question, rowsOf]() -> Result<TagSetDigestPtr> {
        return tagSetDigestOf(rowsOf(*snapshot, answer, question.mesh), question, selectorsOf(*snapshot));
    });
    whenDone(m_job, this, [this](const Result<TagSetDigestPtr> &digest) {
        if (!digest)
            return;  // a newer one runs
        m_isWorking = false;
        m_digest = *digest;
        Q_EMIT digestChanged();
    });
}

}  // namespace meshscope
