// What differs between two snapshots, as rows of a table. Any thread.
#pragma once

#include "backend/core/snapshot.h"

#include <string>
#include <vector>

namespace meshscope {

struct FieldChange {
    std::string path;    // "networking.inbound[0].tags["version"]", "status"
    std::string before;  // a text as it is, other values as JSON; empty = it was not there
    std::string after;
    bool operator==(const FieldChange &) const = default;
};

struct ResourceChange {
    enum class Kind { Added, Removed, Changed };
    Kind kind = Kind::Changed;
    std::string type;  // "Dataplane", "Mesh", "Zone", "MeshTimeout"
    ResourceKey key;
    std::vector<FieldChange> fields;  // of Changed; by path
    bool operator==(const ResourceChange &) const = default;
};

// Sorted by type and key. Of a dataplane count its definition, its status and the versions of its programs,
// not the counters of its connection; of other resources everything but their times.
std::vector<ResourceChange> differencesOf(const Snapshot &before, const Snapshot &after);

}  // namespace meshscope
