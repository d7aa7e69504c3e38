// Which certificate a Dataplane is to have, by the mTLS settings of its mesh.
#pragma once

#include "backend/control/identities.h"
#include "backend/control/mesh_mtls.h"
#include "backend/xds/mtls.h"

#include <map>
#include <optional>
#include <string>

namespace meshscope::control {

// Of one thread, but for statusOf.
class ProxyIdentities
{
public:
    // As Identities: `isNew` is called on a thread of its own.
    ProxyIdentities(Store &store, pki::KeyPool &keys, Clock clock, LogSink log,
                    std::function<void(const ResourceKey &)> isNew);

    struct Answer {
        bool isWanted = false;                       // the mesh has mTLS
        std::optional<xds::ProxyIdentity> identity;  // nothing while it is made
    };
    Answer identityOf(const Dataplane &dataplane);
    void forget(const ResourceKey &proxy) { m_identities.forget(proxy); }  // any thread
    std::optional<MtlsInsight> statusOf(const ResourceKey &proxy) const
    {
        return m_identities.statusOf(proxy);
    }

private:
    struct MeshState {
        std::uint64_t version = 0;  // of the Mesh
        std::string secretVersions;
        std::optional<MtlsBackend> backend;
        pki::AuthorityPtr authority;  // null = it cannot be had
    };
    const MeshState &stateOf(const std::string &mesh);

    Store &m_store;
    LogSink m_log;
    std::map<std::string, MeshState> m_meshes;
    Identities m_identities;
};

}  // namespace meshscope::control
