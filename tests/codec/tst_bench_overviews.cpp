// How long a page of 1,000 dataplanes takes to read. The client reads it in its thread pool.
#include "backend/codec/dataplane_codec.h"
#include "backend/codec/overview_codec.h"
#include "backend/codec/yaml_document.h"

#include <QTest>

using namespace meshscope;

namespace {

std::string page(int count)
{
    std::string body = "{\"total\":" + std::to_string(count) + ",\"items\":[";
    for (int i = 0; i < count; ++i) {
        const auto number = std::to_string(i);
        body +=
            (i > 0 ? "," : "")
            + (R"({"type":"DataplaneOverview","mesh":"default","name":"web-)" + number
               + R"(","creationTime":"2026-01-02T03:04:05Z","modificationTime":"2026-01-02T03:04:05Z","labels":{"kuma.io/env":"universal","kuma.io/mesh":"default","kuma.io/origin":"zone","kuma.io/zone":"default"},)"
               + R"("dataplane":{"networking":{"address":"10.0.0.1","inbound":[{"port":8080,"servicePort":8081,"tags":{"kuma.io/protocol":"http","kuma.io/service":"web-)"
               + number
               + R"(","kuma.io/zone":"default","team":"blue","version":"v1"}},{"port":8090,"tags":{"kuma.io/service":"admin","kuma.io/zone":"default"}}],"outbound":[{"port":10001,"tags":{"kuma.io/service":"backend"}},{"port":10002,"tags":{"kuma.io/service":"db"}}],"admin":{"port":9901}}},)"
               + R"("dataplaneInsight":{"subscriptions":[{"id":"0b2c9a8e-6a7f-4f5e-9f8e-2f1d3c4b5a69","controlPlaneInstanceId":"cp-1-5c1d","connectTime":"2026-01-02T03:04:05.123456789Z","status":{"lastUpdateTime":"2026-01-02T03:04:06Z","total":{"responsesSent":"8","responsesAcknowledged":"8"},"cds":{"responsesSent":"2","responsesAcknowledged":"2"},"eds":{"responsesSent":"2","responsesAcknowledged":"2"},"lds":{"responsesSent":"2","responsesAcknowledged":"2"},"rds":{"responsesSent":"2","responsesAcknowledged":"2"}},"version":{"kumaDp":{"version":"2.9.13","gitTag":"2.9.13","gitCommit":"0123456789abcdef","buildDate":"2026-01-01","kumaCpCompatible":true},"envoy":{"version":"1.34.13","build":"x/1.34.13/Clean/RELEASE/BoringSSL","kumaDpCompatible":true}}}]}})");
    }
    return body + "],\"next\":null}";
}

}  // namespace

class BenchOverviews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPageOfAThousand()
    {
        const auto body = page(1'000);
        qInfo("%.2f MB", static_cast<double>(body.size()) / 1e6);
        QBENCHMARK
        {
            const auto read = overviewsFromJson(body);
            QVERIFY(read && read->items.size() == 1'000);
        }
    }

    void oneDocumentAsTyped()
    {
        const std::string yaml = "type: Dataplane\nmesh: default\nname: web-1\nnetworking:\n  address: "
                                 "10.0.0.1\n  inbound:\n    - port: 8080\n      "
                                 "servicePort: 80\n      tags:\n        kuma.io/service: web\n        "
                                 "kuma.io/protocol: http\n  outbound:\n    - port: "
                                 "10001\n      tags:\n        kuma.io/service: backend\n";
        QBENCHMARK
        {
            const auto document = YamlDocument::parse(yaml);
            QVERIFY(document && canonicalDataplane(document->json()));
        }
    }
};

QTEST_GUILESS_MAIN(BenchOverviews)
#include "tst_bench_overviews.moc"
