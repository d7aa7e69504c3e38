// Where the commands that look at a mesh take it from: a control plane, or a folder of resource YAML.
#pragma once

#include "backend/core/snapshot.h"

#include <CLI/CLI.hpp>

#include <string>

namespace meshscope::ctl {

struct MeshInput {
    std::string controlPlane;  // URL
    std::string folder;
    std::string mesh;       // empty = all
    std::string tokenFile;  // of a user token
    std::string caFile;
    bool skipVerify = false;
};

// Adds --cp, --dir, --mesh and what reaching a control plane needs. One of the first two must be given.
void addMeshInput(CLI::App &command, MeshInput &input);

// The dataplanes of the mesh asked for. In a folder nothing is known of proxies, so their status is unknown.
// Errors of a control plane are Unreachable or Refused, others Invalid or NotFound. Runs an event loop of its
// own.
Result<SnapshotPtr> loadMesh(const MeshInput &input);
// kRefused for errors of a control plane, kUsage for others; says it on stderr.
int complainOfInput(const MeshInput &input, const Error &error);

}  // namespace meshscope::ctl
