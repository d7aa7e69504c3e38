#include "backend/core/snapshot.h"

#include <algorithm>
#include <map>
#include <set>

namespace meshscope {

DataplanePtr Snapshot::find(const ResourceKey &key) const
{
    const auto at =
        std::lower_bound(dataplanes.begin(), dataplanes.end(), key,
                         [](const DataplanePtr &row, const ResourceKey &k) { return row->key() < k; });
    return at != dataplanes.end() && (*at)->key() == key ? *at : nullptr;
}

ResourceListPtr Snapshot::list(std::string_view type) const
{
    const auto at =
        std::lower_bound(resources.begin(), resources.end(), type,
                         [](const ResourceListPtr &row, std::string_view t) { return row->type < t; });
    return at != resources.end() && (*at)->type == type ? *at : nullptr;
}

ResourcePtr Snapshot::find(std::string_view type, const ResourceKey &key) const
{
    const auto found = list(type);
    return found ? found->find(key) : nullptr;
}

Health ServiceSummary::health() const
{
    if (total() == 0 || unknown == total())
        return Health::Unknown;
    if (online == total())
        return Health::Online;
    return online + degraded == 0 ? Health::Offline : Health::Degraded;
}

std::vector<ServiceSummary> servicesOf(const Snapshot &snapshot)
{
    struct Gathered {
        ServiceSummary summary;
        std::set<std::string> protocols, calls;
    };
    std::map<ResourceKey, Gathered> byKey;
    for (const auto &row : snapshot.dataplanes) {
        const Dataplane &dataplane = *row->dataplane;
        for (const auto &service : dataplane.services()) {
            Gathered &found = byKey[{dataplane.key.mesh, service}];
            found.summary.dataplanes.push_back(dataplane.key);
            switch (row->status.overall) {
            case Health::Online:
                ++found.summary.online;
                break;
            case Health::Degraded:
                ++found.summary.degraded;
                break;
            case Health::Offline:
                ++found.summary.offline;
                break;
            case Health::Unknown:
                ++found.summary.unknown;
                break;
            }
            for (const auto &inbound : dataplane.inbounds) {
                if (inbound.service() == service && !inbound.effectiveProtocol().empty())
                    found.protocols.insert(inbound.effectiveProtocol());
            }
            for (const auto &outbound : dataplane.outbounds) {
                if (!outbound.service().empty())
                    found.calls.insert(outbound.service());
            }
        }
        for (const auto &outbound : dataplane.outbounds) {
            if (!outbound.service().empty())
                byKey.try_emplace({dataplane.key.mesh, outbound.service()});
        }
    }
    std::vector<ServiceSummary> result;
    result.reserve(byKey.size());
    for (auto &[key, found] : byKey) {
        found.summary.key = key;
        found.summary.protocols.assign(found.protocols.begin(), found.protocols.end());
        found.summary.callsServices.assign(found.calls.begin(), found.calls.end());
        result.push_back(std::move(found.summary));
    }
    return result;
}

}  // namespace meshscope
