// The filter behind the bar: at once for few rows, in its thread for many, never out of step with the rows.
#include "models/facet_tree.h"
#include "models/query_filter.h"
#include "models/selector_table.h"
#include "models/tag_set_digest.h"

#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

SnapshotPtr many(int count)
{
    std::vector<DataplanePtr> rows;
    for (int i = 0; i < count; ++i)
        rows.push_back(dp("dp-" + std::to_string(i)).service("svc-" + std::to_string(i % 7)).online());
    return snapshotOf(std::move(rows));
}

class TestQueryFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fewRowsAreAnsweredAtOnce()
    {
        QueryFilter filter;
        QSignalSpy changed(&filter, &QueryFilter::answerChanged);
        filter.setSnapshot(helloMesh());
        QVERIFY(!filter.answer());
        filter.setText(u"v2"_s);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(filter.answer()->matched.count, std::size_t(1));
        QCOMPARE(filter.answer()->services, (std::vector<ResourceKey>{{"default", "backend"}}));
        filter.setText(u"v2"_s);
        QCOMPARE(changed.count(), 1);
        filter.setText({});
        QCOMPARE(changed.count(), 2);
        QVERIFY(!filter.answer());
    }

    void manyRowsAreAnsweredInItsThread()
    {
        QueryFilter filter;
        const auto snapshot = many(5000);
        filter.setSnapshot(snapshot);
        filter.prepare();
        filter.setText(u"service == svc-1"_s);
        QVERIFY(filter.isWorking());
        QVERIFY(!filter.answer());
        filter.setText(u"service == svc-2"_s);  // the newest is what comes out in the end
        QTRY_VERIFY(!filter.isWorking());
        QCOMPARE(filter.answer()->query.text(), std::string("service == svc-2"));
        for (std::size_t i = 0; i < snapshot->dataplanes.size(); i += 97) {
            const auto &row = snapshot->dataplanes[i];
            const bool wanted = row->dataplane->services().front() == "svc-2";
            QCOMPARE(filter.accepts(row, i), wanted);
            QCOMPARE(filter.accepts(row, i + 1), wanted);  // also where the place is wrong
        }
        // A row that the answer does not know is asked itself.
        QVERIFY(filter.accepts(dp("new").service("svc-2").row(), 3));
        QVERIFY(!filter.accepts(dp("new").service("svc-3").row(), 3));
    }

    void rowsThatDidNotChangeAreNoNews()
    {
        QueryFilter filter;
        const auto first = many(100);
        filter.setSnapshot(first);
        filter.setText(u"service == svc-1"_s);
        QSignalSpy changed(&filter, &QueryFilter::answerChanged), answered(&filter, &QueryFilter::answered);
        auto next = std::make_shared<Snapshot>(*first);
        next->dataplanes[3] = dp(next->dataplanes[3]->key().name).service("svc-1").offline().row();
        filter.setSnapshot(next);
        QCOMPARE(answered.count(), 1);
        QCOMPARE(changed.count(), 0);
    }

    void timeAloneMayBeNews()
    {
        QueryFilter filter;
        filter.setNow(at(2));
        filter.setSnapshot(helloMesh());
        filter.setText(u"age < 5m"_s);
        QCOMPARE(filter.answer()->matched.count, std::size_t(3));
        QSignalSpy changed(&filter, &QueryFilter::answerChanged);
        filter.setNow(at(3));
        QCOMPARE(changed.count(), 0);
        filter.setNow(at(6));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(filter.answer()->matched.count, std::size_t(0));
    }

    void completionIsThereForFewAndComesForMany()
    {
        QueryFilter filter;
        filter.setSnapshot(helloMesh());
        auto completion = filter.complete("tag.version == ", 15);
        QVERIFY(completion.isFinished());
        QCOMPARE(completion.result()->suggestions.size(), std::size_t(2));
        filter.setSnapshot(many(5000));
        completion = filter.complete("service == ", 11);
        QTRY_VERIFY(completion.isFinished());
        QCOMPARE(completion.result()->suggestions.size(), std::size_t(7));
    }

    void tagSetsOfWhatTheQueryMatches()
    {
        QueryFilter filter;
        filter.setSnapshot(helloMesh());
        TagSetDigester digester;
        TagSetQuestion question;
        question.mesh = "default";
        digester.ask(helloMesh(), &filter, question);
        QCOMPARE(digester.digest()->rows.size(), std::size_t(3));
        filter.setText(u"service == backend"_s);
        digester.ask(helloMesh(), &filter, question);
        const auto digest = digester.digest();
        QCOMPARE(digest->rows.size(), std::size_t(2));
        QCOMPARE(digest->graph.nodes.size(), digest->lattice.nodes.size());
        for (int node = 0; node < static_cast<int>(digest->lattice.nodes.size()); ++node)
            QCOMPARE(digest->nodeOf[static_cast<std::size_t>(digest->placeInGraph(node))], node);
        for (const auto &node : digest->graph.nodes)
            QCOMPARE(&node - digest->graph.nodes.data(), std::ptrdiff_t(digest->graph.indexOf(node.key)));
        for (const auto &node : digest->lattice.nodes)
            QCOMPARE(query::parse(queryOf(node.tags)).diagnosis.sentence(), std::string());
    }

    void selectorsOfPoliciesAreKnownToLint()
    {
        auto snapshot = std::make_shared<Snapshot>(*helloMesh());
        QVERIFY(!selectorsOf(*snapshot));
        ResourceRecord policy;
        policy.type = "MeshTimeout";
        policy.key = {"default", "t"};
        policy.json =
            "{\"type\": \"MeshTimeout\", \"mesh\": \"default\", \"name\": \"t\", \"spec\": {\"targetRef\": "
            "{\"kind\": \"MeshSubset\", \"tags\": {\"version\": \"v1\"}}}}";
        auto list = std::make_shared<ResourceList>();
        list->type = policy.type;
        list->rows.push_back(std::make_shared<const ResourceRecord>(policy));
        snapshot->resources.push_back(list);
        TagSetDigester digester;
        digester.ask(snapshot, nullptr, {});
        QCOMPARE(digester.digest()->findings.size(), std::size_t(1));
        QCOMPARE(digester.digest()->findings.front().value, std::string("v2"));
    }

    void manyTagSetsComeFromThePool()
    {
        TagSetDigester digester;
        QSignalSpy changed(&digester, &TagSetDigester::digestChanged);
        digester.ask(many(3000), nullptr, {});
        QVERIFY(digester.isWorking());
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(digester.digest()->rows.size(), std::size_t(3000));
    }

    void facetsCanBeTicked()
    {
        FacetTree tree;
        QAbstractItemModelTester tester(&tree, kMode);
        const auto rows = helloMesh()->dataplanes;
        tree.setFacets(query::facetsOf(rows), {"version"});
        QSignalSpy ticked(&tree, &FacetTree::tickedChanged), reset(&tree, &QAbstractItemModel::modelReset);
        const QModelIndex service = tree.index(1, 0);
        QCOMPARE(service.data().toString(), u"kuma.io/service"_s);
        QCOMPARE(tree.index(0, 0, service).data().toString(), u"backend"_s);
        QCOMPARE(tree.index(0, 1, service).data().toString(), u"2"_s);
        QVERIFY(tree.setData(service, Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(ticked.count(), 1);
        QCOMPARE(tree.ticked(), (std::set<std::string>{"kuma.io/service", "version"}));
        QVERIFY(tree.setData(service, Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!tree.setData(tree.index(2, 0), Qt::Unchecked, Qt::CheckStateRole));  // the last one stays
        tree.setFacets(query::facetsOf(rows), {"version"});
        QCOMPARE(reset.count(), 0);
        tree.setFacets({}, {});
        QCOMPARE(tree.rowCount(), 0);
    }

    void selectorRowsSayWhatFailed()
    {
        SelectorTable table;
        QAbstractItemModelTester tester(&table, kMode);
        const auto rows = helloMesh()->dataplanes;
        const auto selector = query::parseSelectors("kuma.io/service=backend,version=v2")->front();
        table.setReports({query::testSelector(selector, rows)}, rows, nullptr);
        QCOMPARE(table.summary(), u"1 match, 1 near, 1 others"_s);
        QCOMPARE(table.index(0, SelectorTable::DataplaneColumn).data().toString(), u"backend-2"_s);
        QCOMPARE(table.index(0, SelectorTable::InboundColumn).data().toString(), u"8080"_s);
        QCOMPARE(table.index(1, SelectorTable::WhyColumn).data().toString(), u"version=v2: it is v1"_s);
        QCOMPARE(table.index(1, 0).data(TargetRole).value<FocusTarget>().kind, FocusKind::Inbound);
        TagFindingTable findings;
        QAbstractItemModelTester findingTester(&findings, kMode);
        findings.setFindings(
            query::lintTags(snapshotOf({dp("a").service("x").protocol("htpp")})->dataplanes));
        QCOMPARE(findings.rowCount(), 1);
        QCOMPARE(findings.index(0, 0).data(TagFindingTable::QueryRole).toString(),
                 u"tag.kuma.io/protocol == htpp"_s);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestQueryFilter)
#include "tst_query_filter.moc"
