// The graph to look at: zoom by wheel at the pointer, pan by drag, walk by arrows.
#pragma once

#include "models/graph/layout_job.h"

#include <QGraphicsScene>
#include <QGraphicsView>

namespace meshscope::ui {

class GraphLayer;

class GraphView : public QGraphicsView
{
    Q_OBJECT

public:
    explicit GraphView(QWidget *parent = nullptr);
    ~GraphView() override;

    GraphLayer *layer() const { return m_layer; }
    // refit: fit the whole into the view; otherwise zoom and place stay.
    void setGraph(graph::MeshGraph graph, const graph::LayoutResult &layout, bool refit);
    // -1 = none. Scrolled into view when reveal is set.
    void setFocusNode(int node, bool reveal);
    void fit();
    void zoomBy(double factor);
    void setLegend(const QString &left, const QString &right);
    // The whole scene, not the screen. The ending decides: svg or png. False when it cannot be written.
    bool exportTo(const QString &path) const;

Q_SIGNALS:
    void nodeChosen(int node);  // -1 = none
    void nodeOpened(int node);
    void menuWanted(int node, const QPoint &globalPos);

protected:
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;

private:
    class Outline;

    void setHover(int node);
    void clampZoom(double wanted, const QPoint &at);
    int markedNode() const;

    QGraphicsScene m_scene;
    GraphLayer *m_layer;
    Outline *m_hoverItem;
    Outline *m_focusItem;
    int m_hover = -1;
    QPoint m_pressed;
    bool m_panning = false;
    bool m_focusByKey = false;
    bool m_fitPending = true;
    bool m_touched = false;  // zoomed or moved by hand: a resize must not fit again
    QString m_legendLeft, m_legendRight;
};

}  // namespace meshscope::ui
