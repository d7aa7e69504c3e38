// Writes Dataplanes to a remote control plane. GUI thread.
#pragma once

#include "backend/api/mesh_editor.h"
#include "backend/client/remote_mesh_source.h"

namespace meshscope {

class RemoteMeshEditor : public MeshEditor
{
    Q_OBJECT

public:
    // Both must outlive it. The source knows what may be written.
    RemoteMeshEditor(RestConnection &connection, const RemoteMeshSource &source, QObject *parent = nullptr);

    QString readOnlyReason() const override;
    QFuture<Result<ServerDocument>> fetchDataplane(const ResourceKey &key) override;
    QFuture<Result<PushOutcome>> putDataplane(const ResourceKey &key, const std::string &json) override;
    QFuture<Result<void>> deleteDataplane(const ResourceKey &key) override;

private:
    // Why a write is not even tried.
    std::optional<Error> refusal(const ResourceKey &key) const;

    RestConnection &m_connection;
    const RemoteMeshSource &m_source;
};

}  // namespace meshscope
