#include "backend/client/remote_control_plane.h"

#include "backend/client/remote_mesh_editor.h"
#include "backend/client/remote_mesh_source.h"
#include "backend/client/rest_connection.h"

namespace meshscope {

RemoteControlPlane::RemoteControlPlane(const ConnectionOptions &options)
    : m_connection(std::make_unique<RestConnection>(options))
    , m_source(std::make_unique<RemoteMeshSource>(*m_connection))
    , m_editor(std::make_unique<RemoteMeshEditor>(*m_connection, *m_source))
{}

RemoteControlPlane::~RemoteControlPlane()
{
    m_source->disconnect();  // nobody is told of its end
    m_connection->close();
}

MeshSource *RemoteControlPlane::source() const { return m_source.get(); }

MeshEditor *RemoteControlPlane::editor() const { return m_editor.get(); }

}  // namespace meshscope
