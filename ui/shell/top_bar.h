// The bar under the menu: back and forward, connection and mesh, filter, how many are shown, how fresh it is.
#pragma once

#include "backend/api/mesh_source.h"

#include <QComboBox>
#include <QLabel>
#include <QPointer>
#include <QToolButton>
#include <QWidget>

namespace meshscope::ui {

class Connections;
class QueryBar;
struct Actions;

class TopBar : public QWidget
{
    Q_OBJECT

public:
    TopBar(const Actions &actions, Connections *connections, QWidget *parent = nullptr);

    QueryBar *query() const { return m_query; }
    // The connections as they are now, with the one in front chosen, its colour and its marks.
    void showConnections();
    // Keeps the chosen one where it still exists. The first time, "default" or the first mesh is chosen.
    void setMeshes(const QStringList &names);
    // Another connection came to the front: its meshes follow, and `wish` is chosen where it is among them.
    void forgetMeshes(const QString &wish);
    QString mesh() const;               // empty = all
    bool setMesh(const QString &name);  // false when there is none of that name; empty = all
    void setCount(const QString &text);
    void setFreshness(const SourceState &state, bool paused);

Q_SIGNALS:
    void meshChosen(const QString &mesh);
    void connectionChosen(meshscope::MeshSource *source);
    void connectWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Connections *m_connections;
    QComboBox *m_connection;
    QLabel *m_marks;
    QComboBox *m_mesh;
    QueryBar *m_query;
    QLabel *m_count;
    QToolButton *m_live;
    QString m_wish;
};

}  // namespace meshscope::ui
