// Everything that is said about a text while it is typed: what, where, and what to do.
#include "tests/support/qtest_std.h"

#include "backend/validation/validate.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace meshscope;
using Severity = Finding::Severity;

class TestValidationYaml : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsNothingInAGoodText();
    void finds_data();
    void finds();
    void knowsWhichDataplaneIsEdited();
    void knowsWhatIsOffered();
    void comesInTheOrderOfTheLines();
    void looksAtAnotherErasRules();
    void saysOneThingAboutBrokenYaml();
    void survivesEveryHalfTypedText();
};

namespace {

const std::string kHead = "type: Dataplane\nmesh: default\nname: web-1\n";

// Lines 1 to 3 are the head, networking stands in 4, its address in 5, inbound in 6, the inbound's port in 7.
std::string text(const std::string &inInbound, const std::string &behind = {})
{
    return kHead + "networking:\n  address: 10.0.0.1\n  inbound:\n    - port: 8080\n      servicePort: 80\n"
           + inInbound + "      tags:\n        kuma.io/service: web\n" + behind;
}

std::string printed(const std::vector<Finding> &findings) { return meshscope::testing::describe(findings); }

}  // namespace

void TestValidationYaml::findsNothingInAGoodText()
{
    const auto findings = validateDataplaneYaml(text(""), KumaEra::V2_9);
    QVERIFY2(findings.empty(), printed(findings).c_str());
    QVERIFY(!hasErrors(findings));
}

void TestValidationYaml::finds_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<int>("severity");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("words");
    QTest::addColumn<QByteArray>("advice");
    const auto row = [](const char *name, const std::string &yaml, Severity severity, int line, int column,
                        const char *field, const char *words, const char *advice) {
        QTest::newRow(name) << QByteArray::fromStdString(yaml) << static_cast<int>(severity) << line << column
                            << QByteArray(field) << QByteArray(words) << QByteArray(advice);
    };
    const auto gateway = [](const std::string &tags) {
        return kHead + "networking:\n  address: 10.0.0.1\n  gateway:\n    tags:\n" + tags;
    };
    row("a broken rule of the control plane", text("      serviceAddress: localhost\n"), Severity::Error, 9,
        23, "networking.inbound[0].serviceAddress", "serviceAddress has to be valid IP address",
        "Give an IP address, such as 127.0.0.1");
    row("a missing field at its parent", kHead + "networking:\n  gateway: {tags: {kuma.io/service: g}}\n",
        Severity::Error, 4, 1, "networking.address", "address can't be empty", "other proxies reach");
    row("a word for a port", text("      address: 10.0.0.2\n").replace(text("").find("8080"), 4, "http"),
        Severity::Error, 7, 13, "networking.inbound[0].port", "invalid Dataplane object",
        "Give a whole number");
    row("a tag that is a number", text("", "        version: 1\n"), Severity::Error, 11, 9,
        "networking.inbound[0].tags[\"version\"]", "cannot unmarshal number into Go value of type string",
        "Put the number in quotes");
    row("a tag that is true", text("", "        canary: true\n"), Severity::Error, 11, 9,
        "networking.inbound[0].tags[\"canary\"]", "cannot unmarshal bool", "Put the word in quotes");
    row("an unknown state", text("      state: Sleepy\n"), Severity::Error, 9, 14,
        "networking.inbound[0].state", "unknown value", "Use Ready, NotReady or Ignored");
    row("a mapping for a list", kHead + "networking:\n  address: 10.0.0.1\n  inbound:\n    port: 80\n",
        Severity::Error, 6, 3, "networking.inbound", "[]json.RawMessage", "beginning with a dash");
    row("a list for a mapping", kHead + "networking:\n  - address: 10.0.0.1\n", Severity::Error, 4, 1,
        "networking", "map[string]json.RawMessage", "key: value");
    row("a bad duration", text("      serviceProbe: {interval: soon, tcp: {}}\n"), Severity::Error, 9, 32,
        "networking.inbound[0].serviceProbe.interval", "bad Duration", "such as 10s");
    row("a name in capitals", "type: Dataplane\nmesh: default\nname: Web\n" + text("").substr(kHead.size()),
        Severity::Error, 3, 7, "name", "invalid characters", "lower case");
    row("a bad label", kHead + "labels:\n  a b: c\n" + text("").substr(kHead.size()), Severity::Error, 5, 3,
        "labels[\"a b\"]", "name part must", "Use letters");
    row("an unknown field", text("      shape: round\n"), Severity::Warning, 9, 14,
        "networking.inbound[0].shape",
        "does not know this field: it stays in the text, but the control plane drops it",
        "Check the spelling");
    row("a field of a newer era", text("      protocol: http\n"), Severity::Warning, 9, 17,
        "networking.inbound[0].protocol", "Kuma 2.9 does not know this field yet",
        "Use the tag kuma.io/protocol");
    row("a key twice", text("      servicePort: 81\n"), Severity::Warning, 9, 20,
        "networking.inbound[0].servicePort", "occurs twice", "Remove one");
    row("another type", "type: Mesh\n" + text("").substr(16), Severity::Error, 1, 7, "type",
        "this is a Mesh, not a Dataplane", "type: Dataplane");
    row("no type", text("").substr(16), Severity::Error, 1, 1, "type", "the type is missing",
        "type: Dataplane");
    row("no name", "type: Dataplane\nmesh: default\n" + text("").substr(kHead.size()), Severity::Error, 1, 1,
        "name", "the name is missing", "Set name");
    row("no mesh", "type: Dataplane\nname: web-1\n" + text("").substr(kHead.size()), Severity::Error, 1, 1,
        "mesh", "the mesh is missing", "Set mesh");
    row("a list of things", "- a\n- b\n", Severity::Error, 1, 1, "", "this is no Dataplane",
        "type: Dataplane");
    row("a loop onto itself",
        kHead
            + "networking:\n  address: 10.0.0.1\n  inbound:\n    - port: 8080\n      tags: {kuma.io/service: "
              "web}\n",
        Severity::Warning, 7, 13, "networking.inbound[0].port", "Envoy would call itself",
        "Set serviceAddress: 127.0.0.1 or another servicePort");
    row("two inbounds on one port",
        text("", "    - port: 8080\n      servicePort: 81\n      tags: {kuma.io/service: b}\n"),
        Severity::Warning, 11, 13, "networking.inbound[1].port", "port 8080 is taken by inbound 1 already",
        "Choose another port");
    row("an inbound everywhere",
        text("", "    - port: 8080\n      address: 0.0.0.0\n      servicePort: 81\n      tags: "
                 "{kuma.io/service: b}\n"),
        Severity::Warning, 11, 13, "networking.inbound[1].port", "taken by inbound 1", "another address");
    row("two outbounds on one port",
        text("", "  outbound:\n    - port: 1000\n      tags: {kuma.io/service: a}\n    - port: 1000\n      "
                 "address: 127.0.0.1\n      tags: {kuma.io/service: b}\n"),
        Severity::Warning, 14, 13, "networking.outbound[1].port", "taken by outbound 1",
        "Choose another port");
    row("a tag that pretends to be Kuma's", text("", "        kuma.io/servce: web\n"), Severity::Warning, 11,
        9, "networking.inbound[0].tags[\"kuma.io/servce\"]", "none of its tags", "Check the spelling");
    row("the same on a gateway", gateway("      kuma.io/service: g\n      kuma.io/team: a\n"),
        Severity::Warning, 9, 7, "networking.gateway.tags[\"kuma.io/team\"]", "none of its tags",
        "prefix of your own");
    row("Kuma's misspelt section",
        text("", "  transparentProxying:\n    reachableBackends:\n      refs:\n        - kind: Service\n     "
                 "     name: web\n"),
        Severity::Error, 14, 17, "networking.transparentProxing.reachableBackends.refs[0].kind",
        "invalid value", "MeshService");
}

void TestValidationYaml::finds()
{
    QFETCH(QByteArray, yaml);
    QFETCH(int, severity);
    QFETCH(int, line);
    QFETCH(int, column);
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, words);
    QFETCH(QByteArray, advice);
    const auto findings = validateDataplaneYaml(yaml.toStdString(), KumaEra::V2_9);
    QVERIFY2(findings.size() == 1, printed(findings).c_str());
    const auto &finding = findings.front();
    QCOMPARE(static_cast<int>(finding.severity), severity);
    QCOMPARE(finding.field, field.toStdString());
    QVERIFY2(finding.message.find(words.toStdString()) != std::string::npos, finding.message.c_str());
    QVERIFY2(finding.advice.find(advice.toStdString()) != std::string::npos, finding.advice.c_str());
    QCOMPARE(finding.line, line);
    QCOMPARE(finding.column, column);
    QCOMPARE(hasErrors(findings), finding.severity == Severity::Error);
}

void TestValidationYaml::knowsWhichDataplaneIsEdited()
{
    ValidationContext context;
    context.expectedKey = ResourceKey{"default", "web-1"};
    QVERIFY(validateDataplaneYaml(text(""), KumaEra::V2_9, context).empty());
    context.expectedKey = ResourceKey{"payments", "web-2"};
    const auto findings = validateDataplaneYaml(text(""), KumaEra::V2_9, context);
    QCOMPARE(findings.size(), std::size_t(2));
    QCOMPARE(findings[0].field, std::string("mesh"));
    QCOMPARE(findings[0].line, 2);
    QVERIFY(findings[0].advice.find("mesh: payments") != std::string::npos);
    QCOMPARE(findings[1].field, std::string("name"));
    QVERIFY(hasErrors(findings));
}

void TestValidationYaml::knowsWhatIsOffered()
{
    const auto yaml =
        text("", "  outbound:\n    - port: 1000\n      tags: {kuma.io/service: backend}\n    - port: 1001\n  "
                 "    tags: {kuma.io/service: web}\n"
                 "    - port: 1002\n      backendRef: {kind: MeshService, name: pg, port: 5432}\n");
    QVERIFY(validateDataplaneYaml(yaml, KumaEra::V2_9).empty());
    ValidationContext context;
    context.offeredServices = std::set<std::string>{"other"};
    const auto findings = validateDataplaneYaml(yaml, KumaEra::V2_9, context);
    QVERIFY2(findings.size() == 1, printed(findings).c_str());  // web is its own
    QCOMPARE(findings[0].severity, Severity::Warning);
    QCOMPARE(findings[0].line, 13);
    QVERIFY(findings[0].message.find("no dataplane in this mesh offers \"backend\"") != std::string::npos);
    context.offeredServices->insert("backend");
    QVERIFY(validateDataplaneYaml(yaml, KumaEra::V2_9, context).empty());
}

void TestValidationYaml::comesInTheOrderOfTheLines()
{
    const auto findings = validateDataplaneYaml(
        "colour: red\n" + kHead
            + "networking:\n  address: ''\n  inbound:\n    - port: 0\n      tags: {a: ''}\n      shape: x\n",
        KumaEra::V2_9);
    QVERIFY2(findings.size() >= 5, printed(findings).c_str());
    QVERIFY(std::is_sorted(findings.begin(), findings.end(), [](const auto &a, const auto &b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    }));
    QCOMPARE(findings.front().field, std::string("colour"));
    QVERIFY(std::all_of(findings.begin(), findings.end(),
                        [](const auto &f) { return f.line > 0 && f.column > 0 && !f.message.empty(); }));
}

void TestValidationYaml::looksAtAnotherErasRules()
{
    const auto findings = validateDataplaneYaml(text(""), KumaEra::V3_0);
    QVERIFY2(findings.size() == 1, printed(findings).c_str());
    QCOMPARE(findings[0].severity, Severity::Warning);
    QCOMPARE(findings[0].field, std::string("networking.inbound[0].tags"));
    QCOMPARE(findings[0].line, 9);
    QVERIFY(findings[0].message.find("3.0 drops tags") != std::string::npos);
    const auto outbound = validateDataplaneYaml(
        text("", "  outbound:\n    - port: 1000\n      tags: {kuma.io/service: a}\n"), KumaEra::V3_0);
    QVERIFY2(outbound.size() == 3, printed(outbound).c_str());
    QVERIFY(std::any_of(outbound.begin(), outbound.end(), [](const auto &f) {
        return f.field == "networking.outbound[0].backendRef" && f.line == 12;
    }));
}

void TestValidationYaml::saysOneThingAboutBrokenYaml()
{
    const auto findings = validateDataplaneYaml(kHead + "networking:\n\taddress: 10.0.0.1\n", KumaEra::V2_9);
    QCOMPARE(findings.size(), std::size_t(1));
    QCOMPARE(findings[0].severity, Severity::Error);
    QCOMPARE(findings[0].line, 5);
    QVERIFY(findings[0].message.find("a tab cannot indent YAML") != std::string::npos);
    QVERIFY(!findings[0].advice.empty());
    QVERIFY(!findings[0].fromControlPlane);
}

void TestValidationYaml::survivesEveryHalfTypedText()
{
    const auto whole = text("      state: NotReady\n      serviceProbe: {interval: 10s, tcp: {}}\n",
                            "        \"quoted\": 'a'\n  outbound:\n    - port: 1000\n      tags: "
                            "{kuma.io/service: a}\n  gateway: [x]\nprobes: {port: 1}\n");
    std::mt19937 dice(7);
    const std::string alphabet = " \n\t:-[]{}\"'#&*!|>%@`,?~<0a";
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        for (const auto era : {KumaEra::V2_9, KumaEra::V3_0}) {
            for (const auto &typed :
                 {whole.substr(0, length),
                  whole.substr(0, length) + alphabet[dice() % alphabet.size()] + whole.substr(length)}) {
                const auto findings = validateDataplaneYaml(typed, era);
                for (const auto &finding : findings)
                    QVERIFY2(finding.line >= 1 && finding.column >= 1 && !finding.message.empty(),
                             typed.c_str());
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestValidationYaml)
#include "tst_validation_yaml.moc"
