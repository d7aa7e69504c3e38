#include "backend/xds/mesh_view.h"

#include "backend/xds/endpoints.h"

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
