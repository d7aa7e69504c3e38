// Selectors as policies have them, and whom they choose: every tag of one tag set must hold, as Kuma matches.
// Pure; any thread. Rules: kuma-api fact sheet §8.1 (match: of the policies before targetRef), §8.2
// (targetRef; tags of one inbound up to 2.x, labels of the dataplane where kind is Dataplane).
#pragma once

#include "backend/core/snapshot.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::query {

struct Requirement {
    std::string key;
    std::string value;  // "*" = any
    bool operator==(const Requirement &) const = default;
};

struct Selector {
    std::string kind;       // "Mesh", "MeshSubset", …; "match" for the older policies, "" for key=value
    std::string where;      // in the document: "spec.targetRef", "sources[0].match"; "" for key=value
    bool ofLabels = false;  // labels of the dataplane instead of tags of one set
    std::string mesh;       // empty = any
    std::string name;       // of the dataplane; empty = any
    std::string section;    // name or port of its inbound; empty = any
    std::vector<Requirement> requirements;

    std::string text() const;  // "kuma.io/service=web, version=v2", or "everything"
    bool operator==(const Selector &) const = default;
};

// "key=value, key2=value2" (also one a line; * or nothing for any value), or YAML or JSON: a whole policy of
// any era, its spec, a targetRef, or a map of tags. All selectors of proxies that are in it: `targetRef` and
// the entries of `sources`, `destinations`, `selectors` and `from`. Invalid says where and what was expected.
Result<std::vector<Selector>> parseSelectors(std::string_view text);

// One tag set, or dataplane, that a selector looked at.
struct SelectorTrial {
    ResourceKey dataplane;
    int inbound = -1;         // index; -1 = a gateway, labels, or the dataplane
    std::size_t held = 0;     // requirements that hold
    std::size_t failed = 0;   // and those that do not
    Requirement firstFailed;  // the first of those
    std::string found;        // what it has instead; empty when it has not the key
    bool isAbsent = false;    // the key is not there at all
    bool looksAlike = false;  // differs by its case, its signs or a letter: a slip, likely
    bool operator==(const SelectorTrial &) const = default;
};

// Whether it chooses the dataplane, by one of its tag sets or as a whole.
bool selects(const Selector &selector, const Dataplane &dataplane);

struct SelectorReport {
    std::vector<SelectorTrial> matches;  // sorted by dataplane, then inbound
    std::vector<SelectorTrial> near;     // something holds and something fails; the nearest first
    std::size_t nearInAll = 0;           // near holds the first ones only
    std::size_t others = 0;              // tag sets of which nothing holds
};

SelectorReport testSelector(const Selector &selector, const std::vector<DataplanePtr> &rows,
                            std::size_t mostNear = 200);

// Equal but for case and signs, or one letter off in a word of some length; digits that differ are two
// values.
bool looksAlike(std::string_view a, std::string_view b);

}  // namespace meshscope::query
