// The marks of a state, drawn as vectors: disc, half disc, notched square, ring, arc. Shape first, colour
// second.
#pragma once

#include "ui/style/palette.h"

#include "backend/core/insight.h"

#include <QPainter>
#include <QPixmap>
#include <QRectF>
#include <QWidget>

namespace meshscope::ui {

inline constexpr int kMarkSize = 10;  // logical pixels

Mark markFor(Health health);

// Fills the square `box`. `turn` (0…1) is where the arc of Working stands; it stands still when nobody
// advances it.
void paintMark(QPainter *painter, const QRectF &box, Mark mark, const QPalette &palette, double turn = 0);
QPixmap markPixmap(Mark mark, int size, const QPalette &palette, double ratio);

// A mark and its word, as the inspector and the page titles show them.
class StatusLabel : public QWidget
{
    Q_OBJECT

public:
    explicit StatusLabel(QWidget *parent = nullptr);
    void setStatus(Mark mark, const QString &word);
    QString word() const { return m_word; }
    Mark mark() const { return m_mark; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Mark m_mark = Mark::None;
    QString m_word;
};

}  // namespace meshscope::ui
