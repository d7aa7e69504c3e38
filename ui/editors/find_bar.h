// Finds words in an editor, as one types.
#pragma once

#include <QWidget>

class QLineEdit;
class QsciScintilla;

namespace meshscope::ui {

class FindBar : public QWidget
{
    Q_OBJECT

public:
    explicit FindBar(QsciScintilla *text, QWidget *parent = nullptr);
    void open();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void find(bool forward, bool fromHere);

    QsciScintilla *m_text;
    QLineEdit *m_words;
};

}  // namespace meshscope::ui
