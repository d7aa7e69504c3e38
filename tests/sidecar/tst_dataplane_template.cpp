#include "backend/sidecar/dataplane_template.h"

#include "tests/support/qtest_std.h"

#include <QTest>

using namespace meshscope;

namespace {

class TestDataplaneTemplate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void variablesAreFilledIn_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::vector<std::string>>("pairs");
        QTest::addColumn<std::string>("result");
        using Pairs = std::vector<std::string>;
        QTest::newRow("nothing to fill in") << std::string("a: 1") << Pairs{} << std::string("a: 1");
        QTest::newRow("a plain one") << std::string("{{ name }}: {{port}}") << Pairs{"name=web", "port=80"}
                                     << std::string("web: 80");
        QTest::newRow("a dotted one is nested")
            << std::string("{{ net.address }} {{#net}}{{port}}{{/net}}")
            << Pairs{"net.address=10.0.0.1", "net.port=80"} << std::string("10.0.0.1 80");
        QTest::newRow("one with equals signs and blanks in its value")
            << std::string("{{ x }}") << Pairs{"x=a = b"} << std::string("a = b");
        QTest::newRow("no HTML escapes")
            << std::string("{{ x }}") << Pairs{"x=<a & \"b\">"} << std::string("<a & \"b\">");
        QTest::newRow("what has no value becomes nothing")
            << std::string("[{{ nobody }}]") << Pairs{} << std::string("[]");
    }
    void variablesAreFilledIn()
    {
        QFETCH(std::string, text);
        QFETCH(std::vector<std::string>, pairs);
        QFETCH(std::string, result);
        const auto variables = templateVariables(pairs);
        QVERIFY(variables);
        const auto rendered = renderDataplane(text, *variables);
        QVERIFY(rendered);
        QCOMPARE(*rendered, result);
    }

    void whatIsNoVariableIsRefused_data()
    {
        QTest::addColumn<std::string>("pair");
        QTest::newRow("no equals sign") << std::string("name");
        QTest::newRow("no name") << std::string("=x");
    }
    void whatIsNoVariableIsRefused()
    {
        QFETCH(std::string, pair);
        const auto variables = templateVariables({pair});
        QVERIFY(!variables);
        QVERIFY(variables.error().what.find("NAME=VALUE") != std::string::npos);
    }

    void theDocumentIsRead()
    {
        const auto given =
            readDataplane("type: Dataplane\nname: {{ name }}-1\nnetworking: {address: {{ip}}}\n",
                          {{"name", "web"}, {"ip", "127.0.0.1"}}, "dataplane", "web.yaml");
        QVERIFY(given);
        QCOMPARE(given->key, (ResourceKey{"default", "web-1"}));
        QVERIFY(given->json.find(R"("address":"127.0.0.1")") != std::string::npos);
    }

    void wrongDocumentsAreRefused_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("proxyType");
        QTest::addColumn<std::string>("says");
        QTest::newRow("a section that is not closed") << std::string("{{#a}}") << std::string("dataplane")
                                                      << std::string("the template cannot be read");
        QTest::newRow("no YAML") << std::string("a: [b") << std::string("dataplane")
                                 << std::string("web.yaml:");
        QTest::newRow("another type") << std::string("type: Mesh\nname: x") << std::string("dataplane")
                                      << std::string("no resource of type Dataplane, but Mesh");
        QTest::newRow("a Dataplane for an ingress")
            << std::string("type: Dataplane\nname: x") << std::string("ingress")
            << std::string("no resource of type ZoneIngress");
        QTest::newRow("no name") << std::string("type: Dataplane") << std::string("dataplane")
                                 << std::string("has no name");
    }
    void wrongDocumentsAreRefused()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, proxyType);
        QFETCH(std::string, says);
        const auto given = readDataplane(text, {}, proxyType, "web.yaml");
        QVERIFY(!given);
        QVERIFY2(given.error().what.find(says) != std::string::npos, given.error().what.c_str());
    }

    void tokensAreChecked_data()
    {
        QTest::addColumn<std::string>("token");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("three parts") << std::string("a.b.c") << true;
        QTest::newRow("a line break at the end") << std::string("a.b.c\n") << true;
        QTest::newRow("empty") << std::string("\n") << false;
        QTest::newRow("a line break inside") << std::string("a.b\n.c") << false;
        QTest::newRow("two parts") << std::string("a.b") << false;
    }
    void tokensAreChecked()
    {
        QFETCH(std::string, token);
        QFETCH(bool, isGood);
        const auto checked = checkedToken(token, "a file");
        QCOMPARE(checked.has_value(), isGood);
        if (isGood)
            QCOMPARE(*checked, std::string("a.b.c"));
        else
            QVERIFY2(checked.error().what.find("a.b") == std::string::npos, "the token is in the message");
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestDataplaneTemplate)
#include "tst_dataplane_template.moc"
