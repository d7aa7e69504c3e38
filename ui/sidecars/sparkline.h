// A cell with a small curve of the last values and the newest as a number.
#pragma once

#include "ui/style/delegates.h"

namespace meshscope::ui {

class SparklineDelegate : public CellDelegate
{
    Q_OBJECT

public:
    static constexpr int kValuesRole = Qt::UserRole + 20;  // QList<double>, the newest last
    enum class Meaning { Traffic, Trouble };               // Trouble is red when it is not zero

    SparklineDelegate(Meaning meaning, QObject *parent);

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override;

private:
    Meaning m_meaning;
};

QString rateText(double rate);  // "0", "0.4", "12", "1.2k"

}  // namespace meshscope::ui
