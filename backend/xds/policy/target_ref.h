// What a policy points at (kuma-api fact sheet §8.2).
#pragma once

#include "backend/core/dataplane.h"
#include "backend/xds/json_access.h"

#include <string>
#include <string_view>

namespace meshscope::xds {

// In the order of precedence of top-level references: a later one wins.
enum class RefKind {
    Mesh,
    Dataplane,  // since 2.10
    MeshSubset,
    MeshGateway,
    MeshService,
    MeshExternalService,
    MeshMultiZoneService,
    MeshServiceSubset,
    MeshHTTPRoute,
    Unknown,  // selects nothing
};

std::string_view textOf(RefKind kind);
RefKind refKindFrom(std::string_view text);

struct TargetRef {
    RefKind kind = RefKind::Mesh;
    std::string name;
    std::string sectionName;
    Tags tags;
    Tags labels;
    bool sidecars = true;  // proxyTypes
    bool gateways = true;
    bool operator==(const TargetRef &) const = default;
};

// An absent reference is the whole mesh.
TargetRef targetRefFrom(const Json &json);

// Whether every one of `wanted` is among the tags; `*` is any value.
bool hasAll(const Tags &tags, const Tags &wanted);

}  // namespace meshscope::xds
