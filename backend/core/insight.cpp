#include "backend/core/insight.h"

#include <algorithm>

namespace meshscope {

bool DataplaneInsight::isOnline() const
{
    return std::any_of(subscriptions.begin(), subscriptions.end(),
                       [](const auto &s) { return s.isOnline(); });
}

const Subscription *DataplaneInsight::latest() const
{
    return subscriptions.empty() ? nullptr : &subscriptions.back();
}

DataplaneStatus statusOf(const Dataplane &dataplane, const DataplaneInsight &insight)
{
    DataplaneStatus status;
    const bool online = insight.isOnline();
    if (online)
        status.link = Health::Online;
    else
        status.link = insight.subscriptions.empty() ? Health::Unknown : Health::Offline;

    std::size_t notReady = 0;
    std::string names;
    for (const auto &inbound : dataplane.inbounds) {
        if (inbound.isReady())
            continue;
        ++notReady;
        names += (names.empty() ? "" : ", ") + std::to_string(inbound.port);
    }
    if (dataplane.gateway || notReady == 0)
        status.inbounds = Health::Online;
    else
        status.inbounds = notReady == dataplane.inbounds.size() ? Health::Offline : Health::Degraded;
    if (!dataplane.gateway && dataplane.inbounds.empty())
        status.inbounds = Health::Offline;

    if (!online) {
        status.overall = status.link;
        status.reason = status.link == Health::Unknown ? "no proxy has connected for it yet"
                                                       : "its proxy is not connected to the control plane";
        return status;
    }
    status.overall = status.inbounds;
    if (dataplane.inbounds.empty() && !dataplane.gateway)
        status.reason = "it has no inbound";
    else if (notReady > 0 && !dataplane.gateway)
        status.reason =
            notReady == 1 ? "inbound " + names + " is not ready" : "inbounds " + names + " are not ready";
    return status;
}

}  // namespace meshscope
