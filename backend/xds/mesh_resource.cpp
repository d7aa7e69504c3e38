#include "backend/xds/mesh_resource.h"

namespace meshscope::xds {

const std::string &MeshResource::displayName() const
{
    const auto found = labels.find("kuma.io/display-name");
    return found == labels.end() ? key.name : found->second;
}

Result<MeshResource> meshResourceFrom(std::string_view json)
{
    auto document = Json::parse(json, nullptr, false);
    MeshResource resource;
    resource.type = textAt(document, "type");
    resource.key = {textAt(document, "mesh"), textAt(document, "name")};
    if (resource.type.empty() || resource.key.name.empty())
        return fail(Error::Code::Invalid, "a resource has a type and a name");
    resource.labels = textsAt(document, "labels");
    resource.status = at(document, "status");
    if (const auto &spec = at(document, "spec"); spec.is_object()) {
        resource.spec = spec;
        return resource;
    }
    for (const char *name : {"type", "mesh", "name", "labels", "creationTime", "modificationTime", "status"})
        document.erase(name);
    resource.spec = std::move(document);
    return resource;
}

}  // namespace meshscope::xds
