// N Envoys as far as ADS is concerned: each has a connection and a stream of its own, asks as Envoy does and
// acknowledges all it gets. (The types of gRPC stay out of this header: moc cannot read them.)
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace meshscope::bench {

class FakeProxies
{
public:
    // proxy-0 to proxy-(count - 1) of the mesh `default`. The server's certificate is not checked.
    FakeProxies(const std::string &address, int count);
    ~FakeProxies();  // ends all streams

    // Types by their short name: "Listener". Responses of all proxies together.
    long received(const std::string &type) const;
    bool waitForTotal(const std::string &type, long total, std::chrono::seconds patience);
    bool waitUntilAllHave(const std::string &type, long each, std::chrono::seconds patience);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace meshscope::bench
