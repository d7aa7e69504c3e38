// The handlers of the API, without sockets.
#include "backend/control/api_context.h"
#include "backend/control/resource_type.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace meshscope;
using namespace meshscope::control;
using namespace Qt::StringLiterals;
using Json = nlohmann::json;

namespace {

class RefusingFile final : public StoreFile
{
public:
    Result<std::vector<StoredResource>> load() override { return std::vector<StoredResource>(); }
    Result<void> commit(const StoreChanges &) override
    {
        if (full)
            return fail(Error::Code::Refused, "there is no space left for the store file", "/a/store");
        return {};
    }
    bool full = false;
};

Json dataplaneJson(const std::string &name, const std::string &service, const std::string &version = {},
                   const std::string &mesh = "default")
{
    Json tags{{"kuma.io/service", service}, {"kuma.io/protocol", "http"}};
    if (!version.empty())
        tags["version"] = version;
    return {
        {"type", "Dataplane"},
        {"mesh", mesh},
        {"name", name},
        {"networking",
         {{"address", "10.0.0.1"}, {"inbound", {{{"port", 80}, {"servicePort", 8080}, {"tags", tags}}}}}}};
}

// A control plane without servers.
struct Rig {
    Rig()
    {
        auto owned = std::make_unique<RefusingFile>();
        file = owned.get();
        store = std::move(*Store::open(std::move(owned)));
        if (!store->write(firstResources(now)))
            qFatal("the first resources cannot be written");
        writer.emplace(*store, keys, clock);
        context.emplace(ApiContext{
            *store, cache, insights, *writer, clock, {}, [](const ResourceKey &) { return std::nullopt; }});
        addIndexRoutes(router, *context);
        addResourceRoutes(router, *context);
        addInsightRoutes(router, *context);
        addInspectRoutes(router, *context);
        addTokenRoutes(router, *context);
    }

    HttpResponse call(const std::string &method, const std::string &target, const std::string &body = {},
                      std::map<std::string, std::string> headers = {})
    {
        headers.try_emplace("host", "127.0.0.1:5681");
        headers.try_emplace("accept", "application/json");
        if (!body.empty())
            headers.try_emplace("content-type", "application/json");
        now += std::chrono::seconds(1);
        return router.handle({method, target, std::move(headers), body, "127.0.0.1"});
    }

    int put(const std::string &target, const Json &body) { return call("PUT", target, body.dump()).status; }
    int putDataplane(const Json &body)
    {
        return put("/meshes/" + body["mesh"].get<std::string>() + "/dataplanes/"
                       + body["name"].get<std::string>(),
                   body);
    }
    Json get(const std::string &target) { return Json::parse(call("GET", target).body, nullptr, false); }

    QStringList names(const std::string &target)
    {
        QStringList result;
        const auto page = get(target);
        for (const auto &item : page.at("items"))
            result << QString::fromStdString(item["name"].get<std::string>());
        return result;
    }

    TimePoint now{std::chrono::milliseconds(1'700'000'000'000)};
    Clock clock = [this] { return now; };
    RefusingFile *file = nullptr;
    std::unique_ptr<Store> store;
    DataplaneCache cache;
    InsightTracker insights{"cp-1", clock};
    pki::KeyPool keys{1};
    std::optional<ResourceWriter> writer;
    std::optional<ApiContext> context;
    Router router;
};

std::string fieldOf(const Json &error) { return error["invalid_parameters"][0]["field"].get<std::string>(); }

}  // namespace

class TestApi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFreshControlPlane();
    void createReplaceDelete();
    void sideEffectsOfADataplane();
    void labelsOfADataplaneStay();
    void refusals_data();
    void refusals();
    void aRefusedPutStoresNothing();
    void aMeshInUseStays();
    void aNewMeshGetsItsPolicies();
    void membership();
    void pages();
    void filters_data();
    void filters();
    void badPages_data();
    void badPages();
    void everyTypeOfTheTableWorks_data();
    void everyTypeOfTheTableWorks();
    void insightsAreReadOnly();
    void secretsAreForTheAdmin();
    void overviews();
    void statistics();
    void effectiveConfiguration();
    void aFullStoreIsSaidAndLosesNothing();
    void hostileBodies_data();
    void hostileBodies();
};

void TestApi::aFreshControlPlane()
{
    Rig rig;
    QCOMPARE(rig.names("/meshes"), QStringList{u"default"_s});
    QCOMPARE(rig.get("/dataplanes")["total"].get<int>(), 0);
    QCOMPARE(rig.get("/")["product"].get<std::string>(), std::string("Kuma"));
    QCOMPARE(rig.get("/config")["mode"].get<std::string>(), std::string("zone"));
    QCOMPARE(rig.get("/who-am-i")["name"].get<std::string>(), std::string("mesh-system:admin"));
    QVERIFY(rig.get("/_resources")["resources"].size() > 40);
    QVERIFY(rig.get("/policies")["policies"].size() > 20);
}

void TestApi::createReplaceDelete()
{
    Rig rig;
    const auto body = dataplaneJson("web-1", "web").dump();
    const auto created = rig.call("PUT", "/meshes/default/dataplanes/web-1", body);
    QCOMPARE(created.status, 201);
    QVERIFY(created.body.empty());
    const auto first = rig.get("/meshes/default/dataplanes/web-1");
    QVERIFY(first["creationTime"] == first["modificationTime"]);
    QCOMPARE(rig.call("PUT", "/meshes/default/dataplanes/web-1", body).status, 200);
    const auto second = rig.get("/meshes/default/dataplanes/web-1");
    QVERIFY(second["creationTime"] == first["creationTime"]);
    QVERIFY(second["modificationTime"] != first["modificationTime"]);
    const auto deleted = rig.call("DELETE", "/meshes/default/dataplanes/web-1");
    QCOMPARE(deleted.status, 200);
    QVERIFY(deleted.body.empty());
    QCOMPARE(rig.call("GET", "/meshes/default/dataplanes/web-1").status, 404);
    QCOMPARE(rig.call("DELETE", "/meshes/default/dataplanes/web-1").status, 404);
}

void TestApi::sideEffectsOfADataplane()
{
    Rig rig;
    auto body = dataplaneJson("web-1", "web");
    body["networking"]["inbound"][0]["tags"]["kuma.io/zone"] = "elsewhere";
    body["networking"]["inbound"][0]["serviceProbe"] = {{"tcp", Json::object()}};
    QCOMPARE(rig.putDataplane(body), 201);
    auto stored = rig.get("/meshes/default/dataplanes/web-1");
    QCOMPARE(stored["networking"]["inbound"][0]["tags"]["kuma.io/zone"].get<std::string>(),
             std::string("default"));
    QCOMPARE(stored["networking"]["inbound"][0]["state"].get<std::string>(), std::string("NotReady"));
    QVERIFY(stored["labels"]
            == (Json{{"kuma.io/env", "universal"},
                     {"kuma.io/mesh", "default"},
                     {"kuma.io/origin", "zone"},
                     {"kuma.io/zone", "default"}}));
    // Only a new one waits for its first probe.
    QCOMPARE(rig.putDataplane(body), 200);
    stored = rig.get("/meshes/default/dataplanes/web-1");
    QVERIFY(!stored["networking"]["inbound"][0].contains("state"));
}

void TestApi::labelsOfADataplaneStay()
{
    Rig rig;
    auto body = dataplaneJson("web-1", "web");
    body["labels"] = {{"team", "blue"}};
    QCOMPARE(rig.putDataplane(body), 201);
    body["labels"] = {{"team", "green"}};
    QCOMPARE(rig.putDataplane(body), 200);
    QCOMPARE(rig.get("/meshes/default/dataplanes/web-1")["labels"]["team"].get<std::string>(),
             std::string("blue"));
}

void TestApi::refusals_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("field");
    const auto row = [](const char *title, const char *target, const Json &body, int status,
                        const char *words, const char *field) {
        QTest::newRow(title) << QString::fromUtf8(target) << QByteArray::fromStdString(body.dump()) << status
                             << QString::fromUtf8(words) << QString::fromUtf8(field);
    };
    const auto good = dataplaneJson("web-1", "web");
    const char *here = "/meshes/default/dataplanes/web-1";
    constexpr char kProcess[] = "Could not process a resource";
    auto bad = good;
    bad["networking"]["inbound"][0]["port"] = 0;
    row("a port of zero", here, bad, 400, kProcess, "networking.inbound[0].port");
    row("another name than the URL's", "/meshes/default/dataplanes/web-2", good, 400, kProcess, "name");
    bad = good;
    bad["mesh"] = "other";
    row("another mesh than the URL's", here, bad, 400, kProcess, "mesh");
    bad = good;
    bad["type"] = "Mesh";
    row("another type than the URL's", here, bad, 400, kProcess, "type");
    bad = good;
    bad["labels"] = {{"a b", "c"}};
    row("a label key with a space", here, bad, 400, kProcess, "labels[\"a b\"]");
    row("a mesh that does not exist", "/meshes/nowhere/dataplanes/web-1", good, 404,
        "Failed to retrieve Mesh", "");
    bad = good;
    bad["networking"]["address"] = Json::array({"10.0.0.1"});
    row("a list where a text belongs", here, bad, 400, "Bad Request", "");
    row("a mesh name of 64 characters", ("/meshes/" + std::string(64, 'a')).c_str(),
        {{"type", "Mesh"}, {"name", std::string(64, 'a')}}, 400, "Could not create a resource", "name");
    row("a backend that is not there", "/meshes/m",
        {{"type", "Mesh"}, {"name", "m"}, {"mtls", {{"enabledBackend", "x"}, {"backends", Json::array()}}}},
        400, kProcess, "mtls.enabledBackend");
    row("a policy without a spec", "/meshes/default/meshtimeouts/t",
        {{"type", "MeshTimeout"}, {"mesh", "default"}, {"name", "t"}}, 400, kProcess, "");
}

void TestApi::refusals()
{
    QFETCH(QString, target);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    QFETCH(QString, title);
    QFETCH(QString, field);
    Rig rig;
    const auto response = rig.call("PUT", target.toStdString(), body.toStdString());
    QCOMPARE(response.status, status);
    QCOMPARE(response.contentType, std::string("application/json"));
    const auto error = Json::parse(response.body);
    QCOMPARE(QString::fromStdString(error["title"].get<std::string>()), title);
    QCOMPARE(error["status"].get<int>(), status);
    QVERIFY(error["details"] == error["detail"]);
    if (!field.isEmpty()) {
        QCOMPARE(QString::fromStdString(fieldOf(error)), field);
        QVERIFY(error["causes"][0]["message"] == error["invalid_parameters"][0]["reason"]);
    }
}

void TestApi::aRefusedPutStoresNothing()
{
    Rig rig;
    QCOMPARE(rig.putDataplane(dataplaneJson("web-1", "web", "v1")), 201);
    const auto before = rig.get("/meshes/default/dataplanes/web-1");
    auto bad = dataplaneJson("web-1", "web", "v2");
    bad["networking"]["address"] = "not an address";
    QCOMPARE(rig.putDataplane(bad), 400);
    QVERIFY(rig.get("/meshes/default/dataplanes/web-1") == before);
}

void TestApi::aMeshInUseStays()
{
    Rig rig;
    QCOMPARE(rig.put("/meshes/m", {{"type", "Mesh"}, {"name", "m"}}), 201);
    QCOMPARE(rig.putDataplane(dataplaneJson("web-1", "web", "", "m")), 201);
    const auto refused = rig.call("DELETE", "/meshes/m");
    QCOMPARE(refused.status, 400);
    QCOMPARE(fieldOf(Json::parse(refused.body)), std::string("mesh"));
    QCOMPARE(rig.call("DELETE", "/meshes/m/dataplanes/web-1").status, 200);
    QCOMPARE(rig.call("DELETE", "/meshes/m").status, 200);
    QVERIFY(rig.store->snapshot()->list("MeshTimeout", "m").empty());  // what it owned went with it
    QVERIFY(!rig.store->snapshot()->list("MeshTimeout", "default").empty());
}

void TestApi::aNewMeshGetsItsPolicies()
{
    Rig rig;
    QCOMPARE(rig.put("/meshes/all", {{"type", "Mesh"}, {"name", "all"}}), 201);
    QCOMPARE(rig.names("/meshes/all/meshtimeouts"),
             (QStringList{u"mesh-gateways-timeout-all-all"_s, u"mesh-timeout-all-all"_s}));
    QCOMPARE(rig.put("/meshes/some",
                     {{"type", "Mesh"}, {"name", "some"}, {"skipCreatingInitialPolicies", {"MeshRetry"}}}),
             201);
    QCOMPARE(rig.names("/meshes/some/meshretries"), QStringList());
    QCOMPARE(rig.names("/meshes/some/meshcircuitbreakers").size(), 1);
    QCOMPARE(
        rig.put("/meshes/none", {{"type", "Mesh"}, {"name", "none"}, {"skipCreatingInitialPolicies", {"*"}}}),
        201);
    QCOMPARE(rig.names("/meshes/none/meshtimeouts"), QStringList());
    // Deleted ones do not come back with the next PUT.
    QCOMPARE(rig.call("DELETE", "/meshes/all/meshretries/mesh-retry-all-all").status, 200);
    QCOMPARE(rig.put("/meshes/all", {{"type", "Mesh"}, {"name", "all"}}), 200);
    QCOMPARE(rig.names("/meshes/all/meshretries"), QStringList());
}

void TestApi::membership()
{
    Rig rig;
    const Json rules{{"requirements", {{{"tags", {{"version", "v1"}}}}}},
                     {"restrictions", {{{"tags", {{"kuma.io/service", "evil"}}}}}}};
    QCOMPARE(rig.put("/meshes/club",
                     {{"type", "Mesh"}, {"name", "club"}, {"constraints", {{"dataplaneProxy", rules}}}}),
             201);
    QCOMPARE(rig.putDataplane(dataplaneJson("a", "good", "v1", "club")), 201);
    QCOMPARE(rig.putDataplane(dataplaneJson("b", "good", "v2", "club")), 500);
    QCOMPARE(rig.putDataplane(dataplaneJson("c", "evil", "v1", "club")), 500);
    QCOMPARE(rig.names("/meshes/club/dataplanes"), QStringList{u"a"_s});
}

void TestApi::pages()
{
    Rig rig;
    for (int i = 0; i < 5; ++i)
        QCOMPARE(rig.putDataplane(dataplaneJson("d" + std::to_string(i), "s")), 201);
    const auto page = rig.get("/meshes/default/dataplanes?size=2&offset=1&name=d");
    QCOMPARE(page["total"].get<int>(), 5);
    QCOMPARE(page["items"].size(), 2U);
    QCOMPARE(page["items"][0]["name"].get<std::string>(), std::string("d1"));
    QCOMPARE(page["next"].get<std::string>(),
             std::string("http://127.0.0.1:5681/meshes/default/dataplanes?name=d&offset=3&size=2"));
    QVERIFY(rig.get("/meshes/default/dataplanes?size=2&offset=3")["next"].is_null());
    QVERIFY(rig.get("/meshes/default/dataplanes?size=0")["items"].size() == 5);
    QVERIFY(rig.get("/meshes/default/dataplanes?offset=600")["items"].empty());
    for (int i = 5; i < 103; ++i)
        QCOMPARE(rig.putDataplane(dataplaneJson("d" + std::to_string(i), "s")), 201);
    const auto byDefault = rig.get("/dataplanes");
    QCOMPARE(byDefault["items"].size(), 100U);
    QCOMPARE(byDefault["next"].get<std::string>(),
             std::string("http://127.0.0.1:5681/dataplanes?offset=100&size=100"));
}

void TestApi::filters_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QStringList>("names");
    QTest::newRow("part of the name") << u"name=b-"_s << QStringList{u"db-1"_s, u"web-1"_s, u"web-2"_s};
    QTest::newRow("names are case-sensitive") << u"name=WEB"_s << QStringList();
    QTest::newRow("a tag's value may be a part") << u"tag=version:v1"_s << QStringList{u"db-1"_s, u"web-1"_s};
    QTest::newRow("any value") << u"tag=version:*"_s << QStringList{u"db-1"_s, u"web-1"_s, u"web-2"_s};
    QTest::newRow("two tags on one inbound")
        << u"tag=kuma.io/service:web&tag=version:v2"_s << QStringList{u"web-2"_s};
    QTest::newRow("a tag without a colon is ignored")
        << u"tag=version"_s << QStringList{u"db-1"_s, u"edge"_s, u"gw"_s, u"web-1"_s, u"web-2"_s};
    QTest::newRow("gateways") << u"gateway=true"_s << QStringList{u"edge"_s, u"gw"_s};
    QTest::newRow("no gateways") << u"gateway=false"_s << QStringList{u"db-1"_s, u"web-1"_s, u"web-2"_s};
    QTest::newRow("delegated ones") << u"gateway=delegated"_s << QStringList{u"edge"_s};
    QTest::newRow("builtin ones") << u"gateway=builtin"_s << QStringList{u"gw"_s};
}

void TestApi::filters()
{
    QFETCH(QString, query);
    QFETCH(QStringList, names);
    Rig rig;
    QCOMPARE(rig.putDataplane(dataplaneJson("web-1", "web", "v1")), 201);
    QCOMPARE(rig.putDataplane(dataplaneJson("web-2", "web", "v2")), 201);
    QCOMPARE(rig.putDataplane(dataplaneJson("db-1", "db", "v10")), 201);
    for (const auto &[name, type] : {std::pair{"edge", "DELEGATED"}, {"gw", "BUILTIN"}}) {
        QCOMPARE(rig.putDataplane({{"type", "Dataplane"},
                                   {"mesh", "default"},
                                   {"name", name},
                                   {"networking",
                                    {{"address", "10.0.0.9"},
                                     {"gateway", {{"type", type}, {"tags", {{"kuma.io/service", name}}}}}}}}),
                 201);
    }
    for (const char *path :
         {"/meshes/default/dataplanes?", "/dataplanes?", "/meshes/default/dataplanes/_overview?",
          "/meshes/default/dataplanes+insights?", "/dataplanes/_overview?"})
        QVERIFY2(rig.names(path + query.toStdString()) == names, path);
}

void TestApi::badPages_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("field");
    QTest::newRow("a size that is no number") << u"size=many"_s << u"size"_s;
    QTest::newRow("a size with a point") << u"size=1.5"_s << u"size"_s;
    QTest::newRow("a size beyond the limit") << u"size=1001"_s << u"size"_s;
    QTest::newRow("a size beyond all numbers") << u"size=99999999999999999999"_s << u"size"_s;
    QTest::newRow("an offset that is no number") << u"offset=abc"_s << u"offset"_s;
    QTest::newRow("an offset before the beginning") << u"offset=-1"_s << u"offset"_s;
    QTest::newRow("a gateway of no kind") << u"gateway=maybe"_s << u"/meshes/{mesh}/dataplanes.gateway"_s;
}

void TestApi::badPages()
{
    QFETCH(QString, query);
    QFETCH(QString, field);
    Rig rig;
    const auto response = rig.call("GET", "/meshes/default/dataplanes?" + query.toStdString());
    QCOMPARE(response.status, 400);
    QCOMPARE(QString::fromStdString(fieldOf(Json::parse(response.body))), field);
}

void TestApi::everyTypeOfTheTableWorks_data()
{
    QTest::addColumn<QString>("type");
    for (const auto &type : resourceTypes())
        if (!type.readOnly && type.name != "Dataplane" && type.name != "Mesh")
            QTest::newRow(std::string(type.name).c_str()) << QString::fromUtf8(type.name.data());
}

void TestApi::everyTypeOfTheTableWorks()
{
    QFETCH(QString, type);
    Rig rig;
    const auto *entry = resourceType(type.toStdString());
    QVERIFY(entry);
    const bool inMesh = entry->scope == Scope::Mesh;
    const auto list = (inMesh ? "/meshes/default/" : "/") + std::string(entry->path);
    Json body{{"type", entry->name}, {"name", "one"}};
    if (inMesh)
        body["mesh"] = "default";
    (entry->shape == Shape::Spec ? body["spec"]["x"] : body["x"]) = {{"y", 1}};
    const auto before = rig.get(list)["total"].get<int>();
    QCOMPARE(rig.put(list + "/one", body), 201);
    const auto stored = rig.get(list + "/one");
    QCOMPARE(stored["type"].get<std::string>(), std::string(entry->name));
    QVERIFY((entry->shape == Shape::Spec ? stored["spec"]["x"] : stored["x"]) == (Json{{"y", 1}}));
    const auto labels = stored.value("labels", Json::object());
    QCOMPARE(labels.contains("kuma.io/origin"), entry->fromZone);
    QCOMPARE(labels.contains("kuma.io/mesh"), inMesh);
    QCOMPARE(rig.get(list)["total"].get<int>(), before + 1);
    QCOMPARE(rig.put(list + "/one", body), 200);
    QCOMPARE(rig.call("DELETE", list + "/one").status, 200);
    QCOMPARE(rig.call("GET", list + "/one").status, 404);
    QCOMPARE(rig.call("PUT", list + "/one", "{").status, 400);
}

void TestApi::insightsAreReadOnly()
{
    Rig rig;
    for (const char *target : {"/mesh-insights/default", "/meshes/default/service-insights/web",
                               "/meshes/default/dataplane-insights/web-1", "/zone-insights/default"}) {
        QCOMPARE(rig.call("PUT", target, "{}").status, 405);
        const auto response = rig.call("DELETE", target);
        QCOMPARE(response.status, 405);
        QCOMPARE(Json::parse(response.body)["title"].get<std::string>(), std::string("Method not allowed"));
    }
}

void TestApi::secretsAreForTheAdmin()
{
    Rig rig;
    const Json secret{{"type", "Secret"}, {"mesh", "default"}, {"name", "s"}, {"data", "dGVzdA=="}};
    QCOMPARE(rig.put("/meshes/default/secrets/s", secret), 201);
    const std::map<std::string, std::string> stranger{{"x-forwarded-for", "192.0.2.1"}};
    QCOMPARE(rig.call("GET", "/meshes/default/secrets/s", {}, stranger).status, 403);
    QCOMPARE(rig.call("GET", "/secrets", {}, stranger).status, 403);
    QCOMPARE(rig.call("DELETE", "/meshes/default/secrets/s", {}, stranger).status, 403);
    QCOMPARE(rig.call("PUT", "/meshes/default/secrets/s", secret.dump(), stranger).status, 403);
    const std::map<std::string, std::string> page{{"origin", "https://evil.example"}};
    QCOMPARE(rig.call("GET", "/meshes/default/secrets/s", {}, page).status, 403);
    QCOMPARE(rig.call("GET", "/meshes/default/secrets/s").status, 200);
    // Everything else is open to anonymous callers, as in Kuma.
    QCOMPARE(
        rig.call("PUT", "/meshes/default/dataplanes/web-1", dataplaneJson("web-1", "web").dump(), stranger)
            .status,
        201);
}

void TestApi::overviews()
{
    Rig rig;
    QCOMPARE(rig.putDataplane(dataplaneJson("web-1", "web")), 201);
    QVERIFY(!rig.get("/meshes/default/dataplanes/_overview")["items"][0].contains("dataplaneInsight"));
    QVERIFY(rig.get("/meshes/default/dataplanes/web-1/_overview")["dataplaneInsight"] == Json::object());
    QCOMPARE(rig.call("GET", "/meshes/default/dataplane-insights/web-1").status, 404);

    const ResourceKey key{"default", "web-1"};
    const auto id =
        rig.insights.connect(key, R"({"kumaDp":{"version":"2.9.13"},"envoy":{"version":"1.39.3"}})");
    meshscope::xds::AdsStatus status;
    status.total = {3, 1, 1};
    status.lds = {1, 0, 1};
    status.lastRejection = Rejection{"type.googleapis.com/x", "cannot \"bind\"\n", rig.now, rig.now};
    rig.insights.update(key, id, status);
    const auto insight = rig.get("/meshes/default/dataplanes/_overview")["items"][0]["dataplaneInsight"];
    const auto &subscription = insight["subscriptions"][0];
    QCOMPARE(subscription["status"]["total"]["responsesSent"].get<std::string>(), std::string("3"));
    QCOMPARE(subscription["status"]["lds"]["responsesRejected"].get<std::string>(), std::string("1"));
    QVERIFY(!subscription["status"]["cds"].contains("responsesSent"));
    QCOMPARE(subscription["status"]["lastRejection"]["message"].get<std::string>(),
             std::string("cannot \"bind\"\n"));
    QVERIFY(subscription["status"]["lastRejection"]["resolvedTime"]
            == subscription["status"]["lastRejection"]["time"]);
    QVERIFY(subscription["version"]["kumaDp"]["kumaCpCompatible"].get<bool>());
    QVERIFY(!subscription.contains("disconnectTime"));
    QVERIFY(rig.get("/meshes/default/dataplane-insights/web-1")["subscriptions"] == insight["subscriptions"]);
    QCOMPARE(rig.get("/dataplane-insights")["total"].get<int>(), 1);

    rig.insights.disconnect(key, id);
    rig.insights.connect(key, "{}");
    rig.insights.connect(key, "not JSON");
    const auto two =
        rig.get("/meshes/default/dataplanes+insights/web-1")["dataplaneInsight"]["subscriptions"];
    QCOMPARE(two.size(), 2U);  // only the newest are kept, and only the last of them is open
    QVERIFY(two[0].contains("disconnectTime"));
    QVERIFY(!two[1].contains("disconnectTime"));
}

void TestApi::statistics()
{
    Rig rig;
    QCOMPARE(rig.putDataplane(dataplaneJson("web-1", "web")), 201);
    QCOMPARE(rig.putDataplane(dataplaneJson("web-2", "web")), 201);
    const auto id = rig.insights.connect({"default", "web-1"}, R"({"kumaDp":{"version":"2.9.13"}})");
    auto insight = rig.get("/mesh-insights/default");
    QVERIFY(insight["dataplanes"] == (Json{{"total", 2}, {"online", 1}, {"offline", 1}}));
    QVERIFY(insight["dpVersions"]["kumaDp"]["unknown"] == (Json{{"total", 1}, {"offline", 1}}));
    QVERIFY(insight["services"] == (Json{{"total", 1}, {"internal", 1}}));
    const auto service = rig.get("/meshes/default/service-insights/web");
    QCOMPARE(service["status"].get<std::string>(), std::string("partially_degraded"));
    QVERIFY(service["dataplanes"] == (Json{{"total", 2}, {"online", 1}, {"offline", 1}}));
    QVERIFY(!rig.get("/meshes/default/service-insights/nobody").contains("status"));
    QCOMPARE(rig.call("GET", "/meshes/default/service-insights?type=gateway").status, 400);
    const auto all = rig.get("/global-insight");
    QVERIFY(all["dataplanes"]["standard"]
            == (Json{{"online", 1}, {"offline", 1}, {"partiallyDegraded", 0}, {"total", 2}}));
    QVERIFY(all["services"]["internal"]["partiallyDegraded"] == 1);
    rig.insights.disconnect({"default", "web-1"}, id);
    QCOMPARE(rig.get("/meshes/default/service-insights/web")["status"].get<std::string>(),
             std::string("offline"));
}

void TestApi::effectiveConfiguration()
{
    Rig rig;
    auto web = dataplaneJson("web-1", "web");
    web["networking"]["outbound"] = {{{"port", 10001}, {"tags", {{"kuma.io/service", "web"}}}}};
    QCOMPARE(rig.putDataplane(web), 201);
    const auto config = rig.get("/meshes/default/dataplanes/web-1/_config")["xds"];
    QVERIFY(config["type.googleapis.com/envoy.config.cluster.v3.Cluster"].contains("web"));
    QVERIFY(config["type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"]["web"].contains(
        "endpoints"));
    QVERIFY(
        config["type.googleapis.com/envoy.config.listener.v3.Listener"].contains("outbound:127.0.0.1:10001"));
    QCOMPARE(rig.call("GET", "/meshes/default/dataplanes/web-1/_config?shadow=maybe").status, 400);
    QCOMPARE(rig.call("GET", "/meshes/default/dataplanes/none/_config").status, 404);
    QCOMPARE(rig.call("GET", "/meshes/default/dataplanes/web-1/xds").status, 500);  // not connected
    QCOMPARE(rig.call("GET", "/meshes/default/dataplanes/web-1/nonsense").status, 404);
}

void TestApi::aFullStoreIsSaidAndLosesNothing()
{
    Rig rig;
    QCOMPARE(rig.putDataplane(dataplaneJson("web-1", "web", "v1")), 201);
    rig.file->full = true;
    const auto response =
        rig.call("PUT", "/meshes/default/dataplanes/web-1", dataplaneJson("web-1", "web", "v2").dump());
    QCOMPARE(response.status, 500);
    const auto error = Json::parse(response.body);
    QCOMPARE(error["title"].get<std::string>(), std::string("Could not update a resource"));
    QCOMPARE(error["detail"].get<std::string>(),
             std::string("there is no space left for the store file (/a/store)"));
    QCOMPARE(rig.call("DELETE", "/meshes/default/dataplanes/web-1").status, 500);
    const auto stored = rig.get("/meshes/default/dataplanes/web-1");
    QCOMPARE(stored["networking"]["inbound"][0]["tags"]["version"].get<std::string>(), std::string("v1"));
}

void TestApi::hostileBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("nothing but brackets") << QByteArray(200'000, '[');
    QTest::newRow("nesting in a field")
        << QByteArray(R"({"type":"Dataplane","x":)") + QByteArray(20'000, '{');
    QTest::newRow("closed nesting") << QByteArray(9'000, '[') + QByteArray(9'000, ']');
    QTest::newRow("bytes that are no text") << QByteArray("{\"type\":\"\xff\xfe\xc3\x28\"}");
    QTest::newRow("a NUL in it") << QByteArray("{\"type\":\"Data\0plane\"}", 22);
    QTest::newRow("lone surrogates") << QByteArray(R"({"type":"\ud800","mesh":"\udc00"})");
    QTest::newRow("a number of a million digits")
        << QByteArray(R"({"networking":{"inbound":[{"port":)") + QByteArray(1'000'000, '9') + "}]}}";
    QTest::newRow("half a document") << QByteArray(R"({"type":"Dataplane","mesh)");
    QTest::newRow("YAML") << QByteArray("type: Dataplane\n");
    QTest::newRow("a list") << QByteArray("[1,2]");
}

void TestApi::hostileBodies()
{
    QFETCH(QByteArray, body);
    Rig rig;
    for (const char *target : {"/meshes/default/dataplanes/x", "/meshes/default/meshtimeouts/x",
                               "/meshes/default/timeouts/x", "/meshes/x", "/zones/x"}) {
        const auto response = rig.call("PUT", target, body.toStdString());
        QVERIFY2(response.status == 400, target);
        QVERIFY(!Json::parse(response.body)["detail"].get<std::string>().empty());
    }
    QVERIFY(!rig.store->snapshot()->find("Dataplane", {"default", "x"}));
}

QTEST_GUILESS_MAIN(TestApi)
#include "tst_api.moc"
