// The bar under the menu: back and forward, connection and mesh, filter, how many are shown, how fresh it is.
#pragma once

#include "backend/api/mesh_source.h"

#include <QComboBox>
#include <QLabel>
#include <QPointer>
#include <QToolButton>
#include <QWidget>

namespace meshscope::ui {

class QueryBar;
struct Actions;

class TopBar : public QWidget
{
    Q_OBJECT

public:
    TopBar(const Actions &actions, const QString &connectionName, QWidget *parent = nullptr);

    QueryBar *query() const { return m_query; }
    // Keeps the chosen one where it still exists. The first time, "default" or the first mesh is chosen.
    void setMeshes(const QStringList &names);
    QString mesh() const;  // empty = all
    void setMesh(const QString &name);
    void setCount(const QString &text);
    void setFreshness(const SourceState &state, bool paused);

Q_SIGNALS:
    void meshChosen(const QString &mesh);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QComboBox *m_connection;
    QComboBox *m_mesh;
    QueryBar *m_query;
    QLabel *m_count;
    QToolButton *m_live;
};

}  // namespace meshscope::ui
