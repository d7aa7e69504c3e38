// A store kept in one SQLite file. The file belongs to one process at a time.
#pragma once

#include "backend/store/store.h"

namespace meshscope {

// Creates the file if it is not there. Conflict when another process has it open; Invalid when it is no store
// of ours or damaged; Refused when it cannot be read or written. `where` of an error is the path.
Result<std::unique_ptr<StoreFile>> openSqliteFile(const std::string &path);

}  // namespace meshscope
