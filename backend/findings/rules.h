// The rules behind findingsOf, by what they look at. Internal to the room; each is pure and appends to `out`.
#pragma once

#include "backend/findings/finding.h"

#include <map>
#include <set>

namespace meshscope::findings {

using Out = std::vector<MeshFinding>;

// What several rules look things up in, made once.
struct Index {
    const Snapshot &snapshot;
    TimePoint now;
    const Options &options;
    std::set<ResourceKey> offered;  // services: of dataplanes, of external services, of the server's insights
    std::map<std::string, std::vector<DataplanePtr>> byMesh;
};
Index indexOf(const Snapshot &snapshot, TimePoint now, const Options &options);

void addProxyFindings(const Index &index, Out &out);      // proxy_rules.cpp
void addDataplaneFindings(const Index &index, Out &out);  // dataplane_rules.cpp
void addMeshFindings(const Index &index, Out &out);       // mesh_rules.cpp
void addPolicyFindings(const Index &index, Out &out);     // policy_rules.cpp

MeshFinding ofDataplane(Kind kind, Severity severity, const DataplaneOverview &row);
std::string quoted(const std::string &name);                                // “name”
std::string countOf(std::size_t count, const char *one, const char *many);  // "1 dataplane", "3 dataplanes"
std::string durationText(std::chrono::milliseconds duration);               // "41 min", "2 h"
// "a, b, c and 4 more"
std::string someOf(const std::vector<std::string> &names, std::size_t shown = 3);

}  // namespace meshscope::findings
