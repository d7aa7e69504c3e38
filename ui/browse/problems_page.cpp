#include "ui/browse/problems_page.h"

#include "models/focus.h"
#include "models/query_filter.h"
#include "models/query_words.h"
#include "models/text.h"
#include "ui/browse/fact_list.h"
#include "ui/browse/problem_finder.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/theme.h"

#include <QLocale>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

// Findings about a dataplane follow the query as the dataplane does; all of them follow its words.
class ProblemProxy : public QSortFilterProxyModel
{
public:
    ProblemProxy(const QueryFilter &filter, QObject *parent)
        : QSortFilterProxyModel(parent)
        , m_filter(filter)
    {}
    void ask()
    {
        m_words = wordsOf(m_filter.query());
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &) const override
    {
        const Problem &problem = static_cast<const ProblemTable *>(sourceModel())->problemAt(row);
        if (!m_words.hasTerms) {
            const QString text = problem.kind + u'\n' + problem.text + u'\n' + problem.evidence;
            if (hasWords(text.toStdString(), m_words.words))
                return true;
        }
        const FocusTarget &target = problem.target;
        if (target.kind != FocusKind::Dataplane || !target.source)
            return false;
        const DataplanePtr dataplane = target.source->snapshot()->find(target.key);
        return dataplane && m_filter.accepts(dataplane);
    }

private:
    const QueryFilter &m_filter;
    QueryWords m_words;
};

}  // namespace

ProblemsPage::ProblemsPage(const Workspace &workspace, ProblemFinder *finder, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_finder(finder)
    , m_proxy(new ProblemProxy(*workspace.filter, this))
    , m_table(new TableView)
    , m_detail(new FactList)
{
    setObjectName(u"page.problems"_s);
    m_proxy->setSourceModel(finder->table());
    m_table->setObjectName(u"table.allProblems"_s);
    m_table->setAccessibleName(tr("Problems"));
    m_table->setModel(m_proxy);
    CellDelegate::Look age, where;
    age.muted = age.right = true;
    where.muted = true;
    m_table->setItemDelegateForColumn(ProblemTable::KindColumn, new StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(ProblemTable::MeshColumn, new CellDelegate(where, m_table));
    m_table->setItemDelegateForColumn(ProblemTable::SinceColumn, new CellDelegate(age, m_table));
    m_table->setColumn(ProblemTable::KindColumn, 128);
    m_table->setColumn(ProblemTable::MeshColumn, 90);
    m_table->setColumn(ProblemTable::SinceColumn, 60, true);
    m_table->setStretch(ProblemTable::TextColumn);
    m_detail->setObjectName(u"facts.problem"_s);
    auto *parts = new QSplitter(Qt::Vertical);
    parts->setObjectName(u"splitter.problems"_s);
    parts->setChildrenCollapsible(false);
    parts->addWidget(m_table);
    parts->addWidget(m_detail);
    parts->setStretchFactor(0, 1);
    parts->setSizes({300, 170});
    m_frame = new PageFrame(tr("Problems"), parts, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    connect(m_table, &TableView::rowChosen, this, [this](const QModelIndex &index) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
        showDetail();
    });
    connect(m_table, &QAbstractItemView::activated, this, &ProblemsPage::openWanted);
    connect(m_detail, &FactList::linkChosen, this, [this](const FocusTarget &target) {
        m_workspace.focus->set(target);
        Q_EMIT openWanted();
    });
    connect(workspace.filter, &QueryFilter::answered, this, [this] {
        static_cast<ProblemProxy *>(m_proxy)->ask();
        refresh();
    });
    connect(finder, &ProblemFinder::changed, this, &ProblemsPage::refresh);
    connect(workspace.connections, &Connections::stateChanged, this, &ProblemsPage::refresh);
    refresh();
}

QString ProblemsPage::countText() const
{
    if (!m_frame->showsData())
        return {};
    const QLocale locale;
    const int shown = m_proxy->rowCount();
    const auto all = static_cast<int>(m_finder->total());
    return shown == all ? locale.toString(all)
                        : tr("%1 of %2").arg(locale.toString(shown), locale.toString(all));
}

QList<QPair<QString, QString>> ProblemsPage::keys() const
{
    return {{tr("To what it is about"), tr("Return")}};
}

void ProblemsPage::takeFocus() { m_table->focusFirstRow(); }

void ProblemsPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    const int all = m_finder->table()->rowCount();
    if (shows && m_proxy->rowCount() > 0) {
        m_frame->showData();
    } else if (shows) {
        if (all > 0)
            m_frame->state()->showEmpty(u"filter"_s, tr("All %n problem(s) are filtered away", nullptr, all),
                                        tr("No finding, and no dataplane of one, matches the query."),
                                        {tr("Clear filter"), {}, [this] { Q_EMIT filterCleared(); }});
        else if (m_workspace.context.source->snapshot()->dataplanes.empty())
            m_frame->state()->showEmpty(u"problems"_s, tr("There are no dataplanes to look at yet"),
                                        tr("Problems are looked for each time the control plane has news."));
        else
            m_frame->state()->showEmpty(
                u"problems"_s, tr("No problems"),
                tr("What is connected took its configuration, nothing is offline, and none of the known "
                   "traps is set."));
        m_frame->showState();
    }
    m_frame->setCount(countText());
    showDetail();
    Q_EMIT countChanged();
}

void ProblemsPage::showDetail()
{
    QModelIndex index = m_table->currentIndex();
    if (!index.isValid())
        index = m_proxy->index(0, 0);
    if (!index.isValid())
        return m_detail->setFacts({});
    const Problem &problem = m_finder->table()->problemAt(m_proxy->mapToSource(index).row());
    FactSection section;
    section.title = problem.kind;
    const auto add = [&section](const QString &label, const QString &text) {
        if (text.isEmpty())
            return;
        Fact fact;
        fact.label = label;
        fact.text = text;
        section.facts.push_back(fact);
    };
    Fact what;
    what.label = tr("What");
    what.mark = problem.mark;
    what.text = problem.text;
    section.facts.push_back(what);
    add(tr("Seen"), problem.evidence);
    add(tr("Way out"), problem.wayOut);
    add(tr("Versions"), problem.versions);
    if (!problem.target.isNone()) {
        Fact about;
        about.label = tr("About");
        about.text = problem.target.kind == FocusKind::ControlPlane ? m_workspace.context.connectionName
                                                                    : toQString(problem.target.key.name);
        about.more = problem.target.type.empty() ? QString() : u"· "_s + toQString(problem.target.type);
        about.link = problem.target;
        section.facts.push_back(about);
    }
    m_detail->setFacts({section});
}

}  // namespace meshscope::ui
