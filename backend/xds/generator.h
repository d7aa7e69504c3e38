// Everything Envoy needs for one proxy, in the names and shapes of Kuma 2.9. Pure: the same input gives the
// same bytes, in whatever order the mesh was read.
#pragma once

#include "backend/xds/mesh_view.h"
#include "backend/xds/mtls.h"
#include "backend/xds/proxy_metadata.h"
#include "backend/xds/resource.h"

namespace meshscope::xds {

struct ProxyInput {
    const Dataplane &dataplane;
    const MeshView &mesh;
    const ProxyMetadata &metadata;
    bool withShadow = false;                       // as if policies labelled `kuma.io/effect: shadow` counted
    const ProxyIdentity *identity = nullptr;       // needed where the mesh has mTLS; null = no secrets then
    const ProxyIdentity *adminIdentity = nullptr;  // opens its admin interface to us; null = it stays closed
};

// Invalid when a MeshProxyPatch cannot be applied; `where` names it. What the proxy has stays good then.
Result<ProxySnapshotPtr> generate(const ProxyInput &input);

// Why a snapshot must not be sent, if it contradicts itself: each EDS cluster has its load assignment.
Result<void> checkConsistency(const ProxySnapshot &snapshot);

}  // namespace meshscope::xds
