#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "models/text.h"
#include "tests/support/mesh_builders.h"

using namespace Qt::StringLiterals;

namespace meshscope::testing {

namespace {

// Some moments ago, so that ages look like ages.
DataplanePtr aged(const DataplaneBuilder &builder, std::chrono::seconds connected, std::chrono::seconds seen)
{
    auto row = std::make_shared<DataplaneOverview>(*builder.row());
    for (Subscription &subscription : row->insight.subscriptions) {
        if (subscription.connectTime)
            subscription.connectTime = currentTime() - connected;
        if (subscription.disconnectTime)
            subscription.disconnectTime = currentTime() - seen;
        if (subscription.lastUpdateTime != TimePoint{})
            subscription.lastUpdateTime = currentTime() - seen;
        if (subscription.lastRejection)
            subscription.lastRejection->time = currentTime() - seen;
        subscription.kumaDpVersion = "2.9.13";
        subscription.envoyVersion = "1.39.3";
    }
    return row;
}

}  // namespace

SnapshotPtr shopMesh()
{
    using namespace std::chrono_literals;
    std::vector<DataplanePtr> rows;
    const auto add = [&rows](const std::string &service, int count, const std::vector<std::string> &calls,
                             const std::string &region = "eu") {
        for (int i = 1; i <= count; ++i) {
            const std::string name = service + "-" + std::to_string(i);
            auto builder = dp(name);
            builder.service(service,
                            {{"version", i % 3 == 2 ? "v2" : "v1"}, {"region", i % 4 == 3 ? "us" : region}});
            for (const std::string &called : calls)
                builder.calls(called);
            if (name == "backend-11")
                builder.offline();
            else if (name == "redis-1")
                builder.online().rejected("type.googleapis.com/envoy.config.listener.v3.Listener",
                                          "listener inbound:10.1.4.7:8080: duplicate address");
            else
                builder.online().acks(214, 214);
            if (name == "backend-7")
                builder.notReady();
            rows.push_back(aged(builder, 11520s, name == "backend-11" ? 240s : 2s));
        }
    };
    add("web", 3, {"backend", "cart", "search"});
    add("mobile", 2, {"backend", "login"});
    add("backend", 12, {"payments", "orders"});
    add("cart", 4, {"payments", "redis"});
    add("search", 3, {"catalog"});
    add("login", 2, {"redis"});
    add("payments", 2, {"mysql"});
    add("orders", 2, {"mysql"});
    add("catalog", 2, {});
    add("redis", 2, {});
    rows.push_back(dp("kong-1").address("10.1.0.9").gateway("edge").calls("web").calls("mobile"));
    return fresh(snapshotOf(std::move(rows)));
}

SnapshotPtr fresh(const SnapshotPtr &snapshot)
{
    auto copy = std::make_shared<Snapshot>(*snapshot);
    copy->fetchedAt = currentTime() - std::chrono::seconds(2);
    for (DataplanePtr &row : copy->dataplanes) {
        auto aged = std::make_shared<DataplaneOverview>(*row);
        for (Subscription &subscription : aged->insight.subscriptions) {
            if (subscription.connectTime
                && *subscription.connectTime < currentTime() - std::chrono::hours(24))
                subscription.connectTime = currentTime() - std::chrono::minutes(12);
            if (subscription.lastUpdateTime != TimePoint{})
                subscription.lastUpdateTime = currentTime() - std::chrono::seconds(2);
        }
        row = std::move(aged);
    }
    return copy;
}

std::string backend2Json(const std::string &version)
{
    return R"({"type":"Dataplane","mesh":"default","name":"backend-2",)"
           R"("creationTime":"2026-01-02T03:04:05Z","modificationTime":"2026-01-02T03:04:05Z",)"
           R"("networking":{"address":"127.0.0.1","inbound":[{"port":21102,"servicePort":22102,)"
           R"("tags":{"kuma.io/protocol":"http","kuma.io/service":"backend","version":")"
           + version + R"("}}],"outbound":[{"port":33306,"tags":{"kuma.io/service":"mysql"}}]}})";
}

WindowFixture::WindowFixture(SnapshotPtr snapshot, bool shown)
{
    source.setDisplayName(u"Sandbox"_s);
    source.setAddress(QUrl(u"http://127.0.0.1:5681"_s));
    if (snapshot)
        source.setSnapshot(std::move(snapshot));
    editor.hold({"default", "backend-2"}, backend2Json());
    sidecars.setAutomatic(true);
    sidecars.setEnvoy({u"envoy"_s, u"/opt/envoy"_s, u"1.39.3"_s, {}, {}});

    open(true, shown);
}

WindowFixture::WindowFixture(Unconnected) { open(false, true); }

void WindowFixture::open(bool connected, bool shown)
{
    ui::UiContext context;
    context.source = connected ? &source : nullptr;
    context.editor = connected ? &editor : nullptr;
    context.doors = &doors;
    context.sidecars = &sidecars;
    context.sidecarSpec = [](const Dataplane &dataplane) -> Result<SidecarSpec> {
        SidecarSpec spec;
        spec.dataplane = dataplane.key;
        return spec;
    };
    context.connectionName = connected ? u"Sandbox"_s : QString();
    context.connectionColour = QColor(0xff1f5fe0);
    window = std::make_unique<ui::MainWindow>(context);
    window->setConfirmClose(false);
    window->setTheme(ui::ThemeMode::Light);
    if (shown) {
        window->show();
        QApplication::setActiveWindow(window.get());
        if (!QTest::qWaitForWindowExposed(window.get()))
            qWarning("the window was not shown");
    }
}

WindowFixture::~WindowFixture() = default;

void WindowFixture::look(const std::string &name) const
{
    window->focus()->set(
        {FocusKind::Dataplane, const_cast<FakeMeshSource *>(&source), {"default", name}, -1});
    QApplication::processEvents();
}

}  // namespace meshscope::testing
