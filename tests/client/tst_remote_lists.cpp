// Everything beside dataplanes, and what differs between the eras: against the fake control plane of each,
// and against what real ones answered.
#include "tests/support/qtest_std.h"

#include "backend/client/remote_control_plane.h"
#include "tests/support/fake_control_plane.h"
#include "tests/support/recorded_control_plane.h"
#include "tests/support/refreshed.h"

#include <QSignalSpy>
#include <QTest>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

class TestRemoteLists : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsTheEras_data();
    void tellsTheEras();
    void readsControlPlanesBeforeTheListOfTypes();
    void tellsWhatMayNotBeWrittenAndWhy_data();
    void tellsWhatMayNotBeWrittenAndWhy();
    void readsPoliciesZonesAndInsights();
    void neverAsksForSecrets();
    void keepsAListThatCannotBeReadAndSaysWhy();
    void sharesWhatDidNotChange();
    void asksForOtherListsSeldom();
    void fetchesOneThingMore();
    void readsRecordedControlPlanes_data();
    void readsRecordedControlPlanes();
};

namespace {

ConnectionOptions manual(const QUrl &url)
{
    ConnectionOptions options;
    options.baseUrl = url;
    options.intervalMilliseconds = 0;
    options.timeoutMilliseconds = 5'000;
    return options;
}

const std::string kTimeout = R"({"type":"MeshTimeout","mesh":"default","name":"slow","labels":{"team":"a"},)"
                             R"("spec":{"targetRef":{"kind":"MeshSubset","tags":{"version":"v1"}},"to":[]}})";

}  // namespace

void TestRemoteLists::tellsTheEras_data()
{
    QTest::addColumn<int>("era");
    QTest::addColumn<QString>("version");
    QTest::newRow("2.9") << static_cast<int>(KumaEra::V2_9) << u"2.9.13"_s;
    QTest::newRow("2.14") << static_cast<int>(KumaEra::V2_14) << u"2.14.3"_s;
    QTest::newRow("3.0") << static_cast<int>(KumaEra::V3_0) << u"3.0.0"_s;
    QTest::newRow("2.9 without a version") << static_cast<int>(KumaEra::V2_9) << u"unknown"_s;
    QTest::newRow("2.14 without a version") << static_cast<int>(KumaEra::V2_14) << u"0.0.0-preview.v1234"_s;
    QTest::newRow("3.0 without a version") << static_cast<int>(KumaEra::V3_0) << u"unknown"_s;
}

void TestRemoteLists::tellsTheEras()
{
    QFETCH(int, era);
    QFETCH(QString, version);
    FakeControlPlane plane(static_cast<KumaEra>(era));
    plane.setVersion(version.toStdString());
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(!remote.source()->snapshot()->capabilities->isKnown);
    QVERIFY(refreshed(*remote.source()));
    const auto can = remote.source()->snapshot()->capabilities;
    QVERIFY(can->isKnown && can->hasTypeList);
    QCOMPARE(static_cast<int>(can->era), era);
    QCOMPARE(can->hasTags, can->era != KumaEra::V3_0);
    QCOMPARE(can->hasLabels, can->era != KumaEra::V2_9);
    QCOMPARE(can->hasServiceInsights, can->era != KumaEra::V3_0);
    QCOMPARE(can->has("ExternalService"), can->era != KumaEra::V3_0);
    QCOMPARE(can->mode, ControlPlaneMode::Zone);
    QCOMPARE(can->environment, ControlPlaneEnvironment::Universal);
    const auto zoneIngress = can->find("ZoneIngress");
    QCOMPARE(zoneIngress != nullptr, can->hasZoneProxies);
    QCOMPARE(plane.server().countOf("GET", u"/zoneingresses/_overview"_s), era == 1 ? 1 : 0);
    QCOMPARE(plane.server().countOf("GET", u"/zone-ingresses/_overview"_s), era == 0 ? 1 : 0);
    QCOMPARE(plane.server().countOf("GET", u"/service-insights"_s), era == 2 ? 0 : 1);
    QCOMPARE(can->readOnlyReason("TrafficPermission"),
             era == 2 ? std::string("this control plane has no type TrafficPermission") : std::string());
}

void TestRemoteLists::readsControlPlanesBeforeTheListOfTypes()
{
    FakeControlPlane plane;
    plane.setVersion("2.3.1");
    plane.hideTypes(true);
    plane.usesOldOverviewPath(true);
    plane.setDataplane({"default", "web-1"}, R"({"address":"10.0.0.1"})");
    plane.setItems(u"/zones+insights"_s, {R"({"type":"ZoneOverview","name":"east","zone":{}})"});
    plane.setResource("traffic-permissions", {"default", "all"},
                      R"({"type":"TrafficPermission","mesh":"default","name":"all",)"
                      R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
                      R"("destinations":[{"match":{"kuma.io/service":"web"}}]})");
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(refreshed(*remote.source()));
    const auto snapshot = remote.source()->snapshot();
    QCOMPARE(remote.source()->state().phase, SourceState::Phase::Live);
    QCOMPARE(snapshot->capabilities->era, KumaEra::V2_9);
    QVERIFY(!snapshot->capabilities->hasTypeList);
    QCOMPARE(snapshot->dataplanes.size(), std::size_t(1));
    QCOMPARE(plane.server().countOf("GET", u"/dataplanes/_overview"_s), 0);  // its version says so
    QCOMPARE(snapshot->zones->size(), std::size_t(1));
    const auto policy = snapshot->find("TrafficPermission", {"default", "all"});
    QVERIFY(policy != nullptr);
    QCOMPARE(policy->targetRef, std::string("* → web"));
}

void TestRemoteLists::tellsWhatMayNotBeWrittenAndWhy_data()
{
    QTest::addColumn<QString>("mode");
    QTest::addColumn<QString>("environment");
    QTest::addColumn<bool>("isReadOnly");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("words");  // empty = it may be written
    QTest::newRow("a dataplane of a zone")
        << u"zone"_s << u"universal"_s << false << u"Dataplane"_s << QString();
    QTest::newRow("a dataplane on a global control plane")
        << u"global"_s << u"universal"_s << false << u"Dataplane"_s << u"control plane of its zone"_s;
    QTest::newRow("a policy on a global control plane")
        << u"global"_s << u"universal"_s << false << u"MeshTimeout"_s << QString();
    QTest::newRow("a policy on Kubernetes")
        << u"zone"_s << u"kubernetes"_s << true << u"MeshTimeout"_s << u"use kubectl"_s;
    QTest::newRow("a policy where the API is read-only")
        << u"zone"_s << u"universal"_s << true << u"MeshTimeout"_s << u"read-only"_s;
    QTest::newRow("an insight") << u"zone"_s << u"universal"_s << false << u"ServiceInsight"_s
                                << u"written by the control plane itself"_s;
    QTest::newRow("a type it does not have")
        << u"zone"_s << u"universal"_s << false << u"MeshTrust"_s << u"has no type MeshTrust"_s;
}

void TestRemoteLists::tellsWhatMayNotBeWrittenAndWhy()
{
    QFETCH(QString, mode);
    QFETCH(QString, environment);
    QFETCH(bool, isReadOnly);
    QFETCH(QString, type);
    QFETCH(QString, words);
    FakeControlPlane plane;
    plane.setMode(mode.toStdString(), environment.toStdString());
    plane.setReadOnly(isReadOnly);
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(refreshed(*remote.source()));
    const auto reason =
        QString::fromStdString(remote.source()->snapshot()->capabilities->readOnlyReason(type.toStdString()));
    QVERIFY2(words.isEmpty() ? reason.isEmpty() : reason.contains(words), qPrintable(reason));
}

void TestRemoteLists::readsPoliciesZonesAndInsights()
{
    FakeControlPlane plane;
    plane.addMesh("secure", true);
    plane.setResource("meshtimeouts", {"default", "slow"}, kTimeout);
    plane.setResource("meshtimeouts", {"default", "all"},
                      R"({"type":"MeshTimeout","mesh":"default","name":"all","spec":{"to":[]}})");
    plane.setItems(
        u"/zones/_overview"_s,
        {R"({"type":"ZoneOverview","name":"west","zone":{"enabled":false}})",
         R"({"type":"ZoneOverview","name":"east","zone":{},"zoneInsight":{"subscriptions":[{"id":"1","globalInstanceId":"g-1","zoneInstanceId":"z-1","connectTime":"2026-01-02T03:04:05Z","version":{"kumaCp":{"version":"2.9.13"}},"config":"{\"environment\":\"kubernetes\",\"store\":{\"type\":\"kubernetes\"}}"}]}})"});
    plane.setItems(
        u"/zone-ingresses/_overview"_s,
        {R"({"type":"ZoneIngressOverview","name":"zi-1","zoneIngress":{"zone":"east","networking":{"address":"10.9.0.1","port":10001,"advertisedAddress":"203.0.113.1","advertisedPort":10001}},"zoneIngressInsight":{"subscriptions":[{"id":"1","connectTime":"2026-01-02T03:04:05Z"}]}})"});
    plane.setItems(
        u"/service-insights"_s,
        {R"({"type":"ServiceInsight","mesh":"default","name":"web","status":"partially_degraded","dataplanes":{"total":3,"online":2,"offline":1},"addressPort":"web.mesh:80","zones":["west","east"]})"});
    plane.setItems(u"/mesh-insights"_s,
                   {R"({"type":"MeshInsight","name":"secure","dataplanes":{"total":4}})"});
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(refreshed(*remote.source()));
    const auto snapshot = remote.source()->snapshot();

    const auto timeouts = snapshot->list("MeshTimeout");
    QVERIFY(timeouts && !timeouts->problem);
    QCOMPARE(timeouts->rows.size(), std::size_t(2));
    QCOMPARE(timeouts->rows[0]->targetRef, std::string("Mesh"));
    QCOMPARE(timeouts->rows[1]->targetRef, std::string("MeshSubset version=v1"));
    QCOMPARE(timeouts->rows[1]->labels, (Tags{{"team", "a"}}));
    QCOMPARE(timeouts->rows[1]->json, kTimeout);
    QVERIFY(snapshot->list("MeshRetry") == nullptr);  // this control plane has no such type
    QVERIFY(snapshot->list("MeshHTTPRoute")->rows.empty());

    QCOMPARE(snapshot->zones->size(), std::size_t(2));
    const ZoneInfo &east = snapshot->zones->at(0);
    QCOMPARE(east.name, std::string("east"));
    QCOMPARE(east.link, Health::Online);
    QCOMPARE(east.version, std::string("2.9.13"));
    QCOMPARE(east.environment, std::string("kubernetes"));
    QCOMPARE(snapshot->zones->at(1).link, Health::Unknown);
    QVERIFY(!snapshot->zones->at(1).isEnabled);
    QCOMPARE(snapshot->zoneProxies->size(), std::size_t(1));
    QCOMPARE(snapshot->zoneProxies->at(0).zone, std::string("east"));
    QCOMPARE(snapshot->zoneProxies->at(0).advertisedPort, 10001u);
    QCOMPARE(snapshot->zoneProxies->at(0).link, Health::Online);
    QCOMPARE(snapshot->serviceInsights->at(0).type, std::string("internal"));
    QCOMPARE(snapshot->serviceInsights->at(0).zones, (std::vector<std::string>{"east", "west"}));
    QVERIFY(snapshot->meshes[0].insightJson.empty());
    QVERIFY(snapshot->meshes[1].insightJson.find("\"total\":4") != std::string::npos);
}

void TestRemoteLists::neverAsksForSecrets()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(refreshed(*remote.source()));
    QVERIFY(remote.source()->snapshot()->capabilities->has("Secret"));
    for (const auto &request : plane.server().requests())
        QVERIFY2(!request.path.contains(u"secret"_s), qPrintable(request.path));
}

void TestRemoteLists::keepsAListThatCannotBeReadAndSaysWhy()
{
    FakeControlPlane plane;
    plane.setResource("meshtimeouts", {"default", "slow"}, kTimeout);
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->list("MeshTimeout")->rows.size(), std::size_t(1));
    plane.fault(u"/meshtimeouts"_s, kumaError(403, "Access Denied", "user cannot access MeshTimeout"));
    plane.fault(u"/meshhttproutes"_s, htmlAnswer(200, "Sign in"));
    QTRY_VERIFY(refreshed(*remote.source()) && remote.source()->snapshot()->list("MeshTimeout")->problem);
    const auto snapshot = remote.source()->snapshot();
    QCOMPARE(remote.source()->state().phase, SourceState::Phase::Live);
    QCOMPARE(snapshot->list("MeshTimeout")->rows.size(), std::size_t(1));
    QVERIFY(snapshot->list("MeshTimeout")->problem->what.find("Access Denied") != std::string::npos);
    QVERIFY(snapshot->list("MeshHTTPRoute")->problem->what.find("is a web page") != std::string::npos);
    QTRY_VERIFY(refreshed(*remote.source()) && !remote.source()->snapshot()->list("MeshTimeout")->problem);
}

void TestRemoteLists::sharesWhatDidNotChange()
{
    FakeControlPlane plane;
    plane.setResource("meshtimeouts", {"default", "slow"}, kTimeout);
    plane.setResource("traffic-permissions", {"default", "all"},
                      R"({"type":"TrafficPermission","mesh":"default","name":"all"})");
    plane.setItems(u"/zones/_overview"_s, {R"({"type":"ZoneOverview","name":"east"})"});
    RemoteControlPlane remote(manual(plane.url()));
    QVERIFY(refreshed(*remote.source()));
    const auto before = remote.source()->snapshot();
    plane.setResource("traffic-permissions", {"default", "more"},
                      R"({"type":"TrafficPermission","mesh":"default","name":"more"})");
    QTRY_VERIFY(refreshed(*remote.source()) && remote.source()->snapshot() != before);
    const auto after = remote.source()->snapshot();
    QCOMPARE(after->list("MeshTimeout"), before->list("MeshTimeout"));
    QCOMPARE(after->zones, before->zones);
    QCOMPARE(after->serviceInsights, before->serviceInsights);
    QCOMPARE(after->capabilities, before->capabilities);
    QVERIFY(after->list("TrafficPermission") != before->list("TrafficPermission"));
    QCOMPARE(after->find("TrafficPermission", {"default", "all"}),
             before->find("TrafficPermission", {"default", "all"}));
}

void TestRemoteLists::asksForOtherListsSeldom()
{
    FakeControlPlane plane;
    auto options = manual(plane.url());
    options.intervalMilliseconds = 20;
    options.requestBudget = 10'000;
    RemoteControlPlane remote(options);
    QTRY_VERIFY(plane.server().countOf("GET", u"/dataplanes/_overview"_s) >= 6);
    QCOMPARE(plane.server().countOf("GET", u"/meshtimeouts"_s), 1);
}

void TestRemoteLists::fetchesOneThingMore()
{
    FakeControlPlane plane;
    plane.setDataplane({"default", "web-1"}, R"({"address":"10.0.0.1"})");
    RemoteControlPlane remote(manual(plane.url()));
    auto found = remote.source()->fetch(u"/meshes/default/dataplanes/web-1"_s);
    auto missing = remote.source()->fetch(u"/meshes/default/dataplanes/web-2"_s);
    QTRY_VERIFY(found.isFinished() && missing.isFinished());
    QVERIFY(found.result());
    QCOMPARE(*found.result(), plane.storedJson({"default", "web-1"}));
    QVERIFY(!missing.result());
    QCOMPARE(missing.result().error().code, Error::Code::NotFound);
}

void TestRemoteLists::readsRecordedControlPlanes_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<int>("era");
    QTest::newRow("2.9.13") << u"2.9.13"_s << static_cast<int>(KumaEra::V2_9);
    QTest::newRow("2.14.3") << u"2.14.3"_s << static_cast<int>(KumaEra::V2_14);
    QTest::newRow("3.0-dev") << u"3.0-dev"_s << static_cast<int>(KumaEra::V3_0);
}

void TestRemoteLists::readsRecordedControlPlanes()
{
    QFETCH(QString, version);
    QFETCH(int, era);
    const QDir folder = RecordedControlPlane::folder(QStringLiteral(MESHSCOPE_SOURCE_DIR), version);
    if (!folder.exists())
        QSKIP("no recordings of control planes here (MESHSCOPE_CONFORMANCE)");
    RecordedControlPlane plane(folder);
    auto options = manual(plane.url());
    options.pageSize = 3;  // so that every list has pages
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    const auto state = remote.source()->state();
    QVERIFY2(state.phase == SourceState::Phase::Live, state.error ? state.error->what.c_str() : "");
    const auto snapshot = remote.source()->snapshot();
    QCOMPARE(static_cast<int>(snapshot->capabilities->era), era);

    std::vector<std::string> names;
    for (const auto &row : snapshot->dataplanes)
        names.push_back(row->key().mesh + "/" + row->key().name);
    QCOMPARE(names, plane.namesIn(u"/dataplanes/_overview"_s));
    QVERIFY(names.size() > 5);
    QVERIFY(!snapshot->meshes.empty());
    std::size_t lists = 0, rows = 0;
    for (const auto &type : snapshot->capabilities->types) {
        const auto list = snapshot->list(type.name);
        if (!list)
            continue;
        QVERIFY2(!list->problem, (type.name + ": " + (list->problem ? list->problem->what : "")).c_str());
        names.clear();
        for (const auto &row : list->rows) {
            QCOMPARE(row->type, type.name);
            names.push_back(row->key.mesh + "/" + row->key.name);
        }
        QCOMPARE(names, plane.namesIn(u'/' + QString::fromStdString(type.path)));
        ++lists;
        rows += names.size();
    }
    qInfo("%zu dataplanes, %zu lists of other types with %zu rows, %zu zones, %zu zone proxies, %zu services",
          snapshot->dataplanes.size(), lists, rows, snapshot->zones->size(), snapshot->zoneProxies->size(),
          snapshot->serviceInsights->size());
    QVERIFY(lists > 15 && rows > 5);
    QCOMPARE(snapshot->zoneProxies->empty(), era == static_cast<int>(KumaEra::V3_0));
    QCOMPARE(snapshot->serviceInsights->empty(), era == static_cast<int>(KumaEra::V3_0));
}

QTEST_GUILESS_MAIN(TestRemoteLists)
#include "tst_remote_lists.moc"
