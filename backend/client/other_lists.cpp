#include "backend/client/other_lists.h"

#include "backend/client/in_pool.h"
#include "backend/codec/resource_list_codec.h"
#include "backend/support/log.h"

#include <algorithm>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr int kAtATime = 2;
constexpr int kMostPagesOfAPart = 1'000;

// What is shown on pages of its own, or never read.
bool isListedElsewhere(const ResourceTypeInfo &type)
{
    return type.isInsight() || type.isSecret() || type.name == "Dataplane" || type.name == "Mesh"
           || type.name == "Zone" || type.name == "ZoneIngress" || type.name == "ZoneEgress";
}

// The pointer of before when the values are the same.
template <class T>
void replace(std::shared_ptr<const std::vector<T>> &shared, std::vector<T> rows)
{
    if (!shared || *shared != rows)
        shared = std::make_shared<const std::vector<T>>(std::move(rows));
}

}  // namespace

struct OtherLists::Reading {
    std::string offset;  // of the next page; empty = the first
    int pages = 0;
    bool usesAlternate = false;
    KnownRows<ResourceRecord> known;
    std::vector<ResourcePtr> resources;
    std::vector<ZoneInfo> zones;
    std::vector<ZoneProxyInfo> proxies;
    std::vector<ServiceInsightInfo> services;
    std::vector<std::pair<std::string, std::string>> insights;
};

OtherLists::OtherLists(RestConnection &connection, QThreadPool &pool, QObject *receiver)
    : m_connection(connection)
    , m_pool(pool)
    , m_receiver(receiver)
    , m_zones(std::make_shared<std::vector<ZoneInfo>>())
    , m_proxies(std::make_shared<std::vector<ZoneProxyInfo>>())
    , m_services(std::make_shared<std::vector<ServiceInsightInfo>>())
{}

OtherLists::~OtherLists() { cancel(); }

void OtherLists::setCapabilities(const CapabilitiesPtr &capabilities)
{
    cancel();
    std::vector<Part> parts;
    const auto add = [&parts](Kind kind, std::string type, std::string path, std::string alternate = {}) {
        if (!path.empty())
            parts.push_back({kind, std::move(type), std::move(path), std::move(alternate), {}});
    };
    const OverviewPaths &overviews = capabilities->overviews;
    add(Kind::MeshInsights, {}, "/mesh-insights");
    if (capabilities->hasServiceInsights)
        add(Kind::ServiceInsights, {}, "/service-insights");
    add(Kind::Zones, {}, overviews.zones, "/zones+insights");
    add(Kind::ZoneProxies, "ZoneIngress", overviews.zoneIngresses, "/zoneingresses+insights");
    add(Kind::ZoneProxies, "ZoneEgress", overviews.zoneEgresses, "/zoneegressoverviews");
    for (const auto &type : capabilities->types) {
        if (!isListedElsewhere(type))
            add(Kind::Resources, type.name, "/" + type.path);
    }
    m_parts = std::move(parts);

    std::erase_if(m_resources, [&](const auto &entry) { return !capabilities->has(entry.first); });
    if (overviews.zoneIngresses.empty())
        m_proxiesByType.erase("ZoneIngress");
    if (overviews.zoneEgresses.empty())
        m_proxiesByType.erase("ZoneEgress");
    if (!capabilities->hasServiceInsights)
        replace(m_services, {});
}

void OtherLists::read(int maxAge, std::function<void()> done)
{
    Q_ASSERT(!m_done);
    m_done = std::move(done);
    m_alive = std::make_shared<bool>(true);
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        if (!m_parts[i].asked.isValid() || m_parts[i].asked.elapsed() >= maxAge)
            m_queue.push_back(i);
    }
    next();
}

void OtherLists::cancel()
{
    m_alive.reset();
    m_done = nullptr;
    m_queue.clear();
    m_open = 0;
    const auto requests = std::move(m_requests);
    m_requests.clear();
    for (const auto &[part, id] : requests)
        m_connection.cancel(id);
}

void OtherLists::next()
{
    const std::weak_ptr alive = m_alive;
    while (m_open < kAtATime && !m_queue.empty()) {
        const auto part = m_queue.front();
        m_queue.pop_front();
        ++m_open;
        auto reading = std::make_shared<Reading>();
        if (const auto before = m_resources.find(m_parts[part].type); before != m_resources.end()) {
            for (const auto &row : before->second->rows)
                reading->known[fingerprintOf(row->json)] = row;
        }
        ask(part, reading);
        if (alive.expired())
            return;
    }
    if (m_open > 0)
        return;
    m_alive.reset();
    const auto done = std::move(m_done);
    m_done = nullptr;
    done();
}

void OtherLists::ask(std::size_t index, const std::shared_ptr<Reading> &reading)
{
    const Part &part = m_parts[index];
    RestRequest request{
        "GET", QString::fromStdString(reading->usesAlternate ? part.alternatePath : part.path), {}, {}};
    request.query.addQueryItem(u"size"_s, QString::number(m_connection.options().pageSize));
    if (!reading->offset.empty())
        request.query.addQueryItem(u"offset"_s, QString::fromStdString(reading->offset));
    const std::weak_ptr alive = m_alive;
    const auto id = m_connection.send(request, [this, index, reading, alive](const RestReply &reply) {
        if (alive.expired())
            return;
        m_requests.erase(index);
        take(index, reading, reply);
    });
    if (!alive.expired())
        m_requests[index] = id;
}

void OtherLists::take(std::size_t index, const std::shared_ptr<Reading> &reading, const RestReply &reply)
{
    const Part &part = m_parts[index];
    if (reply.status == 404 && !reading->usesAlternate && !part.alternatePath.empty()
        && part.alternatePath != part.path) {
        reading->usesAlternate = true;
        return ask(index, reading);
    }
    if (!reply.isSuccess()) {
        const QString what =
            part.type.empty() ? QString::fromStdString(part.path) : QString::fromStdString(part.type);
        return end(index, reading, errorOf(reply, u"read the list of "_s + what));
    }
    inPool<bool>(
        m_pool, m_receiver,
        [kind = part.kind, type = part.type, reading, body = reply.body, url = reply.url]() -> Result<bool> {
            const std::string_view json(body.constData(), static_cast<std::size_t>(body.size()));
            const auto keep = [&reading](auto page, auto &rows, auto valueOf) -> Result<bool> {
                if (!page)
                    return fail(page.error());
                for (auto &item : page->items)
                    rows.push_back(valueOf(item));
                const bool isMore = page->nextOffset && !page->items.empty();
                reading->offset = isMore ? *page->nextOffset : std::string();
                return isMore;
            };
            const auto same = [](auto &item) { return std::move(item); };
            Result<bool> isMore = false;
            switch (kind) {
            case Kind::Resources:
                isMore = keep(resourcesFromJson(json, type, reading->known), reading->resources,
                              [](auto &item) { return item.row; });
                break;
            case Kind::Zones:
                isMore = keep(zonesFromJson(json), reading->zones, same);
                break;
            case Kind::ZoneProxies:
                isMore = keep(zoneProxiesFromJson(json), reading->proxies, same);
                break;
            case Kind::ServiceInsights:
                isMore = keep(serviceInsightsFromJson(json), reading->services, same);
                break;
            case Kind::MeshInsights:
                isMore = keep(meshInsightsFromJson(json), reading->insights, same);
                break;
            }
            if (!isMore) {
                Error error = isMore.error();
                error.where = url.toDisplayString().toStdString();
                return fail(std::move(error));
            }
            return isMore;
        },
        [this, index, reading, alive = std::weak_ptr(m_alive)](const Result<bool> &isMore) {
            if (alive.expired())
                return;
            if (!isMore)
                return end(index, reading, isMore.error());
            if (*isMore && ++reading->pages < kMostPagesOfAPart)
                return ask(index, reading);
            end(index, reading, std::nullopt);
        });
}

void OtherLists::end(std::size_t index, const std::shared_ptr<Reading> &reading, std::optional<Error> problem)
{
    Part &part = m_parts[index];
    part.asked.start();
    if (reading->usesAlternate && !problem)
        part.path = part.alternatePath;
    if (problem)
        qCDebug(lcClient).noquote() << QString::fromStdString(part.path)
                                    << "cannot be read:" << QString::fromStdString(problem->what);
    const auto byName = [](const auto &a, const auto &b) { return a.name < b.name; };
    switch (part.kind) {
    case Kind::Resources: {
        ResourceListPtr &kept = m_resources[part.type];
        auto list = std::make_shared<ResourceList>();
        list->type = part.type;
        list->problem = problem;
        if (problem) {
            if (kept)
                list->rows = kept->rows;
        } else {
            list->rows = std::move(reading->resources);
            std::stable_sort(list->rows.begin(), list->rows.end(),
                             [](const auto &a, const auto &b) { return a->key < b->key; });
            const auto last = std::unique(list->rows.begin(), list->rows.end(),
                                          [](const auto &a, const auto &b) { return a->key == b->key; });
            list->rows.erase(last, list->rows.end());
        }
        if (!kept || !(*kept == *list))
            kept = std::move(list);
        break;
    }
    case Kind::Zones:
        if (!problem) {
            std::sort(reading->zones.begin(), reading->zones.end(), byName);
            replace(m_zones, std::move(reading->zones));
        }
        break;
    case Kind::ZoneProxies:
        if (!problem) {
            std::sort(reading->proxies.begin(), reading->proxies.end(), byName);
            m_proxiesByType[part.type] = std::move(reading->proxies);
            std::vector<ZoneProxyInfo> all;  // egresses come before ingresses, as the map has them
            for (const auto &[type, rows] : m_proxiesByType)
                all.insert(all.end(), rows.begin(), rows.end());
            replace(m_proxies, std::move(all));
        }
        break;
    case Kind::ServiceInsights:
        if (!problem) {
            std::sort(reading->services.begin(), reading->services.end(),
                      [](const auto &a, const auto &b) { return a.key < b.key; });
            replace(m_services, std::move(reading->services));
        }
        break;
    case Kind::MeshInsights:
        if (!problem)
            m_meshInsights = {std::make_move_iterator(reading->insights.begin()),
                              std::make_move_iterator(reading->insights.end())};
        break;
    }
    --m_open;
    next();
}

void OtherLists::fill(Snapshot &snapshot) const
{
    snapshot.zones = m_zones;
    snapshot.zoneProxies = m_proxies;
    snapshot.serviceInsights = m_services;
    snapshot.resources.clear();
    for (const auto &[type, list] : m_resources)
        snapshot.resources.push_back(list);
    for (auto &mesh : snapshot.meshes) {
        const auto found = m_meshInsights.find(mesh.name);
        mesh.insightJson = found == m_meshInsights.end() ? std::string() : found->second;
    }
}

}  // namespace meshscope
