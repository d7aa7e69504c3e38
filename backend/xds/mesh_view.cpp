#include "backend/xds/mesh_view.h"

#include "backend/xds/endpoints.h"
#include "backend/xds/policy/policy.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

std::set<std::string> offered(const Dataplane &dataplane)
{
    std::set<std::string> services;
    for (const auto &inbound : dataplane.inbounds)
        if (auto service = inbound.service(); !service.empty())
            services.insert(std::move(service));
    return services;
}

bool isBefore(const MeshResourcePtr &resource, const std::string &name) { return resource->key.name < name; }

}  // namespace

std::shared_ptr<const Dataplane> MeshView::dataplane(const std::string &name) const
{
    const auto found = m_dataplanes.find(name);
    return found == m_dataplanes.end() ? nullptr : found->second;
}

ServiceViewPtr MeshView::service(const std::string &name) const
{
    const auto found = m_services.find(name);
    return found == m_services.end() ? nullptr : found->second;
}

MeshResourcePtr MeshView::resource(std::string_view type, const std::string &name) const
{
    const auto &all = resources(type);
    const auto found = std::lower_bound(all.begin(), all.end(), name, isBefore);
    return found == all.end() || (*found)->key.name != name ? nullptr : *found;
}

const std::vector<MeshResourcePtr> &MeshView::resources(std::string_view type) const
{
    static const std::vector<MeshResourcePtr> kNone;
    const auto found = m_types.find(type);
    return found == m_types.end() ? kNone : found->second->resources;
}

const std::vector<PolicyPtr> &MeshView::policies(std::string_view type) const
{
    static const std::vector<PolicyPtr> kNone;
    const auto found = m_types.find(type);
    return found == m_types.end() ? kNone : found->second->policies;
}

PolicyPtr MeshView::policy(std::string_view type, const std::string &name) const
{
    const auto &all = policies(type);
    const auto found = std::find_if(all.begin(), all.end(), [&name](const PolicyPtr &policy) {
        return policy->resource->key.name == name;
    });
    return found == all.end() ? nullptr : *found;
}

const Json &MeshView::settings() const
{
    static const Json kNone = Json::object();
    const auto mesh = resource("Mesh", m_mesh);
    return mesh ? mesh->spec : kNone;
}

std::shared_ptr<const MeshView> MeshView::withResources(const std::vector<ResourceUpdate> &updates) const
{
    auto next = std::make_shared<MeshView>(*this);
    std::map<std::string, TypeView> changed;
    for (const auto &update : updates) {
        const auto before = m_types.find(update.type);
        auto &type =
            changed.try_emplace(update.type, before == m_types.end() ? TypeView() : TypeView(*before->second))
                .first->second;
        const auto at = std::lower_bound(type.resources.begin(), type.resources.end(), update.name, isBefore);
        const bool exists = at != type.resources.end() && (*at)->key.name == update.name;
        std::erase_if(type.policies, [&update](const PolicyPtr &policy) {
            return policy->resource->key.name == update.name;
        });
        if (!update.resource) {
            if (exists)
                type.resources.erase(at);
            continue;
        }
        if (exists)
            *at = update.resource;
        else
            type.resources.insert(at, update.resource);
        if (isPolicyType(update.type))
            type.policies.push_back(policyFrom(update.resource));
    }
    for (auto &[name, type] : changed) {
        std::sort(type.policies.begin(), type.policies.end(),
                  [](const PolicyPtr &a, const PolicyPtr &b) { return isWeaker(*a, *b); });
        if (type.resources.empty())
            next->m_types.erase(name);
        else
            next->m_types.insert_or_assign(name, std::make_shared<const TypeView>(std::move(type)));
    }
    return next;
}

std::shared_ptr<const MeshView> MeshView::with(const Updates &updates, std::set<std::string> *touched) const
{
    auto next = std::make_shared<MeshView>(*this);
    std::set<std::string> affected;
    for (const auto &[name, after] : updates) {
        if (const auto before = dataplane(name)) {
            for (const auto &service : offered(*before)) {
                next->m_offeredBy[service].erase(name);
                affected.insert(service);
            }
            next->m_dataplanes.erase(name);
        }
        if (after) {
            for (const auto &service : offered(*after)) {
                next->m_offeredBy[service].insert(name);
                affected.insert(service);
            }
            next->m_dataplanes.insert_or_assign(name, after);
        }
    }
    for (const auto &service : affected) {
        auto view = std::make_shared<ServiceView>();
        for (const auto &name : next->m_offeredBy[service])
            appendEndpoints(*next->m_dataplanes.at(name), service, view->endpoints);
        const auto before = this->service(service);
        if (next->m_offeredBy[service].empty())
            next->m_offeredBy.erase(service);
        if (before ? before->endpoints == view->endpoints : view->endpoints.empty())
            continue;
        if (touched)
            touched->insert(service);
        if (view->endpoints.empty()) {
            next->m_services.erase(service);
            continue;
        }
        view->protocol = commonProtocol(view->endpoints);
        view->loadAssignment = loadAssignment(service, view->endpoints);
        next->m_services.insert_or_assign(service, std::move(view));
    }
    return next;
}

}  // namespace meshscope::xds
