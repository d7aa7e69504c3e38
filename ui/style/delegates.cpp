#include "ui/style/delegates.h"

#include "models/roles.h"
#include "ui/style/icons.h"
#include "ui/style/status_mark.h"
#include "ui/style/tag_chips.h"
#include "ui/style/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace meshscope::ui {

namespace {

constexpr int kMargin = 4;

// The first and the last cell of a row keep the page's margin.
QRect areaOf(const QStyleOptionViewItem &option)
{
    using Place = QStyleOptionViewItem;
    const bool alone = option.viewItemPosition == Place::OnlyOne || option.viewItemPosition == Place::Invalid;
    const int left = alone || option.viewItemPosition == Place::Beginning ? kPageMargin : kMargin;
    const int right = alone || option.viewItemPosition == Place::End ? kPageMargin : kMargin;
    return option.rect.adjusted(left, 0, -right, 0);
}

}  // namespace

void setDimmed(QAbstractItemView *view, bool dimmed)
{
    if (view->property(kDimmedProperty).toBool() == dimmed)
        return;
    view->setProperty(kDimmedProperty, dimmed);
    view->viewport()->update();
}

CellDelegate::CellDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{}

CellDelegate::CellDelegate(const Look &look, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_look(look)
{}

void CellDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (m_look.fixed) {
        option->font = fixedFont();
        option->fontMetrics = QFontMetrics(option->font);
    } else if (m_look.strong) {
        option->font = strongFont(option->font);
        option->fontMetrics = QFontMetrics(option->font);
    }
    if (m_look.right)
        option->displayAlignment = Qt::AlignRight | Qt::AlignVCenter;
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &plain, const QModelIndex &index) const
{
    QStyleOptionViewItem option = plain;
    initStyleOption(&option, index);
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    painter->save();
    // Under hover and selection, which let it through.
    if (const QVariant tint = index.data(TintRole); tint.isValid())
        painter->fillRect(option.rect, blend(option.palette.color(QPalette::Base),
                                             tagTint(tint.toInt(), option.palette), 0.6));
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    if (option.widget && option.widget->property(kDimmedProperty).toBool())
        painter->setOpacity(0.5);
    paintContents(painter, option, areaOf(option), index);
    if (index.data(MatchedRole).toBool()) {
        const QRect area = areaOf(option);
        painter->fillRect(QRect(area.left(), option.rect.bottom() - 1, area.width(), 2),
                          accent(option.palette));
    }
    painter->restore();
    if (option.state & QStyle::State_HasFocus) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(option);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, option.widget);
    }
}

void CellDelegate::paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                                 const QModelIndex &) const
{
    QRect rest = area;
    if (!m_look.icon.isEmpty()) {
        icon(m_look.icon).paint(painter, rest.left(), rest.top() + (rest.height() - 16) / 2, 16, 16);
        rest.setLeft(rest.left() + 22);
    }
    const auto group = option.state & QStyle::State_Enabled ? QPalette::Active : QPalette::Disabled;
    painter->setFont(option.font);
    painter->setPen(m_look.muted ? mutedText(option.palette) : option.palette.color(group, QPalette::Text));
    painter->drawText(rest, static_cast<int>(option.displayAlignment) | Qt::AlignVCenter | Qt::TextSingleLine,
                      option.fontMetrics.elidedText(
                          option.text, m_look.cutLeft ? Qt::ElideLeft : option.textElideMode, rest.width()));
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width() + 2 * kMargin,
            m_look.low ? kLogLineHeight : kRowHeight};
}

void StatusDelegate::paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                                   const QModelIndex &index) const
{
    const QVariant health = index.data(HealthRole);
    Mark mark = Mark::None;
    if (index.data(BusyRole).toBool())
        mark = Mark::Working;
    else if (health.isValid())
        mark = markFor(health.value<Health>());
    QRect rest = area;
    if (mark != Mark::None) {
        paintMark(painter,
                  QRectF(rest.left(), rest.top() + (rest.height() - kMarkSize) / 2.0, kMarkSize, kMarkSize),
                  mark, option.palette);
        rest.setLeft(rest.left() + kMarkSize + 7);
    }
    CellDelegate::paintContents(painter, option, rest, index);
}

void TagChipDelegate::paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                                    const QModelIndex &index) const
{
    paintChips(painter, area, chipsOf(index.data(TagsRole).value<TagSets>()), smallFont(option.font),
               option.palette);
}

int TagChipDelegate::chipIn(const QStyleOptionViewItem &option, const QModelIndex &index,
                            const QPoint &pos) const
{
    return chipAt(pos, areaOf(option), chipsOf(index.data(TagsRole).value<TagSets>()),
                  smallFont(option.font));
}

bool TagChipDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view,
                                const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() != QEvent::ToolTip)
        return CellDelegate::helpEvent(event, view, option, index);
    QToolTip::showText(event->globalPos(), chipsText(chipsOf(index.data(TagsRole).value<TagSets>())), view);
    return true;
}

bool TagChipDelegate::editorEvent(QEvent *event, QAbstractItemModel *model,
                                  const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        const auto chips = chipsOf(index.data(TagsRole).value<TagSets>());
        const ChipRow row =
            paintChips(nullptr, areaOf(option), chips, smallFont(option.font), option.palette);
        if (row.rest.adjusted(-4, -4, 4, 4).contains(mouse->pos()))
            QToolTip::showText(mouse->globalPosition().toPoint(), chipsText(chips));
    }
    return CellDelegate::editorEvent(event, model, option, index);
}

}  // namespace meshscope::ui
