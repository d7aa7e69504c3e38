// The navigator: control plane ▸ mesh ▸ Services ▸ service ▸ dataplane ▸ inbound, and the root Sidecars ▸
// sidecar. Lazy: dataplanes become nodes when their service is expanded, inbounds when their dataplane is; so
// a mesh of 100,000 opens with nodes for its services only. New snapshots become row signals, so expansion
// and selection stay. GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/core/snapshot.h"
#include "models/focus.h"
#include "models/roles.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace meshscope {

class MeshSource;
class QueryFilter;
struct MeshDigest;

class NavigatorTree : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        NodeKindRole = FirstFreeRole,  // NodeKind as int; finer than KindRole, which is None for groups
        MutedRole,  // bool: a stale or failed control plane, an ended sidecar, what the query does not match
    };
    enum NodeKind {
        RootNode,
        ControlPlaneNode,
        MeshNode,
        ServicesNode,
        ServiceNode,
        DataplaneNode,
        InboundNode,
        SidecarsNode,
        SidecarNode
    };

    explicit NavigatorTree(QObject *parent = nullptr);
    ~NavigatorTree() override;

    // Neither is owned; both may die first. Control planes stand in the order they were added, Sidecars last.
    void addSource(MeshSource *source);
    void removeSource(MeshSource *source);
    // Not owned; may die first. What it does not accept is muted; paint anew when its answer changes.
    void setFilter(const MeshSource *source, const QueryFilter *filter);
    void setSidecarHost(SidecarHost *host);  // nullptr = no root Sidecars

    // The node of a target, made when it was not built yet; invalid when there is no such thing (any more). A
    // dataplane that offers several services is found under its first; an inbound under its own.
    QModelIndex indexOf(const FocusTarget &target);
    FocusTarget targetOf(const QModelIndex &index) const;  // None for groups
    // What the nodes of a control plane were made of; nullptr before its first snapshot.
    std::shared_ptr<const MeshDigest> digestOf(const MeshSource *source) const;

    // DisplayRole is the bare name; CountRole, HealthRole, ReasonRole and TagsRole stand beside it.
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Facts;
    struct Node;
    struct Source;

    std::unique_ptr<Node> makeNode(NodeKind kind, Source *source, ResourceKey key, std::string order,
                                   Facts facts) const;
    Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOfNode(const Node *node) const;

    Source *sourceOf(const MeshSource *source) const;
    void applySourceState(Source &source);
    void applyDigest(Source &source);
    void updateServices(Node *mesh);
    void updateDataplanes(Node *service);
    void updateInbounds(Node *dataplane);
    void applySidecar(const SidecarStatus &status);
    void summariseSidecars();

    void fetch(Node *node);
    void renumber(Node *parent, int from);
    void insertChild(Node *parent, int row, std::unique_ptr<Node> child);
    void removeChildren(Node *parent, int row, int count);
    void replaceChildren(Node *parent, std::vector<std::unique_ptr<Node>> next);
    void setFacts(Node *node, Facts facts);
    static void adopt(Node &node, Node &newer);

    Node *childOf(Node *parent, const std::string &order);  // fetches; nullptr when there is none
    Node *dataplaneNode(Node *group, const FocusTarget &target);

    std::unique_ptr<Node> m_root;
    std::vector<std::unique_ptr<Source>> m_sources;
    SidecarHost *m_host = nullptr;
    Node *m_sidecars = nullptr;
};

}  // namespace meshscope
