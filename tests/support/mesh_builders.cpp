#include "tests/support/mesh_builders.h"

#include <algorithm>
#include <cassert>

namespace meshscope::testing {

DataplaneBuilder::DataplaneBuilder(std::string name)
{
    std::uint32_t sum = 0;
    for (const char c : name)
        sum = sum * 31 + static_cast<unsigned char>(c);
    m_dataplane.address = "10.0." + std::to_string(sum / 250 % 250) + "." + std::to_string(1 + sum % 250);
    m_dataplane.key = {"default", std::move(name)};
    m_dataplane.creationTime = at(0);
    m_dataplane.modificationTime = at(0);
}

DataplaneBuilder &DataplaneBuilder::mesh(std::string name)
{
    m_dataplane.key.mesh = std::move(name);
    return *this;
}

DataplaneBuilder &DataplaneBuilder::address(std::string ip)
{
    m_dataplane.address = std::move(ip);
    return *this;
}

DataplaneBuilder &DataplaneBuilder::service(std::string name, Tags more)
{
    Inbound inbound;
    inbound.port = 8080 + static_cast<std::uint32_t>(m_dataplane.inbounds.size());
    inbound.serviceAddress = "127.0.0.1";
    inbound.tags = std::move(more);
    inbound.tags[kServiceTag] = std::move(name);
    inbound.tags.try_emplace(kProtocolTag, "http");
    return this->inbound(std::move(inbound));
}

DataplaneBuilder &DataplaneBuilder::inbound(Inbound inbound)
{
    m_dataplane.inbounds.push_back(std::move(inbound));
    return *this;
}

DataplaneBuilder &DataplaneBuilder::tag(const std::string &key, const std::string &value)
{
    assert(!m_dataplane.inbounds.empty());
    m_dataplane.inbounds.back().tags[key] = value;
    return *this;
}

DataplaneBuilder &DataplaneBuilder::port(std::uint32_t port)
{
    assert(!m_dataplane.inbounds.empty());
    m_dataplane.inbounds.back().port = port;
    return *this;
}

DataplaneBuilder &DataplaneBuilder::servicePort(std::uint32_t port)
{
    assert(!m_dataplane.inbounds.empty());
    m_dataplane.inbounds.back().servicePort = port;
    return *this;
}

DataplaneBuilder &DataplaneBuilder::protocol(const std::string &protocol)
{
    return tag(kProtocolTag, protocol);
}

DataplaneBuilder &DataplaneBuilder::notReady()
{
    assert(!m_dataplane.inbounds.empty());
    m_dataplane.inbounds.back().state = InboundState::NotReady;
    return *this;
}

DataplaneBuilder &DataplaneBuilder::calls(const std::string &service, std::uint32_t port)
{
    Outbound outbound;
    outbound.port = port != 0 ? port : 10001 + static_cast<std::uint32_t>(m_dataplane.outbounds.size());
    outbound.tags[kServiceTag] = service;
    m_dataplane.outbounds.push_back(std::move(outbound));
    return *this;
}

DataplaneBuilder &DataplaneBuilder::gateway(const std::string &service, Gateway::Type type)
{
    m_dataplane.gateway = Gateway{type, {{kServiceTag, service}}};
    return *this;
}

DataplaneBuilder &DataplaneBuilder::label(const std::string &key, const std::string &value)
{
    m_dataplane.labels[key] = value;
    return *this;
}

DataplaneBuilder &DataplaneBuilder::modified(TimePoint time)
{
    m_dataplane.modificationTime = time;
    return *this;
}

DataplaneBuilder &DataplaneBuilder::adminPort(std::uint32_t port)
{
    m_dataplane.adminPort = port;
    return *this;
}

Subscription &DataplaneBuilder::subscription()
{
    if (m_insight.subscriptions.empty()) {
        Subscription &first = m_insight.subscriptions.emplace_back();
        first.id = "subscription-of-" + m_dataplane.key.name;
        first.controlPlaneInstanceId = "cp-1";
        first.connectTime = at(1);
        first.lastUpdateTime = at(2);
        first.kumaDpVersion = "2.9.13";
        first.envoyVersion = "1.34.13";
    }
    return m_insight.subscriptions.back();
}

DataplaneBuilder &DataplaneBuilder::online()
{
    subscription().disconnectTime.reset();
    return *this;
}

DataplaneBuilder &DataplaneBuilder::offline()
{
    subscription().disconnectTime = at(3);
    return *this;
}

DataplaneBuilder &DataplaneBuilder::acks(std::uint64_t sent, std::uint64_t acknowledged,
                                         std::uint64_t rejected)
{
    subscription().total = {sent, acknowledged, rejected};
    return *this;
}

DataplaneBuilder &DataplaneBuilder::rejected(const std::string &typeUrl, const std::string &message)
{
    ++subscription().total.rejected;
    subscription().lastRejection = Rejection{typeUrl, message, at(2), {}};
    return *this;
}

DataplaneBuilder &DataplaneBuilder::mended()
{
    subscription().lastRejection->resolved = at(3);
    return *this;
}

DataplanePtr DataplaneBuilder::row() const
{
    auto overview = std::make_shared<DataplaneOverview>();
    overview->dataplane = std::make_shared<const Dataplane>(m_dataplane);
    overview->insight = m_insight;
    overview->status = statusOf(m_dataplane, m_insight);
    return overview;
}

DataplaneBuilder dp(std::string name) { return DataplaneBuilder(std::move(name)); }

SnapshotPtr snapshotOf(std::vector<DataplanePtr> rows)
{
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a->key() < b->key(); });
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->controlPlane = {"Kuma", "2.9.13", "cp.example", "cp-1", "zone", "universal"};
    for (const auto &row : rows) {
        if (snapshot->meshes.empty() || snapshot->meshes.back().name != row->key().mesh)
            snapshot->meshes.push_back({row->key().mesh, false});
    }
    snapshot->dataplanes = std::move(rows);
    snapshot->fetchedAt = at(5);
    return snapshot;
}

SnapshotPtr helloMesh()
{
    return snapshotOf(
        {dp("web-1")
             .address("127.0.0.1")
             .service("web")
             .servicePort(18080)
             .calls("backend")
             .online()
             .acks(8, 8),
         dp("backend-1").address("127.0.0.2").service("backend", {{"version", "v1"}}).online().acks(6, 6),
         dp("backend-2").address("127.0.0.3").service("backend", {{"version", "v2"}}).online().acks(6, 6)});
}

TimePoint at(int minutes)
{
    using namespace std::chrono;
    return TimePoint(sys_days(year(2026) / January / 2).time_since_epoch() + hours(3)
                     + std::chrono::minutes(4) + seconds(5) + std::chrono::minutes(minutes));
}

}  // namespace meshscope::testing
