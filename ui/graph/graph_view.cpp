#include "ui/graph/graph_view.h"

#include "models/text.h"
#include "ui/graph/graph_layer.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QFocusEvent>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyleOptionGraphicsItem>
#include <QSvgGenerator>
#include <QWheelEvent>

#include <cmath>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr double kMinZoom = 0.01, kMaxZoom = 3;

}  // namespace

// A rounded line around one card.
class GraphView::Outline : public QGraphicsItem
{
public:
    Outline(double width, double z)
        : m_width(width)
    {
        setZValue(z);
        hide();
    }
    void put(const QRectF &card, const QColor &colour)
    {
        prepareGeometryChange();
        m_card = card;
        m_colour = colour;
        setVisible(!card.isNull());
        update();
    }
    QRectF boundingRect() const override { return m_card.adjusted(-4, -4, 4, 4); }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *) override
    {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(m_colour, m_width));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(m_card, 6, 6);
    }

private:
    QRectF m_card;
    QColor m_colour;
    double m_width;
};

GraphView::GraphView(QWidget *parent)
    : QGraphicsView(parent)
    , m_layer(new GraphLayer)
    , m_hoverItem(new Outline(1.25, 1))
    , m_focusItem(new Outline(2, 2))
{
    setObjectName(u"view.graph"_s);
    setAccessibleName(tr("Graph of services"));
    setFrameShape(QFrame::NoFrame);
    setScene(&m_scene);
    m_scene.setItemIndexMethod(QGraphicsScene::NoIndex);
    m_scene.addItem(m_layer);
    m_scene.addItem(m_hoverItem);
    m_scene.addItem(m_focusItem);
    setTransformationAnchor(QGraphicsView::NoAnchor);
    setResizeAnchor(QGraphicsView::NoAnchor);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    m_layer->setColours(palette());
}

GraphView::~GraphView() = default;

void GraphView::setGraph(graph::MeshGraph graph, const graph::LayoutResult &layout, bool refit)
{
    setHover(-1);
    m_focusItem->put({}, {});
    m_layer->setGraph(std::move(graph), layout.centers, layout.engine == graph::Engine::Dot);
    // Room around the picture, so that it can be pulled to any side.
    const QRectF bounds = m_layer->boundingRect();
    m_scene.setSceneRect(bounds.adjusted(-bounds.width() - 2000, -bounds.height() - 2000,
                                         bounds.width() + 2000, bounds.height() + 2000));
    if (refit) {
        m_touched = false;
        fit();
    }
}

void GraphView::fit()
{
    m_touched = false;
    if (!isVisible()) {
        m_fitPending = true;
        return;
    }
    m_fitPending = false;
    const QRectF bounds = m_layer->boundingRect();
    if (bounds.isEmpty())
        return;
    const double zoom = qBound(
        kMinZoom, qMin(viewport()->width() / bounds.width(), (viewport()->height() - 24) / bounds.height()),
        1.0);
    setTransform(QTransform::fromScale(zoom, zoom));
    centerOn(bounds.center());
}

void GraphView::zoomBy(double factor) { clampZoom(transform().m11() * factor, viewport()->rect().center()); }

void GraphView::clampZoom(double wanted, const QPoint &at)
{
    m_touched = true;
    const double zoom = qBound(kMinZoom, wanted, kMaxZoom);
    const QPointF under = mapToScene(at);
    setTransform(QTransform::fromScale(zoom, zoom));
    // What was under the pointer stays there.
    const QPointF now = mapFromScene(under);
    horizontalScrollBar()->setValue(horizontalScrollBar()->value()
                                    + static_cast<int>(std::lround(now.x() - at.x())));
    verticalScrollBar()->setValue(verticalScrollBar()->value()
                                  + static_cast<int>(std::lround(now.y() - at.y())));
}

void GraphView::setFocusNode(int node, bool reveal)
{
    m_layer->setFocusNode(node);
    m_focusItem->put(m_layer->cardRect(node), accent(palette()));
    if (reveal && node >= 0) {
        const QRectF card = m_layer->cardRect(node);
        if (!mapToScene(viewport()->rect()).boundingRect().contains(card))
            centerOn(card.center());
    }
}

void GraphView::setLegend(const QString &left, const QString &right)
{
    m_legendLeft = left;
    m_legendRight = right;
    viewport()->update();
}

bool GraphView::exportTo(const QString &path) const
{
    const QRectF bounds = m_layer->boundingRect();
    const auto render = [&](QPainter &painter, double scale) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(scale, scale);
        painter.translate(-bounds.topLeft());
        QStyleOptionGraphicsItem option;
        option.exposedRect = bounds;
        painter.fillRect(bounds, palette().color(QPalette::Base));
        m_layer->paint(&painter, &option, nullptr);
    };
    if (path.endsWith(u".svg"_s, Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setFileName(path);
        svg.setTitle(u"Meshscope"_s);
        svg.setSize(bounds.size().toSize());
        svg.setViewBox(QRectF({0, 0}, bounds.size()));
        QPainter painter;
        if (!painter.begin(&svg))
            return false;
        render(painter, 1);
        return painter.end();
    }
    // Twice the size, while it stays within what an image can hold.
    const double scale = qMin(2.0, 16'000 / qMax(bounds.width(), bounds.height()));
    QImage image((bounds.size() * scale).toSize(), QImage::Format_RGB32);
    if (image.isNull())
        return false;
    QPainter painter(&image);
    render(painter, scale);
    painter.end();
    return image.save(path);
}

void GraphView::setHover(int node)
{
    if (node == m_hover)
        return;
    m_hover = node;
    m_hoverItem->put(m_layer->cardRect(node), mutedText(palette()));
    viewport()->setCursor(node >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (node >= 0) {
        const graph::GraphNode &at = m_layer->graph().nodes[static_cast<std::size_t>(node)];
        viewport()->setToolTip(toQString(at.title) + u'\n' + graph::factsLine(at)
                               + (at.isGroup ? QString() : u" · "_s + healthText(at.health)));
    } else {
        viewport()->setToolTip({});
    }
}

void GraphView::wheelEvent(QWheelEvent *event)
{
    const double steps = event->angleDelta().y() / 120.0;
    clampZoom(transform().m11() * std::pow(1.2, steps), event->position().toPoint());
    event->accept();
}

void GraphView::mousePressEvent(QMouseEvent *event)
{
    m_pressed = event->pos();
    m_panning = false;
    event->accept();
}

void GraphView::mouseMoveEvent(QMouseEvent *event)
{
    if (!(event->buttons() & (Qt::LeftButton | Qt::MiddleButton)))
        return setHover(m_layer->nodeAt(mapToScene(event->pos())));
    const QPoint way = event->pos() - m_pressed;
    if (!m_panning && way.manhattanLength() < QApplication::startDragDistance())
        return;
    m_panning = true;
    m_touched = true;
    viewport()->setCursor(Qt::ClosedHandCursor);
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - way.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - way.y());
    m_pressed = event->pos();
}

void GraphView::mouseReleaseEvent(QMouseEvent *event)
{
    viewport()->setCursor(Qt::ArrowCursor);
    if (!m_panning && event->button() == Qt::LeftButton)
        Q_EMIT nodeChosen(m_layer->nodeAt(mapToScene(event->pos())));
    m_panning = false;
}

void GraphView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const int node = m_layer->nodeAt(mapToScene(event->pos()));
    if (node >= 0)
        Q_EMIT nodeOpened(node);
}

int GraphView::markedNode() const { return m_hover >= 0 ? m_hover : m_layer->focusNode(); }

void GraphView::keyPressEvent(QKeyEvent *event)
{
    QPointF step;
    switch (event->key()) {
    case Qt::Key_Left:
        step = {-1, 0};
        break;
    case Qt::Key_Right:
        step = {1, 0};
        break;
    case Qt::Key_Up:
        step = {0, -1};
        break;
    case Qt::Key_Down:
        step = {0, 1};
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hover >= 0)
            Q_EMIT nodeChosen(m_hover);
        else if (m_layer->focusNode() >= 0)
            Q_EMIT nodeOpened(m_layer->focusNode());
        return;
    case Qt::Key_Escape:
        Q_EMIT nodeChosen(-1);
        return;
    case Qt::Key_Plus:
        return zoomBy(1.2);
    case Qt::Key_Minus:
        return zoomBy(1 / 1.2);
    default:
        return QGraphicsView::keyPressEvent(event);
    }
    // The walk marks a card; Enter puts the focus there.
    const int next = m_layer->nextNode(markedNode(), step);
    if (next >= 0) {
        setHover(next);
        ensureVisible(m_layer->cardRect(next), 20, 20);
    }
}

void GraphView::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int node = byKey ? markedNode() : m_layer->nodeAt(mapToScene(event->pos()));
    if (node >= 0)
        Q_EMIT menuWanted(node, byKey
                                    ? viewport()->mapToGlobal(mapFromScene(m_layer->cardRect(node).center()))
                                    : event->globalPos());
}

void GraphView::changeEvent(QEvent *event)
{
    QGraphicsView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_layer->setColours(palette());
        m_focusItem->put(m_layer->cardRect(m_layer->focusNode()), accent(palette()));
    }
}

void GraphView::resizeEvent(QResizeEvent *event)
{
    QGraphicsView::resizeEvent(event);
    if (!m_touched)
        fit();
}

void GraphView::showEvent(QShowEvent *event)
{
    QGraphicsView::showEvent(event);
    if (m_fitPending)
        fit();
}

void GraphView::focusInEvent(QFocusEvent *event)
{
    m_focusByKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QGraphicsView::focusInEvent(event);
    viewport()->update();
}

void GraphView::focusOutEvent(QFocusEvent *event)
{
    QGraphicsView::focusOutEvent(event);
    viewport()->update();
}

void GraphView::leaveEvent(QEvent *event)
{
    setHover(-1);
    QGraphicsView::leaveEvent(event);
}

void GraphView::drawForeground(QPainter *painter, const QRectF &)
{
    painter->save();
    painter->resetTransform();
    painter->setFont(smallFont(font()));
    const QRect line = viewport()->rect().adjusted(kPageMargin, 0, -kPageMargin, -6);
    const auto write = [&](const QString &text, Qt::Alignment side) {
        if (text.isEmpty())
            return;
        QRect box = painter->fontMetrics().boundingRect(line, static_cast<int>(side | Qt::AlignBottom), text);
        painter->fillRect(box.adjusted(-4, -1, 4, 1), palette().color(QPalette::Base));
        painter->setPen(mutedText(palette()));
        painter->drawText(box, static_cast<int>(side | Qt::AlignBottom), text);
    };
    if (hasFocus() && m_focusByKey) {
        painter->setPen(QPen(accent(palette()), 1));
        painter->drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
    write(m_legendLeft, Qt::AlignLeft);
    write(m_legendRight, Qt::AlignRight);
    painter->restore();
}

}  // namespace meshscope::ui
