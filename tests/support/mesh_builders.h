// Short words for test data: dp("web-1").service("web").online(), snapshotOf({…}).
#pragma once

#include "backend/core/snapshot.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace meshscope::testing {

// A dataplane being described; converts to a row. Without more words: mesh "default", an address of its own
// made from the name, no inbound, never connected.
class DataplaneBuilder
{
public:
    explicit DataplaneBuilder(std::string name);

    DataplaneBuilder &mesh(std::string name);
    DataplaneBuilder &address(std::string ip);
    // An inbound offering the service, http, on 8080 (the next one on 8081, …), application on 127.0.0.1.
    DataplaneBuilder &service(std::string name, Tags more = {});
    DataplaneBuilder &inbound(Inbound inbound);
    DataplaneBuilder &tag(const std::string &key, const std::string &value);      // on the last inbound
    DataplaneBuilder &port(std::uint32_t port);                                   // of the last inbound
    DataplaneBuilder &servicePort(std::uint32_t port);                            // of the last inbound
    DataplaneBuilder &protocol(const std::string &protocol);                      // tag on the last inbound
    DataplaneBuilder &notReady();                                                 // the last inbound
    DataplaneBuilder &calls(const std::string &service, std::uint32_t port = 0);  // 0 = 10001, 10002, …
    DataplaneBuilder &gateway(const std::string &service, Gateway::Type type = Gateway::Type::Delegated);
    DataplaneBuilder &label(const std::string &key, const std::string &value);
    DataplaneBuilder &modified(TimePoint time);
    DataplaneBuilder &adminPort(std::uint32_t port);

    DataplaneBuilder &online();   // one open subscription
    DataplaneBuilder &offline();  // one that has ended
    DataplaneBuilder &acks(std::uint64_t sent, std::uint64_t acknowledged, std::uint64_t rejected = 0);
    DataplaneBuilder &rejected(const std::string &typeUrl, const std::string &message);
    DataplaneBuilder &mended();  // what was rejected was accepted later  // a NACK and its words

    const Dataplane &dataplane() const { return m_dataplane; }
    DataplanePtr row() const;  // with its status computed
    operator DataplanePtr() const { return row(); }

private:
    Subscription &subscription();

    Dataplane m_dataplane;
    DataplaneInsight m_insight;
};

DataplaneBuilder dp(std::string name);

// Sorted by key; the meshes are those of the rows, a control plane "Kuma" 2.9.13.
SnapshotPtr snapshotOf(std::vector<DataplanePtr> rows);

// The mesh "hello" of the sample: web-1 calls backend; backend-1 is v1, backend-2 is v2; all online.
SnapshotPtr helloMesh();

// A moment, in minutes after 2026-01-02T03:04:05Z.
TimePoint at(int minutes);

}  // namespace meshscope::testing
