// The status Kuma does not serve and every client computes (kuma-api fact sheet §6.3), with its reason.
#include "backend/core/insight.h"

#include <QTest>

using namespace meshscope;

Q_DECLARE_METATYPE(meshscope::Dataplane)
Q_DECLARE_METATYPE(meshscope::DataplaneInsight)
Q_DECLARE_METATYPE(meshscope::Health)

namespace {

const TimePoint kThen{std::chrono::milliseconds(1'700'000'000'000)};

Inbound inbound(std::uint32_t port, InboundState state = InboundState::Ready)
{
    Inbound result;
    result.port = port;
    result.state = state;
    return result;
}

Dataplane dataplane(std::vector<Inbound> inbounds)
{
    Dataplane result;
    result.key = {"default", "web-1"};
    result.inbounds = std::move(inbounds);
    return result;
}

DataplaneInsight connected()
{
    DataplaneInsight result;
    result.subscriptions.emplace_back().connectTime = kThen;
    return result;
}

DataplaneInsight gone()
{
    auto result = connected();
    result.subscriptions.back().disconnectTime = kThen + std::chrono::seconds(5);
    return result;
}

class TestDataplaneStatus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statusFollowsKuma_data()
    {
        QTest::addColumn<Dataplane>("dp");
        QTest::addColumn<DataplaneInsight>("insight");
        QTest::addColumn<Health>("overall");
        QTest::addColumn<Health>("link");
        QTest::addColumn<Health>("fit");
        QTest::addColumn<QString>("reason");

        const auto ready = dataplane({inbound(80)});
        QTest::newRow("connected and ready")
            << ready << connected() << Health::Online << Health::Online << Health::Online << QString();
        QTest::newRow("never connected")
            << ready << DataplaneInsight() << Health::Unknown << Health::Unknown << Health::Online
            << QStringLiteral("no proxy has connected for it yet");
        QTest::newRow("was connected")
            << ready << gone() << Health::Offline << Health::Offline << Health::Online
            << QStringLiteral("its proxy is not connected to the control plane");
        QTest::newRow("its only inbound is not ready")
            << dataplane({inbound(80, InboundState::NotReady)}) << connected() << Health::Offline
            << Health::Online << Health::Offline << QStringLiteral("inbound 80 is not ready");
        QTest::newRow("one of two is not ready")
            << dataplane({inbound(80, InboundState::NotReady), inbound(81)}) << connected()
            << Health::Degraded << Health::Online << Health::Degraded
            << QStringLiteral("inbound 80 is not ready");
        QTest::newRow("ignored counts as ready")
            << dataplane({inbound(80, InboundState::Ignored)}) << connected() << Health::Online
            << Health::Online << Health::Online << QString();

        auto oldTwin = inbound(80);
        oldTwin.healthReady = false;
        QTest::newRow("health.ready of before 2.6")
            << dataplane({oldTwin}) << connected() << Health::Offline << Health::Online << Health::Offline
            << QStringLiteral("inbound 80 is not ready");
        QTest::newRow("no inbound at all")
            << dataplane({}) << connected() << Health::Offline << Health::Online << Health::Offline
            << QStringLiteral("it has no inbound");

        auto gateway = dataplane({});
        gateway.gateway = Gateway{};
        QTest::newRow("a gateway needs only its link")
            << gateway << connected() << Health::Online << Health::Online << Health::Online << QString();
        QTest::newRow("a gateway that left")
            << gateway << gone() << Health::Offline << Health::Offline << Health::Online
            << QStringLiteral("its proxy is not connected to the control plane");
    }

    void statusFollowsKuma()
    {
        QFETCH(Dataplane, dp);
        QFETCH(DataplaneInsight, insight);
        QFETCH(Health, overall);
        QFETCH(Health, link);
        QFETCH(Health, fit);
        QFETCH(QString, reason);
        const auto status = statusOf(dp, insight);
        QCOMPARE(status.overall, overall);
        QCOMPARE(status.link, link);
        QCOMPARE(status.inbounds, fit);
        QCOMPARE(QString::fromStdString(status.reason), reason);
    }

    void anyOpenSubscriptionMeansOnline()
    {
        auto insight = connected();
        insight.subscriptions.push_back(gone().subscriptions.front());
        QVERIFY(insight.isOnline());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestDataplaneStatus)
#include "tst_dataplane_status.moc"
