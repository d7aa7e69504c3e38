// The services of a mesh and what they call, as a picture; follows the focus and sets it.
#pragma once

#include "models/graph/layout_job.h"
#include "ui/shell/page.h"

#include <QFuture>

#include <vector>

namespace meshscope::ui {

class GraphView;
class PageFrame;
struct Workspace;

class GraphPage : public Page
{
    Q_OBJECT

public:
    GraphPage(const Workspace &workspace, QWidget *parent = nullptr);
    ~GraphPage() override;

    void setMesh(const QString &mesh) override;
    QString countText() const override;
    QList<QPair<QString, QString>> keys() const override;
    void takeFocus() override;
    void tick() override;
    GraphView *view() const { return m_view; }
    bool isLayingOut() const { return m_layingOut; }
    void exportWithDialog();

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);  // the focus is on the node already
    void serviceOpened();                      // of the focus: its dataplanes are wanted

private:
    void refresh();
    void applySnapshot();
    void applyGraph(graph::MeshGraph graph);
    void followFocus(bool reveal);
    void updateFound();
    void updateWords();
    int focusNode() const;
    void chooseNode(int node);

    const Workspace &m_workspace;
    GraphView *m_view;
    PageFrame *m_frame;
    graph::GraphLayout m_layout;
    graph::LastPositions m_positions;
    graph::MeshGraph m_wanted;  // what the running layout is for, or what is shown
    QString m_mesh, m_note;
    QFuture<Result<graph::MeshGraph>> m_making;
    QFuture<Result<graph::LayoutResult>> m_placing;
    bool m_layingOut = false;
    bool m_shown = false;  // a first picture is there
    bool m_refit = true;
    int m_found = -1;  // nodes that the filter finds; -1 = no filter
};

}  // namespace meshscope::ui
