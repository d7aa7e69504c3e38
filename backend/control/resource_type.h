// The resource types of Kuma 2.9 as one table: a further type is one more line.
#pragma once

#include <span>
#include <string_view>

namespace meshscope::control {

enum class Scope { Mesh, Global };

// Flat: the spec's fields stand beside the metadata. Spec: in an object `spec`, with `status` beside it.
enum class Shape { Flat, Spec };

enum class PolicyKind { None, Legacy, TargetRef };

struct ResourceType {
    std::string_view name;  // "Dataplane"
    std::string_view path;  // "dataplanes"
    Scope scope = Scope::Mesh;
    Shape shape = Shape::Flat;
    bool readOnly = false;
    bool adminOnly = false;  // secrets: not for anonymous callers, not even to read
    bool fromZone = false;   // a zone provides it: labels of zone, origin and environment
    bool federated = false;  // `includeInFederation`
    PolicyKind policy = PolicyKind::None;
    bool hasTo = false;
    bool hasFrom = false;
    std::string_view singular = {};  // display names
    std::string_view plural = {};
    // Of types whose overview joins them with an insight; empty otherwise.
    std::string_view overviewAlias = {};  // the older path of the overview: "dataplanes+insights"
    std::string_view specField = {};      // "dataplane"
    std::string_view insightField = {};   // "dataplaneInsight"
};

std::span<const ResourceType> resourceTypes();            // sorted by name
const ResourceType *resourceType(std::string_view name);  // nullptr = unknown

inline constexpr std::string_view kMeshType = "Mesh";
inline constexpr std::string_view kDataplaneType = "Dataplane";
inline constexpr std::string_view kZoneName = "default";  // the one zone of the sandbox

}  // namespace meshscope::control
