#include "tests/support/qtest_std.h"

#include "backend/validation/resource_meta.h"

#include <QTest>

using namespace meshscope;

class TestValidationMeta : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void allowsOldNamesOnUpdate();
    void looksAtNoMeshOfGlobalTypes();
    void checksTheWorkloadLabel();
};

namespace {

std::vector<std::string> found(const std::string &json, KumaEra era = KumaEra::V2_9, bool exists = false)
{
    std::vector<std::string> out;
    for (const auto &finding :
         validateMeta(json, {"Dataplane", {"default", "web-1"}, "default", exists}, era)) {
        if (!finding.fromControlPlane || finding.advice.empty())
            qFatal("no advice: %s", finding.message.c_str());
        out.push_back(finding.field + ": " + finding.message);
    }
    return out;
}

std::string withLabels(const std::string &labels)
{
    return R"({"type":"Dataplane","mesh":"default","name":"web-1","labels":{)" + labels + "}}";
}

}  // namespace

void TestValidationMeta::finds_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArrayList>("beginnings");
    const auto row = [](const char *name, const std::string &json, const QByteArrayList &beginnings) {
        QTest::newRow(name) << QByteArray::fromStdString(json) << beginnings;
    };
    row("nothing", withLabels(""), {});
    row("another name, type and mesh", R"({"type":"Mesh","mesh":"other","name":"web-2"})",
        {"name: name from the URL has to be", "type: type from the URL has to be",
         "mesh: mesh from the URL has to be"});
    row("nothing at all", "{}",
        {"name: name from the URL", "type: type from the URL", "mesh: mesh from the URL",
         "name: cannot be empty", "mesh: cannot be empty"});
    row("odd characters", R"({"type":"Dataplane","mesh":"De fault","name":"web_1"})",
        {"name: name from", "mesh: mesh from", "name: invalid characters. A lowercase RFC 1123",
         "mesh: invalid characters. Valid characters are numbers"});
    row("far too long", R"({"type":"Dataplane","mesh":"default","name":")" + std::string(254, 'a') + "\"}",
        {"name: name from", "name: value length must less or equal 253"});
    row("good labels",
        withLabels(
            R"("team":"blue","example.com/a_b.c":"","kuma.io/mesh":"default","kuma.io/zone":"default","kuma.io/origin":"global")"),
        {});
    row("a blank in a key", withLabels(R"("a b":"c")"), {"labels[\"a b\"]: name part must consist of"});
    row("an empty key", withLabels(R"("":"c")"),
        {"labels[\"\"]: name part must be non-empty", "labels[\"\"]: name part must consist of"});
    row("an empty prefix", withLabels(R"("/a":"c")"), {"labels[\"/a\"]: prefix part must be non-empty"});
    row("a prefix in capitals", withLabels(R"("Example.com/a":"c")"),
        {"labels[\"Example.com/a\"]: prefix part a lowercase RFC 1123"});
    row("two slashes", withLabels(R"("a/b/c":"c")"), {"labels[\"a/b/c\"]: a qualified name must consist of"});
    row("a long key", withLabels("\"" + std::string(64, 'k') + "\":\"c\""),
        {"labels[\"" + QByteArray(64, 'k') + "\"]: name part must be no more than 63 characters"});
    row("a blank in a value", withLabels(R"("a":"b c")"), {"labels[\"a\"]: a valid label must be"});
    row("a long value", withLabels(R"("a":")" + std::string(64, 'v') + "\""),
        {"labels[\"a\"]: must be no more than 63 characters"});
    row("labels of the control plane",
        withLabels(R"("kuma.io/mesh":"other","kuma.io/zone":"east","kuma.io/origin":"moon")"),
        {"labels[\"kuma.io/mesh\"]: kuma.io/mesh label must not differ",
         "labels[\"kuma.io/origin\"]: unknown resource origin \"moon\"",
         "labels[\"kuma.io/zone\"]: kuma.io/zone label should have default value"});
}

void TestValidationMeta::finds()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArrayList, beginnings);
    const auto all = found(json.toStdString());
    QVERIFY2(all.size() == static_cast<std::size_t>(beginnings.size()),
             meshscope::testing::describe(all).c_str());
    for (std::size_t i = 0; i < all.size(); ++i)
        QVERIFY2(all[i].starts_with(beginnings[static_cast<qsizetype>(i)].toStdString()), all[i].c_str());
}

void TestValidationMeta::allowsOldNamesOnUpdate()
{
    const MetaExpectation expected{"Dataplane", {"default", "web_1"}, "default", true};
    const std::string json = R"({"type":"Dataplane","mesh":"default","name":"web_1"})";
    QVERIFY(validateMeta(json, expected, KumaEra::V2_9).empty());
    QCOMPARE(validateMeta(json, expected, KumaEra::V2_14).size(), std::size_t(1));
}

void TestValidationMeta::looksAtNoMeshOfGlobalTypes()
{
    QVERIFY(validateMeta(R"({"type":"Mesh","name":"default","mesh":"default"})",
                         {"Mesh", {"", "default"}, "default", false}, KumaEra::V2_9)
                .empty());
}

void TestValidationMeta::checksTheWorkloadLabel()
{
    const auto problem = [](const char *value, KumaEra era) {
        return workloadLabelProblem(withLabels(R"("kuma.io/workload":")" + std::string(value) + "\""), era);
    };
    QVERIFY(problem("shop", KumaEra::V2_14).empty());
    QVERIFY(problem("9_Bad", KumaEra::V2_9).empty());
    for (const char *bad : {"9_Bad", "9bad", "a.b", "Bad", "", "bad-"})
        QVERIFY2(problem(bad, KumaEra::V2_14)
                     .starts_with("bad request: labels[\"kuma.io/workload\"]: must be a valid DNS-1035"),
                 bad);
    QVERIFY(workloadLabelProblem("{}", KumaEra::V3_0).empty());
}

QTEST_GUILESS_MAIN(TestValidationMeta)
#include "tst_validation_meta.moc"
