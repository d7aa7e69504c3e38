// What one control plane is and can: which types exist, where, and which of them may be written (fact sheet
// §1.4, §1.6, §2.5, §11). Views and editors ask this, never a version number. Immutable once published; any
// thread.
#pragma once

#include "backend/core/kuma_era.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// One entry of /_resources, or of /policies before 2.6.
struct ResourceTypeInfo {
    std::string name;  // "MeshTimeout"
    std::string path;  // "meshtimeouts", without slashes
    bool isGlobal = false;
    bool isReadOnly = false;
    std::string readOnlyReason;  // one sentence without period; empty = it may be written
    std::string singularName;    // "Mesh Timeout"
    std::string pluralName;
    std::string shortName;  // "mt", since 2.13

    bool isPolicy = false;
    bool isTargetRef = false;  // of policies: selects with targetRef, not with tags
    bool hasTo = false, hasFrom = false, hasRules = false;

    bool isInsight() const { return name.ends_with("Insight"); }
    bool isSecret() const { return name == "Secret" || name == "GlobalSecret"; }
    bool operator==(const ResourceTypeInfo &) const = default;
};

enum class ControlPlaneMode { Unknown, Zone, FederatedZone, Global };
enum class ControlPlaneEnvironment { Unknown, Universal, Kubernetes };

// Where overviews are listed over all meshes, with a leading slash; empty = not in this version.
struct OverviewPaths {
    std::string dataplanes;     // "/dataplanes/_overview", before 2.5 "/dataplanes+insights"
    std::string zones;          // "/zones/_overview", before 2.5 "/zones+insights"
    std::string zoneIngresses;  // 2.11 moved it; gone in 3.0
    std::string zoneEgresses;
    bool operator==(const OverviewPaths &) const = default;
};

struct Capabilities {
    bool isKnown = false;  // false = nothing was asked yet, all else is a guess
    KumaEra era = KumaEra::V2_9;
    std::string version;  // of Kuma, "2.9.13"; of a product based on it: Kuma's
    ControlPlaneMode mode = ControlPlaneMode::Unknown;
    ControlPlaneEnvironment environment = ControlPlaneEnvironment::Unknown;
    std::string zone;              // its own name as a zone; empty = global, or not told
    bool isApiReadOnly = false;    // apiServer.readOnly
    bool isConfigReadable = true;  // false = /config is forbidden, so mode and environment are guesses
    bool hasTags = true;           // inbounds keep tags; false = the dataplane's labels are its tag set
    bool hasLabels = false;        // lists can be filtered by label, policies select by label
    bool hasServiceInsights = true;
    bool hasZoneProxies = true;  // ZoneIngress and ZoneEgress as types of their own
    bool hasTypeList = false;    // /_resources answered; before 2.6 the types are those we know of
    OverviewPaths overviews;
    std::vector<ResourceTypeInfo> types;  // sorted by name

    const ResourceTypeInfo *find(std::string_view type) const;  // nullptr = not in this control plane
    bool has(std::string_view type) const { return find(type) != nullptr; }
    // Why a resource of the type cannot be written here, as one sentence; empty = it can, as far as is known.
    std::string readOnlyReason(std::string_view type) const;
    bool operator==(const Capabilities &) const = default;
};

using CapabilitiesPtr = std::shared_ptr<const Capabilities>;  // never null once published

std::string_view textOf(ControlPlaneMode mode);                // "zone", "federated zone", "global", ""
std::string_view textOf(ControlPlaneEnvironment environment);  // "universal", "kubernetes", ""

}  // namespace meshscope
