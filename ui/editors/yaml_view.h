// YAML in our colours: line numbers, folding, the line of the caret, bars beside changed lines, marks and
// annotations at findings. For reading and for writing.
#pragma once

#include "ui/editors/scintilla.h"

#include "backend/validation/validate.h"

#include <vector>

class QsciLexerYAML;

namespace meshscope::ui {

class YamlView : public QsciScintilla
{
    Q_OBJECT

public:
    explicit YamlView(QWidget *parent = nullptr);

    // Replaces the text, keeps the caret's line, and leaves it undoable when the view is writable.
    void replaceText(const QString &text);
    void setFindings(const std::vector<Finding> &findings);
    // Lines (from 0) that differ from what the server holds.
    void setChangedLines(const std::vector<int> &lines);
    // A background behind whole lines, for comparisons; of the given colour.
    void setTintedLines(const std::vector<int> &lines, const QColor &colour);
    // Character ranges inside lines that differ, in the same colour but stronger.
    struct Range {
        int line, from, to;  // from 0, in characters; to is behind the last
    };
    void setTintedWords(const std::vector<Range> &ranges, const QColor &colour);
    void goTo(int line, int column);  // from 1; moves the keyboard there

    QSize sizeHint() const override { return {420, 300}; }

Q_SIGNALS:
    void findWanted();  // Ctrl+F inside
    void leftByKey();   // Escape

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool event(QEvent *event) override;

private:
    void applyColours();
    void fitLineNumbers();
    void annotateFindings();
    QString noteFor(const Finding &finding, int line) const;

    QsciLexerYAML *m_lexer;
    // Numbers of their own: styles that number themselves run out after some dozens of views.
    QsciStyle m_errorNote{60}, m_warningNote{61}, m_hintNote{62};
    std::vector<Finding> m_findings;
    int m_notedWidth = 0;  // what the annotations were wrapped to
};

}  // namespace meshscope::ui
