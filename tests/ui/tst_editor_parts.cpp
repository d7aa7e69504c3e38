// The comparison of lines, and what the inspector and the problem list make of a mesh.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "ui/browse/facts.h"
#include "ui/browse/problems.h"
#include "ui/editors/line_diff.h"
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
        QCOMPARE(kindsOf(problemsOf(*snapshot, at(0), nullptr)), kinds);
    }

    void problemsAreBounded()
    {
        std::vector<DataplanePtr> rows;
        for (int i = 0; i < 700; ++i)
            rows.push_back(dp("a-" + std::to_string(i)).service("a").offline());
        QCOMPARE(problemsOf(*snapshotOf(std::move(rows)), at(0), nullptr).size(), kMaxProblems);
    }

    void problemTableIsAModel()
    {
        ProblemTable table;
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto one = problemsOf(*snapshotOf({dp("a").service("a").offline()}), at(0), nullptr);
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
