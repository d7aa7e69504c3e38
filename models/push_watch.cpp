#include "models/push_watch.h"

#include <algorithm>

namespace meshscope {
namespace {

bool reaches(const Dataplane &dataplane, const std::set<std::string> &services)
{
    return std::any_of(dataplane.outbounds.begin(), dataplane.outbounds.end(),
                       [&](const Outbound &outbound) { return services.contains(outbound.service()); });
}

}  // namespace

PushWatch::PushWatch(const Snapshot &before, const ResourceKey &pushed, const std::set<std::string> &services)
{
    m_rows.push_back({pushed, WatchRow::State::NotConnected, true, {}});
    for (const auto &row : before.dataplanes) {
        const bool isOwn = row->key() == pushed;
        // With transparent proxying a proxy reaches every service of its mesh.
        const bool isNeighbour =
            row->key().mesh == pushed.mesh
            && (reaches(*row->dataplane, services)
                || (row->dataplane->transparentProxying && row->dataplane->transparentProxying->isOn()));
        if (!isOwn && !isNeighbour)
            continue;
        if (const Subscription *latest = row->insight.latest())
            m_before[row->key()] = {latest->id, latest->total};
        if (!isOwn)
            m_rows.push_back({row->key(), WatchRow::State::NotConnected, false, {}});
    }
    update(before);
}

void PushWatch::update(const Snapshot &now)
{
    for (auto &row : m_rows) {
        const DataplanePtr found = now.find(row.proxy);
        const Subscription *latest = found ? found->insight.latest() : nullptr;
        if (!latest || !found->insight.isOnline()) {
            m_owing.erase(row.proxy);
            if (row.state == WatchRow::State::Waiting)
                row.state = WatchRow::State::NotConnected;
            continue;
        }
        const auto base = m_before.find(row.proxy);
        const bool isSame = base != m_before.end() && base->second.subscription == latest->id;
        const ResponseCounts was = isSame ? base->second.total : ResponseCounts{};
        const ResponseCounts &is = latest->total;
        // What was owed before the push is answered first; only the rest is about the push.
        const auto answered = is.acknowledged + is.rejected;
        if (is.sent > was.sent && answered < is.sent)
            m_owing.insert(row.proxy);
        else
            m_owing.erase(row.proxy);
        if (is.rejected > was.rejected) {
            row.state = WatchRow::State::Rejected;
            row.message = latest->lastRejection ? latest->lastRejection->message : std::string();
        } else if (is.acknowledged > was.acknowledged && is.sent > was.sent && answered >= is.sent) {
            row.state = WatchRow::State::Accepted;
        } else {
            row.state = WatchRow::State::Waiting;
        }
    }
}

void PushWatch::close()
{
    for (auto &row : m_rows) {
        if (row.state == WatchRow::State::Waiting && !m_owing.contains(row.proxy))
            row.state = WatchRow::State::Unchanged;
    }
}

int PushWatch::count(WatchRow::State state) const
{
    return static_cast<int>(
        std::count_if(m_rows.begin(), m_rows.end(), [state](const auto &row) { return row.state == state; }));
}

bool PushWatch::anyConnected() const
{
    return count(WatchRow::State::NotConnected) < static_cast<int>(m_rows.size());
}

bool PushWatch::isSettled() const
{
    return m_owing.empty() && count(WatchRow::State::Accepted) + count(WatchRow::State::Rejected) > 0;
}

}  // namespace meshscope
