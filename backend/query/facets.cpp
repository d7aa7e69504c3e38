#include "backend/query/facets.h"

#include "backend/core/health_order.h"
#include "backend/query/tag_set_view.h"

#include <algorithm>
#include <map>

namespace meshscope::query {

namespace {

// Counts inbounds, and dataplanes once each; rows come one after the other.
struct Counter {
    std::size_t inbounds = 0, dataplanes = 0;
    const DataplaneOverview *last = nullptr;
    void count(const DataplaneOverview *row)
    {
        ++inbounds;
        dataplanes += row == last ? 0 : 1;
        last = row;
    }
};

struct Group {
    Counter counter;
    Health health = Health::Online;
};

// Where the tags of a key are added: the service first, then common keys before rare ones.
std::vector<std::string> orderOfKeys(const std::vector<Facet> &facets, const std::set<std::string> &wanted)
{
    std::vector<std::string> keys;
    for (const auto &facet : facets) {
        if (wanted.contains(facet.key))
            keys.push_back(facet.key);
    }
    const auto service = std::find(keys.begin(), keys.end(), kServiceTag);
    if (service != keys.end())
        std::rotate(keys.begin(), service, service + 1);
    return keys;
}

// The tags that lead to a set: none, its first in the order of keys, its first two, … all.
std::vector<Tags> stepsTo(const Tags &tags, const std::vector<std::string> &order)
{
    std::vector<Tags> steps{{}};
    for (const auto &key : order) {
        if (const auto tag = tags.find(key); tag != tags.end()) {
            steps.push_back(steps.back());
            steps.back().insert(*tag);
        }
    }
    return steps;
}

}  // namespace

std::vector<Facet> facetsOf(const Rows &rows)
{
    struct Key {
        Counter all;
        std::map<std::string, Counter> values;
    };
    std::map<std::string, Key> keys;
    for (const auto &row : rows) {
        forEachTagSet(*row->dataplane, [&](const TagSetView &set) {
            for (const auto &[key, value] : *set.tags) {
                Key &counted = keys[key];
                counted.all.count(row.get());
                counted.values[value].count(row.get());
            }
        });
    }
    std::vector<Facet> facets;
    for (auto &[key, counted] : keys) {
        Facet facet{key, counted.all.inbounds, counted.all.dataplanes, {}};
        for (auto &[value, counter] : counted.values)
            facet.values.push_back({value, counter.inbounds, counter.dataplanes});
        std::stable_sort(facet.values.begin(), facet.values.end(),
                         [](const auto &a, const auto &b) { return a.inbounds > b.inbounds; });
        facets.push_back(std::move(facet));
    }
    std::stable_sort(facets.begin(), facets.end(),
                     [](const auto &a, const auto &b) { return a.inbounds > b.inbounds; });
    return facets;
}

std::set<std::string> suggestedKeys(const std::vector<Facet> &facets)
{
    std::set<std::string> keys;
    const std::size_t most = facets.empty() ? 0 : facets.front().inbounds;
    for (const auto &facet : facets) {
        const bool isNearlyUnique = facet.values.size() > 12 && facet.values.size() * 2 > facet.inbounds;
        const bool isTheSame = facet.values.size() == 1 && facet.inbounds == most;
        if ((!isNearlyUnique && !isTheSame) || facet.key == kServiceTag)
            keys.insert(facet.key);
    }
    if (keys.empty() && !facets.empty())
        keys.insert(facets.front().key);
    return keys;
}

Lattice latticeOf(const Rows &rows, const LatticeOptions &options)
{
    Lattice lattice;
    const auto facets = facetsOf(rows);
    const auto wanted = options.keys.empty() ? suggestedKeys(facets) : options.keys;
    lattice.keys = orderOfKeys(facets, wanted);

    std::map<Tags, Group> groups;
    for (const auto &row : rows) {
        forEachTagSet(*row->dataplane, [&](const TagSetView &set) {
            Tags cut;
            for (const auto &tag : *set.tags) {
                if (wanted.contains(tag.first))
                    cut.insert(tag);
            }
            Group &group = groups[std::move(cut)];
            group.counter.count(row.get());
            if (badness(row->status.overall) > badness(group.health))
                group.health = row->status.overall;
        });
    }
    lattice.tagSets = groups.size();

    // The largest first, each with the sets that lead to it, while there is room.
    std::vector<std::map<Tags, Group>::const_iterator> bySize;
    for (auto group = groups.cbegin(); group != groups.cend(); ++group)
        bySize.push_back(group);
    std::stable_sort(bySize.begin(), bySize.end(), [](const auto &a, const auto &b) {
        return a->second.counter.inbounds > b->second.counter.inbounds;
    });
    std::map<Tags, LatticeNode> nodes;
    if (!groups.empty())
        nodes[{}];
    for (const auto &group : bySize) {
        const auto steps = stepsTo(group->first, lattice.keys);
        std::size_t missing = 0;
        for (const auto &step : steps)
            missing += nodes.contains(step) ? 0 : 1;
        const bool hasRoom = nodes.size() + missing <= std::max<std::size_t>(options.mostNodes, 1);
        const Group &counted = group->second;
        LatticeNode *deepest = nullptr;
        for (const auto &step : steps) {
            if (!hasRoom && !nodes.contains(step))
                break;
            deepest = &nodes[step];
            deepest->tags = step;
            deepest->inbounds += counted.counter.inbounds;
        }
        if (deepest->tags.size() == group->first.size()) {
            deepest->own = counted.counter.inbounds;
            deepest->dataplanes = counted.counter.dataplanes;
            deepest->health = counted.health;
        } else {
            ++deepest->folded;
            ++lattice.folded;
        }
    }

    for (auto &[tags, node] : nodes)
        lattice.nodes.push_back(std::move(node));
    std::stable_sort(lattice.nodes.begin(), lattice.nodes.end(),
                     [](const auto &a, const auto &b) { return a.tags.size() < b.tags.size(); });
    std::map<Tags, int> places;
    for (std::size_t i = 0; i < lattice.nodes.size(); ++i)
        places[lattice.nodes[i].tags] = static_cast<int>(i);
    for (std::size_t to = 0; to < lattice.nodes.size(); ++to) {
        const Tags &tags = lattice.nodes[to].tags;
        for (const auto &[key, value] : tags) {
            Tags less = tags;
            less.erase(key);
            if (const auto from = places.find(less); from != places.end())
                lattice.edges.push_back({from->second, static_cast<int>(to), key, value});
        }
    }
    std::sort(lattice.edges.begin(), lattice.edges.end(),
              [](const auto &a, const auto &b) { return a.from != b.from ? a.from < b.from : a.to < b.to; });
    return lattice;
}

}  // namespace meshscope::query
