#include "ui/sidecars/sparkline.h"

#include "ui/style/palette.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {
constexpr int kNumberWidth = 38;
constexpr int kPoints = 60;  // of a full curve
}  // namespace

QString rateText(double rate)
{
    if (rate < 0.05)
        return u"0"_s;
    if (rate < 10)
        return QString::number(rate, 'f', 1);
    if (rate < 1000)
        return QString::number(rate, 'f', 0);
    return QString::number(rate / 1000, 'f', 1) + u'k';
}

SparklineDelegate::SparklineDelegate(Meaning meaning, QObject *parent)
    : CellDelegate(Look{}, parent)
    , m_meaning(meaning)
{}

void SparklineDelegate::paintContents(QPainter *painter, const QStyleOptionViewItem &option,
                                      const QRect &area, const QModelIndex &index) const
{
    const auto values = index.data(kValuesRole).value<QList<double>>();
    if (values.isEmpty())
        return;
    const double last = values.last();
    const bool isTrouble = m_meaning == Meaning::Trouble;
    const double top = std::max(1.0, *std::max_element(values.begin(), values.end()));
    const bool isQuiet = *std::max_element(values.begin(), values.end()) < 0.05;
    const QColor colour = isQuiet     ? mutedText(option.palette)
                          : isTrouble ? markColour(Mark::Bad, option.palette)
                                      : accent(option.palette);
    const QRectF curve = QRectF(area).adjusted(0, 5, -kNumberWidth - 6, -5);
    painter->setRenderHint(QPainter::Antialiasing);
    // The newest value stands at the right edge; a short history begins further right.
    const double step = curve.width() / (kPoints - 1);
    const auto pointAt = [&](qsizetype i) {
        return QPointF(curve.right() - step * static_cast<double>(values.size() - 1 - i),
                       curve.bottom() - curve.height() * values[i] / top);
    };
    QPainterPath line(pointAt(0));
    for (qsizetype i = 1; i < values.size(); ++i)
        line.lineTo(pointAt(i));
    if (!isQuiet) {
        QPainterPath filled = line;
        filled.lineTo(curve.right(), curve.bottom());
        filled.lineTo(pointAt(0).x(), curve.bottom());
        QColor tint = colour;
        tint.setAlphaF(0.16F);
        painter->fillPath(filled, tint);
    }
    painter->setPen(QPen(colour, 1.25));
    painter->drawPath(line);
    painter->setPen(isTrouble && last >= 0.05 ? markTextColour(Mark::Bad, option.palette)
                    : last < 0.05             ? mutedText(option.palette)
                                              : option.palette.color(QPalette::Text));
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, rateText(last));
}

}  // namespace meshscope::ui
