// Pictures of every page, full, empty, loading, failed and stale, in light and dark and at two scales. With
// MESHSCOPE_SHOTS=DIR they are left there as PNGs to be looked at; without, they must only not be blank.
#include "models/focus.h"
#include "models/text.h"
#include "tests/support/mesh_builders.h"
#include "tests/ui/window_fixture.h"
#include "ui/browse/inspector.h"
#include "ui/browse/tag_sets_page.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/editors/yaml_view.h"
#include "ui/graph/graph_page.h"
#include "ui/shell/query_bar.h"
#include "ui/sidecars/live_panel.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QTreeWidget>

#include <functional>
#include <set>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

using Prepare = std::function<void(WindowFixture &)>;
using Start = std::function<std::unique_ptr<WindowFixture>()>;

void settle()
{
    for (int i = 0; i < 3; ++i)
        QApplication::processEvents();
}

void waitForGraph(const WindowFixture &f)
{
    QTRY_VERIFY_WITH_TIMEOUT(!f.find<ui::GraphPage>(u"page.graph"_s)->isLayingOut(), 15'000);
    settle();
}

QImage pictureOf(QWidget *window, double scale)
{
    QImage image(window->size() * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(Qt::magenta);
    window->render(&image);
    return image;
}

int coloursIn(const QImage &image)
{
    std::set<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3)
            colours.insert(image.pixel(x, y));
    }
    return static_cast<int>(colours.size());
}

struct Scene {
    const char *name;
    Start start;
    Prepare prepare;
};

std::unique_ptr<WindowFixture> withShop() { return std::make_unique<WindowFixture>(shopMesh()); }

std::unique_ptr<WindowFixture> withHello() { return std::make_unique<WindowFixture>(fresh(helloMesh())); }

// Forty services in three versions, with the slips of a real mesh.
SnapshotPtr muchMesh()
{
    std::vector<DataplanePtr> rows;
    for (int i = 0; i < 900; ++i) {
        const std::string number = std::to_string(i);
        auto builder =
            dp("dp-" + number)
                .service("service-" + std::to_string(i % 40),
                         {{"version", i == 77 ? "V1" : "v" + std::to_string(i % 3)}, {"instance", number}});
        if (i % 40 != 5 || i > 100)
            builder.tag("team", i % 2 == 0 ? "checkout" : "platform");
        rows.push_back(i % 50 == 0 ? builder.offline() : builder.online());
    }
    return fresh(snapshotOf(std::move(rows)));
}

std::unique_ptr<WindowFixture> connecting() { return std::make_unique<WindowFixture>(); }

void startThree(WindowFixture &f)
{
    f.trigger(u"startAllSidecars"_s);
    const ResourceKey web{"default", "web-1"};
    for (int i = 0; i < 30; ++i)
        f.sidecars.log(
            web, u"[info][main] [source/server/server.cc:95%1] cm init: all clusters initialized"_s.arg(i));
    f.sidecars.log(web, u"upstream reset: reset reason: connection failure"_s,
                   SidecarLogLine::Level::Warning);
    f.sidecars.log({"default", "backend-1"}, u"listening on 127.0.0.1:22101"_s, SidecarLogLine::Level::Info,
                   SidecarLogLine::Origin::Workload);
}

QByteArray dumpOf(const char *proxy)
{
    QFile file(QStringLiteral(MESHSCOPE_TEST_DATA "/trace/") + QString::fromLatin1(proxy) + u".json"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Envoy's answer to /clusters: requests so far, and errors of one cluster.
QByteArray clustersAfter(int requests, int errors)
{
    const auto host = [](const char *address, int port, int total, int failed,
                         bool fine = true) -> QByteArray {
        return R"({"address":{"socket_address":{"address":")" + QByteArray(address) + R"(","port_value":)"
               + QByteArray::number(port) + R"(}},"health_status":)"
               + (fine ? R"({"eds_health_status":"HEALTHY"})" : R"({"failed_active_health_check":true})")
               + R"(,"stats":[{"name":"rq_total","value":")" + QByteArray::number(total)
               + R"("},{"name":"rq_error","value":")" + QByteArray::number(failed) + R"("}]})";
    };
    return R"({"cluster_statuses":[{"name":"backend","host_statuses":[)"
           + host("192.168.10.2", 8080, requests, errors) + ','
           + host("192.168.10.3", 8080, requests, 0, false)
           + R"(]},{"name":"localhost:18080","host_statuses":[)" + host("127.0.0.1", 18080, requests / 2, 0)
           + R"(]},{"name":"nobody","host_statuses":[]},{"name":"payments_mesh_with_a_long_name_v2","host_statuses":[)"
           + host("192.168.10.9", 8080, 0, 0) + "]}]}";
}

void showLive(WindowFixture &f)
{
    f.trigger(u"pageSidecars"_s);
    startThree(f);
    f.find<QTabWidget>(u"tabs.sidecarTools"_s)->setCurrentIndex(1);
    f.sidecars.setAdminAnswer(
        u"certs"_s,
        R"({"certificates":[{"cert_chain":[{"subject_alt_names":[{"uri":"spiffe://default/web"}],"expiration_time":"2099-01-02T03:04:05Z"}]}]})");
    auto *live = f.find<ui::LivePanel>(u"panel.live"_s)->live();
    live->setPause(10);
    int requests = 0;
    int errors = 0;
    f.sidecars.setAdminAnswer(u"clusters"_s, clustersAfter(0, 0));
    f.window->focus()->set({FocusKind::Sidecar, nullptr, {"default", "web-1"}, -1});
    for (int i = 0; i < 45; ++i) {
        requests += i % 9 < 5 ? 1 : 0;
        errors += i % 17 == 0 ? 1 : 0;
        f.sidecars.setAdminAnswer(u"clusters"_s, clustersAfter(requests, errors));
        QTest::qWait(10);
    }
    live->setActive(false);
    f.find<QTreeWidget>(u"list.live"_s)->topLevelItem(0)->setExpanded(true);
    settle();
}

void showPath(WindowFixture &f, const QString &to)
{
    f.trigger(u"pageSidecars"_s);
    startThree(f);
    f.find<QTabWidget>(u"tabs.sidecarTools"_s)->setCurrentIndex(2);
    f.sidecars.setAdminAnswer(u"config_dump"_s, dumpOf("web"));
    DnsReport dns;
    dns.name = u"backend.mesh"_s;
    dns.rcode = u"NOERROR"_s;
    dns.addresses = {u"240.0.0.0"_s};
    dns.answerer = u"Envoy's DNS filter"_s;
    dns.ttl = 30;
    dns.milliseconds = 0.7;
    f.sidecars.setDnsAnswer(dns);
    f.find<QLineEdit>(u"field.traceTo"_s)->setText(to);
    f.find<QPushButton>(u"button.trace"_s)->click();
    QTRY_VERIFY(f.find<QPushButton>(u"button.trace"_s)->isEnabled());
    settle();
}

// A few policies and zones beside the dataplanes.
SnapshotPtr withPolicies(const SnapshotPtr &mesh)
{
    auto snapshot = std::make_shared<Snapshot>(*mesh);
    const auto add = [&snapshot](const std::string &type,
                                 std::vector<std::pair<std::string, std::string>> policies) {
        auto list = std::make_shared<ResourceList>();
        list->type = type;
        for (const auto &[name, target] : policies) {
            auto record = std::make_shared<ResourceRecord>();
            record->type = type;
            record->key = {"default", name};
            record->targetRef = target;
            record->labels = {{"kuma.io/origin", "zone"}};
            record->modificationTime = currentTime() - std::chrono::hours(3);
            record->json =
                R"({"type":")" + type + R"(","mesh":"default","name":")" + name + R"(","spec":{}})";
            if (name == "try-retries")
                record->labels["kuma.io/effect"] = "shadow";
            list->rows.push_back(record);
        }
        snapshot->resources.push_back(list);
    };
    add("MeshCircuitBreaker", {{"mesh-circuit-breaker-all-default", "Mesh"}});
    add("MeshHTTPRoute", {});
    add("MeshRetry", {{"mesh-retry-all-default", "Mesh"}, {"try-retries", "MeshSubset version=v2"}});
    add("MeshTimeout", {{"mesh-timeout-all-default", "Mesh"}, {"timeout-web", "MeshService web"}});
    add("MeshTrafficPermission", {{"allow-all", "Mesh"}});
    auto capabilities = std::make_shared<Capabilities>();
    capabilities->isKnown = true;
    for (const auto &list : snapshot->resources) {
        ResourceTypeInfo info;
        info.name = list->type;
        info.path = QString::fromStdString(list->type).toLower().toStdString() + "s";
        info.isPolicy = true;
        capabilities->types.push_back(info);
    }
    snapshot->capabilities = capabilities;
    ZoneInfo east, west;
    east.name = "east";
    east.version = west.version = "2.9.13";
    east.environment = "kubernetes";
    east.link = Health::Offline;
    east.disconnectTime = currentTime() - std::chrono::minutes(4);
    west.name = "west";
    west.environment = "universal";
    west.link = Health::Online;
    west.connectTime = currentTime() - std::chrono::hours(30);
    snapshot->zones = std::make_shared<std::vector<ZoneInfo>>(std::vector{east, west});
    ZoneProxyInfo ingress;
    ingress.type = "ZoneIngress";
    ingress.name = "west-ingress";
    ingress.zone = "west";
    ingress.advertisedAddress = "192.0.2.7";
    ingress.advertisedPort = 10001;
    ingress.link = Health::Online;
    snapshot->zoneProxies = std::make_shared<std::vector<ZoneProxyInfo>>(std::vector{ingress});
    return snapshot;
}

std::string sampleDump()
{
    return R"({"configs":[{"@type":"x.ClustersConfigDump","dynamic_active_clusters":[
        {"cluster":{"name":"backend","type":"EDS","lb_policy":"ROUND_ROBIN","connect_timeout":"5s","transport_socket":{"name":"tls"}}},
        {"cluster":{"name":"localhost:8080","type":"STATIC","connect_timeout":"10s"}}]},
        {"@type":"x.ListenersConfigDump","dynamic_listeners":[
        {"name":"inbound:10.1.4.1:8080","active_state":{"listener":{"name":"inbound:10.1.4.1:8080","traffic_direction":"INBOUND",
         "address":{"socket_address":{"address":"10.1.4.1","port_value":8080}},"filter_chains":[{"filters":[{"name":"envoy.filters.network.http_connection_manager","typed_config":{"route_config":{"name":"inbound:web","virtual_hosts":[{"domains":["*"],"routes":[{"route":{"cluster":"localhost:8080"}}]}]}}}]}]}}},
        {"name":"outbound:127.0.0.1:10001","error_state":{"details":"duplicate address"},"warming_state":{"listener":{"name":"outbound:127.0.0.1:10001","traffic_direction":"OUTBOUND","address":{"socket_address":{"address":"127.0.0.1","port_value":10001}}}}}]},
        {"@type":"x.EndpointsConfigDump","dynamic_endpoint_configs":[{"endpoint_config":{"cluster_name":"backend","endpoints":[{"lb_endpoints":[
        {"health_status":"HEALTHY","endpoint":{"address":{"socket_address":{"address":"10.1.5.1","port_value":8080}}}}]}]}}]}]})";
}

std::string sampleRules()
{
    return R"({"rules":[{"type":"MeshTimeout","fromRules":[{"inbound":{"port":8080},"rules":[{"conf":{"idleTimeout":"2h0m0s","connectionTimeout":"10s"},"origin":[{"mesh":"default","name":"mesh-timeout-all-default","type":"MeshTimeout"}]}]}],
        "toRules":[{"conf":{"connectionTimeout":"9s","http":{"requestTimeout":"1s","streamIdleTimeout":"30m0s"}},"matchers":[{"key":"kuma.io/service","value":"backend","not":false}],
        "origin":[{"mesh":"default","name":"mesh-timeout-all-default","type":"MeshTimeout"},{"mesh":"default","name":"timeout-web","type":"MeshTimeout"}]}]},
        {"type":"MeshRetry","toRules":[{"conf":{"http":{"numRetries":5,"perTryTimeout":"16s"}},"matchers":[],"origin":[{"mesh":"default","name":"mesh-retry-all-default","type":"MeshRetry"}]}]}]})";
}

std::vector<Scene> scenes()
{
    return {
        {"dataplanes-full", withShop, [](WindowFixture &f) { f.look("web-1"); }},
        {"dataplanes-filtered-away", withShop,
         [](WindowFixture &f) { f.find<ui::QueryBar>(u"field.filter"_s)->setQuery(u"nothing has this"_s); }},
        {"dataplanes-empty", [] { return std::make_unique<WindowFixture>(snapshotOf({})); },
         [](WindowFixture &) {}},
        {"dataplanes-loading", connecting, [](WindowFixture &) {}},
        {"dataplanes-failed", connecting,
         [](WindowFixture &f) {
             f.source.fail({Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681/"});
         }},
        {"dataplanes-stale", withShop,
         [](WindowFixture &f) {
             f.look("backend-7");
             f.source.fail({Error::Code::Unreachable, "the control plane closed the connection",
                            "http://127.0.0.1:5681/meshes"});
         }},
        {"query-suggestions", withShop,
         [](WindowFixture &f) {
             auto *bar = f.find<ui::QueryBar>(u"field.filter"_s);
             bar->setFocus();
             settle();
             QTest::keyClicks(bar, u"not status:online and tag.version == "_s);
         }},
        {"query-wrong", withShop,
         [](WindowFixture &f) {
             auto *bar = f.find<ui::QueryBar>(u"field.filter"_s);
             bar->setQuery(u"backend"_s);
             bar->setFocus();
             settle();
             QTest::keyClicks(bar, u" and stauts == offline"_s);
         }},
        {"query-matched", withShop,
         [](WindowFixture &f) {
             f.find<ui::QueryBar>(u"field.filter"_s)
                 ->setQuery(u"inbound(tag.version == v2) or gateway exists"_s);
         }},
        {"tagsets-full", withShop,
         [](WindowFixture &f) {
             f.trigger(u"pageTagSets"_s);
             f.find<ui::TagSetsPage>(u"page.tagSets"_s)
                 ->setSelector(u"kuma.io/service=backend, version=v2"_s);
             QTRY_VERIFY_WITH_TIMEOUT(!f.find<ui::TagSetsPage>(u"page.tagSets"_s)->isLayingOut(), 15'000);
             settle();
         }},
        {"tagsets-little", withHello,
         [](WindowFixture &f) {
             f.trigger(u"pageTagSets"_s);
             QTRY_VERIFY_WITH_TIMEOUT(!f.find<ui::TagSetsPage>(u"page.tagSets"_s)->isLayingOut(), 15'000);
             f.look("backend-2");
             settle();
         }},
        {"tagsets-much", [] { return std::make_unique<WindowFixture>(muchMesh()); },
         [](WindowFixture &f) {
             f.trigger(u"pageTagSets"_s);
             QTRY_VERIFY_WITH_TIMEOUT(!f.find<ui::TagSetsPage>(u"page.tagSets"_s)->isLayingOut(), 15'000);
             f.find<QTabWidget>(u"tabs.tagSets"_s)->setCurrentIndex(1);
             settle();
         }},
        {"tagsets-empty", [] { return std::make_unique<WindowFixture>(snapshotOf({})); },
         [](WindowFixture &f) { f.trigger(u"pageTagSets"_s); }},
        {"services-full", withShop,
         [](WindowFixture &f) {
             f.trigger(u"pageServices"_s);
             f.window->focus()->set({FocusKind::Service, &f.source, {"default", "backend"}, -1});
         }},
        {"graph-full", withShop,
         [](WindowFixture &f) {
             f.trigger(u"pageGraph"_s);
             waitForGraph(f);
         }},
        {"graph-focus", withShop,
         [](WindowFixture &f) {
             f.trigger(u"pageGraph"_s);
             waitForGraph(f);
             f.window->focus()->set({FocusKind::Service, &f.source, {"default", "web"}, -1});
         }},
        {"graph-hello", withHello,
         [](WindowFixture &f) {
             f.trigger(u"pageGraph"_s);
             waitForGraph(f);
         }},
        {"sidecars-empty", withHello, [](WindowFixture &f) { f.trigger(u"pageSidecars"_s); }},
        {"sidecars-no-envoy",
         [] {
             auto f = withHello();
             f->sidecars.setEnvoy({u"envoy"_s,
                                   {},
                                   {},
                                   {u"PATH"_s, u"build/venv"_s},
                                   u"Run ./installer/setup, or put an envoy on the PATH."_s});
             f->source.setSnapshot(fresh(helloMesh()));
             return f;
         },
         [](WindowFixture &f) { f.trigger(u"pageSidecars"_s); }},
        {"sidecars-full", withHello,
         [](WindowFixture &f) {
             f.trigger(u"pageSidecars"_s);
             startThree(f);
             CallReport report;
             report.asked = 10;
             report.answers = {{"200 backend-1", 5}, {"200 backend-2", 5}};
             for (int i = 0; i < 10; ++i)
                 report.inOrder << (i % 2 ? u"200 backend-2"_s : u"200 backend-1"_s);
             f.sidecars.scriptCall(report);
             f.find<QPushButton>(u"button.call"_s)->click();
             QTest::qWait(250);
         }},
        {"sidecars-live", withHello, showLive},
        {"sidecars-path", withHello,
         [](WindowFixture &f) {
             showPath(f, u"backend.mesh/api/7"_s);
             f.find<QTreeWidget>(u"list.traceSteps"_s)->topLevelItem(4)->setExpanded(true);
         }},
        {"sidecars-path-stops", withHello, [](WindowFixture &f) { showPath(f, u"127.0.0.1:10008/x"_s); }},
        {"sidecars-failed", withHello,
         [](WindowFixture &f) {
             f.trigger(u"pageSidecars"_s);
             startThree(f);
             f.sidecars.failWith(
                 {"default", "backend-2"},
                 {Error::Code::Conflict, "port 21102 is in use by process 4711 (nginx)", "127.0.0.1:21102"},
                 u"Stop that process, or give the dataplane another port."_s);
             f.sidecars.enter({"default", "backend-1"}, SidecarPhase::Draining,
                              u"waiting for open requests"_s);
             QTest::qWait(250);
         }},
        {"editor-full", withHello,
         [](WindowFixture &f) {
             f.look("backend-2");
             ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
             QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
             QString text = editor->text()->text();
             editor->text()->setText(text.replace(u"version: v2"_s, u"version: v3\n        regoin: eu"_s));
             QTRY_VERIFY(!editor->session()->isValidating());
         }},
        {"editor-invalid", withHello,
         [](WindowFixture &f) {
             ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
             QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
             QString text = editor->text()->text();
             editor->text()->setText(text.replace(u"port: 21102"_s, u"port: 0"_s));
             QTRY_VERIFY(!editor->session()->isValidating());
             QTRY_VERIFY(!editor->session()->findings().empty());
         }},
        {"editor-conflict", withHello,
         [](WindowFixture &f) {
             ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
             QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
             QString text = editor->text()->text();
             editor->text()->setText(text.replace(u"version: v2"_s, u"version: v3"_s));
             f.editor.hold({"default", "backend-2"}, backend2Json("v5"));
             editor->push();
             QTRY_COMPARE(editor->session()->state(), EditSession::State::Conflict);
         }},
        {"editor-pushed", withHello,
         [](WindowFixture &f) {
             ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
             QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
             QString text = editor->text()->text();
             editor->text()->setText(text.replace(u"version: v2"_s, u"version: v3"_s));
             editor->push();
             QTRY_VERIFY(editor->session()->state() == EditSession::State::Watching
                         || editor->session()->state() == EditSession::State::Accepted);
         }},
        {"editor-push-failed", withHello,
         [](WindowFixture &f) {
             ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
             QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
             QString text = editor->text()->text();
             editor->text()->setText(text.replace(u"version: v2"_s, u"version: v3"_s));
             f.editor.scriptPut(
                 fail(Error::Code::Unreachable, "the connection was reset", "http://127.0.0.1:5681"));
             editor->push();
             QTRY_COMPARE(editor->session()->state(), EditSession::State::PushFailed);
         }},
        {"start", [] { return std::make_unique<WindowFixture>(WindowFixture::Unconnected{}); },
         [](WindowFixture &f) {
             ConnectionProfile prod, kumactl;
             prod.id = u"p"_s;
             prod.name = u"prod"_s;
             prod.url = QUrl(u"https://kuma.example.org:5682"_s);
             kumactl = prod;
             kumactl.id = u"kumactl:staging"_s;
             kumactl.name = u"staging"_s;
             kumactl.origin = ConnectionProfile::Origin::Kumactl;
             f.doors.store()->setProfiles({prod, kumactl});
         }},
        {"connect", [] { return std::make_unique<WindowFixture>(WindowFixture::Unconnected{}); },
         [](WindowFixture &f) {
             ConnectionProfile prod;
             prod.id = u"p"_s;
             prod.name = u"prod"_s;
             prod.url = QUrl(u"https://kuma.example.org:5682"_s);
             prod.isProtected = true;
             prod.skipVerify = true;
             f.doors.store()->setProfiles({prod});
             f.trigger(u"pageConnect"_s);
             f.find<QPushButton>(u"button.testProfile"_s)->click();
         }},
        {"two-connections", withShop,
         [](WindowFixture &f) {
             ConnectionProfile prod;
             prod.id = u"p"_s;
             prod.name = u"prod"_s;
             prod.url = QUrl(u"https://kuma.example.org:5682"_s);
             prod.isProtected = true;
             f.doors.store()->setProfiles({prod});
             f.doors.setSnapshot(fresh(helloMesh()));
             f.trigger(u"pageConnect"_s);
             f.find<QPushButton>(u"button.openProfile"_s)->click();
             settle();
             f.trigger(u"pageDataplanes"_s);
         }},
        {"overview-full", withShop, [](WindowFixture &f) { f.trigger(u"pageOverview"_s); }},
        {"overview-empty", [] { return std::make_unique<WindowFixture>(snapshotOf({})); },
         [](WindowFixture &f) { f.trigger(u"pageOverview"_s); }},
        {"problems-full", withShop,
         [](WindowFixture &f) {
             f.trigger(u"pageProblems"_s);
             f.find<QWidget>(u"table.allProblems"_s)->setFocus();
         }},
        {"problems-none", withHello, [](WindowFixture &f) { f.trigger(u"pageProblems"_s); }},
        {"policies-full", [] { return std::make_unique<WindowFixture>(withPolicies(shopMesh())); },
         [](WindowFixture &f) {
             f.trigger(u"pagePolicies"_s);
             f.source.holdAnswer(
                 u"/meshes/default/meshtimeouts/timeout-web/_resources/dataplanes"_s,
                 R"({"items":[{"mesh":"default","name":"web-1"},{"mesh":"default","name":"web-2"}]})");
             f.window->focus()->set(
                 {FocusKind::Policy, &f.source, {"default", "timeout-web"}, -1, "MeshTimeout"});
         }},
        {"policies-empty", withHello, [](WindowFixture &f) { f.trigger(u"pagePolicies"_s); }},
        {"zones-full", [] { return std::make_unique<WindowFixture>(withPolicies(shopMesh())); },
         [](WindowFixture &f) {
             f.trigger(u"pageZones"_s);
             f.window->focus()->set({FocusKind::Zone, &f.source, {"", "east"}, -1, "Zone"});
         }},
        {"zones-none", withHello, [](WindowFixture &f) { f.trigger(u"pageZones"_s); }},
        {"palette-objects", withShop,
         [](WindowFixture &f) {
             f.trigger(u"quickOpen"_s);
             f.find<QLineEdit>(u"field.palette"_s)->setText(u"back1"_s);
         }},
        {"palette-actions", withShop, [](WindowFixture &f) { f.trigger(u"palette"_s); }},
        {"palette-commands", withShop, [](WindowFixture &f) { f.trigger(u"command"_s); }},
        {"changes", withShop,
         [](WindowFixture &f) {
             f.look("web-1");
             f.source.setSnapshot(fresh(helloMesh()));
             f.find<QTabBar>(u"tabs.dock"_s)->setCurrentIndex(1);
         }},
        {"inspector-xds", withShop,
         [](WindowFixture &f) {
             f.source.holdAnswer(u"/meshes/default/dataplanes/web-1/xds"_s, sampleDump());
             f.look("web-1");
             f.find<ui::Inspector>(u"inspector"_s)->setTab(ui::Inspector::XdsTab);
             QTRY_VERIFY(f.find<QWidget>(u"table.xds"_s)->isVisible());
         }},
        {"inspector-policies", withShop,
         [](WindowFixture &f) {
             f.source.holdAnswer(u"/meshes/default/dataplanes/web-1/_rules"_s, sampleRules());
             f.look("web-1");
             f.find<ui::Inspector>(u"inspector"_s)->setTab(ui::Inspector::PoliciesTab);
             QTRY_VERIFY(f.find<QWidget>(u"facts.policies"_s)->isVisible());
         }},
        {"inspector-events", withShop,
         [](WindowFixture &f) {
             f.look("redis-1");
             f.find<ui::Inspector>(u"inspector"_s)->setTab(ui::Inspector::EventsTab);
         }},
    };
}

}  // namespace

class TestPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pagesAreDrawn_data()
    {
        QTest::addColumn<int>("scene");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("scale");
        const auto all = scenes();
        for (int i = 0; i < static_cast<int>(all.size()); ++i) {
            for (const bool dark : {false, true}) {
                for (const double scale : {1.0, 2.0})
                    QTest::addRow("%s-%s-%d", all[static_cast<std::size_t>(i)].name, dark ? "dark" : "light",
                                  static_cast<int>(scale * 100))
                        << i << dark << scale;
            }
        }
    }

    void pagesAreDrawn()
    {
        QFETCH(int, scene);
        QFETCH(bool, dark);
        QFETCH(double, scale);
        const Scene wanted = scenes().at(static_cast<std::size_t>(scene));
        const auto fixture = wanted.start();
        fixture->window->setTheme(dark ? ui::ThemeMode::Dark : ui::ThemeMode::Light);
        wanted.prepare(*fixture);
        if (QTest::currentTestFailed())
            return;
        settle();
        const QImage picture = pictureOf(fixture->window.get(), scale);
        QVERIFY2(coloursIn(picture) > 12, "the window is blank");
        QVERIFY2(!picture.allGray(), "nothing has a colour");
        save(picture, QString::fromUtf8(QTest::currentDataTag()));
    }

    void everyIconIsDrawn()
    {
        const QStringList names = ui::iconNames();
        QVERIFY(names.size() >= 40);
        ui::applyTheme(ui::ThemeMode::Light);
        QImage sheet(10 * 96, (static_cast<int>(names.size()) / 10 + 1) * 80, QImage::Format_RGB32);
        sheet.fill(Qt::white);
        QPainter painter(&sheet);
        for (int i = 0; i < names.size(); ++i) {
            const QPixmap drawn = ui::icon(names.at(i)).pixmap(QSize(32, 32));
            QVERIFY2(coloursIn(drawn.toImage()) > 2, qPrintable(names.at(i)));
            const QPoint at(i % 10 * 96, i / 10 * 80);
            painter.drawPixmap(at + QPoint(32, 10), drawn);
            painter.drawPixmap(at + QPoint(70, 26), ui::icon(names.at(i)).pixmap(QSize(16, 16)));
            painter.drawText(QRect(at + QPoint(0, 46), QSize(96, 20)), Qt::AlignCenter, names.at(i));
        }
        painter.end();
        save(sheet, u"icons"_s);
    }

private:
    void save(const QImage &image, const QString &name)
    {
        const QString directory = qEnvironmentVariable("MESHSCOPE_SHOTS");
        if (directory.isEmpty())
            return;
        QVERIFY(QDir().mkpath(directory));
        QVERIFY(image.save(QDir(directory).filePath(name + u".png"_s)));
    }
};

MESHSCOPE_UI_TEST_MAIN(TestPictures)
#include "tst_pictures.moc"
