#include "ui/shell/query_bar.h"

#include "backend/support/when_done.h"
#include "models/query_filter.h"
#include "ui/shell/completion_popup.h"
#include "ui/style/icons.h"
#include "ui/style/palette.h"
#include "ui/style/status_mark.h"

#include <QAction>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QWidgetAction>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

using Verdict = query::Diagnosis::Verdict;

Mark markOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Good:
        return Mark::Good;
    case Verdict::CouldGoOn:
        return Mark::Partly;
    case Verdict::Wrong:
        return Mark::Bad;
    }
    return Mark::None;
}

// The language counts bytes, the line edit UTF-16.
int positionOf(const QString &text, std::size_t byte)
{
    return static_cast<int>(QString::fromUtf8(text.toUtf8().left(static_cast<qsizetype>(byte))).size());
}

std::size_t byteOf(const QString &text, int position)
{
    return static_cast<std::size_t>(text.left(position).toUtf8().size());
}

}  // namespace

QueryBar::QueryBar(QWidget *parent)
    : QLineEdit(parent)
{
    setObjectName(u"field.filter"_s);
    setAccessibleName(tr("Query"));
    setPlaceholderText(tr("Words, or a query like tag.version == v2 and not status:online"));
    setToolTip(tr("Words are looked for in name, service, address and tag values (Ctrl+F); "
                  "Ctrl+Space suggests, Up brings earlier queries back"));
    setClearButtonEnabled(true);
    // Its menu is where named queries are saved, chosen and deleted.
    QAction *menu = addAction(icon(u"find"_s), QLineEdit::LeadingPosition);
    menu->setObjectName(u"button.queries"_s);
    menu->setText(tr("Named and earlier queries"));
    menu->setToolTip(tr("Named and earlier queries"));
    connect(menu, &QAction::triggered, this, [this] {
        QMenu queries(this);
        queries.setObjectName(u"menu.queries"_s);
        fillMenu(&queries);
        queries.exec(mapToGlobal(QPoint(0, height())));
    });
    m_mark = addAction(QIcon(), QLineEdit::TrailingPosition);
    m_mark->setVisible(false);
    m_pause.setSingleShot(true);
    m_pause.setInterval(60);
    connect(this, &QLineEdit::textChanged, this, [this] {
        judge();
        m_pause.start();
    });
    connect(this, &QLineEdit::textEdited, this, [this] {
        judge();  // it comes before textChanged
        m_place = -1;
        suggest();
    });
    connect(this, &QLineEdit::cursorPositionChanged, this, [this] {
        if (m_popup && m_popup->isVisible())
            suggest();
    });
    connect(&m_pause, &QTimer::timeout, this, &QueryBar::announce);
}

void QueryBar::setFilter(QueryFilter *filter, QSettings *settings)
{
    m_filter = filter;
    m_store = QueryStore(settings);
    applyColours();
}

void QueryBar::setQuery(const QString &query)
{
    setText(query);
    m_pause.stop();
    m_place = -1;
    if (m_popup)
        m_popup->hide();
    announce();
}

void QueryBar::judge()
{
    m_parsed = query::parse(text().toStdString());
    const auto &diagnosis = m_parsed.diagnosis;
    const bool isWrong = diagnosis.verdict != Verdict::Good;
    const QString sentence = QString::fromStdString(diagnosis.sentence());
    m_mark->setVisible(isWrong);
    if (isWrong)
        m_mark->setIcon(QIcon(markPixmap(markOf(diagnosis.verdict), 16, palette(), devicePixelRatioF())));
    m_mark->setToolTip(sentence);
    m_mark->setText(sentence);
    setAccessibleDescription(sentence);
    update();
}

void QueryBar::announce()
{
    if (m_filter && m_parsed.diagnosis.verdict == Verdict::Good)
        m_filter->setQuery(m_parsed.query);
}

void QueryBar::suggest()
{
    if (!m_filter || !hasFocus())
        return;
    if (!m_popup) {
        m_popup = new CompletionPopup(this);
        connect(m_popup, &CompletionPopup::picked, this, [this] { accept(*m_popup->chosen()); });
    }
    const quint64 asked = ++m_asked;
    const auto job = m_filter->complete(text().toStdString(), byteOf(text(), cursorPosition()));
    const auto show = [this, asked](const Result<query::Completion> &completion) {
        if (asked != m_asked || !completion || !hasFocus())
            return;
        m_replaced = completion->replaced;
        auto suggestions = completion->suggestions;
        // What stands there already needs no suggestion.
        const std::string typed = text().toStdString();
        const auto there = typed.substr(m_replaced.begin, m_replaced.end - m_replaced.begin);
        std::erase_if(suggestions, [&there](const auto &one) { return one.text == there; });
        const auto &diagnosis = m_parsed.diagnosis;
        m_popup->setMessage(QString::fromStdString(diagnosis.sentence()),
                            diagnosis.verdict == Verdict::CouldGoOn);
        m_popup->setSuggestions(std::move(suggestions));
        m_popup->present();
    };
    if (job.isFinished() && job.resultCount() > 0)
        show(job.result());
    else
        whenDone(job, this, show);
}

void QueryBar::accept(const query::Suggestion &suggestion)
{
    const QString before = text();
    const int begin = positionOf(before, m_replaced.begin);
    const int end = positionOf(before, m_replaced.end);
    QString put = QString::fromStdString(suggestion.text);
    const bool goesOn = suggestion.kind == query::Suggestion::Kind::Operator
                        || suggestion.kind == query::Suggestion::Kind::Keyword;
    if (goesOn && !put.endsWith(u':') && !put.endsWith(u'{') && !put.endsWith(u'('))
        put += u' ';
    setText(before.left(begin) + put + before.mid(end));
    setCursorPosition(begin + static_cast<int>(put.size()));
    suggest();
}

bool QueryBar::walkHistory(int by)
{
    const QStringList &history = m_store.history();
    const int next = m_place + by;
    if (next < -1 || next >= history.size())
        return false;
    if (m_place == -1)
        m_typed = text();
    m_place = next;
    setText(next == -1 ? m_typed : history.at(next));
    return true;
}

void QueryBar::keyPressEvent(QKeyEvent *event)
{
    const bool hasList = m_popup && m_popup->isVisible() && m_popup->hasSuggestions();
    switch (event->key()) {
    case Qt::Key_Escape:
        if (m_popup && m_popup->isVisible())
            m_popup->hide();
        else if (text().isEmpty())
            Q_EMIT left(false);
        else
            setQuery({});
        return;
    case Qt::Key_Space:
        if (!(event->modifiers() & Qt::ControlModifier))
            break;
        suggest();
        return;
    case Qt::Key_Tab:
        if (!hasList || (event->modifiers() & Qt::ShiftModifier))
            break;
        accept(*m_popup->chosen());
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (hasList && m_popup->current() >= 0) {
            accept(*m_popup->chosen());
            return;
        }
        if (m_parsed.diagnosis.verdict != Verdict::Good) {
            suggest();  // says why it is not asked
            return;
        }
        announce();
        m_store.remember(text());
        if (m_popup)
            m_popup->hide();
        Q_EMIT left(true);
        return;
    case Qt::Key_Up:
        if (hasList && m_popup->current() >= 0)
            m_popup->move(-1);
        else if (walkHistory(1) && m_popup)
            m_popup->hide();
        return;
    case Qt::Key_Down:
        if (hasList) {
            m_popup->move(1);
        } else if (m_place < 0 || !walkHistory(-1)) {
            announce();
            m_store.remember(text());
            Q_EMIT left(true);
        }
        return;
    default:
        break;
    }
    QLineEdit::keyPressEvent(event);
}

bool QueryBar::event(QEvent *event)
{
    // Otherwise Tab leaves the field before keyPressEvent sees it.
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Tab && m_popup
        && m_popup->isVisible() && m_popup->hasSuggestions()) {
        keyPressEvent(static_cast<QKeyEvent *>(event));
        return true;
    }
    return QLineEdit::event(event);
}

void QueryBar::focusInEvent(QFocusEvent *event)
{
    QLineEdit::focusInEvent(event);
    if (m_filter)
        m_filter->prepare();
}

void QueryBar::focusOutEvent(QFocusEvent *event)
{
    if (m_parsed.diagnosis.verdict == Verdict::Good)
        m_store.remember(text());
    QLineEdit::focusOutEvent(event);
}

void QueryBar::fillMenu(QMenu *menu)
{
    const auto add = [this, menu](const QString &shown, const QString &query) {
        QAction *action = menu->addAction(QString(shown).replace(u'&', u"&&"_s));
        action->setToolTip(query);
        connect(action, &QAction::triggered, this, [this, query] {
            setQuery(query);
            m_store.remember(query);
        });
    };
    const QFontMetrics metrics(menu->font());
    for (const auto &one : m_store.named())
        add(one.name + u"   "_s + metrics.elidedText(one.query, Qt::ElideRight, 320), one.query);
    if (!text().trimmed().isEmpty() && m_parsed.diagnosis.verdict == Verdict::Good) {
        menu->addSection(tr("Save this query as"));
        auto *name = new QLineEdit(menu);
        name->setObjectName(u"field.queryName"_s);
        name->setAccessibleName(tr("Name of the query"));
        name->setPlaceholderText(tr("Name, then Return"));
        auto *action = new QWidgetAction(menu);
        action->setDefaultWidget(name);
        menu->addAction(action);
        connect(name, &QLineEdit::returnPressed, menu, [this, menu, name] {
            if (!name->text().trimmed().isEmpty()) {
                m_store.save(name->text().trimmed(), text());
                menu->close();
            }
        });
    }
    if (!m_store.named().isEmpty()) {
        QMenu *colour = menu->addMenu(icon(u"tag"_s), tr("Colour rows by"));
        QMenu *remove = menu->addMenu(icon(u"delete"_s), tr("Delete"));
        for (const auto &one : m_store.named()) {
            const QString name = one.name;
            const QString shown = QString(name).replace(u'&', u"&&"_s);
            fillTints(colour->addMenu(shown), one);
            connect(remove->addAction(shown), &QAction::triggered, this, [this, name] {
                m_store.remove(name);
                applyColours();
            });
        }
    }
    if (!m_store.history().isEmpty()) {
        menu->addSection(tr("Earlier"));
        for (const QString &query : m_store.history().mid(0, 10))
            add(metrics.elidedText(query, Qt::ElideRight, 420), query);
    }
    if (menu->isEmpty())
        menu->addAction(tr("Queries that were asked or saved will be here"))->setEnabled(false);
}

void QueryBar::fillTints(QMenu *menu, const QueryStore::Named &named)
{
    const auto add = [this, menu, &named](const QString &text, int tint) {
        QAction *action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(named.tint == tint);
        if (tint >= 0) {
            QPixmap patch(16, 16);
            patch.fill(tagTint(tint, palette()));
            action->setIcon(QIcon(patch));
        }
        connect(action, &QAction::triggered, this, [this, name = named.name, tint] {
            m_store.setTint(name, tint);
            applyColours();
        });
    };
    add(tr("No colour"), -1);
    for (int tint = 0; tint < kTagTints; ++tint)
        add(tr("Tint %1").arg(tint + 1), tint);
}

void QueryBar::applyColours()
{
    std::vector<ColourRule> rules;
    for (const auto &one : m_store.named()) {
        if (one.tint >= 0)
            rules.push_back({one.name, query::parse(one.query.toStdString()).query, one.tint});
    }
    if (m_filter)
        m_filter->setColourRules(std::move(rules));
}

int QueryBar::xOf(int position) const
{
    // The line edit says where its cursor is; the rest is measured from there.
    const QFontMetricsF metrics(font());
    const double origin =
        cursorRect().center().x() - metrics.horizontalAdvance(text().left(cursorPosition()));
    return qRound(origin + metrics.horizontalAdvance(text().left(position)));
}

void QueryBar::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    if (text().trimmed().isEmpty())
        return;
    const auto &diagnosis = m_parsed.diagnosis;
    const QColor colour = markColour(markOf(diagnosis.verdict), palette());
    QPainter painter(this);
    painter.fillRect(QRect(2, height() - 3, width() - 4, 2), colour);
    if (diagnosis.verdict == Verdict::Good)
        return;
    // A wave under what is wrong; at the end of the text, under the place where more is expected.
    const int begin = xOf(positionOf(text(), diagnosis.span.begin));
    const int end = qMax(xOf(positionOf(text(), diagnosis.span.end)), begin + 8);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.25));
    const double base = height() / 2.0 + QFontMetricsF(font()).ascent() / 2.0 + 3;
    QPolygonF wave;
    for (int x = qMax(begin, 24); x <= qMin(end, width() - 24); x += 2)
        wave << QPointF(x, base + (x / 2 % 2 == 0 ? 0 : 2));
    painter.drawPolyline(wave);
}

}  // namespace meshscope::ui
