#include "backend/control/mesh_views.h"

#include "backend/control/resource_type.h"
#include "backend/xds/dependencies.h"

namespace meshscope::control {

xds::MeshResourcePtr meshResource(const StoredResource &stored)
{
    auto resource = std::make_shared<xds::MeshResource>();
    resource->type = stored.type;
    resource->key = stored.key;
    resource->labels = stored.labels;
    resource->creationTime = stored.creationTime;
    resource->modificationTime = stored.modificationTime;
    resource->spec = xds::Json::parse(stored.spec, nullptr, false);
    if (!stored.status.empty())
        resource->status = xds::Json::parse(stored.status, nullptr, false);
    return resource;
}

xds::MeshViewPtr meshView(const StoreSnapshot &store, const std::string &mesh, DataplaneCache &cache)
{
    xds::MeshView::Updates dataplanes;
    for (const auto &row : store.list(kDataplaneType, mesh))
        dataplanes.emplace(row->key.name, cache.parsed(row));
    std::vector<xds::MeshView::ResourceUpdate> resources;
    for (const auto &type : store.types()) {
        if (!xds::isUsed(type))
            continue;
        const auto *known = resourceType(type);
        const bool isGlobal = known && known->scope == Scope::Global;
        for (const auto &row : store.list(type, isGlobal ? std::string() : mesh))
            if (type != kMeshType || row->key.name == mesh)
                resources.push_back({type, row->key.name, meshResource(*row)});
    }
    return xds::MeshView(mesh).withResources(resources)->with(dataplanes);
}

}  // namespace meshscope::control
