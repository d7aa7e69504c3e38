// What views ask of the navigator; how it follows its sources is in navigator_update.cpp.
#include "models/navigator_tree.h"

#include "models/navigator_node.h"
#include "models/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {

NavigatorTree::Node *NavigatorTree::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex NavigatorTree::indexOfNode(const Node *node) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->row, 0, node);
}

QModelIndex NavigatorTree::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex NavigatorTree::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexOfNode(nodeOf(child)->parent) : QModelIndex();
}

int NavigatorTree::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int NavigatorTree::columnCount(const QModelIndex &) const { return 1; }

bool NavigatorTree::hasChildren(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return false;
    const Node *node = nodeOf(parent);
    return !node->children.empty() || (!node->isFetched && node->expected > 0);
}

bool NavigatorTree::canFetchMore(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return !node->isFetched && node->expected > 0;
}

void NavigatorTree::fetchMore(const QModelIndex &parent) { fetch(nodeOf(parent)); }

void NavigatorTree::setFilter(const MeshSource *source, const QueryFilter *filter)
{
    if (Source *entry = sourceOf(source))
        entry->filter = filter;
}

QVariant NavigatorTree::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node &node = *nodeOf(index);
    const Facts &facts = node.facts;
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return facts.text;
    case Qt::ToolTipRole:
        return facts.reason.empty() ? facts.text : QString(facts.text + u'\n' + toQString(facts.reason));
    case Qt::AccessibleTextRole: {
        QString text = facts.text;
        if (facts.count >= 0)
            text += u", "_s + QString::number(facts.count);
        if (facts.hasHealth)
            text += u", "_s + healthText(facts.health);
        return text;
    }
    case KeyRole:
        return targetOf(index).isNone() ? QVariant() : QVariant::fromValue(node.key);
    case KindRole:
        return static_cast<int>(targetOf(index).kind);
    case TargetRole:
        return QVariant::fromValue(targetOf(index));
    case HealthRole:
        return facts.hasHealth ? QVariant::fromValue(facts.health) : QVariant();
    case BusyRole:
        return facts.isBusy;
    case ReasonRole:
        return toQString(facts.reason);
    case CountRole:
        return facts.count < 0 ? QVariant() : QVariant(facts.count);
    case TagsRole:
        return facts.tags.empty() ? QVariant() : QVariant::fromValue(facts.tags);
    case SearchTextRole:
        return QString(facts.text + u'\n' + tagSetsText(facts.tags));
    case NodeKindRole:
        return static_cast<int>(node.kind);
    case MutedRole:
        return facts.isMuted
               || (node.source && node.source->filter
                   && !node.source->filter->acceptsTarget(targetOf(index)));
    default:
        return {};
    }
}

DigestPtr NavigatorTree::digestOf(const MeshSource *source) const
{
    const Source *entry = sourceOf(source);
    return entry ? entry->digester->digest() : nullptr;
}

FocusTarget NavigatorTree::targetOf(const QModelIndex &index) const
{
    const Node *node = nodeOf(index);
    MeshSource *source = node->source ? node->source->source : nullptr;
    switch (node->kind) {
    case ControlPlaneNode:
        return {FocusKind::ControlPlane, source, {}, -1};
    case MeshNode:
        return {FocusKind::Mesh, source, node->key, -1};
    case ServiceNode:
        return {FocusKind::Service, source, node->key, -1};
    case DataplaneNode:
        return {FocusKind::Dataplane, source, node->key, -1};
    case InboundNode:
        return {FocusKind::Inbound, source, node->key, node->inbound};
    case SidecarNode:
        return {FocusKind::Sidecar, nullptr, node->key, -1};
    case RootNode:
    case ServicesNode:
    case SidecarsNode:
        break;
    }
    return {};
}

NavigatorTree::Node *NavigatorTree::childOf(Node *parent, const std::string &order)
{
    if (!parent)
        return nullptr;
    fetch(parent);
    auto &rows = parent->children;
    const auto at =
        std::lower_bound(rows.begin(), rows.end(), order,
                         [](const auto &node, const std::string &name) { return node->order < name; });
    return at != rows.end() && (*at)->order == order ? at->get() : nullptr;
}

QModelIndex NavigatorTree::indexOf(const FocusTarget &target)
{
    if (target.kind == FocusKind::Sidecar) {
        if (!m_sidecars)
            return {};
        for (const auto &node : m_sidecars->children) {
            if (node->key == target.key)
                return indexOfNode(node.get());
        }
        return {};
    }
    const Source *source = sourceOf(target.source);
    if (target.isNone() || !source)
        return {};
    Node *node = source->node;
    if (target.kind == FocusKind::ControlPlane)
        return indexOfNode(node);
    node = childOf(node, meshOf(target));
    if (!node || target.kind == FocusKind::Mesh)
        return node ? indexOfNode(node) : QModelIndex();
    Node *group = node->children.empty() ? nullptr : node->children.front().get();
    if (target.kind == FocusKind::Service)
        node = childOf(group, target.key.name);
    else
        node = dataplaneNode(group, target);
    return node ? indexOfNode(node) : QModelIndex();
}

NavigatorTree::Node *NavigatorTree::dataplaneNode(Node *group, const FocusTarget &target)
{
    if (!group)
        return nullptr;
    const DataplanePtr row = group->source->digester->digest()->snapshot->find(target.key);
    if (!row)
        return nullptr;
    const auto &inbounds = row->dataplane->inbounds;
    const auto services = row->dataplane->services();
    std::string service = services.empty() ? std::string() : services.front();
    const bool isInbound = target.kind == FocusKind::Inbound;
    if (isInbound) {
        if (target.inbound < 0 || static_cast<std::size_t>(target.inbound) >= inbounds.size())
            return nullptr;
        if (const auto own = inbounds[static_cast<std::size_t>(target.inbound)].service(); !own.empty())
            service = own;
    }
    Node *dataplane = childOf(childOf(group, service), target.key.name);
    return isInbound ? childOf(dataplane, ordinal(target.inbound)) : dataplane;
}

}  // namespace meshscope
