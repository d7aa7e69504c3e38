#include "backend/sidecar/envoy_watch.h"

#include <QSignalSpy>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

using Kind = EnvoyNews::Kind;

class TestEnvoyWatch : public QObject
{
    Q_OBJECT

    HttpExchange m_http;

private Q_SLOTS:
    void countersAreRead()
    {
        const auto counters =
            countersFrom("cluster_manager.cds.update_success: 7\ncontrol_plane.connected_state: 0\n"
                         "listener_manager.lds.update_success: 3\n");
        QVERIFY(!counters.isConnected);
        QCOMPARE(counters.clusterUpdates, 7U);
        QCOMPARE(counters.listenerUpdates, 3U);
        QVERIFY(countersFrom("").isConnected);
    }

    void aLostConnectionIsSaidUntilItIsBack()
    {
        EnvoyWatch watch(m_http);
        QSignalSpy changed(&watch, &EnvoyWatch::changed);
        watch.judge({true, 1, 1, 0});
        QCOMPARE(changed.size(), 0);
        watch.judge({false, 1, 1, 0});
        watch.judge({false, 1, 1, 0});
        QCOMPARE(watch.trouble(), u"Envoy has no connection to the control plane"_s);
        QCOMPARE(changed.size(), 1);
        watch.note({Kind::ControlPlaneUnreachable, u"no route"_s, {}});  // the log knows more
        QCOMPARE(watch.trouble(), u"no route"_s);
        watch.judge({true, 1, 1, 0});
        QCOMPARE(watch.trouble(), QString());
        QCOMPARE(changed.size(), 3);
    }

    void aNewCertificateIsSaid()
    {
        QCOMPARE(countersFrom("cluster.ads_cluster.ssl.fail_verify_error: 2\n"
                              "cluster.ads_cluster.ssl.fail_verify_san: 1\n")
                     .certificateFailures,
                 3U);
        EnvoyWatch watch(m_http);
        watch.judge({false, 1, 1, 0});
        QCOMPARE(watch.trouble(), u"Envoy has no connection to the control plane"_s);
        watch.judge({false, 1, 1, 2});
        QVERIFY2(watch.trouble().contains("certificate does not match any more"_L1),
                 qPrintable(watch.trouble()));
        watch.judge({true, 1, 1, 2});
        QCOMPARE(watch.trouble(), QString());
    }

    void aRefusalIsSaidUntilTheTypeIsAccepted_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<quint64>("listeners");
        QTest::addColumn<quint64>("clusters");
        QTest::addColumn<bool>("isOver");
        QTest::newRow("nothing came") << u"Listener"_s << quint64(3) << quint64(7) << false;
        QTest::newRow("a listener was refused, clusters came")
            << u"Listener"_s << quint64(3) << quint64(8) << false;
        QTest::newRow("a listener was refused, listeners came")
            << u"Listener"_s << quint64(4) << quint64(7) << true;
        QTest::newRow("a cluster was refused, listeners came")
            << u"Cluster"_s << quint64(4) << quint64(7) << false;
        QTest::newRow("a cluster was refused, clusters came")
            << u"Cluster"_s << quint64(3) << quint64(8) << true;
    }
    void aRefusalIsSaidUntilTheTypeIsAccepted()
    {
        QFETCH(QString, type);
        QFETCH(quint64, listeners);
        QFETCH(quint64, clusters);
        EnvoyWatch watch(m_http);
        watch.note({Kind::ConfigurationRejected, u"refused"_s, type});
        watch.judge({true, 3, 7, 0});
        QCOMPARE(watch.trouble(), u"refused"_s);
        watch.judge({true, listeners, clusters, 0});
        QTEST(watch.trouble().isEmpty(), "isOver");
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestEnvoyWatch)
#include "tst_envoy_watch.moc"
