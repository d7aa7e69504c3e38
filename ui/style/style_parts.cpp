#include "ui/style/style_parts.h"

#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QAbstractItemView>
#include <QIcon>
#include <QPainterPath>
#include <QStyle>
#include <QWidget>

namespace meshscope::ui::parts {

namespace {

constexpr double kRadius = 5;

// A rounded box whose one-pixel border is sharp.
void paintBox(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &border,
              double width = 1)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(border.isValid() ? QPen(border, width) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const double inset = border.isValid() ? width / 2 : 0;
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), kRadius, kRadius);
    painter->restore();
}

// The fill of a primary button; invalid for an ordinary one.
QColor primaryColour(const QStyleOption &option, const QWidget *widget)
{
    if (!widget || !widget->property("primary").toBool())
        return {};
    const QColor own = widget->property("accentColour").value<QColor>();
    return own.isValid() ? own : accent(option.palette);
}

}  // namespace

QRect scrollBarRect(const QStyleOptionSlider &bar, QStyle::SubControl sub, int smallestSlider)
{
    const bool across = bar.orientation == Qt::Horizontal;
    const int length = across ? bar.rect.width() : bar.rect.height();
    int slider = length;
    const qint64 range = static_cast<qint64>(bar.maximum) - bar.minimum;
    if (range > 0) {
        slider = static_cast<int>(static_cast<qint64>(bar.pageStep) * length / (range + bar.pageStep));
        slider = qMin(length, qMax(smallestSlider, slider));
    }
    const int start = QStyle::sliderPositionFromValue(bar.minimum, bar.maximum, bar.sliderPosition,
                                                      length - slider, bar.upsideDown);
    const auto part = [&](int from, int size) {
        return across ? QRect(bar.rect.left() + from, bar.rect.top(), size, bar.rect.height())
                      : QRect(bar.rect.left(), bar.rect.top() + from, bar.rect.width(), size);
    };
    switch (sub) {
    case QStyle::SC_ScrollBarSlider:
        return part(start, slider);
    case QStyle::SC_ScrollBarSubPage:
        return part(0, start);
    case QStyle::SC_ScrollBarAddPage:
        return part(start + slider, length - start - slider);
    case QStyle::SC_ScrollBarGroove:
        return bar.rect;
    default:
        return {};  // no buttons at the ends
    }
}

void paintScrollBar(QPainter *painter, const QStyleOptionSlider &bar, const QRect &slider)
{
    const QColor base = bar.palette.color(QPalette::Base);
    painter->fillRect(bar.rect, base);
    if (bar.maximum <= bar.minimum)
        return;
    const bool active = bar.state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(blend(base, bar.palette.color(QPalette::Text), active ? 0.4 : 0.22));
    painter->drawRoundedRect(QRectF(slider).adjusted(2.5, 2.5, -2.5, -2.5), 3, 3);
    painter->restore();
}

void paintRow(QPainter *painter, const QStyleOption &option, const QWidget *widget)
{
    // Opaque, since the row and each of its cells are painted over each other.
    const auto *view = qobject_cast<const QAbstractItemView *>(widget);
    const QPalette &palette = option.palette;
    if (option.state & QStyle::State_Selected) {
        painter->fillRect(option.rect, palette.color(QPalette::Active, QPalette::Highlight));
    } else if (option.state & QStyle::State_MouseOver) {
        const QColor ground = palette.color(view ? view->viewport()->backgroundRole() : QPalette::Base);
        painter->fillRect(option.rect,
                          blend(ground, palette.color(QPalette::Text), isDark(palette) ? 0.06 : 0.04));
    }
}

void paintBranch(QPainter *painter, const QStyleOption &option)
{
    if (option.state & QStyle::State_Children)
        paintChevron(painter, option.rect, option.state & QStyle::State_Open ? Points::Down : Points::Right,
                     option.palette);
}

void paintChevron(QPainter *painter, const QRect &rect, Points points, const QPalette &palette)
{
    const QPointF centre = QRectF(rect).center();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(mutedText(palette), 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->translate(centre);
    if (points == Points::Right)
        painter->rotate(-90);
    else if (points == Points::Up)
        painter->rotate(180);
    const QPointF line[] = {{-3.2, -1.6}, {0, 1.6}, {3.2, -1.6}};
    painter->drawPolyline(line, 3);
    painter->restore();
}

void paintSortArrow(QPainter *painter, const QStyleOption &option)
{
    const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(&option);
    if (header && header->sortIndicator != QStyleOptionHeader::None)
        paintChevron(painter, option.rect,
                     header->sortIndicator == QStyleOptionHeader::SortUp ? Points::Up : Points::Down,
                     option.palette);
}

void paintButton(QPainter *painter, const QStyleOption &option, const QWidget *widget)
{
    const QPalette &palette = option.palette;
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool pressed = option.state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hovered = enabled && option.state & QStyle::State_MouseOver;
    const bool focused =
        option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange;
    QColor fill = palette.color(QPalette::Button);
    QColor border = hairline(palette);
    if (const QColor primary = primaryColour(option, widget); primary.isValid()) {
        if (enabled) {
            fill = pressed   ? blend(primary, Qt::black, 0.18)
                   : hovered ? blend(primary, Qt::black, 0.08)
                             : primary;
            border = fill;
        } else {
            fill = blend(palette.color(QPalette::Window), palette.color(QPalette::Text), 0.06);
        }
    } else if (enabled) {
        if (pressed)
            fill = blend(fill, palette.color(QPalette::Text), 0.12);
        else if (hovered)
            fill = blend(fill, palette.color(QPalette::Text), 0.05);
        border = hovered ? palette.color(QPalette::Dark) : blend(border, palette.color(QPalette::Dark), 0.3);
    } else {
        fill = palette.color(QPalette::Window);
    }
    paintBox(painter, option.rect, fill, border);
    if (focused)
        paintBox(painter, option.rect.adjusted(1, 1, -1, -1), QColor(),
                 primaryColour(option, widget).isValid() ? readableOn(fill) : accent(palette), 1.5);
}

void paintButtonLabel(QPainter *painter, const QStyleOptionButton &option, const QWidget *widget)
{
    const bool enabled = option.state & QStyle::State_Enabled;
    QRect rect = option.rect;
    if (option.features.testFlag(QStyleOptionButton::HasMenu))
        rect.adjust(0, 0, -12, 0);
    const QColor primary = primaryColour(option, widget);
    painter->setPen(enabled && primary.isValid() ? readableOn(primary)
                                                 : option.palette.color(QPalette::ButtonText));
    const int words = option.fontMetrics.horizontalAdvance(option.text);
    if (!option.icon.isNull()) {
        const int gap = option.text.isEmpty() ? 0 : 5;
        const int size = option.iconSize.width();
        const int left = rect.left() + (rect.width() - size - gap - words) / 2;
        option.icon.paint(painter, left, rect.top() + (rect.height() - size) / 2, size, size, Qt::AlignCenter,
                          enabled ? QIcon::Normal : QIcon::Disabled);
        rect.setLeft(left + size + gap);
        painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic, option.text);
        return;
    }
    painter->drawText(rect, Qt::AlignCenter | Qt::TextShowMnemonic, option.text);
}

void paintToolButton(QPainter *painter, const QStyleOption &option)
{
    const QPalette &palette = option.palette;
    const bool down = option.state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hovered = option.state & QStyle::State_MouseOver && option.state & QStyle::State_Enabled;
    if (down || hovered)
        paintBox(painter, option.rect,
                 blend(palette.color(QPalette::Window), palette.color(QPalette::Text), down ? 0.14 : 0.07),
                 QColor());
    if (option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange)
        paintBox(painter, option.rect, QColor(), accent(palette), 1.5);
}

void paintField(QPainter *painter, const QStyleOption &option)
{
    const QPalette &palette = option.palette;
    const bool focused = option.state & QStyle::State_HasFocus;
    const bool enabled = option.state & QStyle::State_Enabled;
    paintBox(painter, option.rect, palette.color(enabled ? QPalette::Base : QPalette::Window),
             focused ? accent(palette) : blend(hairline(palette), palette.color(QPalette::Dark), 0.3),
             focused ? 1.5 : 1);
}

void paintFocus(QPainter *painter, const QStyleOption &option, const QWidget *widget)
{
    if (!(option.state & QStyle::State_KeyboardFocusChange))
        return;
    const bool row = qobject_cast<const QAbstractItemView *>(widget);
    paintBox(painter, row ? option.rect.adjusted(1, 0, -1, 0) : option.rect, QColor(), accent(option.palette),
             row ? 1 : 1.5);
}

void paintSpinBox(QPainter *painter, const QStyleOptionSpinBox &box, const QRect &up, const QRect &down)
{
    paintField(painter, box);
    const bool enabled = box.state & QStyle::State_Enabled;
    if (enabled && box.activeSubControls & (QStyle::SC_SpinBoxUp | QStyle::SC_SpinBoxDown)) {
        const QRect lit = box.activeSubControls & QStyle::SC_SpinBoxUp ? up : down;
        painter->fillRect(lit.adjusted(1, 1, -2, -1),
                          blend(box.palette.color(QPalette::Base), box.palette.color(QPalette::Text), 0.08));
    }
    paintChevron(painter, up.adjusted(0, 2, 0, 0), Points::Up, box.palette);
    paintChevron(painter, down.adjusted(0, -2, 0, 0), Points::Down, box.palette);
}

void paintHeaderLabel(QPainter *painter, const QStyleOptionHeader &header)
{
    painter->setPen(mutedText(header.palette));
    const bool first = header.position == QStyleOptionHeader::Beginning
                       || header.position == QStyleOptionHeader::OnlyOneSection;
    const bool last =
        header.position == QStyleOptionHeader::End || header.position == QStyleOptionHeader::OnlyOneSection;
    QRect rect = header.rect.adjusted(first ? kPageMargin : 4, 0, last ? -kPageMargin : -4, 0);
    if (header.sortIndicator != QStyleOptionHeader::None)
        rect.adjust(0, 0, header.textAlignment & Qt::AlignRight ? 0 : -10, 0);
    painter->drawText(rect, static_cast<int>(header.textAlignment) | Qt::AlignVCenter,
                      header.fontMetrics.elidedText(header.text, Qt::ElideRight, rect.width()));
}

void paintTab(QPainter *painter, const QStyleOptionTab &tab, bool plain)
{
    const QPalette &palette = tab.palette;
    const bool selected = tab.state & QStyle::State_Selected;
    const bool focused = tab.state & QStyle::State_HasFocus && tab.state & QStyle::State_KeyboardFocusChange;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (plain) {
        if (selected)
            painter->fillRect(QRect(tab.rect.left() + 6, tab.rect.bottom() - 1, tab.rect.width() - 12, 2),
                              accent(palette));
    } else if (selected) {
        QPainterPath path;
        const QRectF box = QRectF(tab.rect).adjusted(0.5, 2.5, -0.5, 0.5);
        path.moveTo(box.left(), box.bottom() + 1);
        path.lineTo(box.left(), box.top() + kRadius);
        path.quadTo(box.topLeft(), {box.left() + kRadius, box.top()});
        path.lineTo(box.right() - kRadius, box.top());
        path.quadTo(box.topRight(), {box.right(), box.top() + kRadius});
        path.lineTo(box.right(), box.bottom() + 1);
        painter->setPen(QPen(hairline(palette), 1));
        painter->setBrush(palette.color(QPalette::Base));
        painter->drawPath(path);
    } else if (tab.state & QStyle::State_MouseOver) {
        paintBox(painter, tab.rect.adjusted(3, 5, -3, -4),
                 blend(palette.color(QPalette::Window), palette.color(QPalette::Text), 0.05), QColor());
    }
    if (focused)
        paintBox(painter, tab.rect.adjusted(3, 5, -3, -4), QColor(), accent(palette), 1.5);
    painter->restore();
}

void paintCloseMark(QPainter *painter, const QStyleOption &option)
{
    const bool hovered = option.state & (QStyle::State_MouseOver | QStyle::State_Raised);
    const QPointF centre = QRectF(option.rect).center();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (hovered && option.state & QStyle::State_MouseOver)
        paintBox(painter, option.rect,
                 blend(option.palette.color(QPalette::Window), option.palette.color(QPalette::Text), 0.1),
                 QColor());
    painter->setPen(QPen(hovered ? option.palette.color(QPalette::WindowText) : mutedText(option.palette),
                         1.4, Qt::SolidLine, Qt::RoundCap));
    painter->translate(centre);
    painter->drawLine(QPointF(-3.2, -3.2), QPointF(3.2, 3.2));
    painter->drawLine(QPointF(3.2, -3.2), QPointF(-3.2, 3.2));
    painter->restore();
}

void paintMenuBarItem(QPainter *painter, const QStyleOptionMenuItem &item)
{
    const QPalette &palette = item.palette;
    painter->fillRect(item.rect, palette.color(QPalette::Window));
    if (item.state & QStyle::State_Selected)
        paintBox(painter, item.rect.adjusted(0, 2, 0, -2),
                 blend(palette.color(QPalette::Window), palette.color(QPalette::Text),
                       item.state & QStyle::State_Sunken ? 0.12 : 0.07),
                 QColor());
    painter->setPen(palette.color(item.state & QStyle::State_Enabled ? QPalette::Active : QPalette::Disabled,
                                  QPalette::WindowText));
    painter->drawText(item.rect, Qt::AlignCenter | Qt::TextHideMnemonic, item.text);
}

void paintComboLabel(QPainter *painter, const QStyleOptionComboBox &box)
{
    QRect rect = box.rect.adjusted(9, 0, -20, 0);
    if (!box.currentIcon.isNull()) {
        box.currentIcon.paint(painter, rect.left(), rect.top() + (rect.height() - 16) / 2, 16, 16);
        rect.adjust(21, 0, 0, 0);
    }
    painter->setPen(box.palette.color(
        box.state & QStyle::State_Enabled ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText));
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                      box.fontMetrics.elidedText(box.currentText, Qt::ElideRight, rect.width()));
}

}  // namespace meshscope::ui::parts
