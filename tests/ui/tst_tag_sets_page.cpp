// The page Tag sets on fakes: lattice, facets, tester and findings follow each other, the focus and the
// query.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/facet_tree.h"
#include "models/focus.h"
#include "models/selector_table.h"
#include "ui/browse/table_view.h"
#include "ui/browse/tag_sets_page.h"
#include "ui/graph/graph_layer.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/query_bar.h"
#include "ui/style/theme.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

class Page : public WindowFixture
{
public:
    explicit Page(SnapshotPtr snapshot = fresh(helloMesh()))
        : WindowFixture(std::move(snapshot))
    {
        trigger(u"pageTagSets"_s);
        page = find<ui::TagSetsPage>(u"page.tagSets"_s);
    }
    const graph::MeshGraph &graph() const { return page->view()->layer()->graph(); }
    int nodeTitled(const std::string &title) const
    {
        for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
            if (graph().nodes[i].title == title)
                return static_cast<int>(i);
        }
        return -1;
    }
    void waitForGraph() const
    {
        QTRY_VERIFY_WITH_TIMEOUT(!page->isLayingOut() && !graph().nodes.empty(), 15'000);
    }

    ui::TagSetsPage *page = nullptr;
};

class TestTagSetsPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theLatticeIsDrawn()
    {
        Page f;
        f.waitForGraph();
        QVERIFY(f.nodeTitled("every inbound") >= 0);
        QVERIFY(f.nodeTitled("version=v2") >= 0);
        QCOMPARE(f.page->countText(), u"3 tag sets"_s);
        QVERIFY(f.graph().edges.size() >= f.graph().nodes.size() - 1);
    }

    void aNodeFillsTheTesterAndSetsTheFocus()
    {
        Page f;
        f.waitForGraph();
        Q_EMIT f.page->view()->nodeChosen(f.nodeTitled("version=v2"));
        QVERIFY(f.find<QPlainTextEdit>(u"text.selector"_s)->toPlainText().contains(u"version=v2"_s));
        auto *rows = f.find<ui::TableView>(u"table.selector"_s)->model();
        QCOMPARE(rows->index(0, SelectorTable::DataplaneColumn).data().toString(), u"backend-2"_s);
        QCOMPARE(f.window->focus()->target().kind, FocusKind::Service);
        QCOMPARE(f.window->focus()->target().key.name, std::string("backend"));
        QTRY_COMPARE(f.page->view()->layer()->focusNode(), f.nodeTitled("version=v2"));
    }

    void aDataplaneInFocusIsShownAsItsTagSet()
    {
        Page f;
        f.waitForGraph();
        f.look("backend-1");
        QTRY_COMPARE(f.page->view()->layer()->focusNode(), f.nodeTitled("version=v1"));
    }

    void anOpenedNodeIsAQuery()
    {
        Page f;
        f.waitForGraph();
        Q_EMIT f.page->view()->nodeOpened(f.nodeTitled("version=v2"));
        QVERIFY(f.find<ui::QueryBar>(u"field.filter"_s)->text().contains(u"tag.version == v2"_s));
        auto *table = f.find<ui::TableView>(u"table.dataplanes"_s);
        QTRY_VERIFY(table->isVisible());
        QTRY_COMPARE(table->model()->rowCount(), 1);
    }

    void whatIsNoSelectorIsSaid()
    {
        Page f;
        f.waitForGraph();
        f.page->setSelector(u"kind: MeshService"_s);
        QCOMPARE(f.find<QLabel>(u"label.selector"_s)->text(),
                 u"a targetRef of kind MeshService needs a name"_s);
        QCOMPARE(f.find<ui::TableView>(u"table.selector"_s)->model()->rowCount(), 0);
        f.page->setSelector(u"kuma.io/service=backend, version=v3"_s);
        QVERIFY(f.find<QLabel>(u"label.selector"_s)->text().startsWith(u"0 match, 2 near, 1 others"_s));
    }

    void tickedKeysGroupTheLattice()
    {
        Page f;
        f.waitForGraph();
        auto *facets = f.find<QTreeView>(u"tree.facets"_s)->model();
        for (int row = 0; row < facets->rowCount(); ++row) {
            const QModelIndex key = facets->index(row, 0);
            facets->setData(key, key.data().toString() == u"version"_s ? Qt::Checked : Qt::Unchecked,
                            Qt::CheckStateRole);
        }
        QTRY_COMPARE(f.graph().nodes.size(), std::size_t(3));  // all, v1, v2
        QTRY_VERIFY(!f.page->isLayingOut());
    }

    void theQueryNarrowsIt()
    {
        Page f;
        f.waitForGraph();
        f.find<ui::QueryBar>(u"field.filter"_s)->setQuery(u"tag.version == v2"_s);
        QTRY_COMPARE(f.page->countText(), u"1 tag set"_s);
        f.find<ui::QueryBar>(u"field.filter"_s)->setQuery(u"nothing-has-this"_s);
        QTRY_VERIFY(f.page->countText().isEmpty());
        f.find<ui::QueryBar>(u"field.filter"_s)->setQuery({});
        QTRY_COMPARE(f.page->countText(), u"3 tag sets"_s);
    }

    void findingsLeadToTheirDataplanes()
    {
        Page f(snapshotOf({dp("a").service("x", {{"env", "prod"}}).online(),
                           dp("b").service("x", {{"env", "prod"}}).online(),
                           dp("c").service("x", {{"env", "Prod"}}).online()}));
        f.waitForGraph();
        QCOMPARE(f.find<QTabWidget>(u"tabs.tagSets"_s)->tabText(1), u"Findings 1"_s);
        auto *findings = f.find<ui::TableView>(u"table.tagFindings"_s);
        Q_EMIT findings->activated(findings->model()->index(0, 0));
        QCOMPARE(f.find<ui::QueryBar>(u"field.filter"_s)->text(), u"tag.env == Prod"_s);
    }
};

}  // namespace

MESHSCOPE_UI_TEST_MAIN(TestTagSetsPage)
#include "tst_tag_sets_page.moc"
