// The lists beside dataplanes: policies, services, zones, what the control plane counts. They change rarely,
// so each is asked for when it is older than an interval; what cannot be read stays as it was and says why.
// Internal to client. GUI thread.
#pragma once

#include "backend/client/rest_connection.h"
#include "backend/core/snapshot.h"

#include <QElapsedTimer>
#include <QThreadPool>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace meshscope {

class OtherLists
{
public:
    // The connection, the pool and the receiver outlive it.
    OtherLists(RestConnection &connection, QThreadPool &pool, QObject *receiver);
    ~OtherLists();

    // What there is to ask for; forgets what this control plane does not have.
    void setCapabilities(const CapabilitiesPtr &capabilities);
    // Asks for all that are older than `maxAge` milliseconds, two at a time, and calls done once. A call
    // while one runs is not allowed.
    void read(int maxAge, std::function<void()> done);
    void cancel();

    // Into a snapshot; what did not change since the last call is shared with what was filled in then.
    void fill(Snapshot &snapshot) const;

private:
    enum class Kind { Resources, Zones, ZoneProxies, ServiceInsights, MeshInsights };
    struct Part {
        Kind kind = Kind::Resources;
        std::string type;           // of Resources and ZoneProxies
        std::string path;           // with a leading slash
        std::string alternatePath;  // asked after a 404, and from then on
        QElapsedTimer asked;        // not valid = never
    };
    // What one reading brings; filled in the pool, one page at a time.
    struct Reading;

    void next();
    void ask(std::size_t part, const std::shared_ptr<Reading> &reading);
    void take(std::size_t part, const std::shared_ptr<Reading> &reading, const RestReply &reply);
    void end(std::size_t part, const std::shared_ptr<Reading> &reading, std::optional<Error> problem);

    RestConnection &m_connection;
    QThreadPool &m_pool;
    QObject *m_receiver;
    std::vector<Part> m_parts;
    std::deque<std::size_t> m_queue;  // parts still to ask in this reading
    int m_open = 0;
    std::function<void()> m_done;
    std::shared_ptr<bool> m_alive;
    std::map<std::size_t, RestConnection::Id> m_requests;  // by part

    std::map<std::string, ResourceListPtr> m_resources;  // by type
    std::shared_ptr<const std::vector<ZoneInfo>> m_zones;
    std::map<std::string, std::vector<ZoneProxyInfo>> m_proxiesByType;
    std::shared_ptr<const std::vector<ZoneProxyInfo>> m_proxies;
    std::shared_ptr<const std::vector<ServiceInsightInfo>> m_services;
    std::map<std::string, std::string> m_meshInsights;  // JSON by mesh
};

}  // namespace meshscope
