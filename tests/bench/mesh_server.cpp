#include "tests/bench/mesh_server.h"

#include <httplib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace meshscope::testing {

namespace {

constexpr int kPage = 1'000;

std::string item(int index, int version)
{
    char name[32];
    std::snprintf(name, sizeof(name), "web-%06d", index);
    const auto number = std::to_string(index % 300);
    return std::string(R"({"type":"DataplaneOverview","mesh":"default","name":")") + name
           + R"(","creationTime":"2026-01-02T03:04:05Z","modificationTime":"2026-01-02T03:04:05Z","labels":{"kuma.io/env":"universal","kuma.io/mesh":"default","kuma.io/origin":"zone","kuma.io/zone":"default"},)"
           + R"("dataplane":{"networking":{"address":"10.)" + std::to_string(index % 200) + "."
           + std::to_string(index / 200 % 250) + "." + std::to_string(version % 250)
           + R"(","inbound":[{"port":8080,"servicePort":8081,"tags":{"kuma.io/protocol":"http","kuma.io/service":"web-)"
           + number
           + R"(","kuma.io/zone":"default","team":"blue","version":"v1"}},{"port":8090,"tags":{"kuma.io/service":"admin","kuma.io/zone":"default"}}],"outbound":[{"port":10001,"tags":{"kuma.io/service":"backend"}},{"port":10002,"tags":{"kuma.io/service":"db"}}],"admin":{"port":9901}}},)"
           + R"("dataplaneInsight":{"subscriptions":[{"id":"0b2c9a8e-6a7f-4f5e-9f8e-2f1d3c4b5a69","controlPlaneInstanceId":"cp-1-5c1d","connectTime":"2026-01-02T03:04:05.123456789Z","status":{"lastUpdateTime":"2026-01-02T03:04:06Z","total":{"responsesSent":"8","responsesAcknowledged":"8"},"cds":{"responsesSent":"2","responsesAcknowledged":"2"},"eds":{"responsesSent":"2","responsesAcknowledged":"2"},"lds":{"responsesSent":"2","responsesAcknowledged":"2"},"rds":{"responsesSent":"2","responsesAcknowledged":"2"}},"version":{"kumaDp":{"version":"2.9.13","gitTag":"2.9.13","gitCommit":"0123456789abcdef","buildDate":"2026-01-01","kumaCpCompatible":true},"envoy":{"version":"1.34.13","build":"x/1.34.13/Clean/RELEASE/BoringSSL","kumaDpCompatible":true}}}]}})";
}

}  // namespace

int serveMesh(int count)
{
    std::vector<std::string> rows;
    for (int i = 0; i < count; ++i)
        rows.push_back(item(i, 0));
    std::mutex guard;
    std::map<int, std::string> pages;  // by offset, made once
    int version = 0;
    httplib::Server server;
    server.new_task_queue = [] { return new httplib::ThreadPool(32); };
    server.set_keep_alive_max_count(100'000);
    server.set_tcp_nodelay(true);
    const auto json = [](httplib::Response &response, std::string body) {
        response.set_content(std::move(body), "application/json");
    };
    server.Get("/", [&](const httplib::Request &, httplib::Response &response) {
        json(response, R"({"product":"Kuma","version":"2.9.13","instanceId":"cp-1"})");
    });
    server.Get("/config", [&](const httplib::Request &, httplib::Response &response) {
        json(response, R"({"mode":"zone","environment":"universal"})");
    });
    server.Get("/_resources", [&](const httplib::Request &, httplib::Response &response) {
        json(
            response,
            R"({"resources":[{"name":"Dataplane","path":"dataplanes","scope":"Mesh","readOnly":false},{"name":"TrafficPermission","path":"traffic-permissions","scope":"Mesh","readOnly":false}]})");
    });
    server.Get("/meshes", [&](const httplib::Request &, httplib::Response &response) {
        json(response, R"({"total":1,"items":[{"type":"Mesh","name":"default"}],"next":null})");
    });
    server.Get("/change", [&](const httplib::Request &, httplib::Response &response) {
        const std::lock_guard lock(guard);
        ++version;
        pages.clear();
        for (int i = version % 997; i < count; i += 1'000)
            rows[static_cast<std::size_t>(i)] = item(i, version);
        json(response, "{}");
    });
    server.Get("/dataplanes/_overview", [&](const httplib::Request &request, httplib::Response &response) {
        const int from = std::atoi(request.get_param_value("offset").c_str());
        const std::lock_guard lock(guard);
        auto &page = pages[from];
        if (page.empty()) {
            page = R"({"total":)" + std::to_string(count) + R"(,"items":[)";
            const int end = std::min(from + kPage, count);
            for (int i = from; i < end; ++i)
                page += (i > from ? "," : "") + rows[static_cast<std::size_t>(i)];
            page += end < count ? R"(],"next":"http://x/dataplanes/_overview?offset=)" + std::to_string(end)
                                      + R"(&size=1000"})"
                                : std::string(R"(],"next":null})");
        }
        json(response, page);
    });
    const int port = server.bind_to_any_port("127.0.0.1");
    std::printf("%d\n", port);
    std::fflush(stdout);
    std::thread waits([&server] {
        while (std::getchar() != EOF) {
        }
        server.stop();
    });
    server.listen_after_bind();
    waits.join();
    return 0;
}

}  // namespace meshscope::testing
