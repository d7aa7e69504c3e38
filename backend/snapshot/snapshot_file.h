// A mesh as it was, in one file: a zip of lists as a control plane answers them, so that other tools can read
// it too. Any thread.
#pragma once

#include "backend/core/result.h"
#include "backend/core/snapshot.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct SnapshotFileOptions {
    std::string name;             // of the connection it was taken from
    bool hidesAddresses = false;  // addresses become others that still tell apart what was apart
    // Lists of overviews as the control plane answered them, so that members unknown to us are kept; empty =
    // they are written from the snapshot.
    std::vector<std::string> overviewPages;
};

// Tokens, private keys and passwords never get into it.
Result<std::string> snapshotFileOf(const Snapshot &snapshot, const SnapshotFileOptions &options);

struct OpenedSnapshot {
    SnapshotPtr snapshot;
    std::string name;     // of the connection it was taken from; may be empty
    TimePoint takenAt{};  // epoch = not known
    bool hidesAddresses = false;
    std::vector<std::string> notes;  // what in it could not be read, and is missing
};

// Also takes any other zip or tar whose JSON files are lists or resources of Kuma, as debug archives are:
// what they hold is known by its "type". Invalid, with the reason, for anything else.
Result<OpenedSnapshot> snapshotFrom(std::string_view file);

}  // namespace meshscope
