#include "models/navigator_tree.h"

#include "tests/models/random_mesh.h"
#include "tests/support/fake_mesh_source.h"
#include "tests/support/fake_sidecar_host.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

QString text(const QModelIndex &index) { return index.data().toString(); }

QStringList childrenOf(QAbstractItemModel &model, const QModelIndex &parent)
{
    if (model.canFetchMore(parent))
        model.fetchMore(parent);
    QStringList found;
    for (int row = 0; row < model.rowCount(parent); ++row)
        found += text(model.index(row, 0, parent));
    return found;
}

void openAll(NavigatorTree &tree, const QModelIndex &parent)
{
    if (tree.canFetchMore(parent))
        tree.fetchMore(parent);
    for (int row = 0; row < tree.rowCount(parent); ++row)
        openAll(tree, tree.index(row, 0, parent));
}

Health healthAt(const QModelIndex &index) { return index.data(HealthRole).value<Health>(); }

struct Fixture {
    FakeMeshSource source;
    NavigatorTree tree;

    explicit Fixture(const SnapshotPtr &snapshot = helloMesh())
    {
        source.setDisplayName(u"Sandbox"_s);
        source.setSnapshot(snapshot);
        tree.addSource(&source);
    }
    QModelIndex at(FocusKind kind, ResourceKey key = {}, int inbound = -1)
    {
        return tree.indexOf({kind, &source, std::move(key), inbound});
    }
};

}  // namespace

class TestNavigatorTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheHelloMeshLevelByLevel()
    {
        Fixture f;
        QCOMPARE(childrenOf(f.tree, {}), QStringList{u"Sandbox"_s});
        const QModelIndex plane = f.tree.index(0, 0);
        QCOMPARE(childrenOf(f.tree, plane), QStringList{u"default"_s});
        QCOMPARE(plane.data(CountRole).toInt(), 3);
        const QModelIndex mesh = f.tree.index(0, 0, plane);
        QCOMPARE(childrenOf(f.tree, mesh), QStringList{u"Services"_s});
        const QModelIndex services = f.tree.index(0, 0, mesh);
        QCOMPARE(services.data(CountRole).toInt(), 2);
        QCOMPARE(childrenOf(f.tree, services), (QStringList{u"backend"_s, u"web"_s}));
        const QModelIndex backend = f.tree.index(0, 0, services);
        QCOMPARE(backend.data(CountRole).toInt(), 2);
        QCOMPARE(f.tree.rowCount(backend), 0);  // lazy
        QVERIFY(f.tree.hasChildren(backend));
        QCOMPARE(childrenOf(f.tree, backend), (QStringList{u"backend-1"_s, u"backend-2"_s}));
        const QModelIndex first = f.tree.index(0, 0, backend);
        QCOMPARE(childrenOf(f.tree, first), QStringList{u":8080 http"_s});
        const QModelIndex inbound = f.tree.index(0, 0, first);
        QCOMPARE(inbound.data(TagsRole).value<TagSets>().front().at("version"), std::string("v1"));
        QVERIFY(!f.tree.hasChildren(inbound));
        QCOMPARE(f.tree.targetOf(inbound),
                 (FocusTarget{FocusKind::Inbound, &f.source, {"default", "backend-1"}, 0}));
        QVERIFY(f.tree.targetOf(services).isNone());
    }

    void everyTargetIsFoundAgain()
    {
        Fixture f;
        const std::vector<FocusTarget> targets{
            {FocusKind::ControlPlane, &f.source, {}, -1},
            {FocusKind::Mesh, &f.source, {"", "default"}, -1},
            {FocusKind::Service, &f.source, {"default", "web"}, -1},
            {FocusKind::Dataplane, &f.source, {"default", "backend-2"}, -1},
            {FocusKind::Inbound, &f.source, {"default", "backend-2"}, 0},
        };
        for (const auto &target : targets) {
            const QModelIndex index = f.tree.indexOf(target);
            QVERIFY(index.isValid());
            QCOMPARE(f.tree.targetOf(index), target);
            QCOMPARE(index.data(TargetRole).value<FocusTarget>(), target);
        }
        QVERIFY(!f.at(FocusKind::Dataplane, {"default", "gone"}).isValid());
        QVERIFY(!f.at(FocusKind::Inbound, {"default", "web-1"}, 7).isValid());
        QVERIFY(!f.at(FocusKind::Service, {"nowhere", "web"}).isValid());
        QVERIFY(!f.tree.indexOf({}).isValid());
        FakeMeshSource stranger;
        QVERIFY(!f.tree.indexOf({FocusKind::Mesh, &stranger, {"", "default"}, -1}).isValid());
    }

    void theWorstStatusStandsOnEveryNode()
    {
        Fixture f;
        QCOMPARE(healthAt(f.tree.index(0, 0)), Health::Online);
        f.source.setSnapshot(
            snapshotOf({dp("web-1").service("web").online(), dp("b-1").service("backend").online(),
                        dp("b-2").service("backend").offline()}));
        QCOMPARE(healthAt(f.at(FocusKind::Service, {"default", "backend"})), Health::Degraded);
        QCOMPARE(healthAt(f.at(FocusKind::Service, {"default", "web"})), Health::Online);
        QCOMPARE(healthAt(f.at(FocusKind::Mesh, {"", "default"})), Health::Offline);
        QCOMPARE(healthAt(f.at(FocusKind::ControlPlane)), Health::Offline);
        QCOMPARE(healthAt(f.at(FocusKind::Dataplane, {"default", "b-2"})), Health::Offline);
        QVERIFY(!f.at(FocusKind::Dataplane, {"default", "b-2"}).data(ReasonRole).toString().isEmpty());
    }

    void aFailedControlPlaneSaysSo()
    {
        Fixture f;
        f.source.fail({Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681"});
        const QModelIndex plane = f.at(FocusKind::ControlPlane);
        QVERIFY(plane.data(NavigatorTree::MutedRole).toBool());
        QCOMPARE(plane.data(ReasonRole).toString(), u"connection refused"_s);
        QCOMPARE(f.tree.rowCount(plane), 1);  // the last data stay
        f.source.setSnapshot(helloMesh());
        QVERIFY(!f.at(FocusKind::ControlPlane).data(NavigatorTree::MutedRole).toBool());
    }

    void updatesKeepWhatIsOpen()
    {
        Fixture f;
        const QPersistentModelIndex backend(f.at(FocusKind::Service, {"default", "backend"}));
        const QPersistentModelIndex second(f.at(FocusKind::Dataplane, {"default", "backend-2"}));
        const QPersistentModelIndex inbound(f.at(FocusKind::Inbound, {"default", "backend-2"}, 0));
        QSignalSpy reset(&f.tree, &QAbstractItemModel::modelReset),
            layout(&f.tree, &QAbstractItemModel::layoutChanged);
        f.source.setSnapshot(
            snapshotOf({dp("api-1").service("api"), dp("backend-0").service("backend"),
                        dp("backend-2").service("backend", {{"version", "v3"}}).notReady().online(),
                        dp("web-1").service("web")}));
        QVERIFY(reset.isEmpty() && layout.isEmpty());
        QVERIFY(backend.isValid() && second.isValid() && inbound.isValid());
        QCOMPARE(backend.row(), 1);
        QCOMPARE(second.row(), 1);
        QCOMPARE(text(second), u"backend-2"_s);
        QCOMPARE(second.parent(), QModelIndex(backend));
        QCOMPARE(healthAt(inbound), Health::Offline);
        QCOMPARE(inbound.data(TagsRole).value<TagSets>().front().at("version"), std::string("v3"));
        f.source.setSnapshot(snapshotOf({dp("web-1").service("web")}));
        QVERIFY(!backend.isValid() && !second.isValid() && !inbound.isValid());
    }

    void anUnchangedSnapshotIsSilent()
    {
        Fixture f;
        f.at(FocusKind::Inbound, {"default", "backend-2"}, 0);
        QSignalSpy changed(&f.tree, &QAbstractItemModel::dataChanged),
            inserted(&f.tree, &QAbstractItemModel::rowsInserted);
        f.source.setSnapshot(helloMesh());
        QCOMPARE(changed.count(), 0);
        QCOMPARE(inserted.count(), 0);
    }

    void aServiceThatGetsItsFirstDataplaneCanBeOpened()
    {
        Fixture f(snapshotOf({dp("web-1").service("web").calls("backend")}));
        const QPersistentModelIndex backend(f.at(FocusKind::Service, {"default", "backend"}));
        QVERIFY(!f.tree.hasChildren(backend));
        QSignalSpy inserted(&f.tree, &QAbstractItemModel::rowsInserted);
        f.source.setSnapshot(
            snapshotOf({dp("web-1").service("web").calls("backend"), dp("b").service("backend")}));
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(childrenOf(f.tree, backend), QStringList{u"b"_s});
    }

    void dataplanesWithoutServiceAreNotLost()
    {
        Fixture f(snapshotOf({dp("lonely"), dp("web-1").service("web")}));
        const QModelIndex lonely = f.at(FocusKind::Dataplane, {"default", "lonely"});
        QVERIFY(lonely.isValid());
        QCOMPARE(text(lonely.parent()), u"(no service)"_s);
    }

    void severalControlPlanesStandSideBySide()
    {
        Fixture f;
        auto *prod = new FakeMeshSource;
        prod->setDisplayName(u"prod"_s);
        prod->setSnapshot(snapshotOf({dp("x").service("x")}));
        f.tree.addSource(prod);
        f.tree.addSource(prod);
        FakeSidecarHost host;
        f.tree.setSidecarHost(&host);
        QAbstractItemModelTester tester(&f.tree, kMode);
        QCOMPARE(childrenOf(f.tree, {}), (QStringList{u"Sandbox"_s, u"prod"_s, u"Sidecars"_s}));
        FakeMeshSource third;
        f.tree.addSource(&third);
        QCOMPARE(childrenOf(f.tree, {}).size(), 4);
        QCOMPARE(childrenOf(f.tree, {}).last(), u"Sidecars"_s);
        delete prod;
        QCOMPARE(childrenOf(f.tree, {}).size(), 3);
        f.tree.removeSource(&f.source);
        f.source.setSnapshot(snapshotOf({dp("y").service("y")}));
        QCOMPARE(childrenOf(f.tree, {}).size(), 2);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void sidecarsComeAndChange()
    {
        NavigatorTree tree;
        QAbstractItemModelTester tester(&tree, kMode);
        auto host = std::make_unique<FakeSidecarHost>();
        host->enter({"default", "web-1"}, SidecarPhase::Starting);
        tree.setSidecarHost(host.get());
        const QModelIndex web = tree.indexOf({FocusKind::Sidecar, nullptr, {"default", "web-1"}, -1});
        QCOMPARE(text(web), u"web-1"_s);
        QVERIFY(web.data(BusyRole).toBool());
        QVERIFY(web.parent().data(BusyRole).toBool());
        host->enter({"default", "web-1"}, SidecarPhase::Ready);
        host->failWith({"default", "web-2"}, {Error::Code::Refused, "port 8080 is in use", {}});
        QCOMPARE(healthAt(web), Health::Online);
        QCOMPARE(healthAt(web.parent()), Health::Offline);
        QCOMPARE(web.parent().data(CountRole).toInt(), 2);
        host.reset();
        QCOMPARE(tree.rowCount(), 0);
    }

    void survivesAnySequenceOfUpdates_data()
    {
        QTest::addColumn<bool>("opensAll");
        QTest::newRow("with everything open") << true;
        QTest::newRow("with some of it open") << false;
    }

    void survivesAnySequenceOfUpdates()
    {
        QFETCH(bool, opensAll);
        Fixture f(snapshotOf({}));
        QAbstractItemModelTester tester(&f.tree, kMode);
        tester.setUseFetchMore(false);  // the tester fetches inside rowsInserted and then fails itself
        RandomMesh mesh(815);
        std::vector<QPersistentModelIndex> held;
        for (int step = 0; step < 25; ++step) {
            const auto snapshot = mesh.next();
            f.source.setSnapshot(snapshot);
            for (const auto &row : snapshot->dataplanes) {
                if (held.size() < 200)
                    held.emplace_back(f.at(FocusKind::Dataplane, row->key()));
            }
            if (opensAll)
                openAll(f.tree, {});
            for (const auto &index : held) {
                if (!index.isValid())
                    continue;
                const auto key = index.data(KeyRole).value<ResourceKey>();
                QCOMPARE(text(index), QString::fromStdString(key.name));
                QVERIFY(snapshot->find(key));
                QCOMPARE(healthAt(index), snapshot->find(key)->status.overall);
            }
            std::erase_if(held, [](const auto &index) { return !index.isValid(); });
        }
        QAbstractItemModelTester last(&f.tree, kMode);
    }

    void aLargeMeshOpensWithoutItsLeaves()
    {
        std::vector<DataplanePtr> rows;
        for (int i = 0; i < 20'000; ++i)
            rows.push_back(dp("dp-" + std::to_string(i)).service("svc-" + std::to_string(i % 300)).online());
        FakeMeshSource source;
        NavigatorTree tree;
        tree.addSource(&source);
        QSignalSpy inserted(&tree, &QAbstractItemModel::rowsInserted);
        source.setSnapshot(snapshotOf(std::move(rows)));
        QTRY_COMPARE(tree.rowCount(tree.index(0, 0, tree.index(0, 0, tree.index(0, 0)))), 300);
        QCOMPARE(inserted.count(), 3);  // mesh, Services, the services
        const QModelIndex found = tree.indexOf({FocusKind::Dataplane, &source, {"default", "dp-19999"}, -1});
        QCOMPARE(text(found), u"dp-19999"_s);
    }
};

QTEST_GUILESS_MAIN(TestNavigatorTree)
#include "tst_navigator_tree.moc"
