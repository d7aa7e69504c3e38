// One connection to one control plane: what it holds, and the way to change it. GUI thread.
#pragma once

#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/client/connection_options.h"

#include <memory>

namespace meshscope {

class RestConnection;
class RemoteMeshSource;
class RemoteMeshEditor;

// Begins to ask as soon as the event loop runs, unless the interval is 0. Its destructor ends all requests;
// futures that were given out finish with Cancelled.
class RemoteControlPlane
{
public:
    explicit RemoteControlPlane(const ConnectionOptions &options);
    ~RemoteControlPlane();
    RemoteControlPlane(const RemoteControlPlane &) = delete;
    RemoteControlPlane &operator=(const RemoteControlPlane &) = delete;

    MeshSource *source() const;
    MeshEditor *editor() const;

private:
    std::unique_ptr<RestConnection> m_connection;
    std::unique_ptr<RemoteMeshSource> m_source;
    std::unique_ptr<RemoteMeshEditor> m_editor;
};

}  // namespace meshscope
