// The language itself: what parses, what it means, and what is said of what does not.
#include "backend/query/policy_map.h"
#include "backend/query/query.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QTest>

#include <chrono>

using namespace meshscope;
using namespace meshscope::query;
using namespace meshscope::testing;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(meshscope::query::Diagnosis::Verdict)

namespace {

using Verdict = Diagnosis::Verdict;

// As one reads it: and(name:web, not(status==online)).
std::string shapeOf(const Node &node)
{
    const auto list = [&node](const std::string &head) {
        std::string text = head + "(";
        for (const auto &child : node.children)
            text += (&child == &node.children.front() ? "" : ", ") + shapeOf(child);
        return text + ")";
    };
    switch (node.kind) {
    case Node::Kind::Word:
        return node.values.front();
    case Node::Kind::Term: {
        std::string text = fieldText(node.field, node.key) + " " + std::string(opText(node.op));
        for (const auto &value : node.values)
            text += " " + value;
        return text;
    }
    case Node::Kind::And:
        return list("and");
    case Node::Kind::Or:
        return list("or");
    case Node::Kind::Not:
        return list("not");
    case Node::Kind::Inbound:
        return list("inbound");
    }
    return {};
}

DataplanePtr twoInbounds()
{
    return dp("web-1")
        .address("10.0.0.7")
        .service("web", {{"version", "v1"}, {"region", "eu"}})
        .service("admin", {{"version", "v2"}, {"region", "us"}})
        .label("team", "shop")
        .online()
        .acks(9, 8, 1);
}

class TestQueryLanguage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textBecomesATree_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("shape");
        const auto row = [](const char *name, const char *text, const char *shape) {
            QTest::newRow(name) << std::string(text) << std::string(shape);
        };
        row("a word", "web", "web");
        row("words next to each other", "web prod", "and(web, prod)");
        row("the and that is written is the one that is not", "web and prod", "and(web, prod)");
        row("and binds closer than or", "a b or c", "or(and(a, b), c)");
        row("not binds closest", "not a b", "and(not(a), b)");
        row("parentheses", "not (a or b) c", "and(not(or(a, b)), c)");
        row("keywords in any case", "a AND b Or Not c", "or(and(a, b), not(c))");
        row("a keyword in quotes is a word", "\"and\" or 'or'", "or(and, or)");
        row("the sample of the window", "tag.version == v2 and not status:online",
            "and(tag.version == v2, not(status : online))");
        row("blanks do not matter", "  name==a   status  :  online ", "and(name == a, status : online)");
        row("a key with a prefix", "tag.kuma.io/service == web", "tag.kuma.io/service == web");
        row("a key in quotes", "tag.\"my key\" exists", "tag.my key exists");
        row("a list", "status in {online, degraded}", "status in online degraded");
        row("a list with quotes", "name in {\"a b\",c}", "name in a b c");
        row("exists", "label.team exists", "label.team exists");
        row("one tag set", "inbound(tag.a == 1 tag.b == 2)", "inbound(and(tag.a == 1, tag.b == 2))");
        row("a blank before the parenthesis", "inbound (port == 80)", "inbound(port == 80)");
        row("inbound without parenthesis is a word", "inbound web", "and(inbound, web)");
        row("the name of a field alone is a word", "gateway", "gateway");
        row("the name of a field before another term is a word", "status web", "and(status, web)");
        row("an address with its port", "10.0.0.1:8080", "10.0.0.1:8080");
        row("an address of version 6 as a value", "address == fe80::1", "address == fe80::1");
        row("a regular expression with its own parentheses", "(name ~ ^web-(1|2)$)", "name ~ ^web-(1|2)$");
        row("a regular expression with a class", "(name ~ [)(]x) a", "and(name ~ [)(]x, a)");
        row("quotes in quotes", "\"say \\\"no\\\"\"", "say \"no\"");
        row("letters beyond ASCII", "tag.stadt == Köln", "tag.stadt == Köln");
    }

    void textBecomesATree()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, shape);
        const auto parsed = parse(text);
        QCOMPARE(parsed.diagnosis.sentence(), std::string());
        QVERIFY(parsed.query.root());
        QCOMPARE(shapeOf(*parsed.query.root()), shape);
        QCOMPARE(parsed.query.text(), text);
    }

    void theEmptyTextMatchesEverything()
    {
        for (const auto *text : {"", "   "}) {
            const auto parsed = parse(text);
            QCOMPARE(parsed.diagnosis.verdict, Verdict::Good);
            QVERIFY(parsed.query.isEmpty());
            QVERIFY(parsed.query.matches(*dp("a").row(), at(0)));
        }
    }

    void whatIsWrongIsSaidWithItsColumn_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<std::string>("sentence");
        const auto row = [](const char *name, const char *text, Verdict verdict, const char *sentence) {
            QTest::newRow(name) << std::string(text) << verdict << std::string(sentence);
        };
        const auto amber = Verdict::CouldGoOn;
        const auto red = Verdict::Wrong;
        row("no value yet", "status ==", amber, "column 10: a value was expected after ==");
        row("no value, and then an end", "(status == )", red, "column 12: a value was expected after ==");
        row("a value that is being typed", "status == onl", amber,
            "column 11: online, unknown, degraded or offline was expected, not `onl`");
        row("a value that is none", "status == broken", red,
            "column 11: online, unknown, degraded or offline was expected, not `broken`");
        row("a value that cannot go on, since more follows", "status == onl web", red,
            "column 11: online, unknown, degraded or offline was expected, not `onl`");
        row("half an operator", "name =", amber, "column 6: == was expected, not =");
        row("a wrong operator", "name = a", red, "column 6: == was expected, not =");
        row("half of not equal", "name !", amber,
            "column 6: != was expected after the field; not stands before it");
        row("an unknown field", "nmae:web", red, "column 1: there is no field `nmae`; `name` is the nearest");
        row("an unknown field, like none", "colour == red", red,
            "column 1: there is no field `colour` (a word with such signs stands in quotes)");
        row("tags for tag", "tags.version == v1", red,
            "column 1: there is no field `tags.version`; `tag.` is the nearest");
        row("a tag without key", "tag.", amber, "column 5: a key was expected after `tag.`");
        row("a tag without operator", "tag.version", amber,
            "column 12: an operator was expected after `tag.version`: : == != ~ < <= > >= in exists");
        row("a tag without operator, and then more", "tag.version web", red,
            "column 13: an operator was expected after `tag.version`: : == != ~ < <= > >= in exists");
        row("an operator that the field does not take", "name < b", red,
            "column 6: `name` takes : == != ~ in exists, not `<`");
        row("an age that is asked for equality", "age == 5m", red,
            "column 5: `age` takes < <= > >= exists, not `==`");
        row("an age without a unit", "age < 5", amber,
            "column 7: a unit was expected after `5`: ms, s, m, h, d or w");
        row("an age without a unit, and then more", "age < 5 web", red,
            "column 7: a unit was expected after `5`: ms, s, m, h, d or w");
        row("an age that is none", "age < soon", red,
            "column 7: a time like 30s, 5m, 24h or 7d was expected, not `soon`");
        row("an age too long to count", "age < 99999999999999999999w", red,
            "column 7: a time like 30s, 5m, 24h or 7d was expected, not `99999999999999999999w`");
        row("a port that is no number", "port == http", red, "column 9: a number was expected, not `http`");
        row("a version that is none", "envoy.version >= new", red,
            "column 18: a version like 2.9.13 was expected, not `new`");
        row("a version that is being typed", "dp.version >= 2.", amber,
            "column 15: a version like 2.9.13 was expected, not `2.`");
        row("a regular expression that is being typed", "name ~ ^web-(1", amber,
            "column 8: this is no regular expression: missing ): ^web-(1");
        row("a regular expression that is none", "name ~ *a", red,
            "column 8: this is no regular expression: no argument for repetition operator: *");
        row("an open parenthesis", "(a or b", amber, "column 8: ) was expected");
        row("an open inbound", "inbound(", amber, "column 9: a term was expected after `inbound(`");
        row("nothing in parentheses", "a ()", red, "column 3: a term was expected inside of the parentheses");
        row("one parenthesis too many", "a) b", red, "column 2: this ) closes nothing");
        row("inbound in inbound", "inbound(a inbound(b))", red,
            "column 11: inbound( ) cannot stand inside of inbound( )");
        row("and at the end", "a and", amber, "column 6: a term was expected after and");
        row("and before the end of a group", "(a and ) b", red, "column 8: a term was expected after and");
        row("or at the beginning", "or a", red, "column 1: a term was expected before or");
        row("or alone, which may become a word", "or", amber, "column 1: a term was expected before or");
        row("not at the end", "a not", amber, "column 6: a term was expected after not");
        row("an operator without field", "== v1", red, "column 1: a field was expected before `=`");
        row("a quote that is not closed", "name == \"a b", amber, "column 9: the closing \" was expected");
        row("in without braces", "status in online", red, "column 11: { was expected after in, as in {a, b}");
        row("in, being typed", "status in", amber, "column 10: { was expected after in, as in {a, b}");
        row("an empty list", "status in {}", red, "column 12: a value was expected before `}`");
        row("an open list", "status in {online", amber, "column 18: , or } was expected");
        row("an open list after a comma", "status in {online, ", amber, "column 20: a value was expected");
        row("a column is a character, not a byte", "Käse nmae:x", red,
            "column 6: there is no field `nmae`; `name` is the nearest");
    }

    void whatIsWrongIsSaidWithItsColumn()
    {
        QFETCH(std::string, text);
        QFETCH(Verdict, verdict);
        QFETCH(std::string, sentence);
        const auto parsed = parse(text);
        QCOMPARE(parsed.diagnosis.sentence(), sentence);
        QCOMPARE(parsed.diagnosis.verdict, verdict);
        QVERIFY(parsed.query.isEmpty());
        QVERIFY(parsed.diagnosis.span.end <= text.size());
    }

    void manyParenthesesAreAnErrorAndNoCrash()
    {
        for (const char *part : {"(", "not ", "inbound(("}) {
            std::string text;
            for (int i = 0; i < 100'000; ++i)
                text += part;
            const auto parsed = parse(text + "a");
            QVERIFY(parsed.diagnosis.verdict != Verdict::Good);
        }
    }

    void aTermMeansWhatItSays_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char *name, const char *text, bool matches) {
            QTest::newRow(name) << std::string(text) << matches;
        };
        row("a word in the name, without case", "WEB", true);
        row("a word in a tag's value", "eu", true);
        row("a word in a service", "dmi", true);
        row("a word in the address", "0.0.7", true);
        row("a word that is only a key", "region", false);
        row("a word that is only a label", "shop", false);
        row("words in different places", "web us", true);
        row("name contains", "name:EB-", true);
        row("name equals", "name == web-1", true);
        row("name equals with case", "name == Web-1", false);
        row("name is one of", "name in {a, web-1}", true);
        row("name by pattern", "name ~ ^web-\\d$", true);
        row("a pattern regards case", "name ~ WEB", false);
        row("a pattern without case", "name ~ (?i)WEB", true);
        row("mesh", "mesh == default", true);
        row("either service", "service == admin", true);
        row("not that service", "service != admin", false);
        row("not any such service", "service != store", true);
        row("protocol without case", "protocol == HTTP", true);
        row("status without case", "status == Online", true);
        row("status or worse", "status >= degraded", false);
        row("status better than", "status < offline", true);
        row("the second port", "port == 8081", true);
        row("port in a range", "port > 8080 port < 8082", true);
        row("port contains", "port:808", true);
        row("no such port", "port == 80", false);
        row("no gateway", "gateway exists", false);
        row("a tag of the first inbound", "tag.version == v1", true);
        row("tags of different inbounds", "tag.version == v1 tag.region == us", true);
        row("tags of different inbounds are not one tag set", "inbound(tag.version == v1 tag.region == us)",
            false);
        row("tags of one tag set", "inbound(tag.version == v2 tag.region == us)", true);
        row("service and port of one inbound", "inbound(service == admin port == 8081)", true);
        row("service and port of two inbounds", "inbound(service == admin port == 8080)", false);
        row("not, inside of inbound", "inbound(tag.version == v2 and not tag.region == eu)", true);
        row("unequal is not equal, of all inbounds", "tag.version != v1", false);
        row("unequal in one tag set", "inbound(tag.version != v1)", true);
        row("a tag that is absent is unequal", "tag.team != shop", true);
        row("a tag as a version", "tag.version >= v2", true);
        row("a tag as a version, beyond", "tag.version > 2", false);
        row("a tag that is no version", "tag.region > 1", false);
        row("a field of the dataplane inside of inbound", "inbound(name:web tag.region == us)", true);
        row("a label", "label.team == shop", true);
        row("a label that is absent", "label.owner exists", false);
        row("created five minutes ago at most", "age < 6m", true);
        row("created longer ago", "age > 6m", false);
        row("changed, as created", "changed >= 5m", true);
        row("Envoy's version as text", "envoy.version:1.34", true);
        row("Envoy's version is compared as a version", "envoy.version > 1.9", true);
        row("the same version with fewer parts", "dp.version >= 2.9", true);
        row("versions in a list", "dp.version in {2.8, 2.9.13}", true);
        row("no certificate", "cert.expires < 24h", false);
        row("no certificate exists", "not cert.expires exists", true);
        row("nacks", "nacks > 0", true);
        row("no policies are known here", "policy exists", false);
        row("both sides of or", "status == offline or name:web", true);
    }

    void aTermMeansWhatItSays()
    {
        QFETCH(std::string, text);
        QFETCH(bool, matches);
        const auto parsed = parse(text);
        QCOMPARE(parsed.diagnosis.sentence(), std::string());
        QCOMPARE(parsed.query.matches(*twoInbounds(), at(5)), matches);
        QCOMPARE(!parsed.query.explain(*twoInbounds(), at(5)).empty(), matches);
    }

    void timeAloneChangesTheAnswer()
    {
        const auto parsed = parse("age < 5m");
        QVERIFY(parsed.query.usesTime());
        QVERIFY(parsed.query.matches(*dp("a").row(), at(4)));
        QVERIFY(!parsed.query.matches(*dp("a").row(), at(5)));
        QVERIFY(!parse("age exists").query.usesTime());
    }

    void anExpiredCertificateIsAlsoNearItsEnd()
    {
        auto row = std::make_shared<DataplaneOverview>(*dp("a").online().row());
        row->insight.certificateExpiration = at(10);
        const auto query = parse("cert.expires < 5m").query;
        QVERIFY(!query.matches(*row, at(5)));
        QVERIFY(query.matches(*row, at(6)));
        QVERIFY(query.matches(*row, at(99)));
    }

    void labelsAreTheTagSetWhereNoInboundHasTags()
    {
        Inbound http;
        http.port = 80;
        Inbound admin;
        admin.port = 81;
        const auto row = dp("a").inbound(http).inbound(admin).label("version", "v3").row();
        QVERIFY(parse("tag.version == v3").query.matches(*row, at(0)));
        QVERIFY(parse("inbound(tag.version == v3 port == 81)").query.matches(*row, at(0)));
        QVERIFY(parse("v3").query.matches(*row, at(0)));
    }

    void gateways()
    {
        const auto row = dp("edge-1").gateway("edge", Gateway::Type::Builtin).row();
        QVERIFY(parse("gateway == builtin").query.matches(*row, at(0)));
        QVERIFY(parse("gateway:BUILT service == edge").query.matches(*row, at(0)));
        QVERIFY(parse("inbound(service == edge)").query.matches(*row, at(0)));
        QVERIFY(!parse("gateway == delegated").query.matches(*row, at(0)));
    }

    void anExplanationNamesFieldValueAndInbound()
    {
        const auto row = twoInbounds();
        const auto explain = [&row](const char *text) { return parse(text).query.explain(*row, at(5)); };
        QCOMPARE(explain("tag.version == v2"),
                 (std::vector<Match>{{"tag.version", "v2", 1, false, {0, 17}}}));
        QCOMPARE(explain("admin"), (std::vector<Match>{{"service", "admin", 1, false, {0, 5}}}));
        QCOMPARE(explain("nope or name:web"), (std::vector<Match>{{"name", "web-1", -1, false, {8, 16}}}));
        QCOMPARE(explain("inbound(port > 1 tag.region == us)"),
                 (std::vector<Match>{{"port", "8081", 1, false, {8, 16}},
                                     {"tag.region", "us", 1, false, {17, 33}}}));
        QCOMPARE(explain("not status:offline"),
                 (std::vector<Match>{{"status", "online", -1, true, {0, 18}}}));
        QCOMPARE(explain("name:web nope"), std::vector<Match>());
    }

    void policiesAreThoseThatChooseTheDataplane()
    {
        Snapshot snapshot;
        auto list = std::make_shared<ResourceList>();
        list->type = "MeshTimeout";
        auto policy = std::make_shared<ResourceRecord>();
        policy->type = "MeshTimeout";
        policy->key = {"default", "slow"};
        policy->targetRef = "MeshSubset version=v2";
        policy->json = "{\"type\": \"MeshTimeout\", \"mesh\": \"default\", \"name\": \"slow\", \"spec\": "
                       "{\"targetRef\": {\"kind\": \"MeshSubset\", \"tags\": {\"version\": \"v2\"}}}}";
        list->rows.push_back(policy);
        snapshot.resources.push_back(list);
        const PolicyMap policies(snapshot);
        const auto query = parse("policy == slow").query;
        QVERIFY(query.usesPolicies());
        QVERIFY(query.matches(*twoInbounds(), at(5), &policies));
        QVERIFY(!query.matches(*twoInbounds(), at(5)));
        QVERIFY(!query.matches(*dp("a").service("web").row(), at(5), &policies));
        QVERIFY(!query.matches(*dp("a").mesh("other").service("web", {{"version", "v2"}}).row(), at(5),
                               &policies));
        QCOMPARE(query.explain(*twoInbounds(), at(5), &policies).front().value, std::string("slow"));
        QVERIFY(PolicyMap::of(snapshot, nullptr) != nullptr);
    }

    void aPatternThatWouldTakeAgesElsewhereEnds()
    {
        const auto parsed = parse("name ~ ^(a+)+$");
        QCOMPARE(parsed.diagnosis.verdict, Verdict::Good);
        const auto row = dp(std::string(20'000, 'a') + "b").row();
        QVERIFY(!parsed.query.matches(*row, at(0)));
    }

    void aValueIsQuotedWhereItMustBe()
    {
        for (const std::string value :
             {"v1", "a b", "", "say \"no\"", "back\\slash", "a,b", "x:y", "(", "and"}) {
            const auto parsed = parse("name == " + quotedValue(value));
            QCOMPARE(parsed.diagnosis.sentence(), std::string());
            QCOMPARE(parsed.query.root()->values.front(), value);
        }
        QCOMPARE(quotedValue("kuma.io/x-1_2"), std::string("kuma.io/x-1_2"));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestQueryLanguage)
#include "tst_query_language.moc"
