// What the control plane makes of a mesh by itself: virtual IPs, services, their names and states, keys.
#include "backend/control/mesh_mtls.h"
#include "backend/control/mesh_secrets.h"
#include "backend/control/mesh_upkeep.h"
#include "backend/pki/base64.h"
#include "backend/xds/vips.h"

#include <nlohmann/json.hpp>

#include <QFloat16>
#include <QTest>

using namespace meshscope;
using namespace meshscope::control;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

const TimePoint kNow(std::chrono::milliseconds(1'700'000'000'000));

// A store with one mesh, and upkeep until there is nothing left to do.
struct Rig {
    explicit Rig(const Json &mesh = Json::object()) { put("Mesh", {{}, "default"}, mesh); }

    void put(const char *type, const ResourceKey &key, const Json &spec, const Tags &labels = {})
    {
        StoredResource resource;
        resource.type = type;
        resource.key = key;
        resource.spec = spec.dump();
        resource.labels = labels;
        if (!store.write({StoreWrite::put(std::move(resource))}))
            qFatal("the store refuses a write");
    }
    void dataplane(const char *name, const char *service, int port, const Json &more = Json::object())
    {
        Json inbound{{"port", port}, {"tags", {{"kuma.io/service", service}}}};
        inbound.update(more);
        put("Dataplane", {"default", name},
            {{"networking", {{"address", "10.0.0.1"}, {"inbound", {inbound}}}}});
    }
    void erase(const char *type, const char *name)
    {
        if (!store.write({StoreWrite::erase(type, {"default", name})}))
            qFatal("the store refuses a write");
    }

    int keep()
    {
        int rounds = 0;
        for (bool more = true; more && rounds < 10;) {
            auto writes = upkeepOf("default", *store.snapshot(), cache,
                                   {[this](const ResourceKey &key) { return online.contains(key.name); },
                                    [this](const ResourceKey &key) { return online.contains(key.name); }},
                                   kNow);
            more = !writes.empty();
            rounds += more ? 1 : 0;
            if (!store.write(std::move(writes)))
                qFatal("the store refuses a write");
        }
        return rounds;
    }

    Json spec(const char *type, const char *name) { return text(type, name, &StoredResource::spec); }
    Json status(const char *type, const char *name) { return text(type, name, &StoredResource::status); }
    Json text(const char *type, const char *name, std::string StoredResource::*member)
    {
        const auto stored = store.snapshot()->find(type, {"default", name});
        return stored ? Json::parse((*stored).*member, nullptr, false) : Json();
    }
    xds::VipTable vips()
    {
        const auto config = spec(xds::kConfigType, "kuma-default-dns-vips");
        return config.is_object() ? xds::vipsFromJson(config["config"].get<std::string>()) : xds::VipTable();
    }

    Store store;
    DataplaneCache cache;
    std::set<std::string> online;
};

const Json kEverywhere{{"meshServices", {{"mode", "Everywhere"}}}};

}  // namespace

class TestMeshUpkeep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyServiceHasAVirtualIp()
    {
        Rig rig;
        rig.dataplane("b-1", "backend", 80);
        rig.dataplane("w-1", "web", 80);
        QCOMPARE(rig.keep(), 1);
        const auto vips = rig.vips();
        QCOMPARE(vips.size(), 2U);
        const auto &web = vips.at({xds::VipKind::Service, "web"});
        QCOMPARE(web.address, std::string("240.0.0.1"));
        QCOMPARE(web.outbounds.front().port, 80U);
        rig.erase("Dataplane", "b-1");
        rig.keep();
        QCOMPARE(rig.vips().at({xds::VipKind::Service, "web"}).address, std::string("240.0.0.1"));
    }

    void anExternalNameHasOneToo()
    {
        Rig rig;
        rig.put("ExternalService", {"default", "es"},
                {{"tags", {{"kuma.io/service", "ext"}}}, {"networking", {{"address", "api.example:8443"}}}});
        rig.put("ExternalService", {"default", "by-ip"},
                {{"tags", {{"kuma.io/service", "ip"}}}, {"networking", {{"address", "10.1.1.1:8443"}}}});
        rig.keep();
        const auto vips = rig.vips();
        QCOMPARE(vips.size(), 3U);
        const auto &host = vips.at({xds::VipKind::Host, "api.example"});
        QCOMPARE(host.outbounds.front().port, 8443U);
        QCOMPARE(host.outbounds.front().tags.at("kuma.io/external-service-name"), std::string("es"));
    }

    void servicesAreGeneratedWhereTheMeshWantsThem()
    {
        Rig rig(kEverywhere);
        rig.dataplane(
            "w-1", "web", 8080,
            {{"name", "http"}, {"tags", {{"kuma.io/service", "web"}, {"kuma.io/protocol", "http"}}}});
        rig.keep();
        const auto spec = rig.spec("MeshService", "web");
        QCOMPARE(spec["selector"]["dataplaneTags"]["kuma.io/service"], "web");
        QCOMPARE(spec["ports"],
                 (Json{{{"name", "http"}, {"port", 8080}, {"targetPort", 8080}, {"appProtocol", "http"}}}));
        QCOMPARE(spec["state"], "Available");
        QCOMPARE(spec["identities"], (Json{{{"type", "ServiceTag"}, {"value", "web"}}}));
        QCOMPARE(rig.status("MeshService", "web")["vips"][0]["ip"], "241.0.0.0");
        rig.put("Mesh", {{}, "default"}, Json::object());
        rig.keep();
        QVERIFY(rig.spec("MeshService", "web").is_null());
    }

    void somebodysOwnServiceOfThatNameStays()
    {
        Rig rig(kEverywhere);
        rig.put("MeshService", {"default", "web"},
                {{"selector", {{"dataplaneTags", {{"version", "v1"}}}}}, {"ports", {{{"port", 1}}}}});
        rig.dataplane("w-1", "web", 8080);
        rig.keep();
        QCOMPARE(rig.spec("MeshService", "web")["selector"]["dataplaneTags"], (Json{{"version", "v1"}}));
        rig.put("Mesh", {{}, "default"}, Json::object());
        rig.keep();
        QVERIFY(!rig.spec("MeshService", "web").is_null());
    }

    void theStatusCountsProxies()
    {
        Rig rig(kEverywhere);
        rig.dataplane("w-1", "web", 80);
        rig.dataplane("w-2", "web", 80, {{"state", "NotReady"}});
        rig.online = {"w-1"};
        rig.keep();
        QCOMPARE(rig.status("MeshService", "web")["dataplaneProxies"],
                 (Json{{"connected", 1}, {"healthy", 1}, {"total", 2}}));
        QCOMPARE(rig.status("MeshService", "web")["tls"]["status"], "NotReady");
        rig.dataplane("w-1", "web", 80, {{"state", "NotReady"}});
        rig.keep();
        QCOMPARE(rig.spec("MeshService", "web")["state"], "Unavailable");
    }

    void tlsIsReadyWhenAllHaveCertificates()
    {
        Rig rig({{"meshServices", {{"mode", "Everywhere"}}},
                 {"mtls", {{"enabledBackend", "c"}, {"backends", {{{"name", "c"}, {"type", "builtin"}}}}}}});
        rig.dataplane("w-1", "web", 80);
        rig.dataplane("w-2", "web", 80);
        rig.online = {"w-1"};
        rig.keep();
        QCOMPARE(rig.status("MeshService", "web")["tls"]["status"], "NotReady");
        rig.online = {"w-1", "w-2"};
        rig.keep();
        QCOMPARE(rig.status("MeshService", "web")["tls"]["status"], "Ready");
    }

    void generatorsNameServices()
    {
        Rig rig(kEverywhere);
        rig.dataplane("w-1", "web", 80);
        rig.put("HostnameGenerator", {{}, "g"},
                {{"selector", {{"meshService", {{"matchLabels", {{"kuma.io/origin", "zone"}}}}}}},
                 {"template", "{{ .DisplayName }}.svc.example"}});
        rig.put("HostnameGenerator", {{}, "other"},
                {{"selector", {{"meshService", {{"matchLabels", {{"team", "blue"}}}}}}}, {"template", "x"}});
        rig.keep();
        const auto status = rig.status("MeshService", "web");
        QCOMPARE(status["addresses"].size(), 1U);
        QCOMPARE(status["addresses"][0]["hostname"], "web.svc.example");
        QCOMPARE(status["hostnameGenerators"][0]["conditions"][0]["reason"], "Generated");
    }

    void aNameThatIsTakenIsSaidToBe()
    {
        Rig rig(kEverywhere);
        rig.dataplane("a-1", "a", 80);
        rig.dataplane("b-1", "b", 80);
        rig.put("HostnameGenerator", {{}, "g"},
                {{"selector", {{"meshService", {{"matchLabels", Json::object()}}}}},
                 {"template", "same.example"}});
        rig.keep();
        QCOMPARE(rig.status("MeshService", "a")["addresses"].size(), 1U);
        QVERIFY(!rig.status("MeshService", "b").contains("addresses"));
        QCOMPARE(rig.status("MeshService", "b")["hostnameGenerators"][0]["conditions"][0]["reason"],
                 "Collision");
    }

    void aMultiZoneServiceListsItsServices()
    {
        Rig rig;
        rig.put("MeshService", {"default", "be"}, {{"ports", {{{"port", 80}}}}}, {{"team", "blue"}});
        rig.put("MeshMultiZoneService", {"default", "mz"},
                {{"selector", {{"meshService", {{"matchLabels", {{"team", "blue"}}}}}}},
                 {"ports", {{{"port", 80}}}}});
        rig.keep();
        const auto status = rig.status("MeshMultiZoneService", "mz");
        QCOMPARE(status["meshServices"][0]["name"], "be");
        QCOMPARE(status["vips"][0]["ip"], "243.0.0.0");
    }

    void upkeepOfWhatIsKeptDoesNothing()
    {
        Rig rig(kEverywhere);
        rig.dataplane("w-1", "web", 80);
        QVERIFY(rig.keep() >= 1);
        QCOMPARE(rig.keep(), 0);
    }

    void templates_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");  // empty = an error
        using namespace Qt::StringLiterals;
        QTest::newRow("plain") << u"a.b"_s << u"a.b"_s;
        QTest::newRow("the display name") << u"{{ .DisplayName }}.x"_s << u"shown.x"_s;
        QTest::newRow("all fields") << u"{{.Name}}.{{.Zone}}.{{.Mesh}}{{.Namespace}}"_s << u"web.default.m"_s;
        QTest::newRow("a label") << u"{{ label \"team\" }}.x"_s << u"blue.x"_s;
        QTest::newRow("a label that is not there") << u"{{ label \"no\" }}"_s << QString();
        QTest::newRow("no end") << u"{{ .Name"_s << QString();
        QTest::newRow("something else") << u"{{ .Nope }}"_s << QString();
    }
    void templates()
    {
        QFETCH(QString, text);
        QFETCH(QString, name);
        StoredResource service;
        service.key = {"m", "web"};
        service.labels = {{"kuma.io/display-name", "shown"}, {"team", "blue"}};
        const auto made = hostnameFrom(text.toStdString(), service);
        QCOMPARE(made.has_value(), !name.isEmpty());
        if (made)
            QCOMPARE(QString::fromStdString(*made), name);
    }

    void aMeshGetsItsSecrets()
    {
        Rig rig;
        pki::KeyPool keys(1);
        const Json spec{
            {"mtls", {{"enabledBackend", "ca-1"}, {"backends", {{{"name", "ca-1"}, {"type", "builtin"}}}}}}};
        auto secrets = missingSecrets("default", spec.dump(), *rig.store.snapshot(), keys, kNow);
        QVERIFY(secrets);
        QCOMPARE(secrets->size(), 3U);
        QVERIFY(rig.store.write(std::move(*secrets)));
        const auto backend = enabledBackend(spec.dump());
        QVERIFY(backend);
        QVERIFY(authorityOf("default", *backend, *rig.store.snapshot()));
        secrets = missingSecrets("default", spec.dump(), *rig.store.snapshot(), keys, kNow);
        QVERIFY(secrets && secrets->empty());
    }

    void anImpossibleAuthorityIsAnError()
    {
        Rig rig;
        pki::KeyPool keys(1);
        const Json spec{
            {"mtls",
             {{"enabledBackend", "c"},
              {"backends",
               {{{"name", "c"}, {"type", "builtin"}, {"conf", {{"caCert", {{"RSAbits", 12}}}}}}}}}}};
        QVERIFY(!missingSecrets("default", spec.dump(), *rig.store.snapshot(), keys, kNow));
    }

    void aProvidedAuthorityComesFromItsSecrets()
    {
        Rig rig;
        const auto made = pki::Authority::make({"default", 2048, 24h}, kNow);
        QVERIFY(made);
        const Json spec{{"mtls",
                         {{"enabledBackend", "p"},
                          {"backends",
                           {{{"name", "p"},
                             {"type", "provided"},
                             {"conf", {{"cert", {{"secret", "c"}}}, {"key", {{"secret", "k"}}}}}}}}}}};
        auto violations = providedViolations("default", spec.dump(), *rig.store.snapshot());
        QCOMPARE(violations.size(), 2U);
        QCOMPARE(violations[0].field, std::string("mtls.backends[0].conf.cert"));
        rig.put("Secret", {"default", "c"}, {{"data", pki::toBase64((*made)->chain())}});
        rig.put("Secret", {"default", "k"}, {{"data", pki::toBase64((*made)->keyPem())}});
        QVERIFY(providedViolations("default", spec.dump(), *rig.store.snapshot()).empty());
        const auto loaded = authorityOf("default", *enabledBackend(spec.dump()), *rig.store.snapshot());
        QVERIFY(loaded);
        QCOMPARE((*loaded)->chain(), (*made)->chain());
    }

    void longDurations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("seconds");  // -1 = none
        using namespace Qt::StringLiterals;
        QTest::newRow("a day") << u"1d"_s << qint64(86'400);
        QTest::newRow("ten years") << u"10y"_s << qint64(315'360'000);
        QTest::newRow("several units") << u"2w3h"_s << qint64(1'220'400);
        QTest::newRow("minutes are no milliseconds") << u"5m"_s << qint64(300);
        QTest::newRow("less than a second") << u"5ms"_s << qint64(0);
        QTest::newRow("no unit") << u"5"_s << qint64(-1);
        QTest::newRow("no number") << u"d"_s << qint64(-1);
        QTest::newRow("nothing") << QString() << qint64(-1);
    }
    void longDurations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, seconds);
        const auto read = longDuration(text.toStdString());
        QCOMPARE(read ? qint64(read->count()) : qint64(-1), seconds);
    }
};

QTEST_GUILESS_MAIN(TestMeshUpkeep)
#include "tst_mesh_upkeep.moc"
