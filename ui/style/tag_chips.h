// Tags as chips: the key muted, the value strong, the same tint for the same tag everywhere.
#pragma once

#include "models/roles.h"

#include <QList>
#include <QPainter>
#include <QString>
#include <QWidget>

namespace meshscope::ui {

struct TagChip {
    QString key;  // shortened: "service" for kuma.io/service
    QString value;
    bool reserved = false;  // one of Kuma's own; drawn with its small mark
    int tint = 0;
    bool startsSet = false;   // the first chip of a second, third … tag set: a line stands before it
    QString fullKey() const;  // "kuma.io/service"
    QString full() const;     // "kuma.io/service=web"
};

// Service first, then the version and a person's other tags, then protocol and zone. Equal sets are shown
// once.
QList<TagChip> chipsOf(const Tags &tags);
QList<TagChip> chipsOf(const TagSets &sets);
QString chipsText(const QList<TagChip> &chips);  // one tag a line, sets parted by an empty one

inline constexpr int kChipHeight = 18;
int chipWidth(const TagChip &chip, const QFont &font);

struct ChipRow {
    int shown = 0;
    QRect rest;  // where "+3" stands; null when all are shown
};
// Fills one line, never wraps; what has no room is counted as "+3". Without a painter it only measures.
ChipRow paintChips(QPainter *painter, const QRect &rect, const QList<TagChip> &chips, const QFont &font,
                   const QPalette &palette);

// Which of the chips of such a line stands there; -1 = none.
int chipAt(const QPoint &pos, const QRect &rect, const QList<TagChip> &chips, const QFont &font);

// The chips of one tag set, wrapped over as many lines as they need.
class TagChipsWidget : public QWidget
{
    Q_OBJECT

public:
    explicit TagChipsWidget(const Tags &tags = {}, QWidget *parent = nullptr);
    void setTags(const Tags &tags);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QList<QRect> placesFor(int width) const;

    QList<TagChip> m_chips;
};

}  // namespace meshscope::ui
