#include "ui/shell/completion_popup.h"

#include "ui/style/delegates.h"
#include "ui/style/palette.h"

#include <QAbstractListModel>
#include <QEvent>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QPainter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kMostRows = 10;
constexpr int kRowHeight = 24;

QString toText(const std::string &text) { return QString::fromStdString(text); }

enum Role { AboutRole = Qt::UserRole + 1, CountTextRole, KindRole };

}  // namespace

class SuggestionModel : public QAbstractListModel
{
public:
    using QAbstractListModel::QAbstractListModel;

    void set(std::vector<query::Suggestion> suggestions)
    {
        beginResetModel();
        m_rows = std::move(suggestions);
        endResetModel();
    }
    const query::Suggestion *at(int row) const
    {
        return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
    }
    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const query::Suggestion *row = index.isValid() ? at(index.row()) : nullptr;
        if (!row)
            return {};
        const QString count =
            row->count > 0 ? QLocale().toString(static_cast<qulonglong>(row->count)) : QString();
        switch (role) {
        case Qt::DisplayRole:
            return toText(row->shown);
        case Qt::AccessibleTextRole:
            return QStringList{toText(row->shown), toText(row->about), count}.join(u' ').simplified();
        case AboutRole:
            return toText(row->about);
        case CountTextRole:
            return count;
        case KindRole:
            return static_cast<int>(row->kind);
        default:
            return {};
        }
    }

private:
    std::vector<query::Suggestion> m_rows;
};

namespace {

// The suggestion, what it is, and at the right how many dataplanes have it.
class SuggestionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, kRowHeight};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QPalette &palette = option.palette;
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, blend(palette.color(QPalette::Base), accent(palette), 0.2));
        else if (option.state & QStyle::State_MouseOver)
            painter->fillRect(option.rect, blend(palette.color(QPalette::Base), accent(palette), 0.08));
        QRect area = option.rect.adjusted(10, 0, -10, 0);
        const QFontMetrics metrics(option.font);
        const QString count = index.data(CountTextRole).toString();
        painter->setFont(option.font);
        painter->setPen(mutedText(palette));
        painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, count);
        area.setRight(area.right() - metrics.horizontalAdvance(count) - (count.isEmpty() ? 0 : 12));
        const QString about = index.data(AboutRole).toString();
        const QString text = metrics.elidedText(index.data().toString(), Qt::ElideMiddle, area.width());
        painter->setPen(palette.color(QPalette::Text));
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, text);
        const int indent = qMax(120, metrics.horizontalAdvance(text) + 16);
        if (!about.isEmpty() && indent < area.width() - 40) {
            area.setLeft(area.left() + indent);
            painter->setPen(mutedText(palette));
            painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                              metrics.elidedText(about, Qt::ElideRight, area.width()));
        }
        painter->restore();
    }
};

}  // namespace

CompletionPopup::CompletionPopup(QWidget *field)
    : QFrame(field->window())
    , m_field(field)
    , m_message(new QLabel(this))
    , m_list(new QListView(this))
    , m_model(new SuggestionModel(this))
{
    setObjectName(u"popup.completion"_s);
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_message->setObjectName(u"label.queryProblem"_s);
    m_message->setContentsMargins(10, 5, 10, 5);
    m_message->setWordWrap(true);
    m_list->setObjectName(u"list.completion"_s);
    m_list->setAccessibleName(tr("Suggestions"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new SuggestionDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_list);
    connect(m_list, &QAbstractItemView::clicked, this, &CompletionPopup::picked);
    m_field->installEventFilter(this);
    hide();
}

void CompletionPopup::setMessage(const QString &message, bool couldGoOn)
{
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, markTextColour(couldGoOn ? Mark::Partly : Mark::Bad, palette()));
    m_message->setPalette(colours);
}

void CompletionPopup::setSuggestions(std::vector<query::Suggestion> suggestions)
{
    m_model->set(std::move(suggestions));
    m_list->setVisible(hasSuggestions());
}

bool CompletionPopup::hasSuggestions() const { return m_model->rowCount() > 0; }

void CompletionPopup::present()
{
    const QWidget *parent = parentWidget();
    if ((!hasSuggestions() && m_message->text().isEmpty()) || !m_field->isVisible()) {
        hide();
        return;
    }
    const QPoint below = m_field->mapTo(parent, QPoint(0, m_field->height() + 2));
    const int width = qMin(qMax(m_field->width(), 320), parent->width() - below.x() - 4);
    const int rows = qMin(m_model->rowCount(), kMostRows);
    m_list->setFixedHeight(rows * kRowHeight);
    const int message = m_message->text().isEmpty() ? 0 : m_message->heightForWidth(width - 2);
    setGeometry(below.x(), below.y(), width,
                qMin(message + rows * kRowHeight + 2, parent->height() - below.y()));
    raise();
    show();
}

int CompletionPopup::current() const { return m_list->currentIndex().row(); }

void CompletionPopup::move(int by)
{
    const int rows = m_model->rowCount();
    const int next = (current() + 1 + by + rows + 1) % (rows + 1) - 1;  // -1 … rows-1
    if (next < 0)
        m_list->clearSelection();
    m_list->setCurrentIndex(m_model->index(next));
}

const query::Suggestion *CompletionPopup::chosen() const { return m_model->at(qMax(0, current())); }

bool CompletionPopup::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field) {
        if (event->type() == QEvent::FocusOut || event->type() == QEvent::Hide)
            hide();
        else if ((event->type() == QEvent::Resize || event->type() == QEvent::Move) && isVisible())
            present();
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace meshscope::ui
