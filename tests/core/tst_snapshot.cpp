// Services derived from dataplanes, tag sets, and look-up by key.
#include "backend/core/snapshot.h"

#include <QTest>

using namespace meshscope;

namespace {

DataplanePtr row(const std::string &name, const std::string &service, Health health,
                 const std::vector<std::string> &calls = {})
{
    auto dataplane = std::make_shared<Dataplane>();
    dataplane->key = {"default", name};
    Inbound inbound;
    inbound.port = 80;
    inbound.tags = {{kServiceTag, service}, {kProtocolTag, "HTTP"}, {"version", "v1"}};
    dataplane->inbounds.push_back(inbound);
    for (const auto &called : calls) {
        Outbound outbound;
        outbound.tags = {{kServiceTag, called}};
        dataplane->outbounds.push_back(outbound);
    }
    auto overview = std::make_shared<DataplaneOverview>();
    overview->dataplane = dataplane;
    overview->status.overall = health;
    return overview;
}

class TestSnapshot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void servicesAreCountedByStatus()
    {
        Snapshot snapshot;
        snapshot.dataplanes = {row("backend-1", "backend", Health::Online),
                               row("backend-2", "backend", Health::Offline),
                               row("web-1", "web", Health::Online, {"backend", "nobody"})};
        const auto services = servicesOf(snapshot);
        QCOMPARE(services.size(), std::size_t(3));
        QCOMPARE(services[0].key.name, std::string("backend"));
        QCOMPARE(services[0].online, std::size_t(1));
        QCOMPARE(services[0].offline, std::size_t(1));
        QCOMPARE(services[0].health(), Health::Degraded);
        QCOMPARE(services[0].protocols, std::vector<std::string>{"http"});
        QCOMPARE(services[1].key.name, std::string("nobody"));
        QCOMPARE(services[1].total(), std::size_t(0));
        QCOMPARE(services[1].health(), Health::Unknown);
        QCOMPARE(services[2].callsServices, (std::vector<std::string>{"backend", "nobody"}));
        QCOMPARE(services[2].health(), Health::Online);
    }

    void aServiceOfNoneOnlineIsOffline()
    {
        Snapshot snapshot;
        snapshot.dataplanes = {row("a", "s", Health::Offline), row("b", "s", Health::Unknown)};
        QCOMPARE(servicesOf(snapshot).front().health(), Health::Offline);
    }

    void findUsesTheOrderOfKeys()
    {
        Snapshot snapshot;
        snapshot.dataplanes = {row("a", "s", Health::Online), row("b", "s", Health::Online),
                               row("c", "s", Health::Online)};
        QCOMPARE(snapshot.find({"default", "b"}), snapshot.dataplanes[1]);
        QCOMPARE(snapshot.find({"default", "bb"}), nullptr);
        QCOMPARE(snapshot.find({"other", "a"}), nullptr);
    }

    void tagSetsFallBackToLabels()
    {
        Dataplane dataplane;
        dataplane.labels = {{"app", "web"}};
        dataplane.inbounds.resize(2);
        QCOMPARE(dataplane.tagSets(), std::vector<Tags>{dataplane.labels});
        dataplane.inbounds[1].tags = {{kServiceTag, "web"}};
        QCOMPARE(dataplane.tagSets(), (std::vector<Tags>{{}, {{kServiceTag, "web"}}}));
        dataplane.gateway = Gateway{Gateway::Type::Delegated, {{kServiceTag, "edge"}}};
        QCOMPARE(dataplane.tagSets(), (std::vector<Tags>{{{kServiceTag, "edge"}}}));
    }

    void addressesFollowTheFallbacks()
    {
        Dataplane dataplane;
        dataplane.address = "10.0.0.1";
        Inbound inbound;
        inbound.port = 80;
        QCOMPARE(dataplane.workloadAddress(inbound), std::string("10.0.0.1"));
        QCOMPARE(dataplane.workloadPort(inbound), 80U);
        inbound.address = "10.0.0.2";
        QCOMPARE(dataplane.workloadAddress(inbound), std::string("10.0.0.2"));
        inbound.serviceAddress = "127.0.0.1";
        inbound.servicePort = 81;
        QCOMPARE(dataplane.workloadAddress(inbound), std::string("127.0.0.1"));
        QCOMPARE(dataplane.listenerAddress(inbound), std::string("10.0.0.2"));
        QCOMPARE(dataplane.workloadPort(inbound), 81U);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
