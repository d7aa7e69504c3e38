#include "ui/editors/find_bar.h"

#include "ui/editors/scintilla.h"

#include "ui/style/icons.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

FindBar::FindBar(QsciScintilla *text, QWidget *parent)
    : QWidget(parent)
    , m_text(text)
    , m_words(new QLineEdit(this))
{
    m_words->setObjectName(u"field.find"_s);
    m_words->setAccessibleName(tr("Find in the text"));
    m_words->setPlaceholderText(tr("Find in the text"));
    m_words->addAction(icon(u"find"_s), QLineEdit::LeadingPosition);
    const auto button = [this](const QString &iconName, const QString &name, const QString &id) {
        auto *tool = new QToolButton(this);
        tool->setObjectName(id);
        tool->setIcon(icon(iconName));
        tool->setAutoRaise(true);
        tool->setToolTip(name);
        tool->setAccessibleName(name);
        return tool;
    };
    auto *previous = button(u"back"_s, tr("Previous"), u"button.findPrevious"_s);
    auto *next = button(u"forward"_s, tr("Next"), u"button.findNext"_s);
    auto *close = button(u"close"_s, tr("Close"), u"button.findClose"_s);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(kPageMargin, 4, 8, 4);
    layout->setSpacing(4);
    layout->addWidget(m_words, 1);
    layout->addWidget(previous);
    layout->addWidget(next);
    layout->addWidget(close);
    hide();
    connect(m_words, &QLineEdit::textChanged, this, [this] { find(true, true); });
    connect(m_words, &QLineEdit::returnPressed, this, [this] { find(true, false); });
    connect(previous, &QToolButton::clicked, this, [this] { find(false, false); });
    connect(next, &QToolButton::clicked, this, [this] { find(true, false); });
    connect(close, &QToolButton::clicked, this, [this] {
        hide();
        m_text->setFocus();
    });
}

void FindBar::open()
{
    show();
    if (m_text->hasSelectedText() && !m_text->selectedText().contains(u'\n'))
        m_words->setText(m_text->selectedText());
    m_words->selectAll();
    m_words->setFocus(Qt::ShortcutFocusReason);
}

void FindBar::find(bool forward, bool fromHere)
{
    int line = -1, column = -1;
    if (fromHere || !forward) {
        int endLine = 0, endColumn = 0;
        m_text->getSelection(&line, &column, &endLine, &endColumn);
        if (line < 0)
            m_text->getCursorPosition(&line, &column);
    }
    const bool found =
        m_words->text().isEmpty()
        || m_text->findFirst(m_words->text(), false, false, false, true, forward, line, column);
    QPalette colours;
    if (!found)
        colours.setColor(QPalette::Text, markColour(Mark::Bad, QApplication::palette()));
    m_words->setPalette(colours);
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        hide();
        m_text->setFocus();
        return;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace meshscope::ui
