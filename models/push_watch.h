// After a push: which proxies got a new configuration, and what they said to it. Pure; no clock, no Qt.
//
// The control plane counts, for each connection of a proxy, responses sent, acknowledged and rejected. The
// counts just before the push are the base line; what grew since is the answer to it. A proxy that
// reconnected meanwhile starts at zero. A proxy to which nothing is sent needs no new configuration: often
// that is the edited one itself.
#pragma once

#include "backend/core/snapshot.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace meshscope {

struct WatchRow {
    enum class State {
        Waiting,       // connected; nothing sent yet, or sent and not answered yet
        Accepted,      // ACK for all that was sent
        Rejected,      // NACK
        Unchanged,     // connected, and nothing was sent by the end of the watch
        NotConnected,  // no proxy to send it to
    };
    ResourceKey proxy;
    State state = State::Waiting;
    bool isOwn = false;   // the proxy of the pushed dataplane
    std::string message;  // Rejected: Envoy's words, where the control plane has them
    bool operator==(const WatchRow &) const = default;
};

class PushWatch
{
public:
    PushWatch() = default;
    // `before` is the last snapshot before the PUT; services are those offered before or after it.
    PushWatch(const Snapshot &before, const ResourceKey &pushed, const std::set<std::string> &services);

    void update(const Snapshot &now);
    // No more is to be expected: who got nothing becomes Unchanged.
    void close();

    const std::vector<WatchRow> &rows() const { return m_rows; }  // the own proxy first, then by key
    int count(WatchRow::State state) const;
    bool anyConnected() const;
    // Someone got something, and nobody to whom something was sent still owes an answer.
    bool isSettled() const;
    bool anyRejected() const { return count(WatchRow::State::Rejected) > 0; }

private:
    struct Counters {
        std::string subscription;
        ResponseCounts total;
    };
    std::map<ResourceKey, Counters> m_before;
    std::set<ResourceKey> m_owing;  // sent since, not answered
    std::vector<WatchRow> m_rows;
};

}  // namespace meshscope
