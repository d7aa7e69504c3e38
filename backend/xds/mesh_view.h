// One mesh as the generator sees it: every Dataplane, the endpoints of each service, and the policies and
// other resources that a configuration depends on. Immutable; a change makes a new view that shares whatever
// did not change, so a service whose pointer is the same has the same endpoints.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/xds/mesh_resource.h"
#include "backend/xds/protocol.h"
#include "backend/xds/resource.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace meshscope::xds {

struct Endpoint {
    std::string address;  // an IP
    std::uint32_t port = 0;
    Tags tags;  // of the inbound, kuma.io/service included
    bool operator==(const Endpoint &) const = default;
};

struct ServiceView {
    std::vector<Endpoint> endpoints;        // of Dataplanes by name, then of inbounds in their order
    Protocol protocol = Protocol::Unknown;  // what all of them speak
    ResourcePtr loadAssignment;             // of the whole service: one text for all proxies; never null
    bool operator==(const ServiceView &other) const { return endpoints == other.endpoints; }
};

using ServiceViewPtr = std::shared_ptr<const ServiceView>;

struct Policy;
using PolicyPtr = std::shared_ptr<const Policy>;

class MeshView
{
public:
    explicit MeshView(std::string mesh)
        : m_mesh(std::move(mesh))
    {}

    const std::string &mesh() const { return m_mesh; }
    std::shared_ptr<const Dataplane> dataplane(const std::string &name) const;  // nullptr = none
    ServiceViewPtr service(const std::string &name) const;                      // nullptr = nobody offers it
    const std::map<std::string, std::shared_ptr<const Dataplane>> &dataplanes() const { return m_dataplanes; }

    // Of any type but Dataplane; the Mesh itself is of type "Mesh". Each list sorted by name.
    MeshResourcePtr resource(std::string_view type, const std::string &name) const;  // nullptr = none
    const std::vector<MeshResourcePtr> &resources(std::string_view type) const;
    // Of the new style, weakest first (kuma-api fact sheet §8.4); shadow policies included.
    const std::vector<PolicyPtr> &policies(std::string_view type) const;
    PolicyPtr policy(std::string_view type, const std::string &name) const;  // nullptr = none
    // The spec of the Mesh; an empty object when there is no such resource.
    const Json &settings() const;

    // The same mesh after some Dataplanes changed (nullptr = deleted). `touched` gets the services whose
    // endpoints differ now.
    using Updates = std::map<std::string, std::shared_ptr<const Dataplane>>;
    std::shared_ptr<const MeshView> with(const Updates &updates,
                                         std::set<std::string> *touched = nullptr) const;

    struct ResourceUpdate {
        std::string type;
        std::string name;
        MeshResourcePtr resource;  // nullptr = deleted
    };
    std::shared_ptr<const MeshView> withResources(const std::vector<ResourceUpdate> &updates) const;

private:
    // What one type has; shared between views.
    struct TypeView {
        std::vector<MeshResourcePtr> resources;
        std::vector<PolicyPtr> policies;
    };

    std::string m_mesh;
    std::map<std::string, std::shared_ptr<const Dataplane>> m_dataplanes;
    std::map<std::string, std::set<std::string>>
        m_offeredBy;  // service → names of Dataplanes with an inbound of it
    std::map<std::string, ServiceViewPtr> m_services;
    std::map<std::string, std::shared_ptr<const TypeView>, std::less<>> m_types;
};

using MeshViewPtr = std::shared_ptr<const MeshView>;

}  // namespace meshscope::xds
