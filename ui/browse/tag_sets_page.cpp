#include "ui/browse/tag_sets_page.h"

#include "backend/query/tag_set_view.h"
#include "backend/support/when_done.h"
#include "models/facet_tree.h"
#include "models/focus.h"
#include "models/query_filter.h"
#include "models/selector_table.h"
#include "models/text.h"
#include "ui/browse/table_view.h"
#include "ui/graph/graph_layer.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

TagSetsPage::TagSetsPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_view(new GraphView)
    , m_across(new QSplitter(Qt::Horizontal))
    , m_down(new QSplitter(Qt::Vertical))
    , m_facets(new FacetTree(this))
    , m_trialModel(new SelectorTable(this))
    , m_findingModel(new TagFindingTable(this))
{
    setObjectName(u"page.tagSets"_s);
    m_view->setObjectName(u"view.lattice"_s);
    m_view->setAccessibleName(tr("Lattice of tag sets"));
    m_lower = new QTabWidget;
    m_lower->setObjectName(u"tabs.tagSets"_s);
    m_lower->setDocumentMode(true);
    m_lower->addTab(makeTester(), tr("Selector"));
    m_lower->addTab(makeFindings(), tr("Findings"));
    m_down->setObjectName(u"splitter.tagSetsDown"_s);
    m_down->addWidget(m_view);
    m_down->addWidget(m_lower);
    m_down->setStretchFactor(0, 1);
    m_down->setSizes({320, 170});
    m_down->setChildrenCollapsible(false);
    m_across->setObjectName(u"splitter.tagSetsAcross"_s);
    m_across->addWidget(makeFacets());
    m_across->addWidget(m_down);
    m_across->setStretchFactor(1, 1);
    m_across->setSizes({210, 520});
    m_across->setChildrenCollapsible(false);
    m_frame = new PageFrame(tr("Tag sets"), m_across, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    m_pause.setSingleShot(true);
    m_pause.setInterval(150);
    connect(&m_pause, &QTimer::timeout, this, &TagSetsPage::test);
    connect(m_view, &GraphView::nodeChosen, this, &TagSetsPage::chooseNode);
    connect(m_view, &GraphView::nodeOpened, this, [this](int node) {
        const TagSetDigestPtr &digest = m_digester.digest();
        const auto place = static_cast<std::size_t>(digest->nodeOf[static_cast<std::size_t>(node)]);
        Q_EMIT queryWanted(toQString(queryOf(digest->lattice.nodes[place].tags)));
    });
    connect(&m_digester, &TagSetDigester::digestChanged, this, &TagSetsPage::applyDigest);
    connect(workspace.focus, &Focus::changed, this, &TagSetsPage::followFocus);
    connect(workspace.connections, &Connections::snapshotChanged, this, &TagSetsPage::ask);
    connect(workspace.connections, &Connections::stateChanged, this, &TagSetsPage::refresh);
    connect(workspace.filter, &QueryFilter::answerChanged, this, &TagSetsPage::ask);
}

TagSetsPage::~TagSetsPage() { m_placing.cancel(); }

QWidget *TagSetsPage::makeFacets()
{
    m_facetView = new QTreeView;
    m_facetView->setObjectName(u"tree.facets"_s);
    m_facetView->setAccessibleName(tr("Keys and values of tags"));
    m_facetView->setModel(m_facets);
    m_facetView->setUniformRowHeights(true);
    m_facetView->setFrameShape(QFrame::NoFrame);
    m_facetView->setItemDelegate(new CellDelegate(m_facetView));
    CellDelegate::Look count;
    count.right = true;
    count.muted = true;
    m_facetView->setItemDelegateForColumn(FacetTree::InboundsColumn, new CellDelegate(count, m_facetView));
    // The tick of a key is drawn by Qt's own delegate.
    m_facetView->setItemDelegateForColumn(FacetTree::NameColumn, new QStyledItemDelegate(m_facetView));
    m_facetView->header()->setStretchLastSection(false);
    m_facetView->header()->setSectionResizeMode(FacetTree::NameColumn, QHeaderView::Stretch);
    m_facetView->header()->resizeSection(FacetTree::InboundsColumn, 64);
    m_facetView->setMinimumWidth(150);
    connect(m_facetView->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &TagSetsPage::markValue);
    connect(m_facetView, &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        const QVariant value = index.data(FacetTree::TagValueRole);
        if (value.isValid())
            Q_EMIT queryWanted(toQString(queryOf({{index.data(FacetTree::TagKeyRole).toString().toStdString(),
                                                   value.toString().toStdString()}})));
    });
    connect(m_facets, &FacetTree::tickedChanged, this, [this] {
        m_keys = m_facets->ticked();
        m_refit = true;
        ask();
    });
    connect(m_facets, &QAbstractItemModel::modelReset, this, [this] {
        // What has few values is worth being seen at once.
        for (int row = 0; row < m_facets->rowCount(); ++row) {
            const QModelIndex key = m_facets->index(row, 0);
            m_facetView->setExpanded(key, m_facets->rowCount(key) <= 8);
        }
    });
    return m_facetView;
}

QWidget *TagSetsPage::makeTester()
{
    auto *tester = new QWidget;
    m_selector = new QPlainTextEdit(tester);
    m_selector->setObjectName(u"text.selector"_s);
    m_selector->setAccessibleName(tr("Selector"));
    m_selector->setPlaceholderText(
        tr("kuma.io/service=web, version=v2\n\nor the targetRef of a policy, or the whole policy"));
    m_selector->setTabChangesFocus(true);
    m_selector->setFrameShape(QFrame::NoFrame);
    m_selector->setMinimumWidth(120);
    m_verdict = new QLabel(tester);
    m_verdict->setObjectName(u"label.selector"_s);
    m_verdict->setContentsMargins(8, 4, 8, 4);
    m_verdict->setWordWrap(true);
    m_trials = new TableView(tester);
    m_trials->setObjectName(u"table.selector"_s);
    m_trials->setAccessibleName(tr("Tag sets that the selector chooses, and near misses"));
    m_trials->setModel(m_trialModel);
    m_trials->setItemDelegateForColumn(SelectorTable::ResultColumn, new StatusDelegate(m_trials));
    m_trials->setColumn(SelectorTable::ResultColumn, 76);
    m_trials->setColumn(SelectorTable::DataplaneColumn, 110);
    m_trials->setColumn(SelectorTable::InboundColumn, 60);
    m_trials->setStretch(SelectorTable::WhyColumn);
    auto *right = new QWidget(tester);
    auto *rows = new QVBoxLayout(right);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(m_verdict);
    rows->addWidget(m_trials, 1);
    auto *halves = new QSplitter(Qt::Horizontal, tester);
    halves->addWidget(m_selector);
    halves->addWidget(right);
    halves->setStretchFactor(1, 1);
    halves->setSizes({180, 360});
    halves->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(tester);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(halves);
    connect(m_selector, &QPlainTextEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(m_trials, &TableView::rowChosen, this, [this](const QModelIndex &index) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
    });
    return tester;
}

QWidget *TagSetsPage::makeFindings()
{
    m_findingView = new TableView;
    m_findingView->setObjectName(u"table.tagFindings"_s);
    m_findingView->setAccessibleName(tr("What looks wrong in the tags"));
    m_findingView->setModel(m_findingModel);
    m_findingView->setItemDelegateForColumn(TagFindingTable::MessageColumn,
                                            new StatusDelegate(m_findingView));
    m_findingView->setColumn(TagFindingTable::InboundsColumn, 72, true);
    m_findingView->setStretch(TagFindingTable::MessageColumn);
    connect(m_findingView, &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        Q_EMIT queryWanted(index.data(TagFindingTable::QueryRole).toString());
    });
    return m_findingView;
}

void TagSetsPage::setMesh(const QString &mesh)
{
    if (mesh == m_mesh)
        return;
    m_mesh = mesh;
    m_refit = true;
    ask();
}

void TagSetsPage::setSelector(const QString &text)
{
    m_selector->setPlainText(text);
    m_pause.stop();
    m_lower->setCurrentIndex(0);
    test();
}

QString TagSetsPage::countText() const
{
    const TagSetDigestPtr &digest = m_digester.digest();
    if (!m_frame->showsData() || !digest)
        return {};
    return tr("%n tag set(s)", nullptr, static_cast<int>(digest->lattice.tagSets));
}

void TagSetsPage::takeFocus() { m_view->setFocus(Qt::ShortcutFocusReason); }

void TagSetsPage::tick()
{
    if (m_workspace.context.source->state().phase == SourceState::Phase::Stale)
        refresh();
}

void TagSetsPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    if (m_isStale)
        ask();
}

void TagSetsPage::ask()
{
    m_isStale = !isVisible();
    if (m_isStale)
        return;  // nobody looks: the newest is asked for when somebody does
    TagSetQuestion question;
    question.mesh = m_mesh.toStdString();
    question.keys = m_keys;
    m_digester.ask(m_workspace.context.source->snapshot(), m_workspace.filter, question);
    refresh();
}

void TagSetsPage::applyDigest()
{
    const TagSetDigestPtr &digest = m_digester.digest();
    m_facets->setFacets(digest->facets, digest->keys);
    m_findingModel->setFindings(digest->findings);
    const auto findings = static_cast<int>(digest->findings.size());
    m_lower->setTabText(1,
                        findings == 0 ? tr("Findings") : tr("Findings %1").arg(QLocale().toString(findings)));
    if (!m_selector->toPlainText().trimmed().isEmpty())
        test();
    applyGraph();
}

void TagSetsPage::applyGraph()
{
    const graph::MeshGraph &next = m_digester.digest()->graph;
    if (m_wanted.hasSameShape(next) && (m_shown || m_layingOut)) {
        m_wanted = next;
        if (m_shown && m_view->layer()->graph().hasSameShape(next))
            m_view->layer()->setNodes(next);
        return refresh();
    }
    m_wanted = next;
    if (m_wanted.nodes.empty()) {
        m_placing.cancel();
        m_layingOut = m_shown = false;
        return refresh();
    }
    m_layingOut = true;
    graph::LayoutOptions options;
    options.leftToRight = true;  // many sets of few tags: a high picture of a few columns
    m_placing = m_layout.layout(m_wanted, m_positions, options);
    whenDone(m_placing, this, [this](const Result<graph::LayoutResult> &placed) {
        if (!placed)
            return;  // a newer one runs
        m_layingOut = false;
        m_shown = true;
        m_note = placed->note;
        m_positions.clear();
        for (std::size_t i = 0; i < m_wanted.nodes.size(); ++i)
            m_positions[m_wanted.nodes[i].key] = placed->centers[i];
        m_view->setGraph(m_wanted, *placed, m_refit);
        m_refit = false;
        followFocus();
        refresh();
    });
    refresh();
}

void TagSetsPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    const TagSetDigestPtr &digest = m_digester.digest();
    if (shows) {
        const bool isEmpty = digest && digest->rows.empty();
        const bool isFiltered = m_workspace.filter->answer() != nullptr;
        if (!digest || (m_layingOut && !m_shown)) {
            m_frame->state()->showLoading(tr("Working out the tag sets"));
            m_frame->showState();
        } else if (isEmpty && isFiltered) {
            m_frame->state()->showEmpty(
                u"filter"_s, tr("All tag sets are filtered away"),
                tr("No dataplane matches the query %1.").arg(toQString(m_workspace.filter->query().text())),
                {tr("Clear filter"), {}, [this] { Q_EMIT filterCleared(); }});
            m_frame->showState();
        } else if (isEmpty) {
            m_frame->state()->showEmpty(
                u"tag-set"_s, tr("There are no tag sets"),
                tr("Each inbound of a dataplane has one, with its tags."),
                {tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }});
            m_frame->showState();
        } else {
            m_frame->showData();
        }
    }
    if (m_frame->showsData() && digest) {
        const QLocale locale;
        const auto number = [&locale](std::size_t n) { return locale.toString(static_cast<qulonglong>(n)); };
        QString count =
            tr("%1 tag sets by %2 keys").arg(number(digest->lattice.tagSets), number(digest->keys.size()));
        if (digest->lattice.folded > 0)
            count += tr(" · %1 folded").arg(number(digest->lattice.folded));
        m_frame->setCount(count);
    } else {
        m_frame->setCount({});
    }
    m_view->setLegend(m_note, tr("→ one tag more"));
    Q_EMIT countChanged();
}

void TagSetsPage::test()
{
    const QString text = m_selector->toPlainText();
    const TagSetDigestPtr &digest = m_digester.digest();
    const query::Rows none;
    const query::Rows &rows = digest ? digest->rows : none;
    MeshSource *source = m_workspace.context.source;
    QPalette colours = palette();
    if (text.trimmed().isEmpty()) {
        m_trialModel->setReports({}, rows, source);
        m_verdict->clear();
        return;
    }
    const auto selectors = query::parseSelectors(text.toStdString());
    if (!selectors) {
        m_trialModel->setReports({}, rows, source);
        const QString where = toQString(selectors.error().where);
        const QString what = toQString(selectors.error().what);
        colours.setColor(QPalette::WindowText, markTextColour(Mark::Bad, palette()));
        m_verdict->setPalette(colours);
        m_verdict->setText(where.isEmpty() ? what : tr("%1: %2").arg(where, what));
        return;
    }
    std::vector<query::SelectorReport> reports;
    QStringList words;
    for (const auto &selector : *selectors) {
        reports.push_back(query::testSelector(selector, rows));
        words << toQString(selector.text());
    }
    m_trialModel->setReports(reports, rows, source);
    m_verdict->setPalette(colours);
    m_verdict->setText(m_trialModel->summary() + u" · "_s + words.join(u" | "_s));
    m_verdict->setToolTip(words.join(u'\n'));
}

int TagSetsPage::nodeOf(const Tags &tags) const
{
    const TagSetDigestPtr &digest = m_digester.digest();
    if (!digest || !m_shown)
        return -1;
    Tags cut;
    for (const auto &tag : tags) {
        if (digest->keys.contains(tag.first))
            cut.insert(tag);
    }
    const auto &nodes = digest->lattice.nodes;
    int best = -1;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        // Nodes stand by number of tags, so that the last one that is part of the set is the deepest.
        if (std::includes(cut.begin(), cut.end(), nodes[i].tags.begin(), nodes[i].tags.end()))
            best = static_cast<int>(i);
    }
    return best < 0 ? -1 : digest->placeInGraph(best);
}

void TagSetsPage::chooseNode(int node)
{
    const TagSetDigestPtr &digest = m_digester.digest();
    m_view->setFocusNode(node, false);
    if (node < 0 || !digest)
        return;
    const auto place = static_cast<std::size_t>(digest->nodeOf[static_cast<std::size_t>(node)]);
    const query::LatticeNode &chosen = digest->lattice.nodes[place];
    setSelector(selectorOf(chosen.tags));
    // The service is what other pages and the inspector can follow.
    if (const auto service = chosen.tags.find(kServiceTag); service != chosen.tags.end() && !m_mesh.isEmpty())
        m_workspace.focus->set(
            {FocusKind::Service, m_workspace.context.source, {m_mesh.toStdString(), service->second}, -1});
}

void TagSetsPage::followFocus()
{
    const FocusTarget &target = m_workspace.focus->target();
    int node = -1;
    if (target.kind == FocusKind::Service) {
        node = nodeOf({{kServiceTag, target.key.name}});
        // A set of this service that was chosen here stays.
        const int present = m_view->layer()->focusNode();
        const TagSetDigestPtr &digest = m_digester.digest();
        if (present >= 0 && digest && present < static_cast<int>(digest->nodeOf.size())) {
            const auto place = static_cast<std::size_t>(digest->nodeOf[static_cast<std::size_t>(present)]);
            const Tags &tags = digest->lattice.nodes[place].tags;
            const auto service = tags.find(kServiceTag);
            if (service != tags.end() && service->second == target.key.name)
                node = present;
        }
    } else if (target.kind == FocusKind::Dataplane || target.kind == FocusKind::Inbound) {
        if (const DataplanePtr row = m_workspace.context.source->snapshot()->find(target.key)) {
            query::anyTagSet(*row->dataplane, [&](const query::TagSetView &set) {
                if (target.kind == FocusKind::Inbound && set.index != target.inbound)
                    return false;
                node = nodeOf(*set.tags);
                return true;
            });
        }
    }
    if (m_shown)
        m_view->setFocusNode(node, node >= 0);
}

void TagSetsPage::markValue(const QModelIndex &index)
{
    const TagSetDigestPtr &digest = m_digester.digest();
    std::vector<bool> found;
    const QVariant value = index.data(FacetTree::TagValueRole);
    if (digest && m_shown && value.isValid()) {
        const std::string key = index.data(FacetTree::TagKeyRole).toString().toStdString();
        for (const int place : digest->nodeOf) {
            const Tags &tags = digest->lattice.nodes[static_cast<std::size_t>(place)].tags;
            const auto tag = tags.find(key);
            found.push_back(tag != tags.end() && tag->second == value.toString().toStdString());
        }
        // Of a key that the lattice does not look at, nothing is found and nothing is dimmed.
        if (std::find(found.begin(), found.end(), true) == found.end())
            found.clear();
    }
    m_view->layer()->setFound(std::move(found));
}

}  // namespace meshscope::ui
