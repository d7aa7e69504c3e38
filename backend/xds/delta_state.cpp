#include "backend/xds/delta_state.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

constexpr char kWildcard[] = "*";

bool isWildcardType(ResourceType type)
{
    return type == ResourceType::Cluster || type == ResourceType::Listener;
}

}  // namespace

std::vector<DeltaState::Response> DeltaState::handle(const Request &request, TimePoint now)
{
    ResourceType type{};
    if (!typeFromUrl(request.type_url(), type))
        return {};
    auto &state = of(type);
    if (state.underWay && request.response_nonce() == state.nonce) {
        state.underWay = false;
        if (request.has_error_detail()) {
            state.refused.merge(state.sent);
            m_status.countRejected(type, request.error_detail().message(), now);
        } else {
            const bool refusesNone = std::all_of(m_types.begin(), m_types.end(),
                                                 [](const auto &other) { return other.refused.empty(); });
            m_status.countAcknowledged(type, refusesNone, now);
        }
    }
    // Subscriptions count whatever the nonce says: they are told once only.
    const bool first = !std::exchange(state.asked, true);
    if (first && request.resource_names_subscribe().empty() && isWildcardType(type))
        state.wildcard = true;  // the older way to ask for everything
    subscribe(state, request);
    if (first)
        for (const auto &[name, version] : request.initial_resource_versions())
            state.has[name] = version;
    if (first && !state.has.empty()) {
        state.answered = true;  // it has an answer, of an earlier stream
        state.resumed = true;
    }
    return pump(now);
}

void DeltaState::subscribe(TypeState &state, const Request &request)
{
    for (const auto &name : request.resource_names_unsubscribe()) {
        if (name == kWildcard)
            state.wildcard = false;
        state.names.erase(name);
        state.has.erase(name);
        state.refused.erase(name);
    }
    for (const auto &name : request.resource_names_subscribe()) {
        if (name == kWildcard) {
            state.wildcard = true;
            continue;
        }
        state.names.insert(name);
        state.has.erase(name);  // asked for again = to be sent again, whatever it was sent before
    }
}

std::vector<DeltaState::Response> DeltaState::setSnapshot(ProxySnapshotPtr snapshot, TimePoint now)
{
    m_snapshot = std::move(snapshot);
    m_clusterHashes.clear();
    for (const auto &cluster : m_snapshot->of(ResourceType::Cluster))
        m_clusterHashes.emplace(cluster->name, cluster->hash);
    return pump(now);
}

bool DeltaState::isSettled() const
{
    return m_snapshot
           && std::all_of(kAllResourceTypes.begin(), kAllResourceTypes.end(), [this](ResourceType type) {
                  return !of(type).asked || (!of(type).underWay && isUpToDate(type, !removalsMustWait(type)));
              });
}

bool DeltaState::wants(ResourceType type, const std::string &name) const
{
    return of(type).wildcard || of(type).names.contains(name);
}

std::string DeltaState::versionOf(ResourceType type, const Resource &resource) const
{
    auto hash = resource.hash;
    if (type == ResourceType::Endpoint)
        if (const auto cluster = m_clusterHashes.find(resource.name); cluster != m_clusterHashes.end())
            hash =
                contentHash({reinterpret_cast<const char *>(&cluster->second), sizeof cluster->second}, hash);
    return hexText(hash);
}

DeltaState::Difference DeltaState::difference(ResourceType type) const
{
    const auto &state = of(type);
    Difference result;
    std::set<std::string_view> present;
    for (const auto &resource : m_snapshot->of(type)) {
        if (!wants(type, resource->name))
            continue;
        present.insert(resource->name);
        auto version = versionOf(type, *resource);
        const auto has = state.has.find(resource->name);
        if (has == state.has.end() || has->second != version)
            result.changed.emplace_back(resource, std::move(version));
    }
    for (const auto &[name, version] : state.has)
        if (!version.empty() && !present.contains(name))
            result.removed.push_back(name);
    for (const auto &name : state.names)
        if (!present.contains(name) && !state.has.contains(name))
            result.removed.push_back(name);  // asked for by name: it is told that there is none
    return result;
}

bool DeltaState::isUpToDate(ResourceType type, bool removals) const
{
    const auto left = difference(type);
    return left.changed.empty() && (!removals || left.removed.empty());
}

bool DeltaState::mustWait(ResourceType type) const
{
    const auto &clusters = of(ResourceType::Cluster);
    if ((type != ResourceType::Listener && type != ResourceType::Route) || !clusters.asked)
        return false;
    if (clusters.underWay || !isUpToDate(ResourceType::Cluster, false))
        return true;
    if (!clusters.refused.empty())
        return false;  // it will not ask for the endpoints of clusters that it does not have
    const auto &endpoints = of(ResourceType::Endpoint);
    const auto &needed = m_snapshot->of(ResourceType::Cluster);
    const bool asked = std::all_of(needed.begin(), needed.end(), [&](const auto &cluster) {
        return !cluster->needsEndpoints || wants(ResourceType::Endpoint, cluster->name);
    });
    return !asked || endpoints.underWay || (endpoints.asked && !isUpToDate(ResourceType::Endpoint, false));
}

bool DeltaState::removalsMustWait(ResourceType type) const
{
    if (type != ResourceType::Cluster && type != ResourceType::Endpoint)
        return false;
    const auto &listeners = of(ResourceType::Listener);
    if (!listeners.asked)
        return of(type).resumed;  // it has listeners of an earlier stream and is about to say so
    // What a refused listener was to replace still serves, with the clusters that it knows.
    return !listeners.refused.empty() || listeners.underWay || !isUpToDate(ResourceType::Listener, true);
}

std::vector<DeltaState::Response> DeltaState::pump(TimePoint now)
{
    std::vector<Response> result;
    if (!m_snapshot)
        return result;
    for (const auto type : kAllResourceTypes) {
        auto &state = of(type);
        if (!state.asked || state.underWay || mustWait(type))
            continue;
        auto left = difference(type);
        if (removalsMustWait(type))
            std::erase_if(left.removed, [&state](const auto &name) { return state.has.contains(name); });
        if (left.isEmpty() && (state.answered || !state.wildcard))
            continue;
        auto &response = result.emplace_back();
        response.set_type_url(std::string(typeUrl(type)));
        response.set_nonce(std::to_string(m_nextNonce++));
        response.mutable_control_plane()->set_identifier(m_controlPlaneId);
        state.sent.clear();
        for (auto &[resource, version] : left.changed) {
            auto &sent = *response.add_resources();
            sent.set_name(resource->name);
            sent.set_version(version);
            sent.mutable_resource()->set_type_url(std::string(typeUrl(type)));
            sent.mutable_resource()->set_value(resource->bytes);
            state.has[resource->name] = std::move(version);
            state.refused.erase(resource->name);
            state.sent.insert(resource->name);
        }
        for (const auto &name : left.removed) {
            response.add_removed_resources(name);
            state.refused.erase(name);
            if (state.names.contains(name))
                state.has[name].clear();
            else
                state.has.erase(name);
        }
        state.answered = true;
        state.underWay = true;
        state.nonce = response.nonce();
        m_status.countSent(type, now);
    }
    return result;
}

}  // namespace meshscope::xds
