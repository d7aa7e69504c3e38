// A resource of a mesh other than a Dataplane, parsed: policies, the Mesh itself, services, secrets. Frozen
// once published.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/core/result.h"
#include "backend/xds/json_access.h"

#include <memory>
#include <string>
#include <string_view>

namespace meshscope::xds {

struct MeshResource {
    std::string type;
    ResourceKey key;  // of types beyond meshes (Mesh, HostnameGenerator) without a mesh
    Tags labels;
    TimePoint creationTime{};
    TimePoint modificationTime{};
    Json spec = Json::object();  // of flat types all members beside the metadata
    Json status;                 // null = it has none

    // The name that people gave it; on Kubernetes the key's has more.
    const std::string &displayName() const;
    bool operator==(const MeshResource &) const = default;
};

using MeshResourcePtr = std::shared_ptr<const MeshResource>;

// Of a whole document, flat or with a `spec`. Invalid when it is no JSON object or has no type or name.
Result<MeshResource> meshResourceFrom(std::string_view json);

}  // namespace meshscope::xds
