#include "backend/control/proxy_identities.h"

#include "backend/control/resource_type.h"

namespace meshscope::control {

ProxyIdentities::ProxyIdentities(Store &store, pki::KeyPool &keys, Clock clock, LogSink log,
                                 std::function<void(const ResourceKey &)> isNew)
    : m_store(store)
    , m_log(log)
    , m_identities(keys, std::move(clock), std::move(log), std::move(isNew))
{}

ProxyIdentities::Answer ProxyIdentities::identityOf(const Dataplane &dataplane)
{
    Answer answer;
    const auto &state = stateOf(dataplane.key.mesh);
    if (!state.backend) {
        m_identities.forget(dataplane.key);
        return answer;
    }
    answer.isWanted = true;
    if (!state.authority)
        return answer;
    IdentityWish wish{
        state.authority, state.backend->name, {dataplane.key.mesh, {}, {}, state.backend->identityLife}};
    for (const auto &service : dataplane.services())
        wish.options.services.insert(service);
    for (const auto &tags : dataplane.tagSets())
        for (const auto &[tag, value] : tags)
            wish.options.tags[tag].insert(value);
    if (const auto identity = m_identities.identityOf(dataplane.key, wish))
        answer.identity = xds::ProxyIdentity{identity->certificate, identity->key, state.authority->chain()};
    return answer;
}

const ProxyIdentities::MeshState &ProxyIdentities::stateOf(const std::string &mesh)
{
    const auto store = m_store.snapshot();
    const auto resource = store->find(kMeshType, {{}, mesh});
    auto &state = m_meshes[mesh];
    if (!resource) {
        state = {};
        return state;
    }
    std::string versions;  // no version is used twice, so equal ones mean equal secrets
    for (const auto &secret : store->list("Secret", mesh))
        versions += std::to_string(secret->version) + " ";
    if (state.version == resource->version && state.secretVersions == versions)
        return state;
    state = {resource->version, std::move(versions), enabledBackend(resource->spec), nullptr};
    if (!state.backend)
        return state;
    if (auto authority = authorityOf(mesh, *state.backend, *store))
        state.authority = std::move(*authority);
    else
        m_log(2, "mesh " + mesh + " has no certificate authority: " + authority.error().what);
    return state;
}

}  // namespace meshscope::control
