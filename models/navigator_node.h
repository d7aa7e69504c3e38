// The inside of NavigatorTree, shared by its two files.
#pragma once

#include "models/mesh_digest.h"
#include "models/navigator_tree.h"
#include "models/query_filter.h"

#include <QPointer>

#include <memory>
#include <string>
#include <vector>

namespace meshscope {

// What a node shows. Equal facts need no dataChanged.
struct NavigatorTree::Facts {
    QString text{};
    Health health = Health::Unknown;
    bool hasHealth = true;
    bool isBusy = false;
    bool isMuted = false;
    int count = -1;  // -1 = shows none
    std::string reason{};
    TagSets tags{};
    bool operator==(const Facts &) const = default;
};

struct NavigatorTree::Node {
    NodeKind kind = RootNode;
    ResourceKey key;  // as FocusTarget::key
    int inbound = -1;
    // Orders siblings: the sort key of the level, which a sibling never shares.
    std::string order;
    Facts facts;
    Node *parent = nullptr;
    int row = 0;
    Source *source = nullptr;
    int expected = 0;       // children it will have once fetched
    bool isFetched = true;  // false: children are made by fetchMore
    std::vector<std::unique_ptr<Node>> children;
};

struct NavigatorTree::Source {
    MeshSource *source = nullptr;
    Node *node = nullptr;
    std::unique_ptr<Digester> digester;
    QPointer<const QueryFilter> filter;
    Health worst = Health::Unknown;  // of its dataplanes
};

// Numbers that sort as text: how inbounds are ordered among siblings.
inline std::string ordinal(int number)
{
    const std::string digits = std::to_string(number);
    return std::string(10 - digits.size(), '0') + digits;
}

}  // namespace meshscope
