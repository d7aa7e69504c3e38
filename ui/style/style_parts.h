// How AppStyle paints each part. Functions of an option; nothing is kept.
#pragma once

#include <QPainter>
#include <QStyleOption>

namespace meshscope::ui::parts {

enum class Points { Down, Right, Up };

QRect scrollBarRect(const QStyleOptionSlider &bar, QStyle::SubControl sub, int smallestSlider);
void paintScrollBar(QPainter *painter, const QStyleOptionSlider &bar, const QRect &slider);
void paintRow(QPainter *painter, const QStyleOption &option, const QWidget *widget);
void paintBranch(QPainter *painter, const QStyleOption &option);
void paintChevron(QPainter *painter, const QRect &rect, Points points, const QPalette &palette);
void paintSortArrow(QPainter *painter, const QStyleOption &option);
void paintButton(QPainter *painter, const QStyleOption &option, const QWidget *widget);
void paintButtonLabel(QPainter *painter, const QStyleOptionButton &option, const QWidget *widget);
void paintToolButton(QPainter *painter, const QStyleOption &option);
void paintField(QPainter *painter, const QStyleOption &option);
void paintFocus(QPainter *painter, const QStyleOption &option, const QWidget *widget);
void paintSpinBox(QPainter *painter, const QStyleOptionSpinBox &box, const QRect &up, const QRect &down);
void paintHeaderLabel(QPainter *painter, const QStyleOptionHeader &header);
void paintTab(QPainter *painter, const QStyleOptionTab &tab, bool plain);
void paintCloseMark(QPainter *painter, const QStyleOption &option);
void paintMenuBarItem(QPainter *painter, const QStyleOptionMenuItem &item);
void paintComboLabel(QPainter *painter, const QStyleOptionComboBox &box);

}  // namespace meshscope::ui::parts
