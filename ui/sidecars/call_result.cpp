#include "ui/sidecars/call_result.h"

#include "ui/style/delegates.h"
#include "ui/style/error_text.h"
#include "ui/style/theme.h"

#include <QHeaderView>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kShareRole = Qt::UserRole + 1;
constexpr int kFailedRole = Qt::UserRole + 2;

bool isFailure(const QString &answer) { return !answer.startsWith(u'2') && !answer.startsWith(u'3'); }

class ShareDelegate : public CellDelegate
{
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override
    {
        const bool failed = index.data(kFailedRole).toBool();
        const QRectF bar(area.left(), area.center().y() - 3, area.width() * index.data(kShareRole).toDouble(),
                         7);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(failed ? markColour(Mark::Bad, option.palette) : accent(option.palette));
        painter->drawRoundedRect(bar, 2, 2);
    }
};

}  // namespace

CallResultList::CallResultList(QWidget *parent)
    : QTreeWidget(parent)
{
    setAccessibleName(tr("Who answered"));
    setColumnCount(3);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    CellDelegate::Look count;
    count.right = true;
    setItemDelegate(new CellDelegate(this));
    setItemDelegateForColumn(CountColumn, new CellDelegate(count, this));
    setItemDelegateForColumn(ShareColumn, new ShareDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    header()->setMinimumSectionSize(20);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(AnswerColumn, QHeaderView::Stretch);
    header()->setSectionResizeMode(CountColumn, QHeaderView::Fixed);
    header()->setSectionResizeMode(ShareColumn, QHeaderView::Fixed);
    header()->resizeSection(CountColumn, 40);
    header()->resizeSection(ShareColumn, 84);
}

void CallResultList::showReport(const CallReport &report)
{
    clear();
    for (const auto &[answer, count] : report.answers) {
        const QString words = QString::fromStdString(answer);
        auto *item = new QTreeWidgetItem(this, {words, QString::number(count), QString()});
        item->setData(ShareColumn, kShareRole,
                      report.asked > 0 ? static_cast<double>(count) / report.asked : 0.0);
        item->setData(ShareColumn, kFailedRole, isFailure(words));
        item->setData(ShareColumn, Qt::AccessibleTextRole, tr("%1 of %2").arg(count).arg(report.asked));
        item->setToolTip(AnswerColumn, words);
    }
    updateGeometry();
}

void CallResultList::showError(const Error &error)
{
    clear();
    auto *item = new QTreeWidgetItem(this, {errorLine(error)});
    item->setFirstColumnSpanned(true);
    item->setToolTip(AnswerColumn, errorLine(error));
    updateGeometry();
}

QSize CallResultList::sizeHint() const { return {200, qMin(topLevelItemCount(), 8) * kRowHeight}; }

QString callSummary(const CallReport &report)
{
    QStringList parts;
    for (const auto &[answer, count] : report.answers)
        parts << u"%1 × %2"_s.arg(count).arg(QString::fromStdString(answer));
    return parts.join(u", "_s);
}

}  // namespace meshscope::ui
