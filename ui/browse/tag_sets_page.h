// The tag sets of a mesh: keys and values with counts, the lattice of equal sets, and under it the selector
// tester and what looks wrong in the tags. Follows the focus and sets it.
#pragma once

#include "models/graph/layout_job.h"
#include "models/tag_set_digest.h"
#include "ui/shell/page.h"

#include <QTimer>

class QLabel;
class QPlainTextEdit;
class QSplitter;
class QTabWidget;
class QTreeView;

namespace meshscope {
class FacetTree;
class SelectorTable;
class TagFindingTable;
}  // namespace meshscope

namespace meshscope::ui {

class GraphView;
class PageFrame;
class TableView;
struct Workspace;

class TagSetsPage : public Page
{
    Q_OBJECT

public:
    TagSetsPage(const Workspace &workspace, QWidget *parent = nullptr);
    ~TagSetsPage() override;

    void setMesh(const QString &mesh) override;
    QString countText() const override;
    void takeFocus() override;
    void tick() override;
    GraphView *view() const { return m_view; }
    bool isLayingOut() const { return m_layingOut; }
    // Into the tester, which answers at once.
    void setSelector(const QString &text);

Q_SIGNALS:
    void filterCleared();                    // the empty page's button
    void queryWanted(const QString &query);  // of a node or finding: its dataplanes are wanted

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeFacets();
    QWidget *makeTester();
    QWidget *makeFindings();
    void ask();
    void applyDigest();
    void applyGraph();
    void refresh();
    void test();
    void chooseNode(int node);
    void followFocus();
    void markValue(const QModelIndex &index);
    int nodeOf(const Tags &tags) const;  // in the graph: the deepest set on the way to these; -1 = none

    const Workspace &m_workspace;
    GraphView *m_view;
    QSplitter *m_across;
    QSplitter *m_down;
    PageFrame *m_frame = nullptr;
    QTreeView *m_facetView = nullptr;
    FacetTree *m_facets;
    QTabWidget *m_lower = nullptr;
    QPlainTextEdit *m_selector = nullptr;
    QLabel *m_verdict = nullptr;
    TableView *m_trials = nullptr;
    TableView *m_findingView = nullptr;
    SelectorTable *m_trialModel;
    TagFindingTable *m_findingModel;
    TagSetDigester m_digester;
    graph::GraphLayout m_layout;
    graph::LastPositions m_positions;
    graph::MeshGraph m_wanted;  // what the running layout is for, or what is shown
    QFuture<Result<graph::LayoutResult>> m_placing;
    QTimer m_pause;                // of typing in the tester
    std::set<std::string> m_keys;  // ticked by a person; empty = as suggested
    QString m_mesh, m_note;
    bool m_isStale = true;  // something changed while the page was hidden
    bool m_layingOut = false;
    bool m_shown = false;  // a first picture is there
    bool m_refit = true;
};

}  // namespace meshscope::ui
