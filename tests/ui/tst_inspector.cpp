// What the inspector says beyond the dataplane itself: effective policies, Envoy's configuration, policies
// and zones; and the pages that lead there.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "ui/browse/fact_list.h"
#include "ui/browse/inspector.h"
#include "ui/browse/table_view.h"
#include "ui/shell/query_bar.h"
#include "ui/style/theme.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTabBar>
#include <QTabWidget>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

const char kRules[] = R"({"rules":[{"type":"MeshTimeout","toRules":[{"conf":{"http":{"requestTimeout":"1s"}},
    "matchers":[{"key":"kuma.io/service","value":"backend","not":false}],
    "origin":[{"mesh":"default","name":"mine","type":"MeshTimeout"}]}]}]})";
const char kConfig[] = R"({"xds":{"type.googleapis.com/envoy.config.cluster.v3.Cluster":
    {"backend":{"name":"backend","type":"EDS"},"web":{"name":"web","type":"STATIC"}}}})";

SnapshotPtr withPolicy()
{
    auto snapshot = std::make_shared<Snapshot>(*helloMesh());
    auto record = std::make_shared<ResourceRecord>();
    record->type = "MeshTimeout";
    record->key = {"default", "mine"};
    record->targetRef = "MeshService web";
    record->json =
        R"({"type":"MeshTimeout","mesh":"default","name":"mine","spec":{"targetRef":{"kind":"Mesh"}}})";
    auto list = std::make_shared<ResourceList>();
    list->type = record->type;
    list->rows = {record};
    snapshot->resources = {list};
    auto capabilities = std::make_shared<Capabilities>();
    ResourceTypeInfo info;
    info.name = "MeshTimeout";
    info.path = "meshtimeouts";
    info.isPolicy = true;
    capabilities->types = {info};
    snapshot->capabilities = capabilities;
    return snapshot;
}

ui::Inspector *inspector(const WindowFixture &f) { return f.find<ui::Inspector>(u"inspector"_s); }

QStringList factsOf(const WindowFixture &f, const QString &list)
{
    QStringList texts;
    for (const ui::FactSection &section : f.find<ui::FactList>(list)->facts()) {
        texts << section.title;
        for (const ui::Fact &fact : section.facts)
            texts << (fact.label.isEmpty() ? fact.text : QString(fact.label + u": "_s + fact.text));
    }
    return texts;
}

}  // namespace

class TestInspector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void effectiveValuesHaveTheirOrigins()
    {
        WindowFixture f(withPolicy());
        f.source.holdAnswer(u"/meshes/default/dataplanes/web-1/_rules"_s, kRules);
        f.look("web-1");
        inspector(f)->setTab(ui::Inspector::PoliciesTab);
        QTRY_COMPARE(
            factsOf(f, u"facts.policies"_s),
            (QStringList{u"MeshTimeout · to backend"_s, u"http.requestTimeout: 1s"_s, u"from: mine"_s}));
        // The origin leads to the policy.
        Q_EMIT f.find<ui::FactList>(u"facts.policies"_s)
            ->linkChosen({FocusKind::Policy, &f.source, {"default", "mine"}, -1, "MeshTimeout"});
        QTRY_COMPARE(f.find<QLabel>(u"label.inspectorTitle"_s)->text(), u"mine"_s);
    }

    void anOlderControlPlaneIsAskedTheOlderWay()
    {
        WindowFixture f(withPolicy());
        f.source.holdAnswer(
            u"/meshes/default/dataplanes/web-1/policies"_s,
            R"({"items":[{"type":"dataplane","matchedPolicies":{"MeshTimeout":[{"mesh":"default","name":"mine"}]}}]})");
        f.look("web-1");
        inspector(f)->setTab(ui::Inspector::PoliciesTab);
        QTRY_COMPARE(factsOf(f, u"facts.policies"_s),
                     (QStringList{u"MeshTimeout · the proxy"_s, u"from: mine"_s}));
    }

    void theConfigurationIsTables()
    {
        WindowFixture f(helloMesh());
        // The proxy cannot be asked: what it would be sent is shown, and said to be that.
        f.source.holdAnswer(u"/meshes/default/dataplanes/web-1/_config"_s, kConfig);
        f.look("web-1");
        inspector(f)->setTab(ui::Inspector::XdsTab);
        auto *kinds = f.find<QTabBar>(u"tabs.xds"_s);
        QTRY_COMPARE(kinds->tabText(2), u"Clusters 2"_s);
        QCOMPARE(f.source.fetched().first(), u"/meshes/default/dataplanes/web-1/xds"_s);
        kinds->setCurrentIndex(2);
        auto *table = f.find<ui::TableView>(u"table.xds"_s);
        QTRY_VERIFY(table->isVisible());
        QCOMPARE(table->model()->rowCount(), 2);
        f.find<QLineEdit>(u"field.xdsSearch"_s)->setText(u"static"_s);
        QCOMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->model()->index(0, 0).data().toString(), u"web"_s);
        // Another dataplane drops what is not its own.
        f.find<QLineEdit>(u"field.xdsSearch"_s)->clear();
        f.look("backend-1");
        QTRY_COMPARE(kinds->tabText(2), u"Clusters"_s);
    }

    void anEnvoyOfThisMachineAnswersItself()
    {
        WindowFixture f(helloMesh());
        f.look("web-1");
        f.trigger(u"startSidecar"_s);
        f.sidecars.scriptAdmin(QByteArray(
            R"({"configs":[{"@type":"x.ClustersConfigDump","static_clusters":[{"cluster":{"name":"here"}}]}]})"));
        QTRY_VERIFY(!f.sidecars.sidecars().isEmpty()
                    && f.sidecars.sidecars().first().phase == SidecarPhase::Ready);
        inspector(f)->setTab(ui::Inspector::XdsTab);
        QTRY_COMPARE(f.find<QTabBar>(u"tabs.xds"_s)->tabText(2), u"Clusters 1"_s);
        QVERIFY(f.source.fetched().isEmpty());
    }

    void aPolicySaysWhomItReaches()
    {
        WindowFixture f(withPolicy());
        f.source.holdAnswer(u"/meshes/default/meshtimeouts/mine/_resources/dataplanes"_s,
                            R"({"items":[{"mesh":"default","name":"web-1"}]})");
        f.trigger(u"pagePolicies"_s);
        auto *table = f.find<ui::TableView>(u"table.policies"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(0, 0)).center());
        QTRY_COMPARE(f.find<QLabel>(u"label.inspectorTitle"_s)->text(), u"mine"_s);
        QTRY_VERIFY(factsOf(f, u"facts.overview"_s).contains(u"web-1"_s));
        // Only what has a meaning for a policy is offered.
        auto *tabs = f.find<QTabBar>(u"tabs.inspector"_s);
        QVERIFY(!tabs->isTabVisible(ui::Inspector::InboundsTab));
        QVERIFY(tabs->isTabVisible(ui::Inspector::YamlTab));
        inspector(f)->setTab(ui::Inspector::YamlTab);
        QTRY_VERIFY(f.find<QWidget>(u"text.inspectorYaml"_s)->isVisible());
    }

    void aFigureOpensWhatItCounts()
    {
        WindowFixture f(
            snapshotOf({dp("a").service("a").offline(), dp("b").service("b").online().acks(1, 1)}));
        f.trigger(u"pageOverview"_s);
        auto *figure = f.find<QAbstractButton>(u"figure.status == offline"_s);
        QVERIFY(figure);
        figure->click();
        QTRY_COMPARE(f.find<QTabWidget>(u"tabs.pages"_s)->currentWidget()->objectName(),
                     u"page.dataplanes"_s);
        QCOMPARE(f.find<ui::QueryBar>(u"field.filter"_s)->text(), u"status == offline"_s);
        // The findings of it lead to the dataplane.
        f.find<ui::QueryBar>(u"field.filter"_s)->setQuery({});
        f.trigger(u"pageProblems"_s);
        auto *problems = f.find<ui::TableView>(u"table.allProblems"_s);
        QTRY_VERIFY(problems->model()->rowCount() > 0);
        QTest::mouseClick(problems->viewport(), Qt::LeftButton, {},
                          problems->visualRect(problems->model()->index(0, 0)).center());
        QTRY_COMPARE(f.find<QLabel>(u"label.inspectorTitle"_s)->text(), u"a"_s);
        QVERIFY(factsOf(f, u"facts.problem"_s).join(u'\n').contains(u"Way out: "_s));
    }

    void eventsTellWhatChanged()
    {
        WindowFixture f(helloMesh());
        f.look("backend-2");
        inspector(f)->setTab(ui::Inspector::EventsTab);
        auto changed = std::make_shared<Snapshot>(*helloMesh());
        for (auto &row : changed->dataplanes) {
            if (row->key().name == "backend-2")
                row = dp("backend-2")
                          .address("127.0.0.3")
                          .service("backend", {{"version", "v3"}})
                          .online()
                          .acks(6, 6);
        }
        f.source.setSnapshot(changed);
        QTRY_VERIFY(factsOf(f, u"facts.events"_s).join(u'\n').contains(u"version v2 → v3"_s));
        // And the dock counts it until it was looked at.
        auto *dock = f.find<QTabBar>(u"tabs.dock"_s);
        QCOMPARE(dock->tabText(1), u"Changes 1"_s);
        f.trigger(u"markSeen"_s);
        QCOMPARE(dock->tabText(1), u"Changes"_s);
    }

    void emptyPagesSayWhy()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageZones"_s);
        QVERIFY(!f.find<QWidget>(u"table.zones"_s)->isVisible());
        f.trigger(u"pagePolicies"_s);
        QVERIFY(!f.find<QWidget>(u"table.policies"_s)->isVisible());
        // No permission is not the same as nothing there.
        auto snapshot = std::make_shared<Snapshot>(*withPolicy());
        auto list = std::make_shared<ResourceList>();
        list->type = "MeshTimeout";
        list->problem = Error{Error::Code::Refused, "access denied", ""};
        snapshot->resources = {list};
        f.source.setSnapshot(snapshot);
        QStringList said;
        for (const QLabel *label : f.find<QWidget>(u"page.policies"_s)->findChildren<QLabel *>()) {
            if (label->isVisible())
                said << label->text();
        }
        QVERIFY2(said.join(u'\n').contains(u"cannot be read"_s), qPrintable(said.join(u'\n')));
    }
};

MESHSCOPE_UI_TEST_MAIN(TestInspector)
#include "tst_inspector.moc"
