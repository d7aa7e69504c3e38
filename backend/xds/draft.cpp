#include "backend/xds/draft.h"

#include "backend/xds/http_filters.h"

#include <algorithm>
#include <array>

namespace meshscope::xds {

namespace {

constexpr char kHttpOptions[] = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

template <class List>
auto findByName(List &list, const std::string &name) -> decltype(list.data())
{
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&name](const auto &entry) { return entry.message.name() == name; });
    return found == list.end() ? nullptr : &*found;
}

ResourcePtr resourceOf(const envoy::config::listener::v3::Listener &listener)
{
    return makeResource(listener.name(), listener);
}

ResourcePtr resourceOf(const envoy::config::cluster::v3::Cluster &cluster)
{
    return cluster.type() == envoy::config::cluster::v3::Cluster::EDS
               ? makeEdsCluster(cluster.name(), cluster)
               : makeResource(cluster.name(), cluster);
}

template <class Entries>
std::vector<ResourcePtr> closedAll(Entries &entries)
{
    std::map<std::string, ResourcePtr> byName;
    for (auto &entry : entries) {
        entry.close();
        byName.insert_or_assign(entry.message.name(), resourceOf(entry.message));
    }
    std::vector<ResourcePtr> result;
    for (auto &[name, resource] : byName)
        result.push_back(std::move(resource));
    return result;
}

std::vector<ResourcePtr> sorted(const std::map<std::string, ResourcePtr> &byName)
{
    std::vector<ResourcePtr> result;
    for (const auto &[name, resource] : byName)
        result.push_back(resource);
    return result;
}

}  // namespace

std::string_view textOf(Origin origin)
{
    static constexpr std::array<std::string_view, 5> kNames{"inbound", "outbound", "admin", "transparent",
                                                            ""};
    return kNames[static_cast<std::size_t>(origin)];
}

void DraftListener::close()
{
    for (auto &chain : chains) {
        auto &closed = *message.add_filter_chains();
        closed = std::move(chain.message);
        if (chain.http)
            addFilter(closed, *chain.http);
        if (chain.tcp)
            addFilter(closed, *chain.tcp);
    }
    chains.clear();
}

void DraftCluster::close()
{
    if (http)
        (*message.mutable_typed_extension_protocol_options())[kHttpOptions] = pack(*http);
    http.reset();
}

DraftCluster *Draft::cluster(const std::string &name) { return findByName(clusters, name); }

DraftListener *Draft::listener(const std::string &name) { return findByName(listeners, name); }

ProxySnapshotPtr Draft::finish()
{
    auto snapshot = std::make_shared<ProxySnapshot>();
    for (const auto &cluster : clusters)
        if (cluster.origin == Origin::Outbound && cluster.reaches.empty())
            snapshot->reaches.insert(cluster.service);
        else
            snapshot->reaches.insert(cluster.reaches.begin(), cluster.reaches.end());
    snapshot->of(ResourceType::Cluster) = closedAll(clusters);
    snapshot->of(ResourceType::Endpoint) = sorted(endpoints);
    snapshot->of(ResourceType::Listener) = closedAll(listeners);
    snapshot->of(ResourceType::Secret) = sorted(secrets);
    *this = {};
    return snapshot;
}

}  // namespace meshscope::xds
