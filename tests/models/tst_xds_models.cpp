// What an Envoy has, read from both shapes that are served; the table over it; effective values with origins.
#include "models/effective_rules.h"
#include "models/xds_table.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;

namespace {

const std::string kDump = R"({"configs":[
 {"@type":"type.googleapis.com/envoy.admin.v3.BootstrapConfigDump","bootstrap":{}},
 {"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
  "static_clusters":[{"cluster":{"name":"ads_cluster","type":"STATIC","load_assignment":{"cluster_name":"ads_cluster",
    "endpoints":[{"lb_endpoints":[{"endpoint":{"address":{"socket_address":{"address":"10.0.0.9","port_value":5678}}}}]}]}}}],
  "dynamic_active_clusters":[{"cluster":{"name":"backend","type":"EDS","lb_policy":"ROUND_ROBIN","connect_timeout":"5s",
    "transport_socket":{"name":"tls"}}}],
  "dynamic_warming_clusters":[{"cluster":{"name":"db","type":"EDS"}}]},
 {"@type":"type.googleapis.com/envoy.admin.v3.ListenersConfigDump","dynamic_listeners":[
  {"name":"inbound:10.0.0.1:80","active_state":{"listener":{"name":"inbound:10.0.0.1:80","traffic_direction":"INBOUND",
    "address":{"socket_address":{"address":"10.0.0.1","port_value":80}},
    "filter_chains":[{"filters":[{"name":"envoy.filters.network.http_connection_manager",
      "typed_config":{"route_config":{"name":"inbound:web","virtual_hosts":[{"domains":["*"],"routes":[{"route":{"cluster":"localhost:8080"}}]}]}}}]}]}}},
  {"name":"outbound:127.0.0.1:1","error_state":{"details":"duplicate address"},"warming_state":{"listener":{"name":"outbound:127.0.0.1:1"}}}]},
 {"@type":"type.googleapis.com/envoy.admin.v3.EndpointsConfigDump","dynamic_endpoint_configs":[
  {"endpoint_config":{"cluster_name":"backend","endpoints":[{"locality":{"zone":"east"},"lb_endpoints":[
    {"health_status":"HEALTHY","load_balancing_weight":1,"endpoint":{"address":{"socket_address":{"address":"10.0.0.2","port_value":80}}}},
    {"health_status":"UNHEALTHY","endpoint":{"address":{"socket_address":{"address":"10.0.0.3","port_value":80}}}}]}]}},
  {"endpoint_config":{"cluster_name":"nobody"}}]},
 {"@type":"type.googleapis.com/envoy.admin.v3.SecretsConfigDump","dynamic_active_secrets":[
  {"name":"id","last_updated":"2026-01-02T03:04:05Z","secret":{"name":"id","tls_certificate":{"private_key":{"inline_bytes":"U0VDUkVU"}}}}]}
]})";

const std::string kConfig = R"({"xds":{
 "type.googleapis.com/envoy.config.listener.v3.Listener":{"l":{"name":"l","address":{"socketAddress":{"address":"10.0.0.1","portValue":80}},"trafficDirection":"OUTBOUND"}},
 "type.googleapis.com/envoy.config.cluster.v3.Cluster":{"c":{"name":"c","type":"EDS","lbPolicy":"LEAST_REQUEST","connectTimeout":"10s"}},
 "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret":{"s":{"name":"s","tlsCertificate":{"privateKey":{"inlineBytes":"U0VDUkVU"}}}}}})";

QStringList rowsOf(const XdsTable &table)
{
    QStringList rows;
    for (int row = 0; row < table.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < table.columnCount(); ++column)
            cells << table.index(row, column).data().toString();
        rows << cells.join(u'|');
    }
    return rows;
}

}  // namespace

class TestXdsModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aConfigDumpBecomesTables_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QStringList>("rows");
        QTest::newRow("listeners, with the one that was refused")
            << int(XdsKind::Listeners)
            << QStringList{u"inbound:10.0.0.1:80|10.0.0.1:80|inbound|1|http"_s,
                           u"outbound:127.0.0.1:1|:||0|"_s};
        QTest::newRow("routes that a listener carries itself")
            << int(XdsKind::Routes) << QStringList{u"inbound:web|1|*|1|localhost:8080"_s};
        QTest::newRow("clusters, static and warming too")
            << int(XdsKind::Clusters)
            << QStringList{u"ads_cluster|STATIC||no|"_s, u"backend|EDS|ROUND_ROBIN|yes|5s"_s,
                           u"db|EDS||no|"_s};
        QTest::newRow("endpoints, and a cluster without any")
            << int(XdsKind::Endpoints)
            << QStringList{u"ads_cluster|10.0.0.9:5678|not checked||"_s,
                           u"backend|10.0.0.2:80|healthy|1|east"_s, u"backend|10.0.0.3:80|unhealthy||east"_s,
                           u"nobody|no endpoint|||"_s};
        QTest::newRow("secrets") << int(XdsKind::Secrets)
                                 << QStringList{u"id|certificate|2026-01-02T03:04:05Z"_s};
    }
    void aConfigDumpBecomesTables()
    {
        QFETCH(int, kind);
        QFETCH(QStringList, rows);
        const auto dump = xdsDumpFrom(kDump);
        QVERIFY(dump);
        XdsTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        table.setDump(*dump);
        table.setKind(static_cast<XdsKind>(kind));
        QStringList found = rowsOf(table);
        found.replaceInStrings(u"|:|"_s, u"||"_s);
        rows.replaceInStrings(u"|:|"_s, u"||"_s);
        QCOMPARE(found, rows);
    }

    void troubleIsMarkedAndSaid()
    {
        XdsTable table;
        table.setDump(*xdsDumpFrom(kDump));
        QCOMPARE(table.index(0, 0).data(HealthRole).value<Health>(), Health::Online);
        QCOMPARE(table.index(1, 0).data(HealthRole).value<Health>(), Health::Offline);
        QCOMPARE(table.index(1, 0).data(ReasonRole).toString(), u"duplicate address"_s);
    }

    void theOtherShapeIsReadToo()
    {
        const auto dump = xdsDumpFrom(kConfig);
        QVERIFY(dump);
        QCOMPARE((*dump)->total(), std::size_t(3));
        QCOMPARE((*dump)->of(XdsKind::Listeners).front().cells.first(), u"10.0.0.1:80"_s);
        QCOMPARE((*dump)->of(XdsKind::Clusters).front().cells.at(1), u"LEAST_REQUEST"_s);
    }

    void keysAreNeverShown()
    {
        for (const std::string &json : {kDump, kConfig}) {
            const auto dump = xdsDumpFrom(json);
            const XdsRow &secret = (*dump)->of(XdsKind::Secrets).front();
            const QByteArray raw = QJsonDocument(secret.raw).toJson();
            QVERIFY(!raw.contains("U0VDUkVU"));
            QVERIFY(raw.contains("[redacted]"));
            QVERIFY(!secret.search.contains(u"u0vdukvu"_s));
        }
    }

    void searchLooksInTheJsonToo()
    {
        XdsTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        table.setDump(*xdsDumpFrom(kDump));
        table.setKind(XdsKind::Clusters);
        table.setSearch(u"TLS"_s);
        QCOMPARE(table.rowCount(), 1);
        table.setSearch(u"eds db"_s);
        QCOMPARE(table.index(0, 0).data().toString(), u"db"_s);
        QCOMPARE(table.countOf(XdsKind::Listeners), 0);
        table.setSearch({});
        QCOMPARE(table.countOf(XdsKind::Listeners), 2);
        table.setDump(nullptr);
        QCOMPARE(table.rowCount(), 0);
    }

    void whatIsNoConfigurationIsSaid_data()
    {
        QTest::addColumn<std::string>("json");
        QTest::newRow("nothing") << std::string();
        QTest::newRow("a page of HTML") << std::string("<html>");
        QTest::newRow("a list") << std::string("[1]");
        QTest::newRow("another object") << std::string(R"({"items":[]})");
    }
    void whatIsNoConfigurationIsSaid()
    {
        QFETCH(std::string, json);
        const auto dump = xdsDumpFrom(json);
        QVERIFY(!dump);
        QVERIFY(dump.error().code == Error::Code::Invalid);
    }

    void oddShapesDoNoHarm()
    {
        const auto dump = xdsDumpFrom(
            R"({"configs":[1,null,{"@type":"x.ListenersConfigDump","dynamic_listeners":[3,{"active_state":7}]},
            {"@type":"x.ClustersConfigDump","static_clusters":{}}]})");
        QVERIFY(dump);
        QCOMPARE((*dump)->of(XdsKind::Clusters).size(), std::size_t(0));
    }

    void rulesHaveValuesAndOrigins()
    {
        const auto rules = effectiveRulesFrom(R"({"rules":[{"type":"MeshTimeout",
            "fromRules":[{"inbound":{"port":80},"rules":[{"conf":{"idleTimeout":"2h"},"matchers":[],"origin":[{"mesh":"m","name":"all","type":"MeshTimeout"}]}]}],
            "toRules":[{"conf":{"http":{"requestTimeout":"1s"}},"matchers":[{"key":"kuma.io/service","value":"backend","not":false}],
                        "origin":[{"mesh":"m","name":"all","type":"MeshTimeout"},{"mesh":"m","name":"mine","type":"MeshTimeout"}]},
                       {"conf":{},"matchers":[],"origin":[]}],
            "toResourceRules":[{"conf":[{"a":1}],"resourceMeta":{"type":"Mesh","name":"m"},"origin":[]}]}]})");
        QVERIFY(rules);
        QCOMPARE(rules->size(), std::size_t(3));
        QCOMPARE((*rules)[0].scope, u"inbound :80"_s);
        QCOMPARE((*rules)[1].scope, u"to backend"_s);
        QCOMPARE((*rules)[1].values.front().first, u"http.requestTimeout"_s);
        QCOMPARE((*rules)[1].values.front().second, u"1s"_s);
        QCOMPARE((*rules)[1].origins.size(), std::size_t(2));
        QCOMPARE((*rules)[1].origins[1].key, (ResourceKey{"m", "mine"}));
        QCOMPARE((*rules)[2].scope, u"to every other service"_s);
    }

    void rulesOfLaterErasAreRead()
    {
        const auto rules =
            effectiveRulesFrom(R"({"rules":[{"type":"MeshTimeout","proxyRule":{"conf":{"x":true},"origin":[]},
            "inboundRules":[{"inbound":{"name":"http","port":80,"tags":null},"rules":[{"conf":[{"idleTimeout":"2h"}],"origin":[{"resourceMeta":{"mesh":"m","name":"a","type":"MeshTimeout"},"ruleIndex":0}]}]}],
            "toResourceRules":[{"conf":[{"b":2}],"resourceMeta":{"type":"MeshService","name":"web"},"resourceSectionName":"80","origin":[]}]}]})");
        QVERIFY(rules);
        QCOMPARE(rules->size(), std::size_t(3));
        QCOMPARE((*rules)[0].scope, u"inbound :80 http"_s);
        QCOMPARE((*rules)[0].values.front(), std::pair(u"idleTimeout"_s, u"2h"_s));
        QCOMPARE((*rules)[0].origins.front().key.name, std::string("a"));
        QCOMPARE((*rules)[1].scope, u"the proxy"_s);
        QCOMPARE((*rules)[2].scope, u"to MeshService web :80"_s);
    }

    void theOlderAnswerHasOriginsOnly()
    {
        const auto rules = effectiveRulesFrom(R"({"kind":"SidecarDataplane","total":1,"items":[
            {"type":"outbound","name":"127.0.0.1:1","service":"web","matchedPolicies":{"Retry":[{"type":"Retry","mesh":"m","name":"r"}]}}]})");
        QVERIFY(rules);
        QCOMPARE(rules->size(), std::size_t(1));
        QCOMPARE(rules->front().scope, u"to web"_s);
        QVERIFY(rules->front().values.empty());
        QCOMPARE(rules->front().origins.front().type, std::string("Retry"));
        QVERIFY(!effectiveRulesFrom("nonsense"));
        QCOMPARE(effectiveRulesFrom(R"({"items":null})")->size(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestXdsModels)
#include "tst_xds_models.moc"
