// One refresh is a round: the index; where another instance or version answers also its configuration and
// types; then the meshes, the dataplanes and whichever other lists are due, at the same time; then one
// snapshot in which everything that did not change is shared with the one before.
#include "backend/client/remote_mesh_source.h"

#include "backend/client/answer.h"
#include "backend/client/in_pool.h"
#include "backend/codec/capabilities_codec.h"
#include "backend/codec/overview_codec.h"
#include "backend/support/log.h"

#include <algorithm>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr int kLeastMillisecondsBetween = 100;
constexpr int kMostBackOff = 60'000;
constexpr int kYoungEnough = 500;          // of other lists, when a person asks for a refresh
constexpr int kPartialMilliseconds = 300;  // between two snapshots of the first listing
constexpr qint64 kSkewWorthTelling = 5;    // seconds

// Rows whose values are those of `before` become the very same objects. True when nothing differs at all.
bool shareRows(std::vector<Listed<DataplaneOverview>> &rows, const std::vector<DataplanePtr> &before)
{
    bool isSame = rows.size() == before.size();
    auto old = before.begin();
    for (auto &[fingerprint, row] : rows) {
        while (old != before.end() && *old != row && (*old)->key() < row->key())
            ++old;
        if (old != before.end() && (*old == row || ((*old)->key() == row->key() && **old == *row)))
            row = *old;
        else
            isSame = false;
    }
    return isSame;
}

bool isSameBesideRows(const Snapshot &a, const Snapshot &b)
{
    return a.meshes == b.meshes && a.controlPlane == b.controlPlane && a.capabilities == b.capabilities
           && a.resources == b.resources && a.zones == b.zones && a.zoneProxies == b.zoneProxies
           && a.serviceInsights == b.serviceInsights && a.isPartial == b.isPartial
           && b.fetchedAt != TimePoint{};
}

TimePoint now()
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string textOf(const RestReply &reply) { return reply.body.toStdString(); }

}  // namespace

struct RemoteMeshSource::Round {
    ControlPlaneInfo info;
    std::string kumaVersion;
    std::optional<ConfigInfo> config;
    std::vector<ResourceTypeInfo> types;
    bool hasTypeList = false;
    int open = 0;  // requests of the facts, or lists, that have not come yet
    std::vector<MeshInfo> meshes;
    int meshPages = 0;
    std::unique_ptr<Dataplanes> listing;
    std::vector<Listed<DataplaneOverview>> rows;
    bool triedOtherPath = false;
    QElapsedTimer clock, sincePartial;
    quint64 requestsBefore = 0;
    std::size_t rowsPublished = 0;
};

template <class Fn>
auto RemoteMeshSource::inRound(Fn fn)
{
    return [this, fn = std::move(fn), round = std::weak_ptr(m_round)](const RestReply &reply) {
        if (const auto still = round.lock(); still && still == m_round)
            fn(reply);
    };
}

RemoteMeshSource::RemoteMeshSource(RestConnection &connection, QObject *parent)
    : MeshSource(parent)
    , m_connection(connection)
    , m_snapshot(std::make_shared<Snapshot>())
    , m_capabilities(m_snapshot->capabilities)
    , m_known(std::make_shared<KnownRows<DataplaneOverview>>())
    , m_others(connection, m_pool, this)
    , m_random(std::random_device{}())
    , m_interval(connection.options().intervalMilliseconds)
{
    m_pool.setMaxThreadCount(std::clamp(QThread::idealThreadCount() - 1, 2, 4));
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RemoteMeshSource::begin);
    connect(&m_connection, &RestConnection::requestFinished, this, &MeshSource::requestFinished);
    if (m_interval > 0)
        schedule(0);
}

RemoteMeshSource::~RemoteMeshSource()
{
    m_round.reset();
    m_others.cancel();
    m_pool.clear();
    m_pool.waitForDone();
}

QString RemoteMeshSource::displayName() const
{
    const auto &options = m_connection.options();
    return options.displayName.isEmpty() ? options.baseUrl.authority(QUrl::FullyDecoded)
                                         : options.displayName;
}

SourceState RemoteMeshSource::state() const
{
    SourceState state = m_state;
    state.requestsPerSecond = m_connection.requestsPerSecond();
    state.intervalMilliseconds = nextInterval();
    if (m_round && m_round->listing
        && m_round->listing->total() > static_cast<std::size_t>(m_connection.options().pageSize))
        state.progress = LoadProgress{m_round->listing->rowCount(), m_round->listing->total()};
    return state;
}

void RemoteMeshSource::refresh()
{
    m_isForced = true;
    if (m_round) {
        m_isAgainWanted = true;
        return;
    }
    const qint64 passed = m_sinceLast.isValid() ? m_sinceLast.elapsed() : kLeastMillisecondsBetween;
    schedule(static_cast<int>(std::max<qint64>(0, kLeastMillisecondsBetween - passed)));
}

void RemoteMeshSource::setInterval(int milliseconds)
{
    m_interval = std::max(0, milliseconds);
    if (m_round || m_state.isPaused)
        return;
    if (m_interval == 0)
        m_timer.stop();
    else if (!m_timer.isActive() || m_timer.remainingTime() > nextInterval())
        schedule(nextInterval());
}

void RemoteMeshSource::cancelRefresh()
{
    if (!m_round)
        return;
    m_isAgainWanted = false;
    if (isFirstListing())
        takePage();  // published a moment later
    fail(Error{Error::Code::Cancelled, "the refresh was cancelled", {}});
}

void RemoteMeshSource::setPaused(bool paused)
{
    if (m_state.isPaused == paused)
        return;
    m_state.isPaused = paused;
    if (paused) {
        m_timer.stop();
    } else if (m_interval > 0 && !m_round) {
        const qint64 passed = m_sinceLast.isValid() ? m_sinceLast.elapsed() : nextInterval();
        schedule(static_cast<int>(std::max<qint64>(0, nextInterval() - passed)));
    }
    Q_EMIT stateChanged();
}

QFuture<Result<std::string>> RemoteMeshSource::fetch(const QString &path, const QUrlQuery &query)
{
    auto answer = Answer<std::string>::make(m_connection);
    const auto request = m_connection.send({"GET", path, query, {}}, [answer, path](const RestReply &reply) {
        if (!reply.isSuccess())
            return answer->finish(meshscope::fail(errorOf(reply, u"read "_s + path)));
        answer->finish(reply.body.toStdString());
    });
    answer->runs(request, false);
    return answer->future();
}

void RemoteMeshSource::schedule(int milliseconds) { m_timer.start(milliseconds); }

// As wished, but never so often that refreshing costs more requests than the budget or more than a third of
// the time.
int RemoteMeshSource::nextInterval() const
{
    if (m_interval == 0)
        return 0;
    const double budget = std::max(0.1, m_connection.options().requestBudget);
    const auto byRequests =
        static_cast<int>(std::min(600'000.0, static_cast<double>(m_lastRoundRequests) * 1'000.0 / budget));
    return std::max({m_interval, byRequests, 2 * m_lastRoundMilliseconds});
}

// 1, 2, 4 … times the base, at most a minute, and up to a fifth more or less so that many windows do not ask
// together.
int RemoteMeshSource::backOff()
{
    const double base = std::max(1, m_connection.options().backOffMilliseconds);
    const double grown = std::min<double>(base * (1 << std::min(m_failures - 1, 20)), kMostBackOff);
    std::uniform_real_distribution<double> jitter(0.8, 1.2);
    return static_cast<int>(grown * jitter(m_random));
}

void RemoteMeshSource::begin()
{
    m_timer.stop();
    m_isAgainWanted = false;
    m_round = std::make_shared<Round>();
    m_round->clock.start();
    m_round->requestsBefore = m_connection.requestCount();
    m_state.refreshing = true;
    Q_EMIT stateChanged();
    askIndex();
}

void RemoteMeshSource::askIndex()
{
    m_connection.send({"GET", u"/"_s, {}, {}}, inRound([this](const RestReply &reply) {
                          if (!reply.isSuccess())
                              return fail(errorOf(reply, u"read who it is"_s));
                          auto info = controlPlaneInfoFromJson(textOf(reply));
                          if (!info) {
                              Error error = info.error();
                              error.where = reply.url.toDisplayString().toStdString();
                              return fail(std::move(error));
                          }
                          m_round->info = std::move(*info);
                          m_round->kumaVersion = kumaVersionOfIndex(textOf(reply));
                          m_state.clockSkew.reset();
                          if (reply.clockSkewSeconds
                              && std::abs(*reply.clockSkewSeconds) >= kSkewWorthTelling)
                              m_state.clockSkew = std::chrono::seconds(*reply.clockSkewSeconds);
                          const auto &before = m_snapshot->controlPlane;
                          const bool isSameInstance = before.instanceId == m_round->info.instanceId
                                                      && before.version == m_round->info.version;
                          if (m_capabilities->isKnown && isSameInstance)
                              return askLists();
                          askFacts();
                      }));
}

// /config and /_resources (before 2.6 /policies); none has to be readable or to exist.
void RemoteMeshSource::askFacts()
{
    m_round->open = 2;
    m_connection.send({"GET", u"/config"_s, {}, {}}, inRound([this](const RestReply &reply) {
                          if (reply.error)
                              return fail(errorOf(reply, u"read its configuration"_s));
                          if (auto config = configFromJson(textOf(reply)); reply.isSuccess() && config)
                              m_round->config = std::move(*config);
                          takeFacts();
                      }));
    const auto readPolicies = [this](const RestReply &reply) {
        if (reply.error)
            return fail(errorOf(reply, u"read its types"_s));
        if (auto types = typesFromPolicies(textOf(reply)); reply.isSuccess() && types)
            m_round->types = std::move(*types);
        takeFacts();
    };
    m_connection.send({"GET", u"/_resources"_s, {}, {}},
                      inRound([this, readPolicies](const RestReply &reply) {
                          if (reply.error)
                              return fail(errorOf(reply, u"read its types"_s));
                          auto types = typesFromResources(textOf(reply));
                          if (!reply.isSuccess() || !types) {
                              m_connection.send({"GET", u"/policies"_s, {}, {}}, inRound(readPolicies));
                              return;
                          }
                          m_round->types = std::move(*types);
                          m_round->hasTypeList = true;
                          takeFacts();
                      }));
}

void RemoteMeshSource::takeFacts()
{
    if (--m_round->open > 0)
        return;
    auto known = capabilitiesFrom(m_round->kumaVersion, m_round->config, std::move(m_round->types),
                                  m_round->hasTypeList);
    if (*m_capabilities != known) {
        m_capabilities = std::make_shared<const Capabilities>(std::move(known));
        m_others.setCapabilities(m_capabilities);
        m_isForced = true;
    }
    askLists();
}

void RemoteMeshSource::askLists()
{
    m_round->open = 3;
    const std::weak_ptr round = m_round;
    askOverviews();
    if (round.expired())
        return;
    askMeshes({});
    if (round.expired())
        return;
    const int maxAge = m_isForced ? kYoungEnough : m_connection.options().otherListsMilliseconds;
    m_isForced = false;
    m_others.read(m_snapshot->fetchedAt == TimePoint{} ? 0 : maxAge, [this] { endPart(); });
}

void RemoteMeshSource::askMeshes(const QString &offset)
{
    RestRequest request{"GET", u"/meshes"_s, {}, {}};
    request.query.addQueryItem(u"size"_s, QString::number(m_connection.options().pageSize));
    if (!offset.isEmpty())
        request.query.addQueryItem(u"offset"_s, offset);
    m_connection.send(request, inRound([this](const RestReply &reply) {
                          if (!reply.isSuccess())
                              return fail(errorOf(reply, u"read the list of meshes"_s));
                          auto page = meshesFromJson(textOf(reply));
                          if (!page) {
                              Error error = page.error();
                              error.where = reply.url.toDisplayString().toStdString();
                              return fail(std::move(error));
                          }
                          auto &meshes = m_round->meshes;
                          const bool isProgress = !page->items.empty();
                          std::move(page->items.begin(), page->items.end(), std::back_inserter(meshes));
                          if (page->nextOffset && isProgress && ++m_round->meshPages < 1'000)
                              return askMeshes(QString::fromStdString(*page->nextOffset));
                          std::stable_sort(meshes.begin(), meshes.end(),
                                           [](const auto &a, const auto &b) { return a.name < b.name; });
                          const auto end =
                              std::unique(meshes.begin(), meshes.end(),
                                          [](const auto &a, const auto &b) { return a.name == b.name; });
                          meshes.erase(end, meshes.end());
                          endPart();
                      }));
}

void RemoteMeshSource::askOverviews()
{
    const auto &options = m_connection.options();
    const ListingWishes wishes{QString::fromStdString(m_capabilities->overviews.dataplanes),
                               u"read the dataplanes"_s, options.pageSize,
                               std::max(1, options.parallelPages)};
    m_round->listing = std::make_unique<Dataplanes>(
        m_connection, m_pool, this, wishes,
        [known = m_known](std::string_view json) { return overviewsFromJson(json, *known); },
        [this](Result<Dataplanes::Rows> rows, int status) {
            if (rows) {
                m_round->rows = std::move(*rows);
                return endPart();
            }
            if (status != 404 || m_round->triedOtherPath) {
                return fail(rows.error());
            }
            // 2.5 gave the list its present path; a version that cannot be told may have either.
            m_round->triedOtherPath = true;
            auto other = std::make_shared<Capabilities>(*m_capabilities);
            other->overviews.dataplanes = other->overviews.dataplanes == "/dataplanes/_overview"
                                              ? "/dataplanes+insights"
                                              : "/dataplanes/_overview";
            m_capabilities = std::move(other);
            askOverviews();
        });
    m_round->listing->onPage = [this] {
        if (isFirstListing()
            && (!m_round->sincePartial.isValid()
                || (m_round->sincePartial.elapsed() >= kPartialMilliseconds
                    && m_round->listing->rowCount() >= 2 * m_round->rowsPublished)))
            takePage();
        Q_EMIT stateChanged();
    };
    m_round->listing->start();
}

// Of the first listing: shows what has come so far.
void RemoteMeshSource::takePage()
{
    if (!m_round->listing || m_round->listing->rowCount() == 0)
        return;
    m_round->rowsPublished = m_round->listing->rowCount();
    m_round->sincePartial.start();
    auto next = std::make_shared<Snapshot>();
    next->controlPlane = m_round->info;
    next->capabilities = m_capabilities;
    next->meshes = m_round->meshes;
    next->isPartial = true;
    next->fetchedAt = now();
    inPool<std::shared_ptr<Snapshot>>(
        m_pool, this,
        [next, rowsOf = m_round->listing->rows()] {
            const auto rows = rowsOf();
            next->dataplanes.reserve(rows.size());
            for (const auto &listed : rows) {
                next->dataplanes.push_back(listed.row);
                const auto &mesh = listed.row->key().mesh;
                if (next->meshes.empty() || next->meshes.back().name < mesh)
                    next->meshes.push_back({mesh});
            }
            return Result<std::shared_ptr<Snapshot>>(next);
        },
        [this](const Result<std::shared_ptr<Snapshot>> &made) {
            // The whole list, or more of it, may have come meanwhile.
            if (!made || !isFirstListing() || (*made)->dataplanes.size() < m_snapshot->dataplanes.size())
                return;
            m_snapshot = published(std::make_unique<Snapshot>(std::move(**made)));
            if (m_state.phase == SourceState::Phase::Failed)
                m_state.phase = SourceState::Phase::Stale;  // cancelled, and there is something all the same
            Q_EMIT snapshotChanged(m_snapshot);
            Q_EMIT stateChanged();
        });
}

void RemoteMeshSource::endPart()
{
    if (m_round && --m_round->open == 0)
        assemble();
}

void RemoteMeshSource::assemble()
{
    auto next = std::make_unique<Snapshot>();
    next->controlPlane = m_round->info;
    next->capabilities = m_capabilities;
    switch (m_capabilities->mode) {
    case ControlPlaneMode::Unknown:
        break;
    case ControlPlaneMode::Zone:
    case ControlPlaneMode::FederatedZone:
        next->controlPlane.mode = "zone";
        break;
    case ControlPlaneMode::Global:
        next->controlPlane.mode = "global";
        break;
    }
    next->controlPlane.environment = textOf(m_capabilities->environment);
    next->meshes = std::move(m_round->meshes);
    m_others.fill(*next);
    next->fetchedAt = now();
    struct Made {
        std::shared_ptr<Snapshot> snapshot;  // null = nothing changed
        std::shared_ptr<const KnownRows<DataplaneOverview>> known;
    };
    inPool<Made>(
        m_pool, this,
        [next = std::shared_ptr<Snapshot>(std::move(next)), rows = std::move(m_round->rows),
         before = m_snapshot]() mutable {
            const bool isSame = shareRows(rows, before->dataplanes) && isSameBesideRows(*next, *before);
            auto known = std::make_shared<KnownRows<DataplaneOverview>>();
            known->reserve(rows.size());
            next->dataplanes.reserve(rows.size());
            for (auto &[fingerprint, row] : rows) {
                known->emplace(fingerprint, row);
                next->dataplanes.push_back(std::move(row));
            }
            before.reset();
            return Result<Made>(Made{isSame ? nullptr : std::move(next), std::move(known)});
        },
        [this, round = std::weak_ptr(m_round)](Result<Made> made) {
            if (round.expired())
                return;
            if (!made)
                return fail(made.error());
            succeed(made->snapshot ? published(std::make_unique<Snapshot>(std::move(*made->snapshot)))
                                   : m_snapshot,
                    std::move(made->known));
        });
}

// A snapshot of 100,000 rows takes tens of milliseconds to destroy, so whoever lets go of it last does not
// have to.
SnapshotPtr RemoteMeshSource::published(std::unique_ptr<Snapshot> next) const
{
    return SnapshotPtr(next.release(), [](const Snapshot *snapshot) {
        auto *pool = snapshot->dataplanes.size() > 2'000 ? QThreadPool::globalInstance() : nullptr;
        if (pool != nullptr)
            pool->start([snapshot] { delete snapshot; });
        else
            delete snapshot;
    });
}

void RemoteMeshSource::succeed(SnapshotPtr next, std::shared_ptr<const KnownRows<DataplaneOverview>> known)
{
    m_failures = 0;
    m_state.phase = SourceState::Phase::Live;
    m_state.error.reset();
    m_state.lastSuccess = now();
    const bool isNew = next != m_snapshot;
    m_snapshot = std::move(next);
    // The rows that went are destroyed with the map that knew them, off this thread.
    m_pool.start([old = std::exchange(m_known, std::move(known))]() mutable { old.reset(); });
    m_lastRoundMilliseconds = static_cast<int>(m_round->clock.elapsed());
    m_lastRoundRequests = m_connection.requestCount() - m_round->requestsBefore;
    endRound();
    if (isNew)
        Q_EMIT snapshotChanged(m_snapshot);
    Q_EMIT stateChanged();
}

void RemoteMeshSource::fail(Error error)
{
    if (!m_round)
        return;
    ++m_failures;
    const bool hadAnswer = m_snapshot->fetchedAt != TimePoint{};
    m_state.phase = hadAnswer ? SourceState::Phase::Stale : SourceState::Phase::Failed;
    if (m_failures == 1 && error.code != Error::Code::Cancelled)
        qCInfo(lcClient).noquote() << displayName()
                                   << "cannot be refreshed:" << QString::fromStdString(error.what);
    m_state.error = std::move(error);
    endRound();
    Q_EMIT stateChanged();
}

void RemoteMeshSource::endRound()
{
    m_others.cancel();
    const auto ended =
        std::exchange(m_round, nullptr);  // its requests go with it, and find no round any more
    m_state.refreshing = false;
    m_sinceLast.start();
    if (m_isAgainWanted)
        schedule(kLeastMillisecondsBetween);
    else if (m_interval > 0 && !m_state.isPaused)
        schedule(m_failures == 0 ? nextInterval() : backOff());
}

}  // namespace meshscope
