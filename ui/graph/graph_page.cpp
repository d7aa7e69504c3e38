#include "ui/graph/graph_page.h"

#include "models/focus.h"
#include "models/pool_job.h"
#include "models/query_filter.h"
#include "models/text.h"
#include "ui/graph/graph_layer.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"

#include "backend/support/when_done.h"

#include <QFileDialog>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

// Up to here the graph is made at once, within a frame; beyond, in the pool.
constexpr std::size_t kAtOnce = 2000;

}  // namespace

GraphPage::GraphPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_view(new GraphView)
    , m_frame(new PageFrame(tr("Graph"), m_view, this))
{
    setObjectName(u"page.graph"_s);
    m_frame->addAction(workspace.actions.fitGraph);
    m_frame->addAction(workspace.actions.exportGraph);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    m_view->addAction(workspace.actions.fitGraph);
    connect(m_view, &GraphView::nodeChosen, this, &GraphPage::chooseNode);
    connect(m_view, &GraphView::nodeOpened, this, [this](int node) {
        chooseNode(node);
        Q_EMIT serviceOpened();
    });
    connect(m_view, &GraphView::menuWanted, this, [this](int node, const QPoint &pos) {
        chooseNode(node);
        Q_EMIT menuWanted(pos);
    });
    connect(workspace.focus, &Focus::changed, this, [this] { followFocus(true); });
    connect(workspace.connections, &Connections::snapshotChanged, this, &GraphPage::applySnapshot);
    connect(workspace.connections, &Connections::stateChanged, this, &GraphPage::refresh);
    connect(workspace.filter, &QueryFilter::answerChanged, this, &GraphPage::updateFound);
    applySnapshot();
}

GraphPage::~GraphPage()
{
    m_making.cancel();
    m_placing.cancel();
}

void GraphPage::setMesh(const QString &mesh)
{
    if (mesh == m_mesh)
        return;
    m_mesh = mesh;
    m_refit = true;
    applySnapshot();
}

QList<QPair<QString, QString>> GraphPage::keys() const
{
    return {{tr("Walk to the next card"), tr("Arrows")},
            {tr("Focus, then open its dataplanes"), tr("Return")},
            {tr("Fit the whole graph"), u"F"_s},
            {tr("Zoom at the pointer"), tr("Wheel")},
            {tr("Move the picture"), tr("Drag, or Space and drag")}};
}

QString GraphPage::countText() const
{
    if (!m_frame->showsData())
        return {};
    const QLocale locale;
    const QString all = locale.toString(static_cast<qulonglong>(m_view->layer()->graph().nodes.size()));
    return m_found < 0 ? all : tr("%1 of %2").arg(locale.toString(m_found), all);
}

void GraphPage::tick()
{
    if (m_workspace.context.source->state().phase == SourceState::Phase::Stale)
        refresh();
}

void GraphPage::takeFocus() { m_view->setFocus(Qt::ShortcutFocusReason); }

void GraphPage::applySnapshot()
{
    const SnapshotPtr snapshot = m_workspace.context.source->snapshot();
    const std::string mesh = m_mesh.toStdString();
    m_making.cancel();
    if (snapshot->dataplanes.size() <= kAtOnce)
        return applyGraph(graph::serviceGraph(*snapshot, mesh));
    m_making = runInPool(
        [snapshot, mesh]() -> Result<graph::MeshGraph> { return graph::serviceGraph(*snapshot, mesh); });
    whenDone(m_making, this, [this](const Result<graph::MeshGraph> &made) {
        if (made)
            applyGraph(*made);
    });
}

void GraphPage::applyGraph(graph::MeshGraph next)
{
    if (m_wanted.hasSameShape(next) && (m_shown || m_layingOut)) {
        m_wanted = next;
        if (m_shown && m_view->layer()->graph().hasSameShape(next))
            m_view->layer()->setNodes(std::move(next));
        return refresh();
    }
    m_wanted = std::move(next);
    if (m_wanted.nodes.empty()) {
        m_placing.cancel();
        m_layingOut = false;
        m_shown = false;
        return refresh();
    }
    m_layingOut = true;
    graph::LayoutOptions options;
    options.leftToRight = false;  // layers from top to bottom: wide cards, a wide page
    m_placing = m_layout.layout(m_wanted, m_positions, options);
    whenDone(m_placing, this, [this](const Result<graph::LayoutResult> &placed) {
        if (!placed)
            return;  // a newer one runs
        m_layingOut = false;
        m_shown = true;
        m_note = placed->note;
        for (std::size_t i = 0; i < m_wanted.nodes.size(); ++i)
            m_positions[m_wanted.nodes[i].key] = placed->centers[i];
        m_view->setGraph(m_wanted, *placed, m_refit);
        m_refit = false;
        followFocus(false);
        updateFound();
        refresh();
    });
    refresh();
}

void GraphPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    if (shows) {
        if (m_shown) {
            m_frame->showData();
        } else if (m_layingOut) {
            m_frame->state()->showLoading(
                tr("Laying out %n service(s)", nullptr, static_cast<int>(m_wanted.nodes.size())));
            m_frame->showState();
        } else {
            m_frame->state()->showEmpty(
                u"graph"_s, tr("There is nothing to draw"),
                tr("A service is drawn as soon as a dataplane offers or calls it."),
                {tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }});
            m_frame->showState();
        }
    }
    updateWords();
}

void GraphPage::updateWords()
{
    if (!m_frame->showsData()) {
        m_frame->setCount({});
    } else {
        const auto &shown = m_view->layer()->graph();
        QString count = tr("%n service(s)", nullptr, static_cast<int>(shown.nodes.size())) + u" · "_s
                        + tr("%n edge(s)", nullptr, static_cast<int>(shown.edges.size()));
        if (m_layingOut)
            count += u" · "_s + tr("laying out");
        m_frame->setCount(count);
    }
    m_view->setLegend(m_note, tr("→ declared outbound"));
    Q_EMIT countChanged();
}

int GraphPage::focusNode() const
{
    const FocusTarget &target = m_workspace.focus->target();
    const auto &shown = m_view->layer()->graph();
    if (target.kind == FocusKind::Service)
        return shown.indexOf(target.key);
    if (target.kind == FocusKind::Dataplane || target.kind == FocusKind::Inbound
        || target.kind == FocusKind::Sidecar) {
        const DataplanePtr row = m_workspace.context.source->snapshot()->find(target.key);
        const auto services = row ? row->dataplane->services() : std::vector<std::string>{};
        if (!services.empty())
            return shown.indexOf({target.key.mesh, services.front()});
    }
    return -1;
}

void GraphPage::followFocus(bool reveal) { m_view->setFocusNode(focusNode(), reveal); }

void GraphPage::chooseNode(int node)
{
    if (node < 0)
        return m_workspace.focus->clear();
    if (node == focusNode() && m_workspace.focus->target().kind == FocusKind::Service)
        return;
    m_workspace.focus->set({FocusKind::Service, m_workspace.context.source,
                            m_view->layer()->graph().nodes[static_cast<std::size_t>(node)].key, -1});
}

void GraphPage::updateFound()
{
    // The seam for find and hide in the graph: which nodes the query of the bar matches.
    const QueryFilter &filter = *m_workspace.filter;
    std::vector<bool> found;
    m_found = -1;
    if (filter.answer()) {
        m_found = 0;
        for (const graph::GraphNode &node : m_view->layer()->graph().nodes) {
            found.push_back(filter.acceptsService(node.key, node.dataplanes > 0));
            m_found += found.back() ? 1 : 0;
        }
    }
    m_view->layer()->setFound(std::move(found));
    Q_EMIT countChanged();
}

void GraphPage::exportWithDialog()
{
    auto *dialog =
        new QFileDialog(this, tr("Export graph"), {}, tr("SVG picture (*.svg);;PNG picture (*.png)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"svg"_s);
    dialog->selectFile(u"mesh.svg"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.contains(u"png"_s) ? u"png"_s : u"svg"_s);
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        if (!m_view->exportTo(path))
            m_frame->notice()->setNotice(Mark::Bad, tr("%1 could not be written").arg(path));
    });
    dialog->open();
}

}  // namespace meshscope::ui
