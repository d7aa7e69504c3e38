#include "ui/sidecars/text_window.h"

#include "ui/style/theme.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QShortcut>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

TextWindow::TextWindow(const QString &title, const QByteArray &text, const QString &fileName, QWidget *parent)
    : QWidget(parent, Qt::Window)
    , m_text(new QPlainTextEdit(this))
    , m_find(new QLineEdit(this))
    , m_message(new QLabel(this))
    , m_fileName(fileName)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(u"window.text"_s);
    setWindowTitle(title);
    resize(900, 700);
    m_text->setObjectName(u"text.content"_s);
    m_text->setAccessibleName(title);
    m_text->setFont(fixedFont());
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setPlainText(QString::fromUtf8(text));
    m_find->setPlaceholderText(tr("Find"));
    m_find->setAccessibleName(tr("Find in the text"));
    m_find->setClearButtonEnabled(true);
    m_message->setForegroundRole(QPalette::PlaceholderText);
    auto *saveButton = new QPushButton(tr("Save as …"), this);
    connect(saveButton, &QPushButton::clicked, this, &TextWindow::save);
    connect(m_find, &QLineEdit::returnPressed, this, [this] { find(false); });
    connect(m_find, &QLineEdit::textEdited, m_message, &QLabel::clear);
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_find,
            [this] { m_find->setFocus(Qt::ShortcutFocusReason); });
    connect(new QShortcut(QKeySequence::FindNext, this), &QShortcut::activated, this,
            [this] { find(false); });
    connect(new QShortcut(QKeySequence::FindPrevious, this), &QShortcut::activated, this,
            [this] { find(true); });
    connect(new QShortcut(QKeySequence::Close, this), &QShortcut::activated, this, &QWidget::close);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(kPageMargin, 8, kPageMargin, 8);
    row->addWidget(m_find, 1);
    row->addWidget(m_message);
    row->addWidget(saveButton);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(row);
    layout->addWidget(m_text, 1);
    m_find->setFocus();
}

void TextWindow::find(bool backward)
{
    const auto flags = backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    if (m_find->text().isEmpty() || m_text->find(m_find->text(), flags))
        return m_message->clear();
    m_text->moveCursor(backward ? QTextCursor::End : QTextCursor::Start);  // once around
    m_message->setText(m_text->find(m_find->text(), flags) ? tr("From the other end") : tr("Not there"));
}

void TextWindow::save()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Save as"), m_fileName);
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    const bool done =
        file.open(QIODevice::WriteOnly) && file.write(m_text->toPlainText().toUtf8()) >= 0 && file.commit();
    m_message->setText(done ? tr("Saved") : tr("Not saved: %1").arg(file.errorString()));
}

}  // namespace meshscope::ui
