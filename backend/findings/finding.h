// What is wrong in a mesh, or is about to be: plain faults, and the traps of real control planes that nothing
// else points at. Each finding says what, on which evidence, where it applies and what to do. Standard C++.
#pragma once

#include "backend/core/snapshot.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::findings {

enum class Kind {
    // seen on proxies
    Offline,
    Nack,
    NackLoop,
    Certificate,
    NotReady,
    Stalled,
    VersionSkew,
    // seen in dataplanes
    Loop,
    OrphanOutbound,
    PortClash,
    SharedDnsPort,
    WorkloadPorts,
    // seen in services and meshes
    ProbeTakesServiceDown,
    DeniedByDefault,
    ZoneOffline,
    // seen in policies
    NoMatch,
    OverwrittenZone,
    ShadowedRoute,
    ShadowLabel,
    Unsendable,
    UndecodedBytes,
    UnknownStatus,
    // about what we see
    Unreadable,
    ClockSkew,
};

// A word for tables and the query language: "NACK", "Orphan outbound".
std::string_view titleOf(Kind kind);

enum class Severity { Problem, Warning, Note };

// Where a finding leads.
enum class Subject { ControlPlane, Mesh, Service, Dataplane, Zone, Policy };

struct MeshFinding {
    Kind kind = Kind::Offline;
    Severity severity = Severity::Warning;
    Subject subject = Subject::Dataplane;
    std::string type;      // of a Policy: "MeshTimeout"
    ResourceKey key;       // Mesh and Zone: {"", name}; Service: {mesh, service}
    std::string what;      // one sentence without a period, naming its subject
    std::string evidence;  // what was seen; may be empty
    std::string versions;  // "Kuma 2.9"; empty = any
    std::string wayOut;    // one sentence without a period
    TimePoint since{};     // epoch = not known
    bool operator==(const MeshFinding &) const = default;
};

struct Options {
    std::chrono::milliseconds certificateSoon = std::chrono::hours(1);
    // A proxy that was sent nothing for this long after it connected is stalled.
    std::chrono::milliseconds stalledAfter = std::chrono::seconds(20);
    std::optional<std::chrono::seconds> clockSkew;  // as SourceState has it
    std::size_t limit = 1000;                       // findings kept, the worst first
};

struct Findings {
    std::vector<MeshFinding> list;  // worst first, then by kind, mesh and name
    std::size_t total = 0;          // before the limit
};

// All rules. Pure; any thread; about linear in dataplanes and policies.
Findings findingsOf(const Snapshot &snapshot, TimePoint now, const Options &options = {});

}  // namespace meshscope::findings
