#include "ui/editors/yaml_view.h"

#include "models/text.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include <QEvent>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

enum Margin { LineNumbers, Changes, Marks, Folds };
enum Marker { ChangedMarker, ErrorMarker, WarningMarker, HintMarker, TintMarker, ErrorLine, WarningLine };
constexpr int kWordIndicator = 9;

}  // namespace

YamlView::YamlView(QWidget *parent)
    : QsciScintilla(parent)
    , m_lexer(new QsciLexerYAML(this))
{
    setFrameShape(QFrame::NoFrame);
    setUtf8(true);
    setEolMode(QsciScintilla::EolUnix);
    setLexer(m_lexer);
    setIndentationsUseTabs(false);
    setTabWidth(2);
    setIndentationWidth(2);
    setAutoIndent(true);
    setBackspaceUnindents(true);
    setIndentationGuides(false);
    setBraceMatching(QsciScintilla::SloppyBraceMatch);
    setScrollWidth(1);
    setScrollWidthTracking(true);
    setCaretWidth(2);
    setCaretLineVisible(true);
    setExtraAscent(2);
    setExtraDescent(2);
    setAnnotationDisplay(QsciScintilla::AnnotationStandard);
    SendScintilla(SCI_SETMULTIPLESELECTION, true);
    SendScintilla(SCI_SETADDITIONALSELECTIONTYPING, true);
    SendScintilla(SCI_SETCARETPERIOD, 530);

    setMarginType(LineNumbers, QsciScintilla::NumberMargin);
    setMarginType(Changes, QsciScintilla::SymbolMargin);
    setMarginMarkerMask(Changes, 1 << ChangedMarker);
    setMarginWidth(Changes, 4);
    setMarginType(Marks, QsciScintilla::SymbolMargin);
    setMarginMarkerMask(Marks, (1 << ErrorMarker) | (1 << WarningMarker) | (1 << HintMarker));
    setMarginWidth(Marks, 12);
    setFolding(QsciScintilla::PlainFoldStyle, Folds);
    setMarginWidth(Folds, 14);
    indicatorDefine(QsciScintilla::FullBoxIndicator, kWordIndicator);
    setIndicatorDrawUnder(true, kWordIndicator);
    applyColours();
    connect(this, &QsciScintilla::linesChanged, this, &YamlView::fitLineNumbers);
    fitLineNumbers();
}

void YamlView::applyColours()
{
    const QPalette colours = palette();
    const QColor base = colours.color(QPalette::Base), text = colours.color(QPalette::Text);
    const QColor muted = mutedText(colours);
    const QFont font = fixedFont();
    m_lexer->setDefaultFont(font);
    m_lexer->setDefaultPaper(base);
    m_lexer->setDefaultColor(text);
    m_lexer->setFont(font, -1);
    m_lexer->setPaper(base, -1);
    const QColor value = markColour(Mark::Good, colours);
    m_lexer->setColor(value, -1);
    m_lexer->setColor(accent(colours), QsciLexerYAML::Identifier);
    m_lexer->setColor(muted, QsciLexerYAML::Comment);
    m_lexer->setColor(text, QsciLexerYAML::Operator);
    m_lexer->setColor(muted, QsciLexerYAML::DocumentDelimiter);
    m_lexer->setColor(markColour(Mark::Partly, colours), QsciLexerYAML::Keyword);
    m_lexer->setColor(markColour(Mark::Partly, colours), QsciLexerYAML::Reference);
    m_lexer->setColor(markColour(Mark::Bad, colours), QsciLexerYAML::SyntaxErrorMarker);
    setPaper(base);
    setColor(text);
    setCaretForegroundColor(text);
    setCaretLineBackgroundColor(blend(base, text, isDark(colours) ? 0.06 : 0.035));
    setSelectionBackgroundColor(blend(base, accent(colours), 0.3));
    resetSelectionForegroundColor();
    setMarginsFont(font);
    setMarginsForegroundColor(muted);
    setMarginsBackgroundColor(base);
    setFoldMarginColors(base, base);
    setMatchedBraceForegroundColor(text);
    setMatchedBraceBackgroundColor(blend(base, accent(colours), 0.35));
    setUnmatchedBraceForegroundColor(markColour(Mark::Bad, colours));
    setUnmatchedBraceBackgroundColor(base);
    SendScintilla(SCI_MARKERDEFINE, SC_MARKNUM_FOLDEROPEN, SC_MARK_ARROWDOWN);
    SendScintilla(SCI_MARKERDEFINE, SC_MARKNUM_FOLDER, SC_MARK_ARROW);
    const QColor faint = blend(base, muted, 0.55);
    for (const int marker : {int(SC_MARKNUM_FOLDEROPEN), int(SC_MARKNUM_FOLDER)}) {
        // Not through setMarker…Color, which knows only markers of our own.
        SendScintilla(SCI_MARKERSETFORE, static_cast<unsigned long>(marker), faint);
        SendScintilla(SCI_MARKERSETBACK, static_cast<unsigned long>(marker), faint);
    }

    markerDefine(QsciScintilla::FullRectangle, ChangedMarker);
    setMarkerBackgroundColor(accent(colours), ChangedMarker);
    // Vectors, so that they are sharp at every scale: a square, a filled and an empty disc.
    const auto mark = [&](int marker, QsciScintilla::MarkerSymbol symbol, Mark meaning, bool filled) {
        markerDefine(symbol, marker);
        setMarkerForegroundColor(markColour(meaning, colours), marker);
        setMarkerBackgroundColor(filled ? markColour(meaning, colours) : base, marker);
    };
    mark(ErrorMarker, QsciScintilla::SmallRectangle, Mark::Bad, true);
    mark(WarningMarker, QsciScintilla::Circle, Mark::Partly, true);
    mark(HintMarker, QsciScintilla::Circle, Mark::Unknown, false);
    markerDefine(QsciScintilla::Background, ErrorLine);
    setMarkerBackgroundColor(blend(base, markColour(Mark::Bad, colours), 0.1), ErrorLine);
    markerDefine(QsciScintilla::Background, WarningLine);
    setMarkerBackgroundColor(blend(base, markColour(Mark::Partly, colours), 0.12), WarningLine);
    markerDefine(QsciScintilla::Background, TintMarker);

    const QFont note = smallFont(QWidget::font());
    const auto style = [&](QsciStyle &target, Mark meaning) {
        target.setColor(markTextColour(meaning, colours));
        target.setPaper(base);
        target.setFont(note);
        target.apply(this);
    };
    style(m_errorNote, Mark::Bad);
    style(m_warningNote, Mark::Partly);
    style(m_hintNote, Mark::Unknown);
    annotateFindings();
}

void YamlView::fitLineNumbers() { setMarginWidth(LineNumbers, u"0"_s + QString::number(qMax(10, lines()))); }

void YamlView::replaceText(const QString &next)
{
    const QByteArray before = text().toUtf8(), after = next.toUtf8();
    if (before == after)
        return;
    // Only what differs is replaced: the caret, the folds and the scroll position stay, and so does the undo
    // history.
    const auto inside = [](const QByteArray &bytes, qsizetype at) {
        return at < bytes.size() && (static_cast<unsigned char>(bytes.at(at)) & 0xC0) == 0x80;
    };
    const qsizetype shorter = qMin(before.size(), after.size());
    qsizetype start = 0;
    while (start < shorter && before.at(start) == after.at(start))
        ++start;
    while (start > 0 && (inside(before, start) || inside(after, start)))
        --start;
    qsizetype end = 0;
    while (end < shorter - start && before.at(before.size() - end - 1) == after.at(after.size() - end - 1))
        ++end;
    while (end > 0 && (inside(before, before.size() - end) || inside(after, after.size() - end)))
        --end;
    const QByteArray part = after.mid(start, after.size() - start - end);
    const bool locked = isReadOnly();
    SendScintilla(SCI_SETREADONLY, 0UL);
    SendScintilla(SCI_SETTARGETSTART, static_cast<unsigned long>(start));
    SendScintilla(SCI_SETTARGETEND, static_cast<unsigned long>(before.size() - end));
    SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(part.size()), part.constData());
    SendScintilla(SCI_SETREADONLY, locked ? 1UL : 0UL);
}

void YamlView::setFindings(const std::vector<Finding> &findings)
{
    m_findings = findings;
    annotateFindings();
}

void YamlView::annotateFindings()
{
    for (const int marker : {ErrorMarker, WarningMarker, HintMarker, ErrorLine, WarningLine})
        markerDeleteAll(marker);
    clearAnnotations();
    setScrollWidth(1);  // it follows the longest line from here
    m_notedWidth = viewport()->width();
    std::map<int, QList<QsciStyledText>> notes;
    for (const Finding &finding : m_findings) {
        const int line = finding.line - 1;
        if (line < 0 || line >= lines())
            continue;
        const bool error = finding.severity == Finding::Severity::Error;
        const bool warning = finding.severity == Finding::Severity::Warning;
        markerAdd(line, error ? ErrorMarker : warning ? WarningMarker : HintMarker);
        if (error || warning)
            markerAdd(line, error ? ErrorLine : WarningLine);
        QString words = noteFor(finding, line);
        QList<QsciStyledText> &at = notes[line];
        if (!at.isEmpty())
            words.prepend(u'\n');
        // By number: a text that is given its style as an object keeps a copy that the library never frees.
        at << QsciStyledText(words, (error ? m_errorNote : warning ? m_warningNote : m_hintNote).style());
    }
    for (const auto &[line, texts] : notes)
        annotate(line, texts);
}

QString YamlView::noteFor(const Finding &finding, int line) const
{
    // Under the text of its line, not at the margin; wrapped, since annotations do not wrap themselves.
    const QFontMetrics metrics(m_errorNote.font());
    const int column = indentation(line) * QFontMetrics(fixedFont()).horizontalAdvance(u' ');
    const QString pad(column / qMax(1, metrics.horizontalAdvance(u' ')), u' ');
    int margins = 0;
    for (int margin = LineNumbers; margin <= Folds; ++margin)
        margins += marginWidth(margin);
    const int room = qMax(160, viewport()->width() - margins - column - 24);
    QStringList lines;
    QString current;
    const QString text = toQString(finding.message)
                         + (finding.advice.empty() ? QString() : u". "_s + toQString(finding.advice));
    for (const QString &word : text.split(u' ', Qt::SkipEmptyParts)) {
        const QString longer = current.isEmpty() ? word : QString(current + u' ' + word);
        if (!current.isEmpty() && metrics.horizontalAdvance(longer) > room) {
            lines << pad + current;
            current = word;
        } else {
            current = longer;
        }
    }
    lines << pad + current;
    return lines.join(u'\n');
}

void YamlView::resizeEvent(QResizeEvent *event)
{
    QsciScintilla::resizeEvent(event);
    if (!m_findings.empty() && viewport()->width() != m_notedWidth)
        annotateFindings();
}

void YamlView::setChangedLines(const std::vector<int> &lines)
{
    markerDeleteAll(ChangedMarker);
    for (const int line : lines)
        markerAdd(line, ChangedMarker);
}

void YamlView::setTintedLines(const std::vector<int> &lines, const QColor &colour)
{
    markerDeleteAll(TintMarker);
    setMarkerBackgroundColor(colour, TintMarker);
    for (const int line : lines)
        markerAdd(line, TintMarker);
}

void YamlView::setTintedWords(const std::vector<Range> &ranges, const QColor &colour)
{
    clearIndicatorRange(0, 0, lines(), 0, kWordIndicator);
    setIndicatorForegroundColor(QColor(colour.red(), colour.green(), colour.blue(), 90), kWordIndicator);
    for (const Range &range : ranges)
        fillIndicatorRange(range.line, range.from, range.line, range.to, kWordIndicator);
}

void YamlView::goTo(int line, int column)
{
    const int row = qBound(0, line - 1, lines() - 1);
    ensureLineVisible(row);
    setCursorPosition(row, qBound(0, column - 1, qMax(0, lineLength(row) - 1)));
    ensureCursorVisible();
    setFocus(Qt::OtherFocusReason);
}

void YamlView::changeEvent(QEvent *event)
{
    QsciScintilla::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        applyColours();
}

void YamlView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT leftByKey();
        return;
    }
    QsciScintilla::keyPressEvent(event);
}

bool YamlView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Find)) {
            event->accept();
            Q_EMIT findWanted();
            return true;
        }
        // Pushing and closing belong to the window, though Scintilla would take these keys as editing
        // commands.
        if (key->modifiers() == Qt::ControlModifier
            && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter || key->key() == Qt::Key_W)) {
            event->ignore();
            return false;
        }
    }
    return QsciScintilla::event(event);
}

}  // namespace meshscope::ui
