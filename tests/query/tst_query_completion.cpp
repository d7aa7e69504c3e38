// What is offered at the cursor.
#include "backend/query/completion.h"
#include "backend/query/tag_index.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QTest>

#include <algorithm>

using namespace meshscope;
using namespace meshscope::query;
using namespace meshscope::testing;

namespace {

class TestQueryCompletion : public QObject
{
    Q_OBJECT

    TagIndex m_index;

private Q_SLOTS:
    void initTestCase()
    {
        m_index.update(
            snapshotOf({dp("web-1").service("web", {{"version", "v1"}, {"a b", "x y"}}).online(),
                        dp("web-2").service("web", {{"version", "v2"}}).online(),
                        dp("store-1").service("store", {{"version", "v2"}}).label("team", "shop")}));
    }

    void whatIsOffered_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("first");     // the suggestions it begins with, joined by |
        QTest::addColumn<std::string>("absent");    // one that must not be there
        QTest::addColumn<std::string>("replaced");  // the part of the text that is taken away
        const auto row = [](const char *name, const char *text, const char *first, const char *absent,
                            const char *replaced) {
            QTest::newRow(name) << std::string(text) << std::string(first) << std::string(absent)
                                << std::string(replaced);
        };
        row("nothing yet: fields", "", "name|mesh|zone|service", "and", "");
        row("the beginning of a field", "sta", "status", "name", "sta");
        row("a whole field: its operators", "status", "status:|status ==|status !=", "status", "status");
        row("a field and a blank: its operators", "status ", ":|==|!=|~|<", "name", "");
        row("the keys of tags", "tag.", "tag.kuma.io/protocol|tag.kuma.io/service|tag.version|tag.\"a b\"",
            "tag.", "tag.");
        row("the beginning of a key", "tag.ver", "tag.version", "tag.kuma.io/service", "tag.ver");
        row("a key without tag.", "ver", "tag.version", "name", "ver");
        row("the keys of labels", "label.", "label.team", "label.version", "label.");
        row("values by how many have them", "tag.version == ", "v2|v1", "and", "");
        row("the beginning of a value", "service == st", "store", "web", "st");
        row("values inside of a text", "service:or", "store", "web", "or");
        row("a value that needs quotes", "tag.\"a b\" == ", "\"x y\"", "x y", "");
        row("a quote that is open", "tag.\"a b\" == \"x", "\"x y\"", "x y", "\"x");
        row("status, also what none has", "status == ", "online|unknown|degraded|offline", "web", "");
        row("times", "age < ", "5m|1h", "online", "");
        row("a list must be opened", "status in ", "{", "online", "");
        row("values of a list", "status in {", "online|unknown", "and", "");
        row("more values of a list", "status in {online, ", "online|unknown", "and", "");
        row("the beginning of a value of a list", "status in {online, off", "offline", "online", "off");
        row("after a term: and, or, a term", "status == online ", "and|or|name", "online", "");
        row("after a word: and, or, a term", "web ", "and|or|name", "==", "");
        row("after and: a term", "web and ", "name|mesh", "and", "");
        row("after a parenthesis: a term", "(", "name|mesh", "and", "");
        row("inbound inside of inbound is not offered", "inbound(", "name|mesh", "inbound(", "");
        row("inbound after inbound is", "inbound(web) in", "inbound(", "name", "in");
        row("after an operator that takes no value", "tag.version exists ", "and|or", "v1", "");
        row("a field that is none", "web and nmae:a ", "", "name", "");
        row("an unfinished quote of a word", "\"we", "", "name", "");
    }

    void whatIsOffered()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, first);
        QFETCH(std::string, absent);
        QFETCH(std::string, replaced);
        const auto completion = complete(text, text.size(), m_index);
        std::string all;
        for (const auto &suggestion : completion.suggestions)
            all += (all.empty() ? "" : "|") + suggestion.text;
        QVERIFY2(all.starts_with(first)
                     && (all.size() == first.size() || all[first.size()] == '|' || first.empty()),
                 all.c_str());
        QVERIFY2(("|" + all + "|").find("|" + absent + "|") == std::string::npos, all.c_str());
        QCOMPARE(text.substr(completion.replaced.begin, completion.replaced.end - completion.replaced.begin),
                 replaced);
    }

    void everySuggestionMayStandWhereItIsOffered()
    {
        for (const std::string text : {"", "tag.", "status", "status ", "tag.version == ", "web ", "web and ",
                                       "inbound(", "status in {"}) {
            for (const auto &suggestion : complete(text, text.size(), m_index).suggestions) {
                const auto completion = complete(text, text.size(), m_index);
                const std::string typed = text.substr(0, completion.replaced.begin) + suggestion.text;
                const auto parsed = parse(typed);
                QVERIFY2(parsed.diagnosis.verdict != Diagnosis::Verdict::Wrong,
                         (typed + " -> " + parsed.diagnosis.sentence()).c_str());
            }
        }
    }

    void countsAreOfDataplanes()
    {
        const auto completion = complete("tag.version == ", 15, m_index);
        QCOMPARE(completion.suggestions.front().count, std::size_t(2));
        QCOMPARE(completion.suggestions.front().shown, std::string("v2"));
    }

    void onlyWhatStandsBeforeTheCursorCounts()
    {
        const auto completion = complete("status == onl and name:web", 13, m_index);
        QCOMPARE(completion.suggestions.front().text, std::string("online"));
        QCOMPARE(completion.replaced.begin, std::size_t(10));
        QCOMPARE(completion.replaced.end, std::size_t(13));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestQueryCompletion)
#include "tst_query_completion.moc"
