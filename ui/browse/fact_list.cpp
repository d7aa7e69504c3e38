#include "ui/browse/fact_list.h"

#include "ui/style/status_mark.h"
#include "ui/style/tag_chips.h"
#include "ui/style/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kLabelWidth = 92;

// What decides which widgets a row has; texts may change under them.
bool hasSameShape(const Facts &a, const Facts &b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].facts.size() != b[i].facts.size() || a[i].title != b[i].title)
            return false;
        for (std::size_t j = 0; j < a[i].facts.size(); ++j) {
            const Fact &x = a[i].facts[j], &y = b[i].facts[j];
            if ((x.mark == Mark::None) != (y.mark == Mark::None) || x.tags.empty() != y.tags.empty()
                || x.call.isEmpty() != y.call.isEmpty() || x.label.isEmpty() != y.label.isEmpty())
                return false;
        }
    }
    return true;
}

}  // namespace

FactList::FactList(QWidget *parent)
    : QScrollArea(parent)
    , m_page(new QWidget)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *layout = new QVBoxLayout(m_page);
    layout->setContentsMargins(kPageMargin, 6, kPageMargin, 8);
    layout->setSpacing(8);
    layout->addStretch();
    m_page->setBackgroundRole(QPalette::Base);
    viewport()->setBackgroundRole(QPalette::Base);
    setWidget(m_page);
}

void FactList::addFooter(QWidget *widget)
{
    m_footer = widget;
    auto *layout = static_cast<QVBoxLayout *>(m_page->layout());
    layout->insertWidget(layout->count() - 1, widget);
}

void FactList::setFacts(const Facts &facts)
{
    if (facts == m_facts && m_body)
        return;
    const bool sameShape = m_body && hasSameShape(facts, m_facts);
    m_facts = facts;
    if (!sameShape)
        return rebuild();
    std::size_t at = 0;
    for (const FactSection &section : m_facts) {
        for (const Fact &fact : section.facts)
            fill(m_rows[at++], fact);
    }
}

void FactList::rebuild()
{
    const int scrolled = verticalScrollBar()->value();
    setUpdatesEnabled(false);
    delete m_body;
    m_rows.clear();
    m_body = new QWidget(m_page);
    auto *grid = new QGridLayout(m_body);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnMinimumWidth(0, kLabelWidth);
    grid->setColumnStretch(1, 1);
    int line = 0;
    for (const FactSection &section : m_facts) {
        auto *title = new QLabel(section.title, m_body);
        title->setFont(smallFont(font()));
        title->setForegroundRole(QPalette::PlaceholderText);
        title->setContentsMargins(0, line == 0 ? 2 : 8, 0, 1);
        grid->addWidget(title, line++, 0, 1, 2);
        for (const Fact &fact : section.facts) {
            Row row;
            if (!fact.label.isEmpty()) {
                row.label = new QLabel(m_body);
                row.label->setForegroundRole(QPalette::PlaceholderText);
                row.label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
                if (fact.fixedLabel)
                    row.label->setFont(fixedFont());
                grid->addWidget(row.label, line, 0, Qt::AlignTop);
            }
            auto *value = new QVBoxLayout;
            value->setSpacing(3);
            auto *words = new QHBoxLayout;
            words->setSpacing(6);
            if (fact.mark != Mark::None) {
                row.mark = new StatusLabel(m_body);
                words->addWidget(row.mark, 0, Qt::AlignTop);
            }
            row.text = new QLabel(m_body);
            row.text->setTextFormat(Qt::RichText);
            row.text->setWordWrap(true);
            row.text->setTextInteractionFlags(Qt::TextBrowserInteraction);
            row.text->setFocusPolicy(fact.link.isNone() ? Qt::NoFocus : Qt::TabFocus);
            if (fact.fixedText)
                row.text->setFont(fixedFont());
            words->addWidget(row.text, 1);
            const std::size_t at = m_rows.size();
            connect(row.text, &QLabel::linkActivated, this, [this, at](const QString &) {
                std::size_t i = at;
                for (const FactSection &s : m_facts) {
                    if (i < s.facts.size())
                        return Q_EMIT linkChosen(s.facts[i].link);
                    i -= s.facts.size();
                }
            });
            if (!fact.call.isEmpty()) {
                row.call = new QPushButton(tr("Call"), m_body);
                row.call->setFixedHeight(20);
                row.call->setObjectName(u"button.callOutbound.%1"_s.arg(fact.call.port()));
                words->addWidget(row.call, 0, Qt::AlignTop);
                connect(row.call, &QPushButton::clicked, this,
                        [this, url = fact.call] { Q_EMIT callWanted(url); });
            }
            value->addLayout(words);
            if (!fact.tags.empty()) {
                row.tags = new TagChipsWidget(fact.tags, m_body);
                value->addWidget(row.tags);
            }
            const bool whole = fact.label.isEmpty();
            grid->addLayout(value, line, whole ? 0 : 1, 1, whole ? 2 : 1);
            fill(row, fact);
            m_rows.push_back(row);
            ++line;
        }
    }
    static_cast<QVBoxLayout *>(m_page->layout())->insertWidget(0, m_body);
    setUpdatesEnabled(true);
    verticalScrollBar()->setValue(scrolled);
}

QString FactList::richText(const Fact &fact) const
{
    QString words = fact.text.toHtmlEscaped();
    if (!fact.link.isNone())
        words = u"<a href='#' style='text-decoration:none; color:%1'>%2</a>"_s.arg(accent(palette()).name(),
                                                                                   words);
    else if (fact.tone != Mark::None)
        words = u"<span style='color:%1'>%2</span>"_s.arg(markTextColour(fact.tone, palette()).name(), words);
    if (!fact.more.isEmpty())
        words += u" <span style='color:%1'>%2</span>"_s.arg(mutedText(palette()).name(),
                                                            fact.more.toHtmlEscaped());
    return words;
}

void FactList::fill(Row &row, const Fact &fact)
{
    if (row.label)
        row.label->setText(fact.label);
    if (row.mark)
        row.mark->setStatus(fact.mark, {});
    const QString words = richText(fact);
    if (row.text->text() != words)
        row.text->setText(words);
    row.text->setVisible(!fact.text.isEmpty() || !fact.more.isEmpty());
    row.text->setToolTip(fact.tip);
    if (row.tags)
        row.tags->setTags(fact.tags);
    if (row.call)
        row.call->setToolTip(tr("Calls %1 ten times and shows who answered").arg(fact.call.toString()));
}

void FactList::changeEvent(QEvent *event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_body)
        rebuild();  // colours are written into the texts
}

}  // namespace meshscope::ui
