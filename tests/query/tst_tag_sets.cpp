// Facets, lattice, selectors and lint: what is known of the tag sets of a mesh as a whole.
#include "backend/query/facets.h"
#include "backend/query/query.h"
#include "backend/query/selector.h"
#include "backend/query/tag_lint.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QTest>

#include <algorithm>

using namespace meshscope;
using namespace meshscope::query;
using namespace meshscope::testing;

Q_DECLARE_METATYPE(meshscope::query::TagFinding::Kind)

namespace {

Rows shop()
{
    return snapshotOf({dp("web-1").service("web", {{"version", "v1"}}).online(),
                       dp("web-2").service("web", {{"version", "v1"}}).offline(),
                       dp("web-3").service("web", {{"version", "v2"}}).online(),
                       dp("store-1").service("store").service("admin").online(),
                       dp("edge-1").gateway("edge").online()})
        ->dataplanes;
}

std::string textOf(const Tags &tags)
{
    std::string text;
    for (const auto &[key, value] : tags)
        text += (text.empty() ? "" : " ") + key + "=" + value;
    return text;
}

// Node for node: "kuma.io/service=web: 0 of 3".
std::string textOf(const Lattice &lattice)
{
    std::string text;
    for (const auto &node : lattice.nodes)
        text += "[" + textOf(node.tags) + "] " + std::to_string(node.own) + "/"
                + std::to_string(node.inbounds) + "\n";
    return text;
}

// "dataplane#inbound" of each, joined by blanks.
std::string names(const std::vector<SelectorTrial> &trials)
{
    std::string text;
    for (const auto &trial : trials)
        text += (text.empty() ? "" : " ") + trial.dataplane.name + "#" + std::to_string(trial.inbound);
    return text;
}

class TestTagSets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void facetsCountInboundsAndDataplanes()
    {
        const auto facets = facetsOf(shop());
        QCOMPARE(facets.size(), std::size_t(3));
        QCOMPARE(facets[0].key, std::string("kuma.io/service"));
        QCOMPARE(facets[0].inbounds, std::size_t(6));
        QCOMPARE(facets[0].dataplanes, std::size_t(5));
        QCOMPARE(facets[0].values.front(), (FacetValue{"web", 3, 3}));
        QCOMPARE(facets[2], (Facet{"version", 3, 3, {{"v1", 2, 2}, {"v2", 1, 1}}}));
        QVERIFY(facetsOf({}).empty());
    }

    void latticeAddsOneTagAtATime()
    {
        const auto lattice = latticeOf(shop(), {{"kuma.io/service", "version"}, 100});
        QCOMPARE(textOf(lattice), std::string("[] 0/6\n"
                                              "[kuma.io/service=admin] 1/1\n"
                                              "[kuma.io/service=edge] 1/1\n"
                                              "[kuma.io/service=store] 1/1\n"
                                              "[kuma.io/service=web] 0/3\n"
                                              "[kuma.io/service=web version=v1] 2/2\n"
                                              "[kuma.io/service=web version=v2] 1/1\n"));
        QCOMPARE(lattice.edges.size(), std::size_t(6));
        for (const auto &edge : lattice.edges) {
            Tags from = lattice.nodes[static_cast<std::size_t>(edge.from)].tags;
            QVERIFY(from.emplace(edge.key, edge.value).second);
            QVERIFY(from == lattice.nodes[static_cast<std::size_t>(edge.to)].tags);
        }
        QCOMPARE(lattice.tagSets, std::size_t(5));
        QCOMPARE(lattice.folded, std::size_t(0));
        QCOMPARE(lattice.nodes[5].health, Health::Offline);  // the worst
        QCOMPARE(lattice.nodes[5].dataplanes, std::size_t(2));
        QVERIFY(latticeOf({}).nodes.empty());
    }

    void latticeJoinsSetsThatDifferByOneTagByChance()
    {
        const auto rows = snapshotOf({dp("a").service("x", {{"a", "1"}}), dp("b").service("x", {{"b", "1"}}),
                                      dp("c").service("x", {{"a", "1"}, {"b", "1"}})})
                              ->dataplanes;
        const auto lattice = latticeOf(rows, {{"a", "b"}, 100});
        QCOMPARE(lattice.nodes.size(), std::size_t(4));  // none, a, b, ab: a diamond
        QCOMPARE(lattice.edges.size(), std::size_t(4));
    }

    void latticeStaysBounded()
    {
        std::vector<DataplanePtr> many;
        for (int i = 0; i < 3000; ++i)
            many.push_back(
                dp("dp-" + std::to_string(i))
                    .service("svc-" + std::to_string(i % 30),
                             {{"instance", std::to_string(i)}, {"version", "v" + std::to_string(i % 3)}}));
        const auto rows = snapshotOf(std::move(many))->dataplanes;
        // Left to itself it does not look at the instance.
        const auto suggested = suggestedKeys(facetsOf(rows));
        QVERIFY(!suggested.contains("instance"));
        QVERIFY(suggested.contains("version"));
        QVERIFY(!suggested.contains("kuma.io/protocol"));  // all speak http
        QVERIFY(latticeOf(rows).nodes.size() < 200);
        // Made to, it folds, and says how much; nothing is lost in the counts.
        const auto lattice = latticeOf(rows, {{"kuma.io/service", "instance"}, 50});
        QVERIFY(lattice.nodes.size() <= 50);
        QCOMPARE(lattice.tagSets, std::size_t(3000));
        std::size_t shown = 0, folded = 0;
        for (const auto &node : lattice.nodes) {
            shown += node.own > 0 ? 1 : 0;
            folded += node.folded;
        }
        QCOMPARE(folded, lattice.folded);
        QCOMPARE(shown + folded, std::size_t(3000));
        QCOMPARE(lattice.nodes.front().inbounds, std::size_t(3000));
    }

    void selectorsAreRead_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("selectors");  // where: kind: text, joined by |
        const auto row = [](const char *name, const char *text, const char *selectors) {
            QTest::newRow(name) << std::string(text) << std::string(selectors);
        };
        row("pairs", "kuma.io/service=web, version = v2", ":: kuma.io/service=web, version=v2");
        row("pairs on lines, with any value",
            "kuma.io/service=*\nversion=", ":: kuma.io/service=*, version=*");
        row("as in a query", "version==v2", ":: version=v2");
        row("a map of tags", "kuma.io/service: web\nversion: 2\n", ":: kuma.io/service=web, version=2");
        row("a targetRef", "kind: MeshSubset\ntags: {version: v1}", ":MeshSubset: version=v1");
        row("a targetRef of a service",
            "{\"kind\": \"MeshServiceSubset\", \"name\": \"web\", \"tags\": {\"a\": \"b\"}}",
            ":MeshServiceSubset: kuma.io/service=web, a=b");
        row("a whole policy of 2.9",
            "type: MeshTimeout\nmesh: default\nname: t\nspec:\n  targetRef: {kind: MeshService, name: web}\n"
            "  from:\n  - targetRef: {kind: Mesh}\n    default: {}\n",
            "spec.targetRef:MeshService: mesh default, kuma.io/service=web|spec.from[0].targetRef:Mesh: mesh "
            "default");
        row("a whole policy of 3.0, by labels",
            "type: MeshTimeout\nmesh: default\nname: t\nspec:\n  targetRef:\n    kind: Dataplane\n"
            "    labels: {app: web}\n    sectionName: http\n",
            "spec.targetRef:Dataplane: mesh default, inbound http, label app=web");
        row("a policy without targetRef is for the mesh",
            "type: MeshTimeout\nmesh: m\nname: t\nspec:\n  to: []\n", "spec:Mesh: mesh m");
        row("a MeshService",
            "type: MeshService\nmesh: m\nname: s\nspec:\n  selector:\n    dataplaneTags: {app: web}\n",
            "spec.selector.dataplaneTags:MeshService: mesh m, app=web");
        row("an older policy",
            "type: TrafficPermission\nmesh: m\nname: t\nsources:\n- match: {kuma.io/service: "
            "'*'}\ndestinations:\n"
            "- match: {kuma.io/service: web}\n",
            "sources[0].match:match: mesh m, kuma.io/service=*|destinations[0].match:match: mesh m, "
            "kuma.io/service=web");
    }

    void selectorsAreRead()
    {
        QFETCH(std::string, text);
        const auto read = parseSelectors(text);
        QVERIFY2(read.has_value(), read ? "" : read.error().what.c_str());
        std::string all;
        for (const auto &selector : *read)
            all += (all.empty() ? "" : "|") + selector.where + ":" + selector.kind + ": " + selector.text();
        QTEST(all, "selectors");
    }

    void whatIsNoSelectorIsSaid_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("what");
        QTest::addColumn<std::string>("where");
        const auto row = [](const char *name, const char *text, const char *what, const char *where) {
            QTest::newRow(name) << std::string(text) << std::string(what) << std::string(where);
        };
        row("nothing", "  ", "a selector like kuma.io/service=web, version=v2 was expected, or a policy", "");
        row("a list", "- a\n- b\n", "a policy, a targetRef or tags were expected, not a list or a value", "");
        row("a word", "web", "a policy, a targetRef or tags were expected, not a list or a value", "");
        row("a service without a name", "kind: MeshService", "a targetRef of kind MeshService needs a name",
            "");
        row("a kind that has no tags", "targetRef: {kind: MeshHTTPRoute, name: x}",
            "a targetRef of kind MeshHTTPRoute chooses no proxies by their tags", "targetRef");
        row("tags that are a list", "kind: MeshSubset\ntags: [a]", "a map of tags was expected", ".tags");
        row("a targetRef without kind", "spec: {targetRef: {name: a}}",
            "a targetRef needs a kind, as in kind: MeshSubset", "spec.targetRef");
    }

    void whatIsNoSelectorIsSaid()
    {
        QFETCH(std::string, text);
        const auto read = parseSelectors(text);
        QVERIFY(!read);
        QTEST(read.error().what, "what");
        QTEST(read.error().where, "where");
    }

    void aSelectorMatchesWithinOneTagSet()
    {
        const auto rows =
            snapshotOf({dp("a").service("web", {{"version", "v1"}}).service("web", {{"version", "v2"}}),
                        dp("b").service("web", {{"version", "v3"}}), dp("c").service("store")})
                ->dataplanes;
        const auto report = testSelector(parseSelectors("kuma.io/service=web,version=v2")->front(), rows);
        QCOMPARE(names(report.matches), std::string("a#1"));
        QCOMPARE(names(report.near), std::string("a#0 b#0"));
        QCOMPARE(report.near.front().firstFailed, (Requirement{"version", "v2"}));
        QCOMPARE(report.near.front().found, std::string("v1"));
        QVERIFY(!report.near.front().isAbsent);
        QCOMPARE(report.others, std::size_t(1));
    }

    void anyValueMustBeThere()
    {
        const auto report = testSelector(
            parseSelectors("kuma.io/service=web,version=*")->front(),
            snapshotOf({dp("a").service("web"), dp("b").service("web", {{"version", ""}})})->dataplanes);
        QCOMPARE(names(report.matches), std::string("b#0"));
        QCOMPARE(names(report.near), std::string("a#0"));
        QVERIFY(report.near.front().isAbsent);
    }

    void aSlipStandsFirst()
    {
        const auto rows = snapshotOf({dp("a").service("web", {{"env", "test"}}),
                                      dp("b").service("web", {{"env", "Prod"}}), dp("c").service("web")})
                              ->dataplanes;
        const auto report = testSelector(parseSelectors("kuma.io/service=web,env=prod")->front(), rows);
        QCOMPARE(names(report.near), std::string("b#0 a#0 c#0"));
        QVERIFY(report.near.front().looksAlike);
        QCOMPARE(testSelector(parseSelectors("kuma.io/service=web,env=prod")->front(), rows, 1).nearInAll,
                 std::size_t(3));
    }

    void labelsChooseDataplanes()
    {
        Inbound http;
        http.port = 80;
        http.name = "http";
        Inbound admin;
        admin.port = 81;
        const auto rows =
            snapshotOf({dp("a").inbound(http).inbound(admin).label("app", "web"),
                        dp("b").inbound(admin).label("app", "web"), dp("c").label("app", "store")})
                ->dataplanes;
        const auto all = testSelector(parseSelectors("kind: Dataplane\nlabels: {app: web}")->front(), rows);
        QCOMPARE(names(all.matches), std::string("a#-1 b#-1"));
        const auto one = testSelector(
            parseSelectors("kind: Dataplane\nlabels: {app: web}\nsectionName: http")->front(), rows);
        QCOMPARE(names(one.matches), std::string("a#0"));
        const auto byPort =
            testSelector(parseSelectors("kind: Dataplane\nname: b\nsectionName: '81'")->front(), rows);
        QCOMPARE(names(byPort.matches), std::string("b#0"));
    }

    void aSelectorOfAMeshStaysInIt()
    {
        const auto rows =
            snapshotOf({dp("a").service("web"), dp("a").mesh("other").service("web")})->dataplanes;
        auto selector = parseSelectors("kuma.io/service=web")->front();
        QCOMPARE(testSelector(selector, rows).matches.size(), std::size_t(2));
        selector.mesh = "other";
        QCOMPARE(testSelector(selector, rows).matches.size(), std::size_t(1));
    }

    void valuesThatLookAlike_data()
    {
        QTest::addColumn<std::string>("a");
        QTest::addColumn<std::string>("b");
        QTest::addColumn<bool>("alike");
        const auto row = [](const char *name, const char *a, const char *b, bool alike) {
            QTest::newRow(name) << std::string(a) << std::string(b) << alike;
        };
        row("the same is not alike", "prod", "prod", false);
        row("case", "prod", "Prod", true);
        row("signs", "eu-west", "eu_west", true);
        row("one letter", "production", "producton", true);
        row("two letters changed places", "production", "prodcution", true);
        row("short words differ by a letter on purpose", "test", "rest", false);
        row("numbers differ on purpose", "version-1", "version-2", false);
        row("other words", "canary", "stable", false);
    }

    void valuesThatLookAlike()
    {
        QFETCH(std::string, a);
        QFETCH(std::string, b);
        QFETCH(bool, alike);
        QCOMPARE(looksAlike(a, b), alike);
        QCOMPARE(looksAlike(b, a), alike);
    }

    void lintFinds_data()
    {
        QTest::addColumn<Rows>("rows");
        QTest::addColumn<std::string>("selector");
        QTest::addColumn<std::string>("messages");  // joined by |
        const auto rows = [](std::vector<DataplanePtr> list) {
            return snapshotOf(std::move(list))->dataplanes;
        };
        QTest::newRow("nothing in a tidy mesh") << shop() << std::string() << std::string();
        QTest::newRow("a value spelt in two ways")
            << rows({dp("a").service("x", {{"env", "prod"}}), dp("b").service("x", {{"env", "prod"}}),
                     dp("c").service("x", {{"env", "Prod"}})})
            << std::string() << std::string("`env=Prod` looks like `prod`, which 2 inbounds have");
        QTest::newRow("a key spelt in two ways")
            << rows({dp("a").service("x", {{"version", "1"}}), dp("b").service("x", {{"version", "1"}}),
                     dp("c").service("x", {{"Version", "1"}})})
            << std::string() << std::string("the key `Version` looks like `version`, which 2 inbounds have");
        QTest::newRow("a key that one of a service's inbounds has not")
            << rows({dp("a").service("x", {{"version", "1"}}), dp("b").service("x", {{"version", "1"}}),
                     dp("c").service("x", {{"version", "1"}}), dp("d").service("x"), dp("e").service("y")})
            << std::string()
            << std::string("1 of 4 inbounds of `x` have no tag `version`, which the others have");
        QTest::newRow("an unknown reserved key")
            << rows({dp("a").service("x", {{"kuma.io/colour", "red"}})}) << std::string()
            << std::string("`kuma.io/colour` is in Kuma's own name space, but no tag that Kuma knows");
        QTest::newRow("an unknown protocol")
            << rows({dp("a").service("x").protocol("htpp")}) << std::string()
            << std::string("`htpp` is no protocol that Kuma knows, so it is treated as tcp");
        QTest::newRow("an empty value") << rows({dp("a").service("x", {{"team", ""}})}) << std::string()
                                        << std::string("the tag `team` has an empty value");
        QTest::newRow("a value that no selector uses")
            << rows({dp("a").service("x", {{"version", "v1"}}), dp("b").service("x", {{"version", "v2"}})})
            << std::string("version=v1")
            << std::string("policies select by `version`, but none chooses `v2`");
    }

    void lintFinds()
    {
        QFETCH(Rows, rows);
        QFETCH(std::string, selector);
        std::optional<std::vector<Selector>> selectors;
        if (!selector.empty())
            selectors = *parseSelectors(selector);
        std::string messages;
        for (const auto &finding : lintTags(rows, selectors)) {
            messages += (messages.empty() ? "" : "|") + finding.message;
            // The query of a finding shows just the dataplanes that it names.
            const auto parsed = parse(finding.query);
            QCOMPARE(parsed.diagnosis.sentence(), std::string());
            std::vector<ResourceKey> found;
            for (const auto &row : rows) {
                if (parsed.query.matches(*row, at(0)))
                    found.push_back(row->key());
            }
            QVERIFY2(found == finding.dataplanes, finding.query.c_str());
        }
        QTEST(messages, "messages");
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestTagSets)
#include "tst_tag_sets.moc"
