#include "backend/xds/policy/legacy.h"

#include "backend/xds/policy/target_ref.h"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>

namespace meshscope::xds {

namespace {

// How closely a selector names its tags: all of them count, exact ones more.
struct Rank {
    std::size_t total = 0;
    std::size_t exact = 0;
    auto operator<=>(const Rank &) const = default;
    Rank operator+(const Rank &other) const { return {total + other.total, exact + other.exact}; }
};

// Of the closest selector that holds one of the tag sets.
std::optional<Rank> bestRank(const Json &selectors, const std::vector<Tags> &sets)
{
    std::optional<Rank> best;
    for (const auto &selector : selectors) {
        const auto wanted = textsAt(selector, "match");
        if (std::none_of(sets.begin(), sets.end(),
                         [&wanted](const Tags &tags) { return hasAll(tags, wanted); }))
            continue;
        Rank rank{wanted.size(), 0};
        for (const auto &[key, value] : wanted)
            rank.exact += value == "*" ? 0 : 1;
        best = std::max(best.value_or(Rank()), rank);
    }
    return best;
}

// A destination is known by its service alone: selectors with other tags hold no service as such.
std::vector<Tags> serviceTags(const std::string &service) { return {{{kServiceTag, service}}}; }

const Json &selectorsAt(const MeshResource &policy, const char *name) { return listAt(policy.spec, name); }

std::vector<MeshResourcePtr> ranked(const std::vector<MeshResourcePtr> &policies, const auto &rankOf)
{
    std::vector<std::pair<Rank, MeshResourcePtr>> matching;
    for (const auto &policy : policies)
        if (const std::optional<Rank> rank = rankOf(*policy))
            matching.emplace_back(*rank, policy);
    std::stable_sort(matching.begin(), matching.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<MeshResourcePtr> result;
    for (auto &[rank, policy] : matching)
        result.push_back(std::move(policy));
    return result;
}

}  // namespace

MeshResourcePtr legacyForOutbound(const MeshView &mesh, const Dataplane &dataplane, std::string_view type,
                                  const std::string &service)
{
    const auto own = dataplane.tagSets();
    const auto found = ranked(mesh.resources(type), [&](const MeshResource &policy) -> std::optional<Rank> {
        const auto source = bestRank(selectorsAt(policy, "sources"), own);
        const auto destination = bestRank(selectorsAt(policy, "destinations"), serviceTags(service));
        return source && destination ? std::optional(*source + *destination) : std::nullopt;
    });
    return found.empty() ? nullptr : found.front();
}

std::vector<MeshResourcePtr> allLegacyForInbound(const MeshView &mesh, const Dataplane &dataplane,
                                                 std::string_view type, std::size_t inbound)
{
    const std::vector<Tags> own{dataplane.inbounds.at(inbound).tags};
    return ranked(mesh.resources(type), [&own](const MeshResource &policy) {
        return bestRank(selectorsAt(policy, "destinations"), own);
    });
}

MeshResourcePtr legacyForInbound(const MeshView &mesh, const Dataplane &dataplane, std::string_view type,
                                 std::size_t inbound)
{
    const auto all = allLegacyForInbound(mesh, dataplane, type, inbound);
    return all.empty() ? nullptr : all.front();
}

std::vector<LegacyAttachment> legacyAttachments(const MeshView &mesh, const Dataplane &dataplane)
{
    std::vector<LegacyAttachment> result;
    const auto add = [&result](const char *kind, const std::string &name, const std::string &service,
                               std::string_view type, std::vector<MeshResourcePtr> policies) {
        if (!policies.empty())
            result.push_back({kind, name, service, type, std::move(policies)});
    };
    const auto single = [](MeshResourcePtr policy) {
        return policy ? std::vector{std::move(policy)} : std::vector<MeshResourcePtr>();
    };
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        const auto &inbound = dataplane.inbounds[i];
        const auto name = dataplane.listenerAddress(inbound) + ':' + std::to_string(inbound.port) + ':'
                          + std::to_string(dataplane.workloadPort(inbound));
        add("inbound", name, inbound.service(), "TrafficPermission",
            single(legacyForInbound(mesh, dataplane, "TrafficPermission", i)));
        for (const std::string_view type : {"FaultInjection", "RateLimit"})
            add("inbound", name, inbound.service(), type, allLegacyForInbound(mesh, dataplane, type, i));
    }
    for (const auto &outbound : dataplane.outbounds) {
        const auto name =
            (outbound.address.empty() ? "127.0.0.1" : outbound.address) + ':' + std::to_string(outbound.port);
        for (const std::string_view type : {"Timeout", "TrafficRoute"})
            add("outbound", name, outbound.service(), type,
                single(legacyForOutbound(mesh, dataplane, type, outbound.service())));
        for (const std::string_view type : {"CircuitBreaker", "HealthCheck", "Retry", "TrafficLog"})
            add("service", outbound.service(), outbound.service(), type,
                single(legacyForOutbound(mesh, dataplane, type, outbound.service())));
    }
    return result;
}

}  // namespace meshscope::xds
