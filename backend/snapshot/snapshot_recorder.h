// Takes a snapshot file of what a source shows. GUI thread; the file is made in the thread pool.
#pragma once

#include "backend/api/mesh_source.h"
#include "backend/snapshot/snapshot_file.h"

#include <QFuture>

namespace meshscope {

// The bytes of the file. The dataplanes are asked for once more, so that the file holds them whole; where
// that fails (the connection is gone, the source is a file) they are written as the snapshot has them,
// without members that are unknown here. The source outlives the future, or its owner cancels it.
QFuture<Result<std::string>> recordSnapshot(MeshSource &source, bool hidesAddresses);

// Writes it to a file of the user's, readable by the user only.
Result<void> writeSnapshotFile(const QString &path, const std::string &bytes);

}  // namespace meshscope
