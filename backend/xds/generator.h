// Everything Envoy needs for one proxy, in the names and shapes of Kuma 2.9. Pure: the same input gives the
// same bytes, in whatever order the mesh was read.
#pragma once

#include "backend/xds/mesh_view.h"
#include "backend/xds/policies.h"
#include "backend/xds/proxy_metadata.h"
#include "backend/xds/resource.h"

namespace meshscope::xds {

struct ProxyInput {
    const Dataplane &dataplane;
    const MeshView &mesh;
    const ProxyMetadata &metadata;
    const ProxyPolicies &policies;
};

ProxySnapshotPtr generate(const ProxyInput &input);

// Why a snapshot must not be sent, if it contradicts itself: each EDS cluster has its load assignment.
Result<void> checkConsistency(const ProxySnapshot &snapshot);

// The services whose endpoints the proxy's configuration depends on.
std::set<std::string> servicesReachedBy(const Dataplane &dataplane);

}  // namespace meshscope::xds
