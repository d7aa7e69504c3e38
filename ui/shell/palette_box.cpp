#include "ui/shell/palette_box.h"

#include "ui/style/delegates.h"
#include "ui/style/icons.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QTextLayout>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kWidth = 620;
constexpr int kMaxRows = 12;

// Icon, title with the typed letters strong, detail muted, keys at the right.
class ChoiceDelegate : public CellDelegate
{
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override
    {
        const bool enabled = index.flags() & Qt::ItemIsEnabled;
        QRect rest = area;
        if (const QString name = index.data(ChoiceList::IconRole).toString(); !name.isEmpty()) {
            icon(name).paint(painter, rest.left(), rest.top() + (rest.height() - 16) / 2, 16, 16);
            rest.setLeft(rest.left() + 24);
        }
        const QColor muted = mutedText(option.palette);
        if (const QString keys = index.data(ChoiceList::KeysRole).toString(); !keys.isEmpty()) {
            painter->setFont(smallFont(option.font));
            painter->setPen(muted);
            painter->drawText(rest, Qt::AlignRight | Qt::AlignVCenter, keys);
            rest.setRight(rest.right() - painter->fontMetrics().horizontalAdvance(keys) - 12);
        }
        QTextLayout title(index.data().toString(), option.font);
        QList<QTextLayout::FormatRange> strong;
        for (const int at : index.data(ChoiceList::MatchedRole).value<QList<int>>()) {
            QTextCharFormat format;
            format.setFontWeight(QFont::Bold);
            format.setForeground(accent(option.palette));
            strong << QTextLayout::FormatRange{at, 1, format};
        }
        title.setFormats(strong);
        title.beginLayout();
        QTextLine line = title.createLine();
        line.setNumColumns(static_cast<int>(title.text().size()));
        title.endLayout();
        painter->save();
        painter->setClipRect(rest);
        painter->setPen(enabled ? option.palette.color(QPalette::Text) : muted);
        title.draw(painter, QPointF(rest.left(), rest.top() + (rest.height() - line.height()) / 2));
        painter->restore();
        rest.setLeft(rest.left() + qCeil(line.naturalTextWidth()) + 10);
        if (const QString detail = index.data(ChoiceList::DetailRole).toString();
            !detail.isEmpty() && rest.width() > 20) {
            painter->setFont(smallFont(option.font));
            painter->setPen(muted);
            painter->drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine,
                              painter->fontMetrics().elidedText(detail, Qt::ElideRight, rest.width()));
        }
    }
};

QString signOf(PaletteBox::Mode mode)
{
    switch (mode) {
    case PaletteBox::Mode::Objects:
        break;
    case PaletteBox::Mode::Actions:
        return u">"_s;
    case PaletteBox::Mode::Commands:
        return u":"_s;
    }
    return {};
}

}  // namespace

PaletteBox::PaletteBox(Fill fill, QWidget *window)
    : QFrame(window)
    , m_fill(std::move(fill))
    , m_field(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_hint(new QLabel(this))
    , m_choices(new ChoiceList(this))
{
    setObjectName(u"box.palette"_s);
    setAccessibleName(tr("Go to and commands"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Window);
    m_field->setObjectName(u"field.palette"_s);
    m_field->installEventFilter(this);
    m_list->setObjectName(u"list.palette"_s);
    m_list->setAccessibleName(tr("What fits"));
    m_list->setModel(m_choices);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setItemDelegate(new ChoiceDelegate(m_list));
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->setFont(smallFont(font()));
    m_hint->setContentsMargins(4, 2, 4, 0);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 6);
    layout->setSpacing(6);
    layout->addWidget(m_field);
    layout->addWidget(m_list);
    layout->addWidget(m_hint);
    hide();
    connect(m_field, &QLineEdit::textChanged, this, &PaletteBox::typed);
    connect(m_list, &QListView::clicked, this, &PaletteBox::run);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) {
        if (isVisible() && !m_closing && now && now != this && !isAncestorOf(now))
            closeBox(false);
    });
}

void PaletteBox::open(Mode mode, const QString &words)
{
    if (!isVisible())
        m_before = QApplication::focusWidget();
    m_mode = mode;
    m_filling = m_fill(mode);
    m_choices->setSource(std::move(m_filling.source));
    {
        const QSignalBlocker quiet(m_field);
        m_field->setText(signOf(mode) + words);
    }
    show();
    raise();
    typed(m_field->text());
    m_field->setFocus(Qt::PopupFocusReason);
}

void PaletteBox::setMode(Mode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    m_filling = m_fill(mode);
    m_choices->setSource(std::move(m_filling.source));
}

QString PaletteBox::line() const { return m_field->text().mid(signOf(m_mode).size()); }

void PaletteBox::typed(const QString &text)
{
    setMode(text.startsWith(u'>') ? Mode::Actions : text.startsWith(u':') ? Mode::Commands : Mode::Objects);
    m_choices->setTyped(line());
    m_list->setCurrentIndex(m_choices->index(0, 0));
    m_list->scrollToTop();
    switch (m_mode) {
    case Mode::Objects:
        m_field->setAccessibleName(tr("Name of a dataplane, service, mesh, policy or sidecar"));
        m_field->setPlaceholderText(tr("Name of a dataplane, service, mesh, policy or sidecar"));
        m_hint->setText(m_choices->rowCount() == 0
                            ? tr("Nothing is named like this. > finds an action, : a command")
                            : tr("Return opens it · > finds an action, : a command"));
        break;
    case Mode::Actions:
        m_field->setAccessibleName(tr("Name of an action"));
        m_hint->setText(m_choices->rowCount() == 0 ? tr("No action is named like this")
                                                   : tr("Return runs it · grey ones cannot run now"));
        break;
    case Mode::Commands:
        m_field->setAccessibleName(tr("Command"));
        m_hint->setText(m_choices->rowCount() == 0 ? tr("There is no such command") : tr("Return runs it"));
        break;
    }
    place();
}

void PaletteBox::place()
{
    const int rows = qBound(1, m_choices->rowCount(), kMaxRows);
    m_list->setVisible(m_choices->rowCount() > 0);
    m_list->setFixedHeight(rows * kRowHeight);
    const QWidget *window = parentWidget();
    const int width = qMin(kWidth, window->width() - 40);
    setFixedWidth(width);
    adjustSize();
    move((window->width() - width) / 2, 64);
}

void PaletteBox::run()
{
    const QString typedLine = line();
    const QModelIndex chosen = m_list->currentIndex();
    // A command that is written out wins over what the list would offer.
    if (m_filling.runLine && m_filling.runLine(typedLine))
        return closeBox(true);
    if (!chosen.isValid() || !(chosen.flags() & Qt::ItemIsEnabled))
        return;
    const std::size_t number = m_choices->numberAt(chosen.row());
    const auto deed = m_filling.run;
    // The source lives on in the list until the next opening; what the deed needs it looks up now.
    closeBox(true);
    deed(number, typedLine);
}

void PaletteBox::closeBox(bool giveFocusBack)
{
    m_closing = true;
    hide();
    if (giveFocusBack && m_before)
        m_before->setFocus(Qt::PopupFocusReason);
    m_before = nullptr;
    m_closing = false;
}

bool PaletteBox::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_field || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const int rows = m_choices->rowCount();
    const auto go = [this, rows](int row) {
        if (rows > 0)
            m_list->setCurrentIndex(m_choices->index(qBound(0, row, rows - 1), 0));
    };
    const int row = m_list->currentIndex().row();
    switch (key->key()) {
    case Qt::Key_Escape:
        closeBox(true);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        run();
        return true;
    case Qt::Key_Down:
        go(row + 1 < rows ? row + 1 : 0);
        return true;
    case Qt::Key_Up:
        go(row > 0 ? row - 1 : rows - 1);
        return true;
    case Qt::Key_PageDown:
        go(row + kMaxRows);
        return true;
    case Qt::Key_PageUp:
        go(row - kMaxRows);
        return true;
    case Qt::Key_Tab:
        // Writes the chosen command out, for its argument to follow.
        if (m_mode == Mode::Commands && m_list->currentIndex().isValid())
            m_field->setText(m_list->currentIndex().data().toString().section(u' ', 0, 0) + u' ');
        return true;
    default:
        return false;
    }
}

void PaletteBox::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        update();
}

}  // namespace meshscope::ui
