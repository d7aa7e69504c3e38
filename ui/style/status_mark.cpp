#include "ui/style/status_mark.h"

#include <QPainterPath>

namespace meshscope::ui {

Mark markFor(Health health)
{
    switch (health) {
    case Health::Online:
        return Mark::Good;
    case Health::Degraded:
        return Mark::Partly;
    case Health::Offline:
        return Mark::Bad;
    case Health::Unknown:
        break;
    }
    return Mark::Unknown;
}

void paintMark(QPainter *painter, const QRectF &box, Mark mark, const QPalette &palette, double turn)
{
    if (mark == Mark::None)
        return;
    const QColor colour = markColour(mark, palette);
    const double line = box.width() * 0.15;
    const QRectF inner = box.adjusted(line / 2, line / 2, -line / 2, -line / 2);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(colour, line, Qt::SolidLine, Qt::RoundCap));
    switch (mark) {
    case Mark::Good:
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawEllipse(box);
        break;
    case Mark::Partly:
        painter->drawEllipse(inner);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawPie(inner, 90 * 16, -180 * 16);
        break;
    case Mark::Bad: {
        // A square whose upper right corner is cut off.
        const double inset = box.width() * 0.05;
        const QRectF square = box.adjusted(inset, inset, -inset, -inset);
        const double notch = square.width() * 0.38;
        QPainterPath path(square.topLeft());
        path.lineTo(square.right() - notch, square.top());
        path.lineTo(square.right(), square.top() + notch);
        path.lineTo(square.bottomRight());
        path.lineTo(square.bottomLeft());
        path.closeSubpath();
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawPath(path);
        break;
    }
    case Mark::Unknown:
        painter->drawEllipse(inner);
        break;
    case Mark::Working: {
        painter->setPen(QPen(blend(palette.color(QPalette::Base), colour, 0.35), line));
        painter->drawEllipse(inner);
        painter->setPen(QPen(colour, line * 1.3, Qt::SolidLine, Qt::RoundCap));
        painter->drawArc(inner, static_cast<int>((0.25 - turn) * 360 * 16), -120 * 16);
        break;
    }
    case Mark::None:
        break;
    }
    painter->restore();
}

QPixmap markPixmap(Mark mark, int size, const QPalette &palette, double ratio)
{
    QPixmap pixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintMark(&painter, QRectF(1, 1, size - 2, size - 2), mark, palette);
    return pixmap;
}

StatusLabel::StatusLabel(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StatusLabel::setStatus(Mark mark, const QString &word)
{
    if (mark == m_mark && word == m_word)
        return;
    m_mark = mark;
    m_word = word;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StatusLabel::sizeHint() const
{
    const QFontMetrics metrics(font());
    const int gap = m_word.isEmpty() ? 0 : 6;
    const int markWidth = m_mark == Mark::None ? 0 : kMarkSize + gap;
    return {markWidth + metrics.horizontalAdvance(m_word), qMax(metrics.height(), kMarkSize) + 2};
}

void StatusLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    int left = 0;
    if (m_mark != Mark::None) {
        paintMark(&painter, QRectF(0, (height() - kMarkSize) / 2.0, kMarkSize, kMarkSize), m_mark, palette());
        left = kMarkSize + 6;
    }
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect().adjusted(left, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_word);
}

}  // namespace meshscope::ui
