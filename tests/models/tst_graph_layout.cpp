#include "models/graph/layout_job.h"

#include "backend/support/when_done.h"
#include "models/graph/spatial_grid.h"
#include "tests/support/qtest_std.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <optional>
#include <random>
#include <set>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::graph;

namespace {

MeshGraph withNodes(int count)
{
    MeshGraph graph;
    for (int i = 0; i < count; ++i) {
        const std::string name = "svc-" + std::to_string(100'000 + i);
        graph.nodes.push_back({{"default", name}, name, 1, {}, Health::Online});
    }
    return graph;
}

MeshGraph chain(int count)
{
    MeshGraph graph = withNodes(count);
    for (int i = 1; i < count; ++i)
        graph.edges.push_back({i - 1, i});
    return graph;
}

void connectNodes(MeshGraph &graph, std::set<std::pair<int, int>> edges)
{
    for (const auto &[from, to] : edges)
        graph.edges.push_back({from, to});
}

// Layers of 50; every call goes to the next one.
MeshGraph layered(int count, int edgeCount)
{
    MeshGraph graph = withNodes(count);
    std::mt19937 random(1);
    std::set<std::pair<int, int>> edges;
    while (static_cast<int>(edges.size()) < edgeCount) {
        const int from = static_cast<int>(random() % static_cast<unsigned>(count - 50));
        edges.insert({from, (from / 50 + 1) * 50 + static_cast<int>(random() % 50)});
    }
    connectNodes(graph, edges);
    return graph;
}

MeshGraph tangled(int count, int edgeCount)
{
    MeshGraph graph = withNodes(count);
    std::mt19937 random(2);
    std::set<std::pair<int, int>> edges;
    while (static_cast<int>(edges.size()) < edgeCount)
        edges.insert({static_cast<int>(random() % static_cast<unsigned>(count)),
                      static_cast<int>(random() % static_cast<unsigned>(count))});
    connectNodes(graph, edges);
    return graph;
}

int overlaps(const LayoutResult &result)
{
    std::vector<Rect> cards;
    for (const Point center : result.centers)
        cards.push_back(cardAround(center));
    const SpatialGrid grid(cards);
    int found = 0;
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const Rect inner{cards[i].left + 1, cards[i].top + 1, cards[i].width - 2, cards[i].height - 2};
        found += static_cast<int>(grid.itemsIn(inner).size()) - 1;
    }
    return found;
}

// Shell scripts that stand in for Graphviz.
class FakePrograms
{
public:
    QString make(const QString &name, const QByteArray &script)
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write("#!/bin/sh\n" + script);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    QString path(const QString &name) const { return m_folder.filePath(name); }

private:
    QTemporaryDir m_folder;
};

bool isAlive(const QString &pidFile)
{
    QFile file(pidFile);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray pid = file.readAll().trimmed();
    return !pid.isEmpty() && QDir(u"/proc/"_s + QString::fromLatin1(pid)).exists();
}

bool hasDot() { return !QStandardPaths::findExecutable(u"dot"_s).isEmpty(); }

struct Answer {
    std::optional<Result<LayoutResult>> result;
    QObject receiver;
    explicit Answer(const QFuture<Result<LayoutResult>> &future)
    {
        whenDone(future, &receiver, [this](const Result<LayoutResult> &got) { result = got; });
    }
    [[nodiscard]] bool wait(int milliseconds = 30'000)
    {
        return QTest::qWaitFor([this] { return result.has_value(); }, milliseconds);
    }
    const LayoutResult &value() const { return **result; }
};

}  // namespace

#define NEEDS_DOT()                                                                                          \
    if (!hasDot()) {                                                                                         \
        QVERIFY2(qgetenv("CI") != "true", "dot not found, and CI must have it");                             \
        QSKIP("dot not found");                                                                              \
    }

class TestGraphLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callersStandLeftOfWhatTheyCall()
    {
        NEEDS_DOT();
        MeshGraph graph = withNodes(3);
        graph.edges = {{0, 1}, {1, 2}};
        GraphLayout layout;
        QSignalSpy running(&layout, &GraphLayout::runningChanged);
        Answer answer(layout.layout(graph));
        QVERIFY(layout.isRunning());
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Dot);
        QVERIFY(answer.value().note.isEmpty());
        const auto &centers = answer.value().centers;
        QCOMPARE(centers.size(), 3U);
        QVERIFY(centers[0].x + kCardWidth < centers[1].x);
        QVERIFY(centers[1].x + kCardWidth < centers[2].x);
        QCOMPARE(answer.value().bounds.left, 0.0);
        QCOMPARE(answer.value().bounds.top, 0.0);
        QVERIFY(!layout.isRunning());
        QCOMPARE(running.count(), 2);
    }

    void topToBottomToo()
    {
        NEEDS_DOT();
        MeshGraph graph = withNodes(2);
        graph.edges = {{1, 0}};
        LayoutOptions options;
        options.leftToRight = false;
        GraphLayout layout;
        Answer answer(layout.layout(graph, {}, options));
        QVERIFY(answer.wait());
        QVERIFY(answer.value().centers[1].y + kCardHeight < answer.value().centers[0].y);
    }

    void threeHundredServicesInLayers()
    {
        NEEDS_DOT();
        GraphLayout layout;
        Answer answer(layout.layout(layered(300, 500)));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Dot);
        QCOMPARE(overlaps(answer.value()), 0);
    }

    void aLargeGraphIsLaidOutWithoutLayersAndSaysSo()
    {
        NEEDS_DOT();
        GraphLayout layout;
        Answer answer(layout.layout(tangled(900, 1300)));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Sfdp);
        QVERIFY(answer.value().note.contains(u"too large"_s));
        QCOMPARE(answer.value().centers.size(), 900U);
        QCOMPARE(overlaps(answer.value()), 0);
    }

    void pastTheDeadlineSfdpIsAsked()
    {
        NEEDS_DOT();
        LayoutOptions options;
        options.dotMilliseconds = 1;
        GraphLayout layout;
        Answer answer(layout.layout(tangled(300, 600), {}, options));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Sfdp);
        QVERIFY(answer.value().note.contains(u"too long"_s));
    }

    void trouble_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("note");
        QTest::newRow("the program fails") << QByteArray("exit 3") << "code 3";
        QTest::newRow("it is killed") << QByteArray("kill -9 $$") << "killed";
        QTest::newRow("it answers nonsense") << QByteArray("cat > /dev/null; echo hello") << "not JSON";
        QTest::newRow("it forgets nodes")
            << QByteArray("cat > /dev/null; echo '{\"objects\":[{\"name\":\"n0\",\"pos\":\"1,2\"}]}'")
            << "left out 1 of 2";
        QTest::newRow("it hangs") << QByteArray("exec sleep 60") << "too long";
        QTest::newRow("it does not read") << QByteArray("exec 0<&-; exit 0") << "not JSON";
    }

    void trouble()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, note);
        FakePrograms programs;
        LayoutOptions options;
        options.program = programs.make(u"dot"_s, script);
        options.dotMilliseconds = options.sfdpMilliseconds = 200;
        GraphLayout layout;
        MeshGraph graph = withNodes(4);
        graph.edges = {{0, 1}};
        Answer answer(layout.layout(graph, {}, options));
        QVERIFY(answer.wait());
        QVERIFY(answer.result->has_value());
        QCOMPARE(answer.value().engine, Engine::Grid);
        QVERIFY2(answer.value().note.contains(note), qPrintable(answer.value().note));
        QCOMPARE(answer.value().centers.size(), 4U);
        QCOMPARE(overlaps(answer.value()), 0);
    }

    void withoutGraphvizThereIsAGridAndAdvice_data()
    {
        QTest::addColumn<QString>("program");
        QTest::newRow("not in PATH") << "no-such-program-here";
        QTest::newRow("no such file") << "/nowhere/dot";
    }

    void withoutGraphvizThereIsAGridAndAdvice()
    {
        QFETCH(QString, program);
        LayoutOptions options;
        options.program = program;
        GraphLayout layout;
        Answer answer(layout.layout(chain(5), {}, options));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Grid);
        QVERIFY(answer.value().note.contains(program));
        QVERIFY(answer.value().note.contains(u"apt install graphviz"_s));
        QCOMPARE(overlaps(answer.value()), 0);
    }

    void theLatestWinsAndTheOlderChildIsGone()
    {
        FakePrograms programs;
        LayoutOptions slow;
        slow.program =
            programs.make(u"slow"_s, "echo $$ > \"" + programs.path(u"pid"_s).toUtf8() + "\"; exec sleep 60");
        slow.dotMilliseconds = 60'000;
        GraphLayout layout;
        Answer first(layout.layout(chain(4), {}, slow));
        QTRY_VERIFY(isAlive(programs.path(u"pid"_s)));
        LayoutOptions missing;
        missing.program = u"no-such-program-here"_s;
        Answer second(layout.layout(withNodes(7), {}, missing));
        QVERIFY(first.wait());
        QVERIFY(second.wait());
        QCOMPARE(first.result->error().code, Error::Code::Cancelled);
        QCOMPARE(second.value().centers.size(), 7U);
        QTRY_VERIFY(!isAlive(programs.path(u"pid"_s)));
    }

    void cancellingTheFutureKillsTheChild()
    {
        FakePrograms programs;
        LayoutOptions slow;
        slow.program =
            programs.make(u"slow"_s, "echo $$ > \"" + programs.path(u"pid"_s).toUtf8() + "\"; exec sleep 60");
        slow.dotMilliseconds = 60'000;
        GraphLayout layout;
        auto future = layout.layout(chain(4), {}, slow);
        QTRY_VERIFY(isAlive(programs.path(u"pid"_s)));
        future.cancel();
        QTRY_VERIFY(!isAlive(programs.path(u"pid"_s)));
        QVERIFY(!layout.isRunning());
    }

    void theChildDiesWithItsOwner()
    {
        FakePrograms programs;
        LayoutOptions slow;
        slow.program =
            programs.make(u"slow"_s, "echo $$ > \"" + programs.path(u"pid"_s).toUtf8() + "\"; exec sleep 60");
        slow.dotMilliseconds = 60'000;
        auto layout = std::make_unique<GraphLayout>();
        Answer answer(layout->layout(chain(4), {}, slow));
        QTRY_VERIFY(isAlive(programs.path(u"pid"_s)));
        layout.reset();
        QVERIFY(!isAlive(programs.path(u"pid"_s)));
        QVERIFY(answer.wait());
        QCOMPARE(answer.result->error().code, Error::Code::Cancelled);
    }

    void knownNodesStayWhereTheyWere()
    {
        MeshGraph graph = withNodes(3);
        LastPositions last;
        const auto grid = gridCenters(graph.nodes.size());
        for (std::size_t i = 0; i < 3; ++i)
            last[graph.nodes[i].key] = {grid[i].x + 1000, grid[i].y - 500};
        MeshGraph grown = withNodes(4);
        LayoutOptions options;
        options.program = u"no-such-program-here"_s;
        GraphLayout layout;
        Answer answer(layout.layout(grown, last, options));
        QVERIFY(answer.wait());
        const auto &centers = answer.value().centers;
        QVERIFY(std::abs(centers[0].x - last[graph.nodes[0].key].x) < 200);
        QVERIFY(std::abs(centers[0].y - last[graph.nodes[0].key].y) < 200);
    }

    void nodesWithoutEdgesStandAsABlockBelow()
    {
        NEEDS_DOT();
        MeshGraph graph = withNodes(40);
        graph.edges = {{0, 1}, {5, 5}};
        GraphLayout layout;
        Answer answer(layout.layout(graph));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Dot);
        QCOMPARE(overlaps(answer.value()), 0);
        const auto &centers = answer.value().centers;
        for (std::size_t i = 2; i < centers.size(); ++i)
            QVERIFY(centers[i].y > centers[0].y + kCardHeight);
        QVERIFY(answer.value().bounds.height < answer.value().bounds.width);
    }

    void aMeshWithoutDeclaredOutboundsIsAGridAndNeedsNoExcuse()
    {
        GraphLayout layout;
        Answer answer(layout.layout(withNodes(300)));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Grid);
        QVERIFY(answer.value().note.isEmpty());
        QCOMPARE(overlaps(answer.value()), 0);
    }

    void nothingAndOneNeedNoProgram()
    {
        GraphLayout layout;
        Answer none(layout.layout({}));
        QVERIFY(none.wait());
        QVERIFY(none.value().centers.empty());
        QVERIFY(none.value().note.isEmpty());
        Answer one(layout.layout(withNodes(1)));
        QVERIFY(one.wait());
        QCOMPARE(one.value().centers.size(), 1U);
        QVERIFY(one.value().note.isEmpty());
    }

    void namesNeverReachGraphviz()
    {
        MeshGraph graph = chain(2);
        graph.nodes[0].key.name = graph.nodes[0].title = "a\"]; evil [image=\"/etc/passwd";
        QVERIFY(!dotText(graph, {}, Engine::Dot).contains("evil"));
    }

    void hugeGraphsAreAGrid()
    {
        LayoutOptions options;
        options.sfdpNodes = 10;
        GraphLayout layout;
        Answer answer(layout.layout(chain(11), {}, options));
        QVERIFY(answer.wait());
        QCOMPARE(answer.value().engine, Engine::Grid);
        QVERIFY(answer.value().note.contains(u"11"_s));
    }
};

QTEST_GUILESS_MAIN(TestGraphLayout)
#include "tst_graph_layout.moc"
