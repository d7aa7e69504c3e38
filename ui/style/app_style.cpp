#include "ui/style/app_style.h"

#include "ui/style/palette.h"
#include "ui/style/style_parts.h"
#include "ui/style/theme.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QPainter>
#include <QSplitterHandle>
#include <QStyleOption>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

bool hasFlag(const QWidget *widget, const char *name) { return widget && widget->property(name).toBool(); }

}  // namespace

AppStyle::AppStyle()
    : QProxyStyle(u"Fusion"_s)
{}

void AppStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (auto *view = qobject_cast<QAbstractItemView *>(widget)) {
        view->viewport()->setAttribute(Qt::WA_Hover);
        view->viewport()->setMouseTracking(true);
    }
    if (auto *header = qobject_cast<QHeaderView *>(widget))
        header->setFont(smallFont(QApplication::font()));
    if (qobject_cast<QSplitterHandle *>(widget) || qobject_cast<QTabBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

int AppStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_SplitterWidth:
        return 1;
    case PM_ScrollBarExtent:
        return 11;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_MenuBarPanelWidth:
        return 0;
    case PM_TabBarTabHSpace:
        return hasFlag(widget, "plainTabs") ? 14 : 26;
    case PM_TabBarTabVSpace:
        return hasFlag(widget, "plainTabs") ? 10 : 14;
    case PM_TabBarTabOverlap:
        return 0;
    case PM_TabBarBaseOverlap:
        return 1;
    case PM_TreeViewIndentation:
        return 16;
    case PM_MenuBarItemSpacing:
        return 2;
    case PM_SmallIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize:
    case PM_ToolBarIconSize:
    case PM_ButtonIconSize:
        return 16;
    case PM_HeaderMarkSize:
        return 8;
    case PM_DefaultFrameWidth:
        // A view that fills a pane has no frame of its own; the pane's line is enough.
        return qobject_cast<const QAbstractItemView *>(widget)
                   ? 0
                   : QProxyStyle::pixelMetric(metric, option, widget);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int AppStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                        QStyleHintReturn *result) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_TabBar_CloseButtonPosition:
        return QTabBar::RightSide;
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 1;
    case SH_ToolTip_WakeUpDelay:
        return 450;
    case SH_Menu_SubMenuPopupDelay:
        return 120;
    default:
        return QProxyStyle::styleHint(hint, option, widget, result);
    }
}

QSize AppStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                 const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        const int icon = button && !button->icon.isNull() ? button->iconSize.width() + 4 : 0;
        const int words = button ? button->fontMetrics.horizontalAdvance(button->text) : size.width();
        const int menu = button && button->features.testFlag(QStyleOptionButton::HasMenu) ? 14 : 0;
        return {qMax(26, words + icon + menu + (words > 0 ? 22 : 10)), 26};
    }
    case CT_ComboBox:
        return {result.width() + 10, 26};
    case CT_SpinBox:
        return {result.width(), 26};
    case CT_TabBarTab:
        // A tab with a close button is no taller than the others.
        return {result.width(), hasFlag(widget, "plainTabs") ? 26 : 32};
    case CT_LineEdit:
        return {result.width(), 26};
    case CT_HeaderSection:
        return {result.width(), 25};
    case CT_MenuBarItem:
        return {result.width(), qMax(result.height(), 26)};
    case CT_ItemViewItem:
        return {result.width(), qMax(result.height(), kRowHeight)};
    default:
        return result;
    }
}

QRect AppStyle::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    return element == SE_LineEditContents ? rect.adjusted(3, 0, -3, 0) : rect;
}

QRect AppStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl sub,
                               const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option))
            return parts::scrollBarRect(*bar, sub,
                                        proxy()->pixelMetric(PM_ScrollBarSliderMin, option, widget));
    }
    if (control == CC_ComboBox && sub == SC_ComboBoxArrow)
        return {option->rect.right() - 20, option->rect.top(), 20, option->rect.height()};
    if (control == CC_ComboBox && sub == SC_ComboBoxEditField)
        return option->rect.adjusted(8, 2, -20, -2);
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

void AppStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                             const QWidget *widget) const
{
    const QPalette &palette = option->palette;
    switch (element) {
    case PE_PanelItemViewRow:
    case PE_PanelItemViewItem:
        return parts::paintRow(painter, *option, widget);
    case PE_IndicatorBranch:
        return parts::paintBranch(painter, *option);
    case PE_IndicatorHeaderArrow:
        return parts::paintSortArrow(painter, *option);
    case PE_PanelButtonCommand:
        return parts::paintButton(painter, *option, widget);
    case PE_PanelButtonTool:
        return parts::paintToolButton(painter, *option);
    case PE_PanelLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
            frame && frame->lineWidth > 0)
            return parts::paintField(painter, *option);
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        return;
    case PE_FrameFocusRect:
        return parts::paintFocus(painter, *option, widget);
    case PE_FrameTabBarBase:
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                          hairline(palette));
        return;
    case PE_FrameTabWidget:
    case PE_PanelMenuBar:
        return;
    case PE_IndicatorArrowDown:
        return parts::paintChevron(painter, option->rect, parts::Points::Down, palette);
    case PE_IndicatorTabClose:
        return parts::paintCloseMark(painter, *option);
    case PE_PanelScrollAreaCorner:
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        return;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, palette.color(QPalette::ToolTipBase));
        painter->setPen(palette.color(QPalette::Dark));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void AppStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                           const QWidget *widget) const
{
    const QPalette &palette = option->palette;
    switch (element) {
    case CE_Splitter:
        painter->fillRect(option->rect, option->state & State_MouseOver ? palette.color(QPalette::Dark)
                                                                        : hairline(palette));
        return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                          hairline(palette));
        return;
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option))
            return parts::paintHeaderLabel(painter, *header);
        break;
    case CE_TabBarTabShape:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option))
            return parts::paintTab(painter, *tab, hasFlag(widget, "plainTabs"));
        break;
    case CE_TabBarTabLabel:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            QStyleOptionTab copy = *tab;
            if (!(tab->state & State_Selected) && !(tab->state & State_MouseOver))
                copy.palette.setColor(QPalette::WindowText, mutedText(palette));
            copy.state &= ~State_HasFocus;  // paintTab shows the focus
            return QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        break;
    case CE_PushButtonBevel:
        proxy()->drawPrimitive(PE_PanelButtonCommand, option, painter, widget);
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
            button && button->features.testFlag(QStyleOptionButton::HasMenu))
            parts::paintChevron(painter,
                                {option->rect.right() - 18, option->rect.top(), 14, option->rect.height()},
                                parts::Points::Down, palette);
        return;
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option))
            return parts::paintButtonLabel(painter, *button, widget);
        break;
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, palette.color(QPalette::Window));
        return;
    case CE_MenuBarItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option))
            return parts::paintMenuBarItem(painter, *item);
        break;
    case CE_ComboBoxLabel:
        if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option); box && !box->editable)
            return parts::paintComboLabel(painter, *box);
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void AppStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                  QPainter *painter, const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option))
            return parts::paintScrollBar(
                painter, *bar, proxy()->subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget));
    }
    if (control == CC_SpinBox) {
        if (const auto *box = qstyleoption_cast<const QStyleOptionSpinBox *>(option))
            return parts::paintSpinBox(painter, *box,
                                       proxy()->subControlRect(CC_SpinBox, option, SC_SpinBoxUp, widget),
                                       proxy()->subControlRect(CC_SpinBox, option, SC_SpinBoxDown, widget));
    }
    if (control == CC_ComboBox) {
        if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option);
            box && !box->editable) {
            parts::paintButton(painter, *option, widget);
            return parts::paintChevron(painter,
                                       proxy()->subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget),
                                       parts::Points::Down, option->palette);
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

}  // namespace meshscope::ui
