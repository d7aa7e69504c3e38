#include "backend/xds/ads_state.h"

#include <algorithm>

namespace meshscope::xds {

namespace {

bool isWildcard(ResourceType type) { return type == ResourceType::Cluster || type == ResourceType::Listener; }

ResponseCounts *countsOf(AdsStatus &status, ResourceType type)
{
    switch (type) {
    case ResourceType::Cluster:
        return &status.cds;
    case ResourceType::Endpoint:
        return &status.eds;
    case ResourceType::Listener:
        return &status.lds;
    case ResourceType::Route:
        return &status.rds;
    case ResourceType::Secret:
        break;
    }
    return nullptr;
}

}  // namespace

void AdsStatus::countSent(ResourceType type, TimePoint now)
{
    ++total.sent;
    if (auto *counts = countsOf(*this, type))
        ++counts->sent;
    lastUpdate = now;
}

void AdsStatus::countAcknowledged(ResourceType type, bool refusesNone, TimePoint now)
{
    ++total.acknowledged;
    if (auto *counts = countsOf(*this, type))
        ++counts->acknowledged;
    if (refusesNone && lastRejection && !lastRejection->resolved)
        lastRejection->resolved = now;
}

void AdsStatus::countRejected(ResourceType type, const std::string &message, TimePoint now)
{
    ++total.rejected;
    if (auto *counts = countsOf(*this, type))
        ++counts->rejected;
    lastRejection = Rejection{std::string(typeUrl(type)), message, now, {}};
}

std::vector<AdsState::Response> AdsState::handle(const Request &request, TimePoint now)
{
    ResourceType type{};
    if (!typeFromUrl(request.type_url(), type))
        return {};
    auto &state = of(type);
    if (state.answered && request.response_nonce() != state.nonce)
        return {};  // about an older response; the proxy will speak again about the last one
    if (state.underWay)
        settle(type, request, now);
    state.subscribed = true;
    state.names = {request.resource_names().begin(), request.resource_names().end()};
    return pump(now);
}

std::vector<AdsState::Response> AdsState::setSnapshot(ProxySnapshotPtr snapshot, TimePoint now)
{
    m_snapshot = std::move(snapshot);
    return pump(now);
}

bool AdsState::isSettled() const
{
    return m_snapshot
           && std::all_of(kAllResourceTypes.begin(), kAllResourceTypes.end(), [this](ResourceType type) {
                  return !of(type).subscribed || (!of(type).underWay && isUpToDate(type));
              });
}

void AdsState::settle(ResourceType type, const Request &request, TimePoint now)
{
    auto &state = of(type);
    state.underWay = false;
    state.rejected = request.has_error_detail();
    state.refused = state.rejected;
    if (state.rejected) {
        m_status.countRejected(type, request.error_detail().message(), now);
        return;
    }
    const bool refusesNone =
        std::none_of(m_types.begin(), m_types.end(), [](const auto &other) { return other.refused; });
    m_status.countAcknowledged(type, refusesNone, now);
}

std::vector<ResourcePtr> AdsState::wanted(ResourceType type) const
{
    const auto &all = m_snapshot->of(type);
    if (isWildcard(type))
        return all;
    std::vector<ResourcePtr> result;
    std::copy_if(all.begin(), all.end(), std::back_inserter(result),
                 [&names = of(type).names](const auto &resource) { return names.contains(resource->name); });
    return result;
}

std::string AdsState::versionOf(ResourceType type, const std::vector<ResourcePtr> &resources) const
{
    std::uint64_t hash = contentHash(typeUrl(type));
    const auto mix = [&hash](const std::vector<ResourcePtr> &list) {
        for (const auto &resource : list)
            hash =
                contentHash({reinterpret_cast<const char *>(&resource->hash), sizeof resource->hash}, hash);
    };
    if (type == ResourceType::Endpoint)
        mix(m_snapshot->of(ResourceType::Cluster));
    mix(resources);
    return hexText(hash);
}

bool AdsState::isUpToDate(ResourceType type) const
{
    return of(type).answered && of(type).sentVersion == versionOf(type, wanted(type));
}

bool AdsState::mustWait(ResourceType type) const
{
    const auto &clusters = of(ResourceType::Cluster);
    if ((type != ResourceType::Listener && type != ResourceType::Route) || !clusters.subscribed)
        return false;
    if (clusters.rejected && !clusters.underWay && isUpToDate(ResourceType::Cluster))
        return false;  // it will not ask for the endpoints of clusters that it does not have
    if (clusters.underWay || !isUpToDate(ResourceType::Cluster))
        return true;
    const auto &endpoints = of(ResourceType::Endpoint);
    const auto &needed = m_snapshot->of(ResourceType::Cluster);
    const bool asked = std::all_of(needed.begin(), needed.end(), [&endpoints](const auto &cluster) {
        return !cluster->needsEndpoints || endpoints.names.contains(cluster->name);
    });
    return !asked || endpoints.underWay || (endpoints.subscribed && !isUpToDate(ResourceType::Endpoint));
}

std::vector<AdsState::Response> AdsState::pump(TimePoint now)
{
    std::vector<Response> result;
    if (!m_snapshot)
        return result;
    for (const auto type : kAllResourceTypes) {
        auto &state = of(type);
        if (!state.subscribed || state.underWay || mustWait(type))
            continue;
        const auto resources = wanted(type);
        auto version = versionOf(type, resources);
        if (state.answered && version == state.sentVersion)
            continue;
        auto &response = result.emplace_back();
        response.set_type_url(std::string(typeUrl(type)));
        response.set_version_info(version);
        response.set_nonce(std::to_string(m_nextNonce++));
        response.mutable_control_plane()->set_identifier(m_controlPlaneId);
        for (const auto &resource : resources) {
            auto &any = *response.add_resources();
            any.set_type_url(std::string(typeUrl(type)));
            any.set_value(resource->bytes);
        }
        state.answered = true;
        state.underWay = true;
        state.rejected = false;
        state.nonce = response.nonce();
        state.sentVersion = std::move(version);
        m_status.countSent(type, now);
    }
    return result;
}

}  // namespace meshscope::xds
