// Each rule on a mesh that has the fault and on one that nearly has it; the order, and what is kept.
#include "backend/findings/finding.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QTest>

#include <algorithm>
#include <functional>

using namespace meshscope;
using namespace meshscope::testing;
using findings::Kind;
using findings::MeshFinding;
using findings::Severity;
using findings::Subject;

namespace {

using Names = std::vector<std::string>;
using Change = std::function<void(Snapshot &)>;

std::shared_ptr<Snapshot> copyOf(std::vector<DataplanePtr> rows)
{
    return std::make_shared<Snapshot>(*snapshotOf(std::move(rows)));
}

void setEra(Snapshot &snapshot, KumaEra era)
{
    auto capabilities = std::make_shared<Capabilities>();
    capabilities->isKnown = true;
    capabilities->era = era;
    snapshot.capabilities = capabilities;
}

void addPolicy(Snapshot &snapshot, const std::string &type, const std::string &name, const std::string &json,
               Tags labels = {})
{
    auto record = std::make_shared<ResourceRecord>();
    record->type = type;
    record->key = {"default", name};
    record->json = json;
    record->labels = std::move(labels);
    auto list = std::make_shared<ResourceList>();
    list->type = type;
    list->rows = {record};
    snapshot.resources.push_back(list);
    std::sort(snapshot.resources.begin(), snapshot.resources.end(),
              [](const auto &a, const auto &b) { return a->type < b->type; });
}

void addEmpty(Snapshot &snapshot, const std::string &type, std::optional<Error> problem = std::nullopt)
{
    auto list = std::make_shared<ResourceList>();
    list->type = type;
    list->problem = std::move(problem);
    snapshot.resources.push_back(list);
    std::sort(snapshot.resources.begin(), snapshot.resources.end(),
              [](const auto &a, const auto &b) { return a->type < b->type; });
}

DataplanePtr changed(const DataplanePtr &row,
                     const std::function<void(Dataplane &, DataplaneInsight &)> &change)
{
    Dataplane dataplane = *row->dataplane;
    auto copy = std::make_shared<DataplaneOverview>(*row);
    change(dataplane, copy->insight);
    copy->status = statusOf(dataplane, copy->insight);
    copy->dataplane = std::make_shared<const Dataplane>(std::move(dataplane));
    return copy;
}

DataplanePtr transparent(const DataplanePtr &row)
{
    return changed(row, [](Dataplane &dataplane, DataplaneInsight &) {
        TransparentProxying proxying;
        proxying.redirectPortInbound = 15006;
        proxying.redirectPortOutbound = 15001;
        dataplane.transparentProxying = proxying;
    });
}

// Names of what was found, as "NACK web-1".
Names found(const Snapshot &snapshot, TimePoint now = at(5))
{
    Names names;
    for (const MeshFinding &finding : findings::findingsOf(snapshot, now).list)
        names.push_back(std::string(findings::titleOf(finding.kind)) + " " + finding.key.name);
    return names;
}

DataplanePtr fit(const std::string &name, const std::string &service, const Tags &tags = {})
{
    return dp(name).service(service, tags).online().acks(5, 5).row();
}

}  // namespace

class TestFindings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void proxies_data()
    {
        QTest::addColumn<std::vector<DataplanePtr>>("rows");
        QTest::addColumn<Names>("wanted");
        using Rows = std::vector<DataplanePtr>;
        const Names none;
        QTest::newRow("all is well") << Rows{fit("web-1", "web")} << none;
        QTest::newRow("never connected is not offline") << Rows{dp("web-1").service("web").row()} << none;
        QTest::newRow("gone") << Rows{dp("web-1").service("web").offline().row()} << Names{"Offline web-1"};
        QTest::newRow("refused once")
            << Rows{dp("web-1").service("web").online().acks(5, 4, 1).row()} << Names{"NACK web-1"};
        QTest::newRow("refused again and again")
            << Rows{dp("web-1").service("web").online().acks(9, 4, 5).row()} << Names{"NACK loop web-1"};
        QTest::newRow("an inbound not ready")
            << Rows{dp("web-1").service("web").notReady().service("admin").online().acks(5, 5).row()}
            << Names{"Not ready web-1", "Probe admin"};
        QTest::newRow("sent nothing since it connected")
            << Rows{dp("web-1").service("web").online().acks(0, 0).row()} << Names{"Stalled web-1"};
        QTest::newRow("never answered")
            << Rows{dp("web-1").service("web").online().acks(3, 0).row()} << Names{"Stalled web-1"};
        QTest::newRow("a certificate near its end") << Rows{changed(
            fit("web-1", "web"), [](auto &, auto &insight) { insight.certificateExpiration = at(30); })}
                                                    << Names{"Certificate web-1"};
        QTest::newRow("a certificate with time left") << Rows{changed(
            fit("web-1", "web"), [](auto &, auto &insight) { insight.certificateExpiration = at(600); })}
                                                      << none;
        const auto version = [](const std::string &dp) {
            return changed(fit("web-1", "web"),
                           [dp](auto &, auto &insight) { insight.subscriptions.back().kumaDpVersion = dp; });
        };
        QTest::newRow("two minor versions behind is fine") << Rows{version("2.7.3")} << none;
        QTest::newRow("three are not") << Rows{version("2.6.0")} << Names{"Version skew web-1"};
        QTest::newRow("newer than the control plane")
            << Rows{version("2.10.0")} << Names{"Version skew web-1"};
        QTest::newRow("a development build says nothing") << Rows{version("0.0.0-preview.v1")} << none;
        QTest::newRow("a launcher that is no kuma-dp says nothing") << Rows{version("0.1.0")} << none;
    }
    void proxies()
    {
        QFETCH(std::vector<DataplanePtr>, rows);
        QFETCH(Names, wanted);
        QCOMPARE(found(*copyOf(rows)), wanted);
    }

    void dataplanes_data()
    {
        QTest::addColumn<std::vector<DataplanePtr>>("rows");
        QTest::addColumn<Names>("wanted");
        using Rows = std::vector<DataplanePtr>;
        const Names none;
        const auto ownPort = [](const std::string &serviceAddress) {
            return changed(dp("web-1").address("10.0.0.1").service("web").online().acks(1, 1).row(),
                           [serviceAddress](Dataplane &dataplane, auto &) {
                               dataplane.inbounds[0].serviceAddress = serviceAddress;
                               dataplane.inbounds[0].servicePort = 0;
                           });
        };
        QTest::newRow("an application on another address") << Rows{ownPort("127.0.0.1")} << none;
        QTest::newRow("an inbound that calls itself") << Rows{ownPort("10.0.0.1")} << Names{"Loop web-1"};
        QTest::newRow("the same with no address given") << Rows{ownPort("")} << Names{"Loop web-1"};
        QTest::newRow("redirected traffic is no loop") << Rows{transparent(ownPort(""))} << none;
        QTest::newRow("an outbound on the own listener") << Rows{
            changed(
                dp("web-1").address("127.0.0.1").service("web").calls("db", 8080).online().acks(1, 1).row(),
                [](Dataplane &dataplane, auto &) { dataplane.inbounds[0].servicePort = 9; }),
            fit("db-1", "db")} << Names{"Loop web-1"};
        QTest::newRow("an outbound that nobody answers")
            << Rows{dp("web-1").service("web").calls("mysql").online().acks(1, 1).row()}
            << Names{"Orphan web-1"};
        QTest::newRow("the service is in another mesh")
            << Rows{dp("web-1").service("web").calls("db").online().acks(1, 1).row(),
                    dp("db-1").mesh("other").service("db").online().acks(1, 1).row()}
            << Names{"Orphan web-1"};
        const auto on = [](const char *name, const char *address) {
            return dp(name).address(address).service(name).servicePort(9).online().acks(1, 1).row();
        };
        QTest::newRow("two on one address and port")
            << Rows{on("a", "10.0.0.1"), on("b", "10.0.0.1")} << Names{"Port clash a"};
        QTest::newRow("two on loopback may be two machines")
            << Rows{on("a", "127.0.0.1"), on("b", "127.0.0.1")} << none;
        QTest::newRow("two transparent proxies on one address") << Rows{
            transparent(changed(on("a", "10.0.0.1"), [](Dataplane &d, auto &) { d.inbounds[0].port = 81; })),
            transparent(on("b", "10.0.0.1"))} << Names{"Shared DNS port a"};
    }
    void dataplanes()
    {
        QFETCH(std::vector<DataplanePtr>, rows);
        QFETCH(Names, wanted);
        QCOMPARE(found(*copyOf(rows)), wanted);
    }

    void meshes_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<Names>("wanted");
        const Names none;
        const auto row = [](const char *name, Change change, const Names &wanted) {
            QTest::newRow(name) << change << wanted;
        };
        row("mTLS without a permission",
            [](Snapshot &s) {
                s.meshes[0].mtlsEnabled = true;
                addEmpty(s, "MeshTrafficPermission");
            },
            {"Denied default"});
        row(
            "mTLS with one",
            [](Snapshot &s) {
                s.meshes[0].mtlsEnabled = true;
                addPolicy(s, "MeshTrafficPermission", "all", R"({"spec":{"targetRef":{"kind":"Mesh"}}})");
            },
            none);
        row("permissions that could not be read say nothing about denial",
            [](Snapshot &s) {
                s.meshes[0].mtlsEnabled = true;
                addEmpty(s, "MeshTrafficPermission", Error{Error::Code::Refused, "access denied", ""});
            },
            {"Not readable "});
        row(
            "no mTLS, no permission needed", [](Snapshot &s) { addEmpty(s, "MeshTrafficPermission"); }, none);
        row("a zone that is gone",
            [](Snapshot &s) {
                ZoneInfo zone;
                zone.name = "east";
                zone.link = Health::Offline;
                s.zones = std::make_shared<std::vector<ZoneInfo>>(std::vector{zone});
            },
            {"Zone offline east"});
        row(
            "an external service takes the outbound",
            [](Snapshot &s) {
                s.dataplanes[0] = dp("web-1").service("web").calls("mysql").online().acks(1, 1).row();
                addPolicy(s, "ExternalService", "es", R"({"tags":{"kuma.io/service":"mysql"}})");
            },
            none);
        row("workload ports differ on 3.0",
            [](Snapshot &s) {
                setEra(s, KumaEra::V3_0);
                for (int i = 0; i < 2; ++i)
                    s.dataplanes.push_back(dp("w-" + std::to_string(i))
                                               .service("w")
                                               .port(static_cast<std::uint32_t>(80 + i))
                                               .label("kuma.io/workload", "w")
                                               .online()
                                               .acks(1, 1)
                                               .row());
            },
            {"Workload ports w"});
    }
    void meshes()
    {
        QFETCH(Change, change);
        QFETCH(Names, wanted);
        const auto snapshot = copyOf({fit("web-1", "web")});
        change(*snapshot);
        std::sort(snapshot->dataplanes.begin(), snapshot->dataplanes.end(),
                  [](const auto &a, const auto &b) { return a->key() < b->key(); });
        QCOMPARE(found(*snapshot), wanted);
    }

    void policies_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("json");
        QTest::addColumn<Names>("wanted");
        const Names none;
        const auto row = [](const char *name, const char *type, const char *json, const Names &wanted) {
            QTest::newRow(name) << QString::fromLatin1(type) << QString::fromUtf8(json) << wanted;
        };
        row("a subset that exists", "MeshTimeout",
            R"({"spec":{"targetRef":{"kind":"MeshSubset","tags":{"version":"v1"}}}})", none);
        row("a subset that does not", "MeshTimeout",
            R"({"spec":{"targetRef":{"kind":"MeshSubset","tags":{"version":"v9"}}}})", {"No match p"});
        row("tags of two inbounds are no match", "MeshTimeout",
            R"({"spec":{"targetRef":{"kind":"MeshSubset","tags":{"version":"v1","kuma.io/service":"admin"}}}})",
            {"No match p"});
        row("a service that does not exist", "MeshTimeout",
            R"({"spec":{"targetRef":{"kind":"MeshService","name":"wbe"}}})", {"No match p"});
        row("the whole mesh", "MeshTimeout", R"({"spec":{"targetRef":{"kind":"Mesh"}}})", none);
        row("labels that no dataplane has", "MeshTimeout",
            R"({"spec":{"targetRef":{"kind":"Dataplane","labels":{"app":"x"}}}})", {"No match p"});
        row("a zone that the server writes over", "MeshTimeout",
            R"({"spec":{"targetRef":{"kind":"MeshSubset","tags":{"kuma.io/zone":"west"}}}})", {"Zone tag p"});
        row("legacy sources that match", "TrafficRoute",
            R"({"sources":[{"match":{"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"web"}}]})",
            none);
        row("legacy destinations that do not", "TrafficRoute",
            R"({"sources":[{"match":{"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"db"}}]})",
            {"No match p"});
        row("a prefix that hides a regular expression", "MeshHTTPRoute",
            R"({"spec":{"targetRef":{"kind":"Mesh"},"to":[{"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/"}}]},{"matches":[{"path":{"type":"RegularExpression","value":"/a.*"}}]}]}]}})",
            {"Shadowed route p"});
        row("a prefix that hides headers", "MeshHTTPRoute",
            R"({"spec":{"to":[{"rules":[{"matches":[{"headers":[{"name":"x"}]}]},{"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]}]}})",
            {"Shadowed route p"});
        row("a longer prefix hides nothing", "MeshHTTPRoute",
            R"({"spec":{"to":[{"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/a"}}]},{"matches":[{"path":{"type":"RegularExpression","value":"/a.*"}}]}]}]}})",
            none);
        row("a prefix and headers together hide nothing", "MeshHTTPRoute",
            R"({"spec":{"to":[{"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/"},"headers":[{"name":"x"}]}]},{"matches":[{"path":{"type":"RegularExpression","value":"/a"}}]}]}]}})",
            none);
        row("rules of another destination are apart", "MeshHTTPRoute",
            R"({"spec":{"to":[{"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},{"rules":[{"matches":[{"path":{"type":"RegularExpression","value":"/a"}}]}]}]}})",
            none);
        row("activeRequestBias", "MeshLoadBalancingStrategy",
            R"({"spec":{"to":[{"default":{"loadBalancer":{"type":"LeastRequest","leastRequest":{"activeRequestBias":"1.3"}}}}]}})",
            {"Unsendable p"});
        row("a gateway's route without weight", "MeshTCPRoute",
            R"({"spec":{"targetRef":{"kind":"MeshGateway","name":"g"},"to":[{"rules":[{"default":{"backendRefs":[{"kind":"MeshService","name":"web"}]}}]}]}})",
            {"Unsendable p"});
        row("a sidecar's may have none", "MeshTCPRoute",
            R"({"spec":{"targetRef":{"kind":"Mesh"},"to":[{"rules":[{"default":{"backendRefs":[{"kind":"MeshService","name":"web"}]}}]}]}})",
            none);
        row("TCP bytes", "MeshHealthCheck", R"({"spec":{"to":[{"default":{"tcp":{"send":"Zm9v"}}}]}})",
            {"Undecoded bytes p"});
        row("a status Envoy knows", "MeshRateLimit",
            R"({"spec":{"from":[{"default":{"local":{"http":{"onRateLimit":{"status":429}}}}}]}})", none);
        row("one it does not", "MeshRateLimit",
            R"({"spec":{"from":[{"default":{"local":{"http":{"onRateLimit":{"status":430}}}}}]}})",
            {"Unknown status p"});
        row("not JSON", "MeshRateLimit", "{", none);
        row("a spec that is no object", "MeshTimeout", R"({"spec":[1,2]})", none);
        row("a target that is a number", "MeshTimeout", R"({"spec":{"targetRef":7}})", none);
    }
    void policies()
    {
        QFETCH(QString, type);
        QFETCH(QString, json);
        QFETCH(Names, wanted);
        const auto snapshot = copyOf({dp("web-1")
                                          .service("web", {{"version", "v1"}, {"kuma.io/zone", "east"}})
                                          .service("admin")
                                          .online()
                                          .acks(1, 1)
                                          .row()});
        addPolicy(*snapshot, type.toStdString(), "p", json.toStdString());
        QCOMPARE(found(*snapshot), wanted);
    }

    void aShadowLabelIsWarnedOf()
    {
        const auto snapshot = copyOf({fit("web-1", "web")});
        addPolicy(*snapshot, "MeshTimeout", "p", R"({"spec":{"targetRef":{"kind":"Mesh"}}})",
                  {{"kuma.io/effect", "shadow"}});
        QCOMPARE(found(*snapshot), Names{"Shadow label p"});
    }

    void trapsOf29AreNotSaidOfOthers()
    {
        const auto snapshot = copyOf({fit("web-1", "web")});
        setEra(*snapshot, KumaEra::V2_14);
        addPolicy(*snapshot, "MeshHealthCheck", "p",
                  R"({"spec":{"to":[{"default":{"tcp":{"send":"Zm9v"}}}]}})");
        QCOMPARE(found(*snapshot), Names());
    }

    void theWorstStandFirstAndTheRestIsCounted()
    {
        std::vector<DataplanePtr> rows{dp("a").service("a").calls("nobody").online().acks(1, 1).row()};
        for (int i = 0; i < 20; ++i)
            rows.push_back(dp("x-" + std::to_string(i)).service("x").offline().row());
        findings::Options options;
        options.limit = 5;
        const auto result = findings::findingsOf(*copyOf(rows), at(5), options);
        QCOMPARE(result.list.size(), std::size_t(5));
        QCOMPARE(result.total, std::size_t(21));
        QVERIFY(result.list.front().severity == Severity::Problem);
    }

    void everyFindingSaysWhatAndTheWayOut()
    {
        const auto snapshot = copyOf({dp("a").service("a").calls("nobody").online().acks(9, 1, 5).row(),
                                      dp("b").service("b").offline().row()});
        snapshot->meshes[0].mtlsEnabled = true;
        addEmpty(*snapshot, "MeshTrafficPermission");
        const auto result = findings::findingsOf(*snapshot, at(5));
        QCOMPARE(result.list.size(), std::size_t(4));
        for (const MeshFinding &finding : result.list) {
            QVERIFY(!finding.what.empty() && finding.what.back() != '.');
            QVERIFY(!finding.wayOut.empty() && finding.wayOut.back() != '.');
            QVERIFY(!findings::titleOf(finding.kind).empty());
        }
        QVERIFY(result.list.front().subject == Subject::Dataplane);
    }

    void nothingIsFoundInNothing() { QCOMPARE(found(Snapshot()), Names()); }
};

QTEST_GUILESS_MAIN(TestFindings)
#include "tst_findings.moc"
