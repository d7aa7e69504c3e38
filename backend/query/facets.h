// Tag sets of a mesh as a whole: keys and values with counts, and the lattice of equal sets. Pure; any
// thread.
#pragma once

#include "backend/core/snapshot.h"

#include <set>
#include <string>
#include <vector>

namespace meshscope::query {

using Rows = std::vector<DataplanePtr>;

struct FacetValue {
    std::string value;
    std::size_t inbounds = 0;  // tag sets that have it
    std::size_t dataplanes = 0;
    bool operator==(const FacetValue &) const = default;
};

struct Facet {
    std::string key;
    std::size_t inbounds = 0;  // tag sets that have the key
    std::size_t dataplanes = 0;
    std::vector<FacetValue> values;  // the most frequent first, then by value
    bool operator==(const Facet &) const = default;
};

// The most frequent key first, then by key.
std::vector<Facet> facetsOf(const Rows &rows);

struct LatticeNode {
    Tags tags;
    std::size_t own = 0;              // tag sets that are exactly these tags (of the keys looked at)
    std::size_t inbounds = 0;         // tag sets that have these tags, and maybe more
    std::size_t dataplanes = 0;       // of `own`
    std::size_t folded = 0;           // tag sets below it that are not nodes of their own, for want of room
    Health health = Health::Unknown;  // the worst of the dataplanes of `own`
    bool operator==(const LatticeNode &) const = default;
};

// From the set with one tag less to the set that has the tag, too.
struct LatticeEdge {
    int from = 0, to = 0;  // places in nodes
    std::string key, value;
    bool operator==(const LatticeEdge &) const = default;
};

struct Lattice {
    std::vector<LatticeNode> nodes;  // by number of tags, then as Tags compare; the empty set is the first
    std::vector<LatticeEdge> edges;  // by from, then to
    std::size_t tagSets = 0;         // distinct ones of the keys looked at
    std::size_t folded = 0;          // of those, how many are no node of their own
    std::vector<std::string> keys;   // that were looked at, in the order in which tags are added
    bool operator==(const Lattice &) const = default;
};

struct LatticeOptions {
    std::set<std::string> keys;   // empty = those that suggestedKeys() names
    std::size_t mostNodes = 250;  // the largest sets are kept; the rest is folded into the node above it
};

// Keys by which the sets fall into groups: not those whose values nearly all differ (an instance, an
// address), nor those that say the same of every set.
std::set<std::string> suggestedKeys(const std::vector<Facet> &facets);

// Tag sets are cut down to the keys looked at; equal ones are one node. Between the empty set and each of
// them stand the sets that lead there, one tag more at a time: services first, then by how many sets have the
// key. Two nodes are also joined when they differ by one tag by chance.
Lattice latticeOf(const Rows &rows, const LatticeOptions &options = {});

}  // namespace meshscope::query
