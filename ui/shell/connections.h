// The control planes of one window. One of them is in front: pages show it, and its doors stand in
// Workspace::context. Its news are said again here, so that a page connects once and need not know when
// another one comes to the front. GUI thread.
#pragma once

#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/api/sidecar_host.h"

#include <QColor>
#include <QObject>
#include <QString>

#include <functional>
#include <vector>

namespace meshscope::ui {

struct Connection {
    // Not owned; they live until remove() has returned. editor may be null: then writing is not offered.
    MeshSource *source = nullptr;
    MeshEditor *editor = nullptr;
    // What a sidecar for this Dataplane needs; the error says why none can run here. Empty = none can.
    std::function<Result<SidecarSpec>(const Dataplane &)> sidecarSpec{};
    QString name{};
    QColor colour{};                 // on every page that shows it, and on its push button
    int refreshMilliseconds = 5000;  // while the window is seen and not paused
    QString profileId{};             // of the ConnectionStore; empty = the sandbox, a file
    bool isProtected = false;        // a push asks for the mesh's name to be typed
    bool isReadOnly = false;         // by the person's wish; what the control plane allows, its editor says
};

class Connections : public QObject
{
    Q_OBJECT

public:
    explicit Connections(QObject *parent = nullptr);
    ~Connections() override;

    const std::vector<Connection> &all() const { return m_all; }
    bool isEmpty() const { return m_all.empty(); }
    const Connection *find(const MeshSource *source) const;  // nullptr when there is none
    // The one in front. Without any: one whose source has nothing and says so.
    const Connection &current() const;

    // The first one comes to the front at once.
    void add(Connection connection);
    // Another one comes to the front if it was there. Nothing of it is used after this.
    void remove(MeshSource *source);
    void setCurrent(MeshSource *source);

Q_SIGNALS:
    void added(meshscope::MeshSource *source);
    void aboutToRemove(meshscope::MeshSource *source);
    void removed();
    void currentChanged();                                                      // followed by the two below
    void snapshotChanged(std::shared_ptr<const meshscope::Snapshot> snapshot);  // of the one in front
    void stateChanged();                                                        // of the one in front
    void anyStateChanged();                                                     // of any
    void requestFinished(const meshscope::RequestRecord &record);               // of any

private:
    void announce();

    std::vector<Connection> m_all;
    std::size_t m_current = 0;
    std::unique_ptr<MeshSource> m_none;
    Connection m_noConnection;
};

}  // namespace meshscope::ui
