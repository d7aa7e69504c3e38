// The comparison of lines, and what the inspector and the problem list make of a mesh.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "ui/browse/facts.h"
#include "ui/browse/problems.h"
#include "ui/editors/line_diff.h"
#include "ui/editors/yaml_patch.h"
#include "ui/style/error_text.h"

#include <QAbstractItemModelTester>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;
using namespace meshscope::ui;

namespace {

QStringList kindsOf(const std::vector<Problem> &problems)
{
    QStringList kinds;
    for (const Problem &problem : problems)
        kinds << problem.kind;
    return kinds;
}

const Fact *factNamed(const Facts &facts, const QString &label)
{
    for (const FactSection &section : facts) {
        for (const Fact &fact : section.facts) {
            if (fact.label == label)
                return &fact;
        }
    }
    return nullptr;
}

}  // namespace

class TestEditorParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesAreCompared_data()
    {
        QTest::addColumn<QString>("left");
        QTest::addColumn<QString>("right");
        QTest::addColumn<std::vector<int>>("removed");
        QTest::addColumn<std::vector<int>>("added");
        using Lines = std::vector<int>;
        QTest::newRow("equal texts differ nowhere") << u"a\nb"_s << u"a\nb"_s << Lines{} << Lines{};
        QTest::newRow("a line is changed") << u"a\nb\nc"_s << u"a\nB\nc"_s << Lines{1} << Lines{1};
        QTest::newRow("a line comes between") << u"a\nc"_s << u"a\nb\nc"_s << Lines{} << Lines{1};
        QTest::newRow("a line goes") << u"a\nb\nc"_s << u"a\nc"_s << Lines{1} << Lines{};
        QTest::newRow("everything is new") << u""_s << u"a\nb"_s << Lines{0} << Lines{0, 1};
        QTest::newRow("a repeated line moves") << u"x\na\nx\nb"_s << u"a\nx\nb\nx"_s << Lines{0} << Lines{3};
    }

    void linesAreCompared()
    {
        QFETCH(QString, left);
        QFETCH(QString, right);
        QFETCH(std::vector<int>, removed);
        QFETCH(std::vector<int>, added);
        const LineDiff diff = compareLines(left, right);
        QCOMPARE(diff.removed, removed);
        QCOMPARE(diff.added, added);
        QCOMPARE(diff.isEmpty(), left == right);
    }

    void wordsInsideAChangedLineAreFound()
    {
        const LineDiff diff = compareLines(u"tags:\n  version: v2"_s, u"tags:\n  version: v3"_s);
        QCOMPARE(diff.removedWords.size(), 1u);
        QCOMPARE(diff.removedWords[0].line, 1);
        QCOMPARE(diff.removedWords[0].from, 11);
        QCOMPARE(diff.removedWords[0].to, 13);
        QCOMPARE(diff.addedWords.size(), 1u);
        QCOMPARE(diff.addedWords[0].from, 11);
    }

    void aHugeTextIsComparedAtOnce()
    {
        QStringList left, right;
        for (int i = 0; i < 20'000; ++i) {
            left << u"left %1"_s.arg(i);
            right << u"right %1"_s.arg(i);
        }
        const LineDiff diff = compareLines(left.join(u'\n'), right.join(u'\n'));
        QCOMPARE(diff.removed.size(), 20'000u);
        QCOMPARE(diff.added.size(), 20'000u);
    }

    void oneValueIsPatched_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const QString inbound = u"networking.inbound[0]"_s;
        QTest::newRow("a plain value") << u"networking"_s << u"address"_s << u"10.0.0.9"_s << QString()
                                       << u"address: 10.0.0.1"_s << u"address: 10.0.0.9"_s;
        QTest::newRow("the first key of a list's item, and its comment stays")
            << inbound << u"port"_s << u"9090"_s << QString() << u"- port: 8080  # public"_s
            << u"- port: 9090  # public"_s;
        QTest::newRow("a quoted value") << inbound + u".tags"_s << u"version"_s << u"v3"_s << QString()
                                        << u"version: \"v2\""_s << u"version: v3"_s;
        QTest::newRow("a key with a slash")
            << inbound + u".tags"_s << u"kuma.io/service"_s << u"web"_s << QString()
            << u"kuma.io/service: backend"_s << u"kuma.io/service: web"_s;
        QTest::newRow("a key that is missing comes after its neighbour")
            << inbound << u"state"_s << u"NotReady"_s << u"port"_s << u"- port: 8080  # public\n"_s
            << u"- port: 8080  # public\n      state: NotReady\n"_s;
        QTest::newRow("an empty value takes the line away")
            << inbound << u"servicePort"_s << QString() << u"port"_s << u"      servicePort: 80\n"_s
            << QString();
        QTest::newRow("a word that YAML would take for a number or a boolean is quoted")
            << inbound + u".tags"_s << u"version"_s << u"true"_s << QString() << u"version: \"v2\""_s
            << u"version: \"true\""_s;
    }

    void oneValueIsPatched()
    {
        QFETCH(QString, path);
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QString, after);
        QFETCH(QString, from);
        QFETCH(QString, to);
        const QString text = u"# who knows why\n"
                             "type: Dataplane\n"
                             "networking:\n"
                             "  address: 10.0.0.1\n"
                             "  inbound:\n"
                             "    - port: 8080  # public\n"
                             "      servicePort: 80\n"
                             "      tags:\n"
                             "        kuma.io/service: backend\n"
                             "        version: \"v2\"\n"_s;
        QVERIFY(text.contains(from));
        QString expected = text;
        const auto patched = withValue(text, path, key, value, after);
        QVERIFY(patched);
        QCOMPARE(*patched, expected.replace(from, to));
    }

    void whatCannotBePatchedIsLeftAlone_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("no YAML") << u"networking: [\n"_s;
        QTest::newRow("flow style") << u"networking: {address: 10.0.0.1}\n"_s;
        QTest::newRow("a value over several lines") << u"networking:\n  address: >\n    10.0.0.1\n"_s;
        QTest::newRow("no such mapping") << u"type: Dataplane\n"_s;
    }

    void whatCannotBePatchedIsLeftAlone()
    {
        QFETCH(QString, text);
        QVERIFY(!withValue(text, u"networking"_s, u"address"_s, u"10.0.0.9"_s));
    }

    void problemsAreFound_data()
    {
        QTest::addColumn<SnapshotPtr>("snapshot");
        QTest::addColumn<QStringList>("kinds");
        QTest::newRow("nothing is wrong") << helloMesh() << QStringList{};
        QTest::newRow("a proxy is gone")
            << snapshotOf({dp("a").service("a").offline()}) << QStringList{u"Offline"_s};
        QTest::newRow("a proxy never came") << snapshotOf({dp("a").service("a")}) << QStringList{};
        QTest::newRow("an inbound is not ready")
            << snapshotOf({dp("a").service("a").notReady().online()}) << QStringList{u"Not ready"_s};
        QTest::newRow("nobody answers an outbound")
            << snapshotOf({dp("a").service("a").calls("mysql").online()}) << QStringList{u"Orphan"_s};
        QTest::newRow("a configuration was refused, and that is said first")
            << snapshotOf({dp("a").service("a").calls("mysql").online(),
                           dp("b").service("b").online().rejected("type", "duplicate address")})
            << QStringList{u"NACK"_s, u"Orphan"_s};
    }

    void problemsAreFound()
    {
        QFETCH(SnapshotPtr, snapshot);
        QFETCH(QStringList, kinds);
        QCOMPARE(kindsOf(problemsOf(findings::findingsOf(*snapshot, at(0)), nullptr)), kinds);
    }

    void problemsAreBounded()
    {
        findings::Options few;
        few.limit = kMaxProblems;
        std::vector<DataplanePtr> rows;
        for (int i = 0; i < 700; ++i)
            rows.push_back(dp("a-" + std::to_string(i)).service("a").offline());
        QCOMPARE(problemsOf(findings::findingsOf(*snapshotOf(std::move(rows)), at(0), few), nullptr).size(),
                 kMaxProblems);
    }

    void problemTableIsAModel()
    {
        ProblemTable table;
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto one =
            problemsOf(findings::findingsOf(*snapshotOf({dp("a").service("a").offline()}), at(0)), nullptr);
        table.setProblems(one);
        table.setNow(at(5));
        QCOMPARE(table.rowCount(), 1);
        auto two = one;
        two.push_back(one.front());
        table.setProblems(two);
        table.setProblems({});
        QCOMPARE(table.rowCount(), 0);
    }

    void overviewSaysTheLinkAndTheInbounds()
    {
        const DataplanePtr row = dp("web-1").service("web").calls("backend").online().acks(12, 12);
        FactSource from;
        from.now = at(10);
        const Facts facts = overviewFacts(*row, from);
        QCOMPARE(factNamed(facts, u"Control plane"_s)->text, u"connected"_s);
        QCOMPARE(factNamed(facts, u"Configuration"_s)->text, u"12 accepted, 0 rejected"_s);
        QCOMPARE(factNamed(facts, u"Configuration"_s)->tone, Mark::Good);
        QCOMPARE(factNamed(facts, u":10001"_s)->text, u"backend"_s);
        QCOMPARE(factNamed(facts, u":10001"_s)->tone, Mark::Partly);  // nobody is known to offer it
        QVERIFY(factNamed(facts, u":10001"_s)->call.isEmpty());
    }

    void anOutboundOfAReadySidecarCanBeCalled()
    {
        const DataplanePtr row = dp("web-1").service("web").calls("backend").online();
        FactSource from;
        from.findSidecar = [](const ResourceKey &key) -> std::optional<SidecarStatus> {
            SidecarStatus status;
            status.key = key;
            status.phase = SidecarPhase::Ready;
            return status;
        };
        QCOMPARE(factNamed(overviewFacts(*row, from), u":10001"_s)->call, QUrl(u"http://127.0.0.1:10001/"_s));
    }

    void errorsAreSentences()
    {
        const Error error{Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681/"};
        const ErrorText text = errorText(error);
        QCOMPARE(text.title, u"The control plane cannot be reached."_s);
        QCOMPARE(text.detail, u"Connection refused. (http://127.0.0.1:5681/)"_s);
        QVERIFY(!text.advice.isEmpty());
        QCOMPARE(errorLine(error), u"Connection refused."_s);
        QVERIFY(errorDetails(error, u"GET /"_s).contains(u"GET /"_s));
        QCOMPARE(errorLine({Error::Code::Cancelled, {}, {}}), u"It was cancelled."_s);
    }
};

QTEST_MAIN(TestEditorParts)
#include "tst_editor_parts.moc"
