// A graph as a value. Of the services of a mesh: nodes are services, edges the outbounds their dataplanes
// declare; or of tag sets (models/tag_set_digest.h). Pure; any thread.
#pragma once

#include "backend/core/snapshot.h"

#include <QString>

#include <string>
#include <vector>

namespace meshscope::graph {

struct GraphNode {
    enum class Kind { Service, TagSet };
    ResourceKey key;    // mesh and kuma.io/service; of a tag set: mesh and all its tags
    std::string title;  // the service's name; the last tag
    std::size_t dataplanes = 0;
    std::vector<std::string> versions;  // of the tag `version`, sorted, without repetition
    Health health = Health::Unknown;
    Kind kind = Kind::Service;
    std::string facts{};   // the line under the title; empty = made of dataplanes and versions
    bool isGroup = false;  // stands for others only: no mark of its own
    bool operator==(const GraphNode &) const = default;
};

struct GraphEdge {
    int from = 0, to = 0;  // places in nodes; equal for a service that calls itself
    bool operator==(const GraphEdge &) const = default;
};

struct MeshGraph {
    std::vector<GraphNode> nodes;  // sorted by key
    std::vector<GraphEdge> edges;  // sorted, without repetition

    int indexOf(const ResourceKey &key) const;  // -1 when there is none
    // Same nodes by key and same edges: positions can stay, only cards are painted anew.
    bool hasSameShape(const MeshGraph &other) const;
    bool operator==(const MeshGraph &) const = default;
};

// The services of one mesh; of all meshes when `mesh` is empty.
MeshGraph serviceGraph(const Snapshot &snapshot, const std::string &mesh = {});

// The line under the title: "2 dataplanes · v1 v2"; "no dataplanes" for a service that is only called.
QString factsLine(const GraphNode &node);

}  // namespace meshscope::graph
