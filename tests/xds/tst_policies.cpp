// Matching, precedence, partition and merging of policies, by themselves: what they do to Envoy is in the
// golden files.
#include "backend/codec/yaml_document.h"
#include "backend/xds/dependencies.h"
#include "backend/xds/initial_policies.h"
#include "backend/xds/policy/legacy.h"
#include "backend/xds/policy/merging.h"
#include "backend/xds/policy/rules.h"
#include "backend/xds/route_hash.h"

#include <QTest>

#include <random>

using namespace meshscope;
using namespace meshscope::xds;
using namespace Qt::StringLiterals;

namespace {

// In YAML, as people write it.
Json yaml(const QString &text)
{
    const auto document = YamlDocument::parse(text.toStdString());
    if (!document)
        qFatal("%s: %s", qPrintable(text), document.error().message.c_str());
    return Json::parse(document->json());
}

MeshView::ResourceUpdate resource(const QString &text)
{
    auto parsed = meshResourceFrom(yaml(text).dump());
    if (!parsed)
        qFatal("%s: %s", qPrintable(text), parsed.error().what.c_str());
    return {parsed->type, parsed->key.name, std::make_shared<const MeshResource>(std::move(*parsed))};
}

MeshViewPtr meshOf(const QStringList &resources)
{
    std::vector<MeshView::ResourceUpdate> updates;
    for (const auto &text : resources)
        updates.push_back(resource(text));
    return MeshView("default").withResources(updates);
}

Dataplane backend()
{
    Dataplane dataplane;
    dataplane.key = {"default", "backend-1"};
    dataplane.labels = {{"app", "backend"}};
    dataplane.address = "10.0.0.2";
    for (const auto &[port, service, version] :
         {std::tuple(80U, "backend", "v1"), std::tuple(81U, "db", "v2")}) {
        Inbound inbound;
        inbound.port = port;
        inbound.servicePort = port + 8000;
        inbound.tags = {{kServiceTag, service}, {"version", version}};
        dataplane.inbounds.push_back(inbound);
    }
    dataplane.outbounds.push_back({"", 1001, {{kServiceTag, "web"}}, {}});
    return dataplane;
}

Dataplane gateway()
{
    Dataplane dataplane;
    dataplane.key = {"default", "edge-1"};
    dataplane.address = "10.0.0.3";
    dataplane.gateway = Gateway{Gateway::Type::Delegated, {{kServiceTag, "edge"}}};
    return dataplane;
}

QString timeout(const char *name, const char *target, const char *rest = "to: []")
{
    return QStringLiteral("{type: MeshTimeout, mesh: default, name: %1, spec: {targetRef: %2, %3}}")
        .arg(QLatin1String(name), QLatin1String(target), QLatin1String(rest));
}

// "kuma.io/service=web,!version=v1: {…}" a rule, in order.
QStringList shown(const Rules &rules)
{
    QStringList lines;
    for (const auto &rule : rules) {
        QStringList tags;
        for (const auto &tag : rule.subset)
            tags << (tag.isNegated ? u"!"_s : QString()) + QString::fromStdString(tag.key + "=" + tag.value);
        lines << tags.join(u',') + u": "_s + QString::fromStdString(rule.conf.dump());
    }
    return lines;
}

QStringList names(const std::vector<PolicyMatch> &matches)
{
    QStringList result;
    for (const auto &match : matches)
        result << QString::fromStdString(match.policy->resource->key.name);
    return result;
}

QStringList names(const std::vector<PolicyPtr> &policies)
{
    QStringList result;
    for (const auto &policy : policies)
        result << QString::fromStdString(policy->resource->key.name);
    return result;
}

}  // namespace

class TestPolicies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void selection_data();
    void selection();
    void precedence();
    void shadowPoliciesAreSkipped();
    void merging_data();
    void merging();
    void partitions_data();
    void partitions();
    void aDestinationHasTheClosestRule();
    void valuesKnowWhereTheyComeFrom();
    void inboundsHaveTheirOwnRules();
    void rulesForARouteHoldForIt();
    void rulesForRealServices();
    void routeHashes_data();
    void routeHashes();
    void legacyPicksTheClosest();
    void onlyThoseSelectedAreTouched();
    void rulesDoNotDependOnTheOrderOfWrites();
};

void TestPolicies::selection_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QList<int>>("backendInbounds");  // -1 alone = not selected
    QTest::addColumn<bool>("edge");
    const QList<int> none{-1};
    const auto row = [](const char *title, const char *target, const QList<int> &inbounds, bool edge) {
        QTest::newRow(title) << QString::fromLatin1(target) << inbounds << edge;
    };
    row("the mesh is everybody", "{kind: Mesh}", {0, 1}, true);
    row("sidecars only", "{kind: Mesh, proxyTypes: [Sidecar]}", {0, 1}, false);
    row("gateways only", "{kind: Mesh, proxyTypes: [Gateway]}", none, true);
    row("a service selects its inbound", "{kind: MeshService, name: db}", {1}, false);
    row("a service of a gateway", "{kind: MeshService, name: edge}", none, true);
    row("tags select their inbound", "{kind: MeshSubset, tags: {version: v1}}", {0}, false);
    row("tags must be on one inbound", "{kind: MeshSubset, tags: {kuma.io/service: db, version: v1}}", none,
        false);
    row("a subset of a service", "{kind: MeshServiceSubset, name: backend, tags: {version: v1}}", {0}, false);
    row("a star is any value", "{kind: MeshSubset, tags: {version: '*'}}", {0, 1}, false);
    row("labels of a dataplane", "{kind: Dataplane, labels: {app: backend}}", {0, 1}, false);
    row("a route selects what it is for", "{kind: MeshHTTPRoute, name: route}", {0}, false);
    row("a route that is not there", "{kind: MeshHTTPRoute, name: nothing}", none, false);
    row("a kind nobody knows", "{kind: Galaxy}", none, false);
}

void TestPolicies::selection()
{
    QFETCH(QString, target);
    QFETCH(QList<int>, backendInbounds);
    QFETCH(bool, edge);
    const auto mesh = meshOf({u"{type: MeshHTTPRoute, mesh: default, name: route, "
                              "spec: {targetRef: {kind: MeshService, name: backend}, to: []}}"_s});
    const auto ref = targetRefFrom(yaml(target));
    std::vector<std::size_t> inbounds;
    const bool selected = selects(ref, *mesh, backend(), &inbounds);
    QCOMPARE(selected, backendInbounds != QList<int>{-1});
    if (selected) {
        QCOMPARE(QList<int>(inbounds.begin(), inbounds.end()), backendInbounds);
    }
    QCOMPARE(selects(ref, *mesh, gateway()), edge);
}

void TestPolicies::precedence()
{
    const auto labelled = [](const char *name, const char *origin) {
        return QStringLiteral(
                   "{type: MeshTimeout, mesh: default, name: %1, labels: {kuma.io/origin: %2}, spec: {}}")
            .arg(QLatin1String(name), QLatin1String(origin));
    };
    // From the weakest to the strongest.
    const QStringList expected{u"from-global"_s, u"zzz"_s,     u"aaa"_s,       u"from-zone"_s,
                               u"by-tags"_s,     u"by-name"_s, u"by-subset"_s, u"by-route"_s};
    const auto mesh = meshOf({timeout("by-route", "{kind: MeshHTTPRoute, name: r}"),
                              timeout("by-subset", "{kind: MeshServiceSubset, name: backend, tags: {a: b}}"),
                              labelled("from-zone", "zone"), timeout("aaa", "{kind: Mesh}"),
                              timeout("by-name", "{kind: MeshService, name: backend}"),
                              timeout("zzz", "{kind: Mesh}"), labelled("from-global", "global"),
                              timeout("by-tags", "{kind: MeshSubset, tags: {version: v1}}")});
    QCOMPARE(names(mesh->policies("MeshTimeout")), expected);
}

void TestPolicies::shadowPoliciesAreSkipped()
{
    const auto mesh = meshOf(
        {u"{type: MeshTimeout, mesh: default, name: dark, labels: {kuma.io/effect: shadow}, spec: {}}"_s,
         timeout("plain", "{kind: Mesh}")});
    QCOMPARE(names(matchingPolicies(*mesh, backend(), "MeshTimeout")), QStringList{u"plain"_s});
    QCOMPARE(names(matchingPolicies(*mesh, backend(), "MeshTimeout", true)).size(), 2);
}

void TestPolicies::merging_data()
{
    QTest::addColumn<QStringList>("confs");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *title, const QStringList &confs, const char *expected) {
        QTest::newRow(title) << confs << QString::fromUtf8(expected);
    };
    row("none is nothing", {}, "null");
    row("a later value wins", {u"{a: 1, b: {c: 2}}"_s, u"{a: 3}"_s}, "{a: 3, b: {c: 2}}");
    row("objects are merged", {u"{b: {c: 2}}"_s, u"{b: {d: 4}}"_s}, "{b: {c: 2, d: 4}}");
    row("lists are replaced", {u"{l: [1, 2]}"_s, u"{l: [3]}"_s}, "{l: [3]}");
    row("lists to append are joined", {u"{appendMatch: [1]}"_s, u"{appendMatch: [2, 3]}"_s},
        "{appendMatch: [1, 2, 3]}");
    row("one list to append stays as it is", {u"{appendMatch: [1]}"_s}, "{appendMatch: [1]}");
    row("an empty later one keeps the list", {u"{appendMatch: [1]}"_s, u"{}"_s}, "{appendMatch: [1]}");
    row("rules are merged by their matches, the stronger first",
        {u"{rules: [{matches: [{path: a}], default: {filters: [1]}}, {matches: [{path: b}], default: {x: 1}}]}"_s,
         u"{rules: [{matches: [{path: c}], default: {}}, {matches: [{path: a}], default: {backendRefs: [2]}}]}"_s},
        "{rules: [{matches: [{path: c}], default: {}}, "
        "{matches: [{path: a}], default: {filters: [1], backendRefs: [2]}}, "
        "{matches: [{path: b}], default: {x: 1}}]}");
}

void TestPolicies::merging()
{
    QFETCH(QStringList, confs);
    QFETCH(QString, expected);
    std::vector<Json> values;
    for (const auto &conf : confs)
        values.push_back(yaml(conf));
    std::vector<const Json *> pointers;
    for (const auto &value : values)
        pointers.push_back(&value);
    const auto wanted = expected == u"null"_s ? Json() : yaml(expected);
    const auto merged = mergedConf(pointers);
    QVERIFY2(merged == wanted, merged.dump().c_str());
}

void TestPolicies::partitions_data()
{
    QTest::addColumn<QStringList>("subsets");  // "a=1,b=2"; the conf says which item it was
    QTest::addColumn<bool>("withNegations");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("nothing") << QStringList() << true << QStringList();
    QTest::newRow("everybody is one group")
        << QStringList{u""_s} << true << QStringList{uR"(: {"0":true})"_s};
    QTest::newRow("a service and the rest, each by itself")
        << QStringList{u""_s, u"s=web"_s} << true
        << QStringList{uR"(s=web: {"0":true,"1":true})"_s, uR"(!s=web: {"0":true})"_s};
    QTest::newRow("without negations the rest is everybody")
        << QStringList{u""_s, u"s=web"_s} << false
        << QStringList{uR"(s=web: {"0":true,"1":true})"_s, uR"(: {"0":true})"_s};
    QTest::newRow("groups that never meet know nothing of each other")
        << QStringList{u"s=a"_s, u"s=b"_s} << true
        << QStringList{uR"(s=a: {"0":true})"_s, uR"(s=b: {"1":true})"_s};
    QTest::newRow("groups that overlap")
        << QStringList{u"s=a"_s, u"v=1"_s} << true
        << QStringList{uR"(s=a,v=1: {"0":true,"1":true})"_s, uR"(s=a,!v=1: {"0":true})"_s,
                       uR"(!s=a,v=1: {"1":true})"_s};
}

void TestPolicies::partitions()
{
    QFETCH(QStringList, subsets);
    QFETCH(bool, withNegations);
    QFETCH(QStringList, expected);
    const auto policy = meshOf({timeout("p", "{kind: Mesh}")})->policies("MeshTimeout").front();
    std::vector<Json> confs;
    for (qsizetype i = 0; i < subsets.size(); ++i)
        confs.push_back({{std::to_string(i), true}});
    std::vector<RuleItem> items;
    for (qsizetype i = 0; i < subsets.size(); ++i) {
        RuleItem item{{}, &confs[static_cast<std::size_t>(i)], policy};
        for (const auto &tag : subsets[i].split(u',', Qt::SkipEmptyParts))
            item.subset.push_back(
                {tag.section(u'=', 0, 0).toStdString(), tag.section(u'=', 1).toStdString(), false});
        items.push_back(item);
    }
    QCOMPARE(shown(partition(items, withNegations)), expected);
}

void TestPolicies::aDestinationHasTheClosestRule()
{
    const auto mesh =
        meshOf({timeout("all", "{kind: Mesh}",
                        "to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s}},"
                        " {targetRef: {kind: MeshService, name: web}, default: {idleTimeout: 2s}}]")});
    const auto rules = rulesFor(*mesh, backend());
    const auto *timeouts = rules.of("MeshTimeout");
    QVERIFY(timeouts);
    QCOMPARE(textAt(toRule(timeouts, "web")->conf, "idleTimeout"), std::string("2s"));
    QCOMPARE(textAt(toRule(timeouts, "other")->conf, "idleTimeout"), std::string("1s"));
    QVERIFY(!toRule(rules.of("MeshRetry"), "web"));
}

void TestPolicies::valuesKnowWhereTheyComeFrom()
{
    const auto mesh =
        meshOf({timeout("weak", "{kind: Mesh}",
                        "to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s, connectionTimeout: 9s}}]"),
                timeout("strong", "{kind: MeshService, name: backend}",
                        "to: [{targetRef: {kind: MeshService, name: web}, default: {idleTimeout: 2s}}]")});
    const auto rules = rulesFor(*mesh, backend());
    const auto *web = toRule(rules.of("MeshTimeout"), "web");
    QVERIFY(web);
    QCOMPARE(names(web->origins), (QStringList{u"weak"_s, u"strong"_s}));
    QVERIFY(web->conf == yaml(u"{idleTimeout: 2s, connectionTimeout: 9s}"_s));
    const auto *other = toRule(rules.of("MeshTimeout"), "other");
    QCOMPARE(names(other->origins), QStringList{u"weak"_s});
    const auto &forMesh = rules.of("MeshTimeout")->toResources;
    QCOMPARE(forMesh.size(), 1U);
    QCOMPARE(forMesh.front().origins.front().index, 0U);
}

void TestPolicies::inboundsHaveTheirOwnRules()
{
    const auto mesh = meshOf({u"{type: MeshTrafficPermission, mesh: default, name: p, spec: "
                              "{targetRef: {kind: MeshService, name: db}, from: ["
                              "{targetRef: {kind: Mesh}, default: {action: Deny}},"
                              "{targetRef: {kind: MeshService, name: web}, default: {action: Allow}}]}}"_s});
    const auto rules = rulesFor(*mesh, backend());
    const auto &from = rules.of("MeshTrafficPermission")->from;
    QCOMPARE(from.size(), 1U);
    QCOMPARE(shown(from.at(1)), (QStringList{uR"(kuma.io/service=web: {"action":"Allow"})"_s,
                                             uR"(!kuma.io/service=web: {"action":"Deny"})"_s}));
}

void TestPolicies::rulesForARouteHoldForIt()
{
    const auto mesh = meshOf(
        {u"{type: MeshHTTPRoute, mesh: default, name: slow, spec: {targetRef: {kind: MeshService, "
         "name: backend}, to: [{targetRef: {kind: MeshService, name: web}, rules: ["
         "{matches: [{path: {type: PathPrefix, value: /slow}}], default: {}}]}]}}"_s,
         timeout("for-route", "{kind: MeshHTTPRoute, name: slow}",
                 "to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 9s}}]"),
         timeout("for-all", "{kind: Mesh}", "to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s}}]")});
    const auto rules = rulesFor(*mesh, backend());
    const auto *timeouts = rules.of("MeshTimeout");
    const auto hash = routeHash(yaml(u"{m: [{path: {type: PathPrefix, value: /slow}}]}"_s)["m"]);
    QCOMPARE(textAt(toRule(timeouts, "web", hash)->conf, "idleTimeout"), std::string("9s"));
    QCOMPARE(textAt(toRule(timeouts, "web", "another")->conf, "idleTimeout"), std::string("1s"));
    QCOMPARE(textAt(toRule(timeouts, "web")->conf, "idleTimeout"), std::string("1s"));
}

void TestPolicies::rulesForRealServices()
{
    const auto mesh =
        meshOf({u"{type: MeshService, mesh: default, name: web, labels: {team: a}, spec: {}}"_s,
                timeout("t", "{kind: Mesh}",
                        "to: [{targetRef: {kind: Mesh}, default: {idleTimeout: 1s}},"
                        "{targetRef: {kind: MeshService, labels: {team: a}}, default: {idleTimeout: 2s}},"
                        "{targetRef: {kind: MeshService, name: web, sectionName: http}, "
                        "default: {connectionTimeout: 3s}}]")});
    const auto rules = rulesFor(*mesh, backend());
    const auto *timeouts = rules.of("MeshTimeout");
    const auto confOf = [timeouts](const char *name, const char *section) {
        return toResourceRule(timeouts, RefKind::MeshService, name, section)->conf;
    };
    QVERIFY(confOf("web", "http") == yaml(u"{idleTimeout: 2s, connectionTimeout: 3s}"_s));
    QVERIFY(confOf("web", "grpc") == yaml(u"{idleTimeout: 2s}"_s));
    QVERIFY(confOf("other", "http") == yaml(u"{idleTimeout: 1s}"_s));
}

void TestPolicies::routeHashes_data()
{
    QTest::addColumn<QString>("matches");
    QTest::addColumn<QString>("expected");
    QTest::newRow("everything") << u"[{path: {type: PathPrefix, value: /}}]"_s
                                << u"9Zuf5Tg79OuZcQITwBbQykxAk2u4fRKrwYn3//AL4Yo="_s;
    QTest::newRow("a path and a method") << u"[{method: GET, path: {type: Exact, value: /exact}}]"_s
                                         << u"ZsbDsW3AozqlWyZ69ujrF/s/psdiC+EPYn3IeZ7g3xY="_s;
    QTest::newRow("a header or a parameter") << u"[{headers: [{type: Exact, name: x-canary, value: 'yes'}]}, "
                                                "{queryParams: [{type: Exact, name: canary, value: '1'}]}]"_s
                                             << u"3KdbLwQf5vstf04vEsf+BqlijmeqUjreRhOzCQvN2CQ="_s;
}

void TestPolicies::routeHashes()
{
    QFETCH(QString, matches);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(routeHash(yaml(u"{m: "_s + matches + u'}')["m"])), expected);
}

void TestPolicies::legacyPicksTheClosest()
{
    const auto legacy = [](const char *name, const char *source, const char *destination) {
        return QStringLiteral("{type: Timeout, mesh: default, name: %1, sources: [{match: %2}], "
                              "destinations: [{match: %3}], conf: {}}")
            .arg(QLatin1String(name), QLatin1String(source), QLatin1String(destination));
    };
    const auto mesh =
        meshOf({legacy("any", "{kuma.io/service: '*'}", "{kuma.io/service: '*'}"),
                legacy("mine", "{kuma.io/service: backend}", "{kuma.io/service: '*'}"),
                legacy("mine-v1", "{kuma.io/service: backend, version: v1}", "{kuma.io/service: '*'}"),
                legacy("others", "{kuma.io/service: other}", "{kuma.io/service: web}"),
                legacy("a-tie", "{kuma.io/service: backend, version: v1}", "{kuma.io/service: '*'}")});
    const auto chosen = legacyForOutbound(*mesh, backend(), "Timeout", "web");
    QVERIFY(chosen);
    QCOMPARE(chosen->key.name, std::string("a-tie"));
    QVERIFY(!legacyForOutbound(*mesh, backend(), "Retry", "web"));
    const auto attachments = legacyAttachments(*mesh, backend());
    QCOMPARE(attachments.size(), 1U);
    QCOMPARE(attachments.front().kind, std::string("outbound"));
    QCOMPARE(attachments.front().name, std::string("127.0.0.1:1001"));
}

void TestPolicies::onlyThoseSelectedAreTouched()
{
    const auto before = meshOf({});
    const auto after = before->withResources({resource(timeout("t", "{kind: MeshService, name: db}"))});
    QVERIFY(canTouch(*before, *after, "MeshTimeout", "t", backend()));
    QVERIFY(!canTouch(*before, *after, "MeshTimeout", "t", gateway()));
    // A policy that no longer selects a proxy changes it once more.
    const auto moved = after->withResources({resource(timeout("t", "{kind: MeshService, name: edge}"))});
    QVERIFY(canTouch(*after, *moved, "MeshTimeout", "t", backend()));
    QVERIFY(canTouch(*after, *moved, "MeshTimeout", "t", gateway()));
    QVERIFY(canTouch(*before, *after, "Mesh", "default", gateway()));
    QVERIFY(!isUsed("Zone"));
    QVERIFY(!canTouch(*before, *after, "Zone", "z", backend()));
}

void TestPolicies::rulesDoNotDependOnTheOrderOfWrites()
{
    std::mt19937 random(3);
    const char *targets[] = {"{kind: Mesh}", "{kind: MeshService, name: backend}",
                             "{kind: MeshSubset, tags: {version: v1}}"};
    const char *destinations[] = {"{kind: Mesh}", "{kind: MeshService, name: web}",
                                  "{kind: MeshService, name: db}"};
    for (int round = 0; round < 30; ++round) {
        QStringList policies;
        for (int i = 0; i < 6; ++i) {
            const auto item = QStringLiteral("to: [{targetRef: %1, default: {idleTimeout: %2s, x%3: 1}}]")
                                  .arg(QLatin1String(destinations[random() % 3]))
                                  .arg(random() % 100)
                                  .arg(random() % 3);
            policies << timeout(("p" + std::to_string(i)).c_str(), targets[random() % 3], qPrintable(item));
        }
        const auto expected = rulesFor(*meshOf(policies), backend());
        for (int shuffle = 0; shuffle < 5; ++shuffle) {
            std::shuffle(policies.begin(), policies.end(), random);
            auto mesh = std::make_shared<const MeshView>("default");
            for (const auto &policy : policies) {
                auto detour = resource(policy);
                auto other = *detour.resource;
                other.spec = Json::object();
                detour.resource = std::make_shared<const MeshResource>(other);
                mesh = mesh->withResources({detour})->withResources({resource(policy)});
            }
            QCOMPARE(shown(rulesFor(*mesh, backend()).of("MeshTimeout")->to),
                     shown(expected.of("MeshTimeout")->to));
        }
    }
}

QTEST_GUILESS_MAIN(TestPolicies)
#include "tst_policies.moc"
