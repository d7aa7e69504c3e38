#include "backend/control/insight_tracker.h"

#include <nlohmann/json.hpp>

#include <charconv>

namespace meshscope::control {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kKeptSubscriptions = 2;
constexpr int kOurMajor = 2;
constexpr int kOurMinor = 9;
constexpr int kMinorsApart = 2;

// Kuma's rule between a control plane and its proxies; a version that is no number passes.
bool isCompatible(const std::string &version)
{
    int major = 0;
    int minor = 0;
    const char *end = version.data() + version.size();
    const auto first = std::from_chars(version.data(), end, major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.')
        return true;
    if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc())
        return true;
    return major == kOurMajor && std::abs(minor - kOurMinor) <= kMinorsApart;
}

std::string textAt(const OrderedJson &version, const char *program)
{
    const auto found = version.find(program);
    if (found == version.end() || !found->is_object())
        return {};
    const auto text = found->find("version");
    return text != found->end() && text->is_string() ? text->get<std::string>() : std::string();
}

// 64-bit numbers are strings in Kuma's JSON, and zero is absent.
OrderedJson countsJson(const ResponseCounts &counts)
{
    auto result = OrderedJson::object();
    const auto add = [&result](const char *name, std::uint64_t value) {
        if (value != 0)
            result[name] = std::to_string(value);
    };
    add("responsesSent", counts.sent);
    add("responsesAcknowledged", counts.acknowledged);
    add("responsesRejected", counts.rejected);
    return result;
}

OrderedJson statusJson(const Subscription &subscription)
{
    auto status = OrderedJson::object();
    if (subscription.lastUpdateTime != TimePoint{})
        status["lastUpdateTime"] = rfc3339(subscription.lastUpdateTime);
    status["total"] = countsJson(subscription.total);
    status["cds"] = countsJson(subscription.cds);
    status["eds"] = countsJson(subscription.eds);
    status["lds"] = countsJson(subscription.lds);
    status["rds"] = countsJson(subscription.rds);
    if (subscription.lastRejection) {  // ours; Kuma keeps the proxy's words to its log
        status["lastRejection"] = {{"typeUrl", subscription.lastRejection->typeUrl},
                                   {"message", subscription.lastRejection->message},
                                   {"time", rfc3339(subscription.lastRejection->time)}};
        if (subscription.lastRejection->resolved)
            status["lastRejection"]["resolvedTime"] = rfc3339(*subscription.lastRejection->resolved);
    }
    return status;
}

OrderedJson versionJsonOf(const std::string &text)
{
    auto version = OrderedJson::parse(text, nullptr, false);
    if (!version.is_object())
        version = OrderedJson::object();
    auto &kumaDp = version["kumaDp"];
    if (!kumaDp.is_object())
        kumaDp = OrderedJson::object();
    if (isCompatible(textAt(version, "kumaDp")))
        kumaDp["kumaCpCompatible"] = true;
    return version;
}

}  // namespace

InsightTracker::Entry *InsightTracker::find(const ResourceKey &key, const std::string &subscription)
{
    const auto proxy = m_proxies.find(key);
    if (proxy == m_proxies.end())
        return nullptr;
    for (auto &entry : proxy->second.entries)
        if (entry.subscription.id == subscription)
            return &entry;
    return nullptr;
}

std::string InsightTracker::connect(const ResourceKey &key, const std::string &versionJson)
{
    const auto now = m_clock();
    const std::lock_guard lock(m_mutex);
    auto &proxy = m_proxies[key];
    if (proxy.entries.empty())
        proxy.creationTime = now;
    for (auto &entry : proxy.entries)
        if (entry.subscription.isOnline())
            entry.subscription.disconnectTime = now;
    Entry entry;
    entry.versionJson = versionJson;
    entry.subscription.id = newUuid();
    entry.subscription.controlPlaneInstanceId = m_instanceId;
    entry.subscription.connectTime = now;
    if (const auto version = OrderedJson::parse(versionJson, nullptr, false); version.is_object()) {
        entry.subscription.kumaDpVersion = textAt(version, "kumaDp");
        entry.subscription.envoyVersion = textAt(version, "envoy");
    }
    proxy.entries.push_back(std::move(entry));
    if (proxy.entries.size() > kKeptSubscriptions)
        proxy.entries.erase(proxy.entries.begin());
    return proxy.entries.back().subscription.id;
}

void InsightTracker::update(const ResourceKey &key, const std::string &subscription,
                            const xds::AdsStatus &status)
{
    const std::lock_guard lock(m_mutex);
    auto *entry = find(key, subscription);
    if (!entry)
        return;
    auto &target = entry->subscription;
    target.total = status.total;
    target.cds = status.cds;
    target.eds = status.eds;
    target.lds = status.lds;
    target.rds = status.rds;
    target.lastRejection = status.lastRejection;
    target.lastUpdateTime = status.lastUpdate;
}

void InsightTracker::disconnect(const ResourceKey &key, const std::string &subscription)
{
    const std::lock_guard lock(m_mutex);
    if (auto *entry = find(key, subscription); entry && !entry->subscription.disconnectTime)
        entry->subscription.disconnectTime = m_clock();
    if (const auto proxy = m_proxies.find(key); proxy != m_proxies.end())
        if (const auto &entries = proxy->second.entries;
            !entries.empty() && !entries.back().subscription.isOnline())
            proxy->second.mtls.reset();
}

void InsightTracker::setMtls(const ResourceKey &key, std::optional<MtlsInsight> mtls)
{
    const std::lock_guard lock(m_mutex);
    if (const auto proxy = m_proxies.find(key); proxy != m_proxies.end())
        proxy->second.mtls = std::move(mtls);
}

void InsightTracker::forget(const ResourceKey &key)
{
    const std::lock_guard lock(m_mutex);
    const auto proxy = m_proxies.find(key);
    if (proxy == m_proxies.end())
        return;
    std::erase_if(proxy->second.entries, [](const Entry &entry) { return !entry.subscription.isOnline(); });
    if (proxy->second.entries.empty())
        m_proxies.erase(proxy);
}

DataplaneInsight InsightTracker::insight(const ResourceKey &key) const
{
    const std::lock_guard lock(m_mutex);
    DataplaneInsight result;
    const auto proxy = m_proxies.find(key);
    if (proxy == m_proxies.end())
        return result;
    for (const auto &entry : proxy->second.entries)
        result.subscriptions.push_back(entry.subscription);
    if (const auto &mtls = proxy->second.mtls) {
        result.certificateExpiration = mtls->expiration;
        result.issuedBackend = mtls->backend;
    }
    return result;
}

std::string InsightTracker::json(const ResourceKey &key) const
{
    const std::lock_guard lock(m_mutex);
    const auto proxy = m_proxies.find(key);
    if (proxy == m_proxies.end())
        return {};
    auto subscriptions = OrderedJson::array();
    for (const auto &[subscription, versionJson] : proxy->second.entries) {
        OrderedJson item{{"id", subscription.id},
                         {"controlPlaneInstanceId", subscription.controlPlaneInstanceId}};
        if (subscription.connectTime)
            item["connectTime"] = rfc3339(*subscription.connectTime);
        if (subscription.disconnectTime)
            item["disconnectTime"] = rfc3339(*subscription.disconnectTime);
        item["status"] = statusJson(subscription);
        item["version"] = versionJsonOf(versionJson);
        subscriptions.push_back(std::move(item));
    }
    OrderedJson insight{{"subscriptions", std::move(subscriptions)}};
    if (const auto &mtls = proxy->second.mtls) {
        insight["mTLS"] = {{"certificateExpirationTime", rfc3339(mtls->expiration)},
                           {"lastCertificateRegeneration", rfc3339(mtls->lastRegeneration)},
                           {"certificateRegenerations", mtls->regenerations},
                           {"issuedBackend", mtls->backend},
                           {"supportedBackends", {mtls->backend}}};
    }
    return insight.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

TimePoint InsightTracker::creationTime(const ResourceKey &key) const
{
    const std::lock_guard lock(m_mutex);
    const auto proxy = m_proxies.find(key);
    return proxy == m_proxies.end() ? TimePoint{} : proxy->second.creationTime;
}

std::vector<ResourceKey> InsightTracker::keys() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<ResourceKey> result;
    for (const auto &[key, proxy] : m_proxies)
        result.push_back(key);
    return result;
}

}  // namespace meshscope::control
