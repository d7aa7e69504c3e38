// Files in one file: zip written, zip and tar (compressed or not) read. Any thread.
#pragma once

#include "backend/core/result.h"

#include <map>
#include <string>
#include <string_view>

namespace meshscope {

using ArchiveEntries = std::map<std::string, std::string>;  // contents by name, "resources/MeshTimeout.json"

Result<std::string> zipOf(const ArchiveEntries &entries);

// Regular files only; names that lead out of the archive are left out. Invalid when it is no archive, is
// damaged, or holds more than 2 GB or 20,000 files.
Result<ArchiveEntries> entriesOf(std::string_view archive);

}  // namespace meshscope
