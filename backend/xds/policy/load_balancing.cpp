// MeshLoadBalancingStrategy (facts on xDS §4.10): how a cluster picks an endpoint, and which localities it
// prefers.
#include "backend/xds/endpoints.h"
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"

#include <algorithm>
#include <cmath>

namespace meshscope::xds {

namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::route::v3::RouteAction;

constexpr double kOverprovisioning = 200;  // percent; of Kuma, not of Envoy

void setBalancer(Cluster &cluster, const Json &balancer)
{
    const auto type = textAt(balancer, "type");
    if (type == "RoundRobin") {
        cluster.set_lb_policy(Cluster::ROUND_ROBIN);
    } else if (type == "Random") {
        cluster.set_lb_policy(Cluster::RANDOM);
    } else if (type == "LeastRequest") {
        cluster.set_lb_policy(Cluster::LEAST_REQUEST);
        if (const auto value = numberAt(at(balancer, "leastRequest"), "choiceCount"))
            cluster.mutable_least_request_lb_config()->mutable_choice_count()->set_value(*value);
    } else if (type == "RingHash") {
        cluster.set_lb_policy(Cluster::RING_HASH);
        const auto &ring = at(balancer, "ringHash");
        if (!ring.is_object())
            return;
        auto &config = *cluster.mutable_ring_hash_lb_config();
        if (const auto value = numberAt(ring, "minRingSize"))
            config.mutable_minimum_ring_size()->set_value(*value);
        if (const auto value = numberAt(ring, "maxRingSize"))
            config.mutable_maximum_ring_size()->set_value(*value);
        if (textAt(ring, "hashFunction") == "MurmurHash2")
            config.set_hash_function(Cluster::RingHashLbConfig::MURMUR_HASH_2);
    } else if (type == "Maglev") {
        cluster.set_lb_policy(Cluster::MAGLEV);
        if (const auto value = numberAt(at(balancer, "maglev"), "tableSize"))
            cluster.mutable_maglev_lb_config()->mutable_table_size()->set_value(*value);
    }
}

void addHashPolicy(RouteAction &action, const Json &conf)
{
    const auto type = textAt(conf, "type");
    auto &policy = *action.add_hash_policy();
    if (type == "Header") {
        policy.mutable_header()->set_header_name(textAt(at(conf, "header"), "name"));
    } else if (type == "Cookie") {
        const auto &cookie = at(conf, "cookie");
        policy.mutable_cookie()->set_name(textAt(cookie, "name"));
        policy.mutable_cookie()->set_path(textAt(cookie, "path"));
        if (const auto ttl = durationAt(cookie, "ttl"))
            setDuration(policy.mutable_cookie()->mutable_ttl(), *ttl);
    } else if (type == "QueryParameter") {
        policy.mutable_query_parameter()->set_name(textAt(at(conf, "queryParameter"), "name"));
    } else if (type == "FilterState") {
        policy.mutable_filter_state()->set_key(textAt(at(conf, "filterState"), "key"));
    } else {  // Connection; SourceIP is its older name
        policy.mutable_connection_properties()->set_source_ip(type == "SourceIP"
                                                              || flagAt(at(conf, "connection"), "sourceIP"));
    }
    policy.set_terminal(flagAt(conf, "terminal"));
}

const Json &hashPolicies(const Json &balancer)
{
    const auto type = textAt(balancer, "type");
    return listAt(at(balancer, type == "RingHash" ? "ringHash"
                               : type == "Maglev" ? "maglev"
                                                  : ""),
                  "hashPolicies");
}

std::string tagOf(const Tags &tags, const std::string &key)
{
    const auto found = tags.find(key);
    return found == tags.end() ? std::string() : found->second;
}

struct Affinity {
    std::string key;
    std::string value;
    std::uint32_t weight;
};

// Without weights the first tag gets 90 % of what is left, and so on.
std::vector<Affinity> affinities(const Json &localZone, const Dataplane &dataplane)
{
    std::vector<Affinity> result;
    const auto &tags = listAt(localZone, "affinityTags");
    for (std::size_t i = 0; i < tags.size(); ++i) {
        const auto key = textAt(tags[i], "key");
        std::string value;
        for (const auto &set : dataplane.tagSets())
            if (const auto own = tagOf(set, key); !own.empty() && (value.empty() || own < value))
                value = own;
        const auto byPlace = 9 * std::pow(10, static_cast<double>(tags.size() - i - 1));
        if (!value.empty())
            result.push_back(
                {key, value, numberAt(tags[i], "weight").value_or(static_cast<std::uint32_t>(byPlace))});
    }
    return result;
}

bool names(const Json &zones, const std::string &zone)
{
    return std::find(zones.begin(), zones.end(), zone) != zones.end();
}

// The place of the first rule that sends traffic of `from` to `zone`, from 1; nothing = it gets none.
std::optional<std::uint32_t> failoverPriority(const Json &crossZone, const std::string &from,
                                              const std::string &zone)
{
    const auto &rules = listAt(crossZone, "failover");
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto &source = at(rules[i], "from");
        if (source.is_object() && !names(listAt(source, "zones"), from))
            continue;
        const auto &to = at(rules[i], "to");
        const auto type = textAt(to, "type");
        const bool isNamed = names(listAt(to, "zones"), zone);
        if (type == "Any" || (type == "AnyExcept" && !isNamed) || (type == "Only" && isNamed))
            return static_cast<std::uint32_t>(i + 1);
    }
    return std::nullopt;
}

std::string ownZone(const Dataplane &dataplane)
{
    for (const auto &tags : dataplane.tagSets())
        if (const auto zone = tagOf(tags, kZoneTag); !zone.empty())
            return zone;
    return {};
}

void placeEndpoints(Generation &run, DraftCluster &cluster, const Json &awareness)
{
    const auto &crossZone = at(awareness, "crossZone");
    const auto zone = ownZone(run.dataplane());
    const auto preferred = affinities(at(awareness, "localZone"), run.dataplane());
    std::vector<PlacedEndpoint> placed;
    for (const auto &endpoint : endpointsOf(run.mesh(), cluster.tags)) {
        const auto theirs = tagOf(endpoint.tags, kZoneTag);
        Locality locality{theirs, {}, 0, 0};
        if (theirs != zone) {
            const auto priority = failoverPriority(crossZone, zone, theirs);
            if (!priority)
                continue;
            locality.priority = *priority;
        } else {
            locality.weight = 1;
            for (const auto &affinity : preferred) {
                if (tagOf(endpoint.tags, affinity.key) != affinity.value)
                    continue;
                locality.subZone = affinity.key + "=" + affinity.value;
                locality.weight = affinity.weight;
                break;
            }
        }
        placed.push_back({endpoint, std::move(locality)});
    }
    const auto threshold = decimalAt(at(crossZone, "failoverThreshold"), "percentage");
    const auto overprovisioning = threshold && *threshold > 0 ? 100 / (*threshold / 100) : kOverprovisioning;
    const auto &name = cluster.message.name();
    run.draft.endpoints[name] =
        loadAssignment(name, placed, static_cast<std::uint32_t>(std::lround(overprovisioning)));
    if (!preferred.empty())
        cluster.message.mutable_common_lb_config()->mutable_locality_weighted_lb_config();
}

}  // namespace

void applyLoadBalancing(Generation &run)
{
    const auto *rules = run.rules.of("MeshLoadBalancingStrategy");
    if (!rules)
        return;
    for (auto &listener : run.draft.listeners) {
        const auto *rule = listener.origin == Origin::Outbound ? toRule(rules, listener.service) : nullptr;
        if (!rule)
            continue;
        for (auto &chain : listener.chains) {
            if (!chain.http)
                continue;
            for (auto &host : *chain.http->mutable_route_config()->mutable_virtual_hosts())
                for (auto &route : *host.mutable_routes())
                    for (const auto &policy : hashPolicies(at(rule->conf, "loadBalancer")))
                        if (route.has_route())
                            addHashPolicy(*route.mutable_route(), policy);
        }
    }
    for (auto &cluster : run.draft.clusters) {
        const auto *rule = cluster.origin == Origin::Outbound ? toRule(rules, cluster.service) : nullptr;
        if (!rule)
            continue;
        setBalancer(cluster.message, at(rule->conf, "loadBalancer"));
        const auto &awareness = at(rule->conf, "localityAwareness");
        const bool isWanted =
            at(awareness, "localZone").is_object() || at(awareness, "crossZone").is_object();
        if (isWanted && !flagAt(awareness, "disabled") && cluster.message.type() == Cluster::EDS)
            placeEndpoints(run, cluster, awareness);
    }
}

}  // namespace meshscope::xds
