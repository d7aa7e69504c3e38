#include "models/graph/edge_routing.h"
#include "models/graph/mesh_graph.h"
#include "models/graph/spatial_grid.h"

#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QTest>

#include <random>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::graph;
using namespace meshscope::testing;

namespace {

bool isOnBorder(const Rect &card, Point p)
{
    constexpr double kNear = 1e-6;
    const bool onUpright = std::abs(p.x - card.left) < kNear || std::abs(p.x - card.right()) < kNear;
    const bool onLevel = std::abs(p.y - card.top) < kNear || std::abs(p.y - card.bottom()) < kNear;
    const bool within = p.x > card.left - kNear && p.x < card.right() + kNear && p.y > card.top - kNear
                        && p.y < card.bottom() + kNear;
    return within && (onUpright || onLevel);
}

// An inner point of the curve lies in the card.
bool crosses(const Curve &curve, const Rect &card)
{
    const Rect inner{card.left + 1, card.top + 1, card.width - 2, card.height - 2};
    for (int i = 1; i < 50; ++i) {
        if (inner.contains(pointAt(curve, i / 50.0)))
            return true;
    }
    return false;
}

}  // namespace

class TestMeshGraph : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theHelloMeshIsTwoCardsAndAnEdge()
    {
        const MeshGraph graph = serviceGraph(*helloMesh());
        QCOMPARE(graph.nodes.size(), 2U);
        QCOMPARE(graph.nodes[0].title, std::string("backend"));
        QCOMPARE(factsLine(graph.nodes[0]), u"2 dataplanes · v1 v2"_s);
        QCOMPARE(factsLine(graph.nodes[1]), u"1 dataplane"_s);
        QCOMPARE(graph.nodes[0].health, Health::Online);
        QCOMPARE(graph.edges, (std::vector<GraphEdge>{{1, 0}}));
        QCOMPARE(graph.indexOf({"default", "web"}), 1);
        QCOMPARE(graph.indexOf({"default", "gone"}), -1);
    }

    void meshesDoNotMix()
    {
        const auto snapshot = snapshotOf({dp("a").service("web").calls("db"), dp("b").service("db"),
                                          dp("a").mesh("other").service("web").calls("web"),
                                          dp("g").mesh("other").gateway("edge")});
        QCOMPARE(serviceGraph(*snapshot).nodes.size(), 4U);
        const MeshGraph other = serviceGraph(*snapshot, "other");
        QCOMPARE(other.nodes.size(), 2U);
        QCOMPARE(other.edges, (std::vector<GraphEdge>{{1, 1}}));  // web calls itself
        const MeshGraph missing = serviceGraph(*snapshotOf({dp("a").service("web").calls("db")}));
        QCOMPARE(factsLine(missing.nodes[0]), u"no dataplanes"_s);
        QVERIFY(
            missing.hasSameShape(serviceGraph(*snapshotOf({dp("z").service("web").calls("db").offline()}))));
        QVERIFY(!missing.hasSameShape(
            serviceGraph(*snapshotOf({dp("a").service("web"), dp("d").service("db")}))));
    }

    void manyVersionsAreCutShort()
    {
        GraphNode node;
        node.dataplanes = 5;
        node.versions = {"v1", "v2", "v3", "v4"};
        QCOMPARE(factsLine(node), u"5 dataplanes · v1 v2 v3 …"_s);
    }

    void edgesEndAtBorders_data()
    {
        QTest::addColumn<double>("x");
        QTest::addColumn<double>("y");
        QTest::newRow("to the right") << 300.0 << 0.0;
        QTest::newRow("to the right, below") << 300.0 << 200.0;
        QTest::newRow("to the left") << -300.0 << 20.0;
        QTest::newRow("straight below") << 0.0 << 150.0;
        QTest::newRow("above, aside a little") << 60.0 << -150.0;
    }

    void edgesEndAtBorders()
    {
        QFETCH(double, x);
        QFETCH(double, y);
        const std::vector cards{cardAround({0, 0}), cardAround({x, y})};
        const auto curves = routeEdges(cards, {{0, 1}, {1, 0}});
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY(isOnBorder(cards[i], curves[i].start));
            QVERIFY(isOnBorder(cards[1 - i], curves[i].end));
            QVERIFY(!crosses(curves[i], cards[0]));
            QVERIFY(!crosses(curves[i], cards[1]));
        }
        QVERIFY(!(curves[0].start == curves[1].end));  // there and back are two lines
    }

    void inLayersFromTopToBottomEdgesLeaveBelow()
    {
        const std::vector cards{cardAround({0, 0}), cardAround({500, 120})};
        const auto curves = routeEdges(cards, {{0, 1}, {1, 0}}, true);
        QCOMPARE(curves[0].start.y, cards[0].bottom());
        QCOMPARE(curves[0].end.y, cards[1].top);
        QCOMPARE(curves[1].start.y, cards[1].top);
        QCOMPARE(curves[1].end.y, cards[0].bottom());
        const auto beside = routeEdges({cardAround({0, 0}), cardAround({300, 10})}, {{0, 1}}, true);
        QCOMPARE(beside[0].start.x, cards[0].right());  // in one row: side to side
    }

    void endsAtOneBorderShareItInOrder()
    {
        std::vector<Rect> cards{cardAround({0, 0})};
        std::vector<GraphEdge> edges;
        for (int i = 0; i < 9; ++i) {
            cards.push_back(cardAround({400, (i * 5 % 9 - 4) * 70.0}));
            edges.push_back({0, i + 1});
        }
        const auto curves = routeEdges(cards, edges);
        for (std::size_t a = 0; a < curves.size(); ++a) {
            QVERIFY(isOnBorder(cards[0], curves[a].start));
            for (std::size_t b = 0; b < curves.size(); ++b)
                QCOMPARE(curves[a].start.y < curves[b].start.y, curves[a].end.y < curves[b].end.y);
        }
    }

    void anEdgeToItselfIsALoopOutside()
    {
        const std::vector cards{cardAround({0, 0})};
        const auto curves = routeEdges(cards, {{0, 0}});
        QVERIFY(isOnBorder(cards[0], curves[0].start));
        QVERIFY(isOnBorder(cards[0], curves[0].end));
        QVERIFY(!crosses(curves[0], cards[0]));
        QVERIFY(boundsOf(curves[0]).top < cards[0].top);
    }

    void distanceToACurve()
    {
        const Curve line{{0, 0}, {10, 0}, {20, 0}, {30, 0}};
        QVERIFY(distanceTo(line, {15, 4}) < 4.001);
        QVERIFY(distanceTo(line, {15, 4}) > 3.999);
        QVERIFY(std::abs(distanceTo(line, {-3, 4}) - 5) < 1e-9);
    }

    void theGridFindsWhatAScanFinds()
    {
        std::mt19937 random(31);
        std::uniform_real_distribution<double> place(-4000, 4000);
        std::vector<Rect> items;
        for (int i = 0; i < 2000; ++i)
            items.push_back(cardAround({place(random), place(random)}));
        const SpatialGrid grid(items, 320);
        for (int i = 0; i < 2000; ++i) {
            const Point p{place(random), place(random)};
            int expected = -1;
            for (std::size_t item = 0; item < items.size(); ++item) {
                if (items[item].contains(p))
                    expected = static_cast<int>(item);
            }
            QCOMPARE(grid.itemAt(p), expected);
        }
        for (int i = 0; i < 100; ++i) {
            const Rect area{place(random), place(random), 900, 700};
            std::vector<int> expected;
            for (std::size_t item = 0; item < items.size(); ++item) {
                if (items[item].intersects(area))
                    expected.push_back(static_cast<int>(item));
            }
            QVERIFY(grid.itemsIn(area) == expected);
        }
        int counted = 0;
        for (int row = 0; row < grid.rows(); ++row) {
            for (int column = 0; column < grid.columns(); ++column)
                counted += grid.countIn(column, row);
        }
        QCOMPARE(counted, 2000);
    }

    void oddGrids()
    {
        const SpatialGrid empty;
        QCOMPARE(empty.itemAt({0, 0}), -1);
        QVERIFY(empty.itemsIn({-1, -1, 2, 2}).empty());
        const SpatialGrid made{std::vector<Rect>()};
        QVERIFY(made.isEmpty());
        // Two cards a world apart must not make a billion cells.
        const SpatialGrid sparse({cardAround({0, 0}), cardAround({1e9, 1e9})}, 10);
        QVERIFY(sparse.columns() * sparse.rows() <= 24);
        QCOMPARE(sparse.itemAt({1e9, 1e9}), 1);
        QCOMPARE(sparse.itemAt({1e8, 1e8}), -1);
        QCOMPARE(sparse.itemAt({-1e9, 0}), -1);
        QCOMPARE(sparse.itemsIn({-10, -10, 20, 20}), std::vector<int>{0});
        QCOMPARE(sparse.countIn(-1, 0), 0);
    }
};

QTEST_GUILESS_MAIN(TestMeshGraph)
#include "tst_mesh_graph.moc"
