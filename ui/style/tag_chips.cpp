#include "ui/style/tag_chips.h"

#include "models/text.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kPadding = 5;
constexpr int kGap = 4;      // between key and value
constexpr int kSpacing = 4;  // between chips
constexpr int kReservedMark = 8;
constexpr int kSetGap = 9;  // more room, and a line, between tag sets

// Kuma's own keys that everyone knows; others keep their full name.
constexpr std::string_view kReservedPrefix = "kuma.io/";

int rankOf(const std::string &key)
{
    if (key == kServiceTag)
        return 0;
    if (key == "version")
        return 1;
    return std::string_view(key).substr(0, kReservedPrefix.size()) == kReservedPrefix ? 3 : 2;
}

TagChip chipOf(const std::string &key, const std::string &value)
{
    TagChip chip;
    chip.value = toQString(value);
    chip.tint = tagTintIndex(toQString(key), chip.value);
    chip.reserved = std::string_view(key).substr(0, kReservedPrefix.size()) == kReservedPrefix;
    chip.key = toQString(chip.reserved ? key.substr(kReservedPrefix.size()) : key);
    return chip;
}

void paintChip(QPainter *painter, const QRect &rect, const TagChip &chip, const QFont &font,
               const QPalette &palette)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(tagTint(chip.tint, palette));
    painter->drawRoundedRect(rect, 3.5, 3.5);
    painter->setFont(font);
    const QFontMetrics metrics(font);
    int left = rect.left() + kPadding;
    const QColor keyColour = tagKeyColour(palette);
    if (chip.reserved) {
        // A hexagon, as Kuma's services have it.
        const QPointF c(left + 2.5, rect.center().y() + 0.5);
        const QPointF corners[] = {c + QPointF(0, -3), c + QPointF(2.6, -1.5), c + QPointF(2.6, 1.5),
                                   c + QPointF(0, 3),  c + QPointF(-2.6, 1.5), c + QPointF(-2.6, -1.5)};
        painter->setPen(QPen(keyColour, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawPolygon(corners, 6);
        left += kReservedMark;
    }
    const int keyWidth = metrics.horizontalAdvance(chip.key);
    painter->setPen(keyColour);
    painter->drawText(QRect(left, rect.top(), keyWidth, rect.height()), Qt::AlignVCenter, chip.key);
    left += keyWidth + kGap;
    const int room = rect.right() - kPadding - left + 2;
    painter->setFont(strongFont(font));
    painter->setPen(palette.color(QPalette::Text));
    painter->drawText(QRect(left, rect.top(), room, rect.height()), Qt::AlignVCenter,
                      QFontMetrics(painter->font()).elidedText(chip.value, Qt::ElideRight, room));
    painter->restore();
}

}  // namespace

QString TagChip::fullKey() const { return (reserved ? u"kuma.io/"_s : QString()) + key; }

QString TagChip::full() const { return fullKey() + u'=' + value; }

QList<TagChip> chipsOf(const Tags &tags)
{
    std::vector<std::pair<std::string, std::string>> ordered(tags.begin(), tags.end());
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto &a, const auto &b) { return rankOf(a.first) < rankOf(b.first); });
    QList<TagChip> chips;
    for (const auto &[key, value] : ordered)
        chips << chipOf(key, value);
    return chips;
}

QList<TagChip> chipsOf(const TagSets &sets)
{
    QList<TagChip> chips;
    for (auto set = sets.begin(); set != sets.end(); ++set) {
        if (std::find(sets.begin(), set, *set) != set)
            continue;
        QList<TagChip> more = chipsOf(*set);
        if (!chips.isEmpty() && !more.isEmpty())
            more.first().startsSet = true;
        chips << more;
    }
    return chips;
}

QString chipsText(const QList<TagChip> &chips)
{
    QStringList lines;
    for (const TagChip &chip : chips) {
        if (chip.startsSet)
            lines << QString();
        lines << chip.full();
    }
    return lines.join(u'\n');
}

int chipWidth(const TagChip &chip, const QFont &font)
{
    return 2 * kPadding + kGap + (chip.reserved ? kReservedMark : 0)
           + QFontMetrics(font).horizontalAdvance(chip.key)
           + QFontMetrics(strongFont(font)).horizontalAdvance(chip.value);
}

ChipRow paintChips(QPainter *painter, const QRect &rect, const QList<TagChip> &chips, const QFont &font,
                   const QPalette &palette)
{
    const QFontMetrics metrics(font);
    const int top = rect.top() + (rect.height() - kChipHeight) / 2;
    ChipRow row;
    int left = rect.left();
    for (int i = 0; i < chips.size(); ++i) {
        const TagChip &chip = chips.at(i);
        const int width = chipWidth(chip, font);
        const int gap = i == 0 ? 0 : chip.startsSet ? kSetGap : kSpacing;
        const int after = static_cast<int>(chips.size()) - i - 1;
        const int restWidth = after > 0 ? kSpacing + metrics.horizontalAdvance(u"+%1"_s.arg(after)) : 0;
        // The only chip that has no room is cut rather than hidden.
        const bool cut = i == 0 && left + width + restWidth > rect.right() + 1;
        if (!cut && left + gap + width + restWidth > rect.right() + 1)
            break;
        if (painter && chip.startsSet) {
            painter->setPen(palette.color(QPalette::Dark));
            painter->drawLine(left + kSetGap / 2, top + 2, left + kSetGap / 2, top + kChipHeight - 3);
        }
        left += gap;
        const int drawn = cut ? qMax(24, rect.right() + 1 - restWidth - left) : width;
        if (painter)
            paintChip(painter, {left, top, drawn, kChipHeight}, chip, font, palette);
        left += drawn;
        ++row.shown;
    }
    if (const auto hidden = chips.size() - row.shown; hidden > 0) {
        const QString text = u"+%1"_s.arg(hidden);
        row.rest = QRect(left + kSpacing, top, metrics.horizontalAdvance(text), kChipHeight);
        if (painter) {
            painter->setFont(font);
            painter->setPen(mutedText(palette));
            painter->drawText(row.rest, Qt::AlignVCenter | Qt::AlignLeft, text);
        }
    }
    return row;
}

int chipAt(const QPoint &pos, const QRect &rect, const QList<TagChip> &chips, const QFont &font)
{
    const int shown = paintChips(nullptr, rect, chips, font, {}).shown;
    int left = rect.left();
    for (int i = 0; i < shown; ++i) {
        left += i == 0 ? 0 : chips.at(i).startsSet ? kSetGap : kSpacing;
        const int right = left + chipWidth(chips.at(i), font);
        if (pos.x() >= left && (pos.x() < right || (i == 0 && shown == 1)))
            return i;
        left = right;
    }
    return -1;
}

TagChipsWidget::TagChipsWidget(const Tags &tags, QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setTags(tags);
}

void TagChipsWidget::setTags(const Tags &tags)
{
    m_chips = chipsOf(tags);
    QStringList words;
    for (const TagChip &chip : m_chips)
        words << chip.full();
    setAccessibleName(words.join(u", "_s));
    setToolTip(words.join(u'\n'));
    if (width() > 0)
        setMinimumHeight(heightForWidth(width()));
    updateGeometry();
    update();
}

QList<QRect> TagChipsWidget::placesFor(int width) const
{
    QList<QRect> places;
    const QFont small = smallFont(font());
    int left = 0, top = 0;
    for (const TagChip &chip : m_chips) {
        const int wanted = qMin(chipWidth(chip, small), qMax(40, width));
        if (left > 0 && left + wanted > width) {
            left = 0;
            top += kChipHeight + 4;
        }
        places << QRect(left, top, wanted, kChipHeight);
        left += wanted + kSpacing;
    }
    return places;
}

int TagChipsWidget::heightForWidth(int width) const
{
    const auto places = placesFor(width);
    return places.isEmpty() ? 0 : places.last().bottom() + 1;
}

QSize TagChipsWidget::sizeHint() const { return {220, heightForWidth(220)}; }

QSize TagChipsWidget::minimumSizeHint() const { return {80, kChipHeight}; }

void TagChipsWidget::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // Not every layout asks for the height that goes with a width.
    setMinimumHeight(heightForWidth(width()));
}

void TagChipsWidget::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const auto places = placesFor(width());
    const QFont small = smallFont(font());
    for (int i = 0; i < places.size(); ++i)
        paintChip(&painter, places.at(i), m_chips.at(i), small, palette());
}

}  // namespace meshscope::ui
