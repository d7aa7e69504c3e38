// How nodes live: children exist once they were fetched, each allocated on its own so that an index may point
// at it for as long as its row exists. A new snapshot is compared level by level with what was fetched, and
// with nothing else; so its cost is that of what is open, not of the mesh.
#include "models/navigator_node.h"

#include "backend/api/mesh_source.h"
#include "models/sidecar_table.h"
#include "models/table_diff.h"
#include "models/text.h"

#include <algorithm>

namespace meshscope {
namespace {

std::string servicesReason(std::size_t online, std::size_t total)
{
    return total == 0 ? std::string()
                      : NavigatorTree::tr("%1 of %2 online").arg(online).arg(total).toStdString();
}

}  // namespace

NavigatorTree::NavigatorTree(QObject *parent)
    : QAbstractItemModel(parent)
    , m_root(std::make_unique<Node>())
{}

NavigatorTree::~NavigatorTree() = default;

std::unique_ptr<NavigatorTree::Node> NavigatorTree::makeNode(NodeKind kind, Source *source, ResourceKey key,
                                                             std::string order, Facts facts) const
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->source = source;
    node->key = std::move(key);
    node->order = std::move(order);
    node->facts = std::move(facts);
    return node;
}

void NavigatorTree::addSource(MeshSource *source)
{
    if (!source || sourceOf(source))
        return;
    auto &entry = *m_sources.emplace_back(std::make_unique<Source>());
    entry.source = source;
    entry.digester = std::make_unique<Digester>();
    auto node = makeNode(ControlPlaneNode, &entry, {}, {}, {source->displayName()});
    entry.node = node.get();
    insertChild(m_root.get(), static_cast<int>(m_sources.size()) - 1, std::move(node));
    connect(entry.digester.get(), &Digester::digestChanged, this, [this, &entry] { applyDigest(entry); });
    connect(source, &MeshSource::snapshotChanged, entry.digester.get(), &Digester::setSnapshot);
    connect(source, &MeshSource::stateChanged, entry.digester.get(), [this, source] {
        if (Source *known = sourceOf(source))
            applySourceState(*known);
    });
    connect(source, &QObject::destroyed, entry.digester.get(), [this, source] { removeSource(source); });
    entry.digester->setSnapshot(source->snapshot());
    applySourceState(entry);
}

void NavigatorTree::removeSource(MeshSource *source)
{
    const auto at = std::find_if(m_sources.begin(), m_sources.end(),
                                 [source](const auto &known) { return known->source == source; });
    if (at == m_sources.end())
        return;
    removeChildren(m_root.get(), (*at)->node->row, 1);
    // The call may come through a connection whose context the digester is: it goes when control is back.
    (*at)->digester->disconnect(this);
    (*at)->digester.release()->deleteLater();
    m_sources.erase(at);
}

NavigatorTree::Source *NavigatorTree::sourceOf(const MeshSource *source) const
{
    const auto at = std::find_if(m_sources.begin(), m_sources.end(),
                                 [source](const auto &known) { return known->source == source; });
    return at == m_sources.end() ? nullptr : at->get();
}

void NavigatorTree::applySourceState(Source &source)
{
    const SourceState state = source.source->state();
    Facts facts = source.node->facts;
    facts.text = source.source->displayName();
    facts.isMuted = state.phase == SourceState::Phase::Stale || state.phase == SourceState::Phase::Failed;
    facts.isBusy = state.phase == SourceState::Phase::Connecting;
    facts.reason = state.error ? state.error->what : std::string();
    if (state.phase == SourceState::Phase::Failed)
        facts.health = Health::Offline;
    else if (state.phase == SourceState::Phase::Stale)
        facts.health = Health::Degraded;
    else
        facts.health = source.worst;
    setFacts(source.node, std::move(facts));
}

void NavigatorTree::applyDigest(Source &source)
{
    const MeshDigest &digest = *source.digester->digest();
    std::vector<std::unique_ptr<Node>> meshes;
    source.worst = Health::Online;
    std::size_t dataplanes = 0;
    for (const auto &mesh : digest.meshes) {
        const Health health = healthOf(mesh);
        source.worst = worstOf(source.worst, health);
        dataplanes += mesh.total();
        Facts facts{toQString(mesh.name), health};
        facts.count = static_cast<int>(mesh.total());
        facts.reason = servicesReason(mesh.online, mesh.total());
        meshes.push_back(makeNode(MeshNode, &source, {{}, mesh.name}, mesh.name, std::move(facts)));
    }
    if (dataplanes == 0)
        source.worst = Health::Unknown;
    replaceChildren(source.node, std::move(meshes));
    Facts facts = source.node->facts;
    facts.count = static_cast<int>(dataplanes);
    setFacts(source.node, std::move(facts));
    applySourceState(source);
    for (const auto &mesh : source.node->children)
        updateServices(mesh.get());
}

void NavigatorTree::updateServices(Node *mesh)
{
    const MeshDigest &digest = *mesh->source->digester->digest();
    const auto [first, last] = digest.servicesOfMesh(mesh->key.name);
    Health worst = Health::Online;
    std::vector<std::unique_ptr<Node>> services;
    services.reserve(last - first);
    for (std::size_t i = first; i < last; ++i) {
        const ServiceEntry &entry = *digest.services[i];
        const ServiceSummary &summary = entry.summary;
        Facts facts{summary.key.name.empty() ? tr("(no service)") : toQString(summary.key.name),
                    summary.health()};
        facts.count = static_cast<int>(summary.total());
        facts.reason = summary.total() == 0 ? tr("it is called, but no dataplane offers it").toStdString()
                                            : servicesReason(summary.online, summary.total());
        worst = worstOf(worst, facts.health);
        auto node = makeNode(ServiceNode, mesh->source, summary.key, summary.key.name, std::move(facts));
        node->expected = static_cast<int>(summary.dataplanes.size());
        node->isFetched = summary.dataplanes.empty();
        services.push_back(std::move(node));
    }
    if (mesh->children.empty())
        insertChild(mesh, 0, makeNode(ServicesNode, mesh->source, mesh->key, {}, {tr("Services")}));
    Node *group = mesh->children.front().get();
    Facts facts{tr("Services"), services.empty() ? Health::Unknown : worst};
    facts.count = static_cast<int>(services.size());
    replaceChildren(group, std::move(services));
    setFacts(group, std::move(facts));
    for (const auto &service : group->children) {
        if (service->isFetched)
            updateDataplanes(service.get());
    }
}

void NavigatorTree::updateDataplanes(Node *service)
{
    const MeshDigest &digest = *service->source->digester->digest();
    std::vector<std::unique_ptr<Node>> next;
    if (const ServiceEntry *entry = digest.findService(service->key)) {
        next.reserve(entry->summary.dataplanes.size());
        for (const auto &key : entry->summary.dataplanes) {
            const DataplanePtr row = digest.snapshot->find(key);
            if (!row)
                continue;
            Facts facts{toQString(key.name), row->status.overall};
            facts.count = static_cast<int>(row->dataplane->inbounds.size());
            facts.reason = row->status.reason;
            facts.tags = row->dataplane->tagSets();
            auto node = makeNode(DataplaneNode, service->source, key, key.name, std::move(facts));
            node->expected = static_cast<int>(row->dataplane->inbounds.size());
            node->isFetched = row->dataplane->inbounds.empty();
            next.push_back(std::move(node));
        }
    }
    service->expected = static_cast<int>(next.size());
    replaceChildren(service, std::move(next));
    for (const auto &dataplane : service->children) {
        if (dataplane->isFetched)
            updateInbounds(dataplane.get());
    }
}

void NavigatorTree::updateInbounds(Node *dataplane)
{
    std::vector<std::unique_ptr<Node>> next;
    if (const DataplanePtr row = dataplane->source->digester->digest()->snapshot->find(dataplane->key)) {
        const auto &inbounds = row->dataplane->inbounds;
        for (std::size_t i = 0; i < inbounds.size(); ++i) {
            const Inbound &inbound = inbounds[i];
            Facts facts;
            facts.text = u':' + QString::number(inbound.port);
            if (const auto protocol = inbound.effectiveProtocol(); !protocol.empty())
                facts.text += u' ' + toQString(protocol);
            facts.health = inbound.isReady() ? Health::Online : Health::Offline;
            facts.reason = inbound.isReady() ? std::string() : tr("it is not ready").toStdString();
            facts.tags = {inbound.tags};
            auto node = makeNode(InboundNode, dataplane->source, dataplane->key, ordinal(static_cast<int>(i)),
                                 std::move(facts));
            node->inbound = static_cast<int>(i);
            next.push_back(std::move(node));
        }
    }
    dataplane->expected = static_cast<int>(next.size());
    replaceChildren(dataplane, std::move(next));
}

void NavigatorTree::fetch(Node *node)
{
    if (node->isFetched)
        return;
    node->isFetched = true;
    if (node->kind == ServiceNode)
        updateDataplanes(node);
    else if (node->kind == DataplaneNode)
        updateInbounds(node);
}

void NavigatorTree::setSidecarHost(SidecarHost *host)
{
    if (m_host)
        m_host->disconnect(this);
    if (m_sidecars) {
        const int row = m_sidecars->row;
        m_sidecars = nullptr;
        removeChildren(m_root.get(), row, 1);
    }
    m_host = host;
    if (!host)
        return;
    auto node = makeNode(SidecarsNode, nullptr, {}, {}, {tr("Sidecars")});
    m_sidecars = node.get();
    insertChild(m_root.get(), static_cast<int>(m_root->children.size()), std::move(node));
    for (const auto &status : host->sidecars())
        applySidecar(status);
    summariseSidecars();
    connect(host, &SidecarHost::sidecarChanged, this, &NavigatorTree::applySidecar);
    connect(host, &QObject::destroyed, this, [this] {
        m_host = nullptr;
        setSidecarHost(nullptr);
    });
}

void NavigatorTree::applySidecar(const SidecarStatus &status)
{
    Facts facts{toQString(status.key.name), healthOf(status.phase)};
    facts.isBusy = isWorking(status.phase);
    facts.isMuted = hasEnded(status.phase);
    facts.reason = status.failure
                       ? status.failure->what
                       : (status.detail.isEmpty() ? phaseText(status.phase) : status.detail).toStdString();
    auto &rows = m_sidecars->children;
    const auto known =
        std::find_if(rows.begin(), rows.end(), [&](const auto &node) { return node->key == status.key; });
    if (known != rows.end())
        setFacts(known->get(), std::move(facts));
    else
        insertChild(m_sidecars, static_cast<int>(rows.size()),
                    makeNode(SidecarNode, nullptr, status.key, {}, std::move(facts)));
    summariseSidecars();
}

void NavigatorTree::summariseSidecars()
{
    Facts facts{tr("Sidecars")};
    facts.count = static_cast<int>(m_sidecars->children.size());
    facts.hasHealth = facts.count > 0;
    Health worst = Health::Online;
    for (const auto &node : m_sidecars->children) {
        worst = worstOf(worst, node->facts.health);
        facts.isBusy = facts.isBusy || node->facts.isBusy;
    }
    facts.health = worst;
    setFacts(m_sidecars, std::move(facts));
}

void NavigatorTree::renumber(Node *parent, int from)
{
    for (std::size_t i = static_cast<std::size_t>(from); i < parent->children.size(); ++i)
        parent->children[i]->row = static_cast<int>(i);
}

void NavigatorTree::insertChild(Node *parent, int row, std::unique_ptr<Node> child)
{
    child->parent = parent;
    beginInsertRows(indexOfNode(parent), row, row);
    parent->children.insert(parent->children.begin() + row, std::move(child));
    renumber(parent, row);
    endInsertRows();
}

void NavigatorTree::removeChildren(Node *parent, int row, int count)
{
    beginRemoveRows(indexOfNode(parent), row, row + count - 1);
    // Kept until the signal is out: a view may still ask for the parent of what goes.
    std::vector<std::unique_ptr<Node>> gone(std::make_move_iterator(parent->children.begin() + row),
                                            std::make_move_iterator(parent->children.begin() + row + count));
    parent->children.erase(parent->children.begin() + row, parent->children.begin() + row + count);
    renumber(parent, row);
    endRemoveRows();
}

void NavigatorTree::setFacts(Node *node, Facts facts)
{
    if (node->facts == facts)
        return;
    node->facts = std::move(facts);
    const QModelIndex at = indexOfNode(node);
    Q_EMIT dataChanged(at, at);
}

// Nodes that stay keep their address, their children and their place in the view.
void NavigatorTree::replaceChildren(Node *parent, std::vector<std::unique_ptr<Node>> next)
{
    const auto orderOf = [](const std::unique_ptr<Node> &node) -> const std::string & { return node->order; };
    const auto same = [](const auto &a, const auto &b) {
        return a->facts == b->facts && a->expected == b->expected;
    };
    auto &rows = parent->children;
    TableDiff diff = diffSorted(rows, next, orderOf, same);
    if (diff.signalCount() > kMaxRowSignals) {
        diff = {};
        diff.removed.push_back({0, static_cast<int>(rows.size())});
        diff.inserted.push_back({0, static_cast<int>(next.size())});
    }
    for (auto run = diff.removed.rbegin(); run != diff.removed.rend(); ++run)
        removeChildren(parent, run->at, run->count);
    for (const auto [at, count] : diff.inserted) {
        beginInsertRows(indexOfNode(parent), at, at + count - 1);
        rows.insert(rows.begin() + at, std::make_move_iterator(next.begin() + at),
                    std::make_move_iterator(next.begin() + at + count));
        for (int i = at; i < at + count; ++i)
            rows[static_cast<std::size_t>(i)]->parent = parent;
        renumber(parent, at);
        endInsertRows();
    }
    for (const auto [at, count] : diff.changed) {
        const auto first = static_cast<std::size_t>(at), last = first + static_cast<std::size_t>(count) - 1;
        for (auto i = first; i <= last; ++i)
            adopt(*rows[i], *next[i]);
        Q_EMIT dataChanged(indexOfNode(rows[first].get()), indexOfNode(rows[last].get()));
    }
}

void NavigatorTree::adopt(Node &node, Node &newer)
{
    node.facts = std::move(newer.facts);
    // isFetched stays: a node that had no children counts as fetched, and its first ones come as inserted
    // rows, which is how a view learns that it can be expanded.
    node.expected = newer.expected;
}

}  // namespace meshscope
