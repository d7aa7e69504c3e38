#include "backend/client/remote_mesh_source.h"

#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <algorithm>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr int kLeastMillisecondsBetween = 100;
constexpr int kMostBackOff = 60'000;
constexpr int kMostListings = 3;    // of one round, when the list changes between its pages
constexpr int kMostPages = 10'000;  // ten million rows; more is a server that never ends

// Runs work on the pool and hands its result to `take` on the receiver's thread.
template <class T, class Work, class Take>
void inPool(QThreadPool &pool, QObject *receiver, Work work, Take take)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    whenDone<T>(promise->future(), receiver, std::move(take));
    pool.start([promise, work = std::move(work)] {
        promise->addResult(work());
        promise->finish();
    });
}

std::vector<DataplanePtr> sortedWithoutRepetition(std::vector<DataplanePtr> rows)
{
    // A row that moved between two pages comes twice; the later one is newer.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto &a, const auto &b) { return a->key() < b->key(); });
    const auto end = std::unique(rows.rbegin(), rows.rend(),
                                 [](const auto &a, const auto &b) { return a->key() == b->key(); });
    rows.erase(rows.begin(), end.base());
    return rows;
}

// Rows equal to those of `before` become the very same objects. True when nothing differs at all.
bool shareRows(std::vector<DataplanePtr> &rows, const std::vector<DataplanePtr> &before)
{
    bool isSame = rows.size() == before.size();
    auto old = before.begin();
    for (auto &row : rows) {
        while (old != before.end() && (*old)->key() < row->key())
            ++old;
        if (old != before.end() && (*old)->key() == row->key() && **old == *row)
            row = *old;
        else
            isSame = false;
    }
    return isSame;
}

TimePoint now()
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

struct RemoteMeshSource::Round {
    ControlPlaneInfo info;
    std::vector<MeshInfo> meshes;
    std::vector<DataplanePtr> rows;
    std::optional<std::size_t> total;  // as the first page of the listing says
    bool changedMeanwhile = false;
    int listings = 1;
    int pages = 0;
};

RemoteMeshSource::RemoteMeshSource(RestConnection &connection, QObject *parent)
    : MeshSource(parent)
    , m_connection(connection)
    , m_snapshot(std::make_shared<Snapshot>())
    , m_random(std::random_device{}())
    , m_interval(connection.options().intervalMilliseconds)
{
    m_pool.setMaxThreadCount(2);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RemoteMeshSource::begin);
    connect(&m_connection, &RestConnection::requestFinished, this, &MeshSource::requestFinished);
    if (m_interval > 0)
        schedule(0);
}

RemoteMeshSource::~RemoteMeshSource()
{
    m_pool.clear();
    m_pool.waitForDone();
}

QString RemoteMeshSource::displayName() const
{
    const auto &options = m_connection.options();
    return options.displayName.isEmpty() ? options.baseUrl.authority(QUrl::FullyDecoded)
                                         : options.displayName;
}

void RemoteMeshSource::refresh()
{
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
    if (m_round)
        return;
    if (m_interval == 0)
        m_timer.stop();
    else if (!m_timer.isActive() || m_timer.remainingTime() > m_interval)
        schedule(m_interval);
}

void RemoteMeshSource::schedule(int milliseconds) { m_timer.start(milliseconds); }

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
    m_round = std::make_unique<Round>();
    m_state.refreshing = true;
    Q_EMIT stateChanged();
    askIndex();
}

void RemoteMeshSource::askIndex()
{
    m_connection.send({"GET", u"/"_s, {}, {}}, [this](const RestReply &reply) {
        if (!reply.isSuccess())
            return fail(errorOf(reply, u"read who it is"_s));
        auto info = controlPlaneInfoFromJson(reply.body.toStdString());
        if (!info) {
            Error error = info.error();
            error.where = reply.url.toDisplayString().toStdString();
            return fail(std::move(error));
        }
        m_round->info = std::move(*info);
        const auto &before = m_snapshot->controlPlane;
        const bool isSameInstance =
            before.instanceId == m_round->info.instanceId && before.version == m_round->info.version;
        if (m_facts.isKnown && isSameInstance)
            return askMeshes({});
        m_facts = {};
        m_usesOldOverviewPath = false;
        askFacts(0);
    });
}

// Step 0 /config, step 1 /_resources; neither has to be readable or to exist.
void RemoteMeshSource::askFacts(int step)
{
    const QString path = step == 0 ? u"/config"_s : u"/_resources"_s;
    m_connection.send({"GET", path, {}, {}}, [this, step](const RestReply &reply) {
        if (reply.error)
            return fail(errorOf(reply, u"read its configuration"_s));
        if (step == 0) {
            if (auto config = configFromJson(reply.body.toStdString()); reply.isSuccess() && config)
                m_facts.config = std::move(*config);
            return askFacts(1);
        }
        if (auto readOnly = readOnlyFromResources(reply.body.toStdString(), "Dataplane");
            reply.isSuccess() && readOnly)
            m_facts.dataplanesReadOnly = *readOnly;
        m_facts.isKnown = true;
        askMeshes({});
    });
}

void RemoteMeshSource::askMeshes(const QString &offset)
{
    RestRequest request{"GET", u"/meshes"_s, {}, {}};
    request.query.addQueryItem(u"size"_s, QString::number(m_connection.options().pageSize));
    if (!offset.isEmpty())
        request.query.addQueryItem(u"offset"_s, offset);
    m_connection.send(request, [this](const RestReply &reply) {
        if (!reply.isSuccess())
            return fail(errorOf(reply, u"read the list of meshes"_s));
        auto page = meshesFromJson(reply.body.toStdString());
        if (!page) {
            Error error = page.error();
            error.where = reply.url.toDisplayString().toStdString();
            return fail(std::move(error));
        }
        auto &meshes = m_round->meshes;
        const bool isProgress = !page->items.empty();
        std::move(page->items.begin(), page->items.end(), std::back_inserter(meshes));
        if (page->nextOffset && isProgress && ++m_round->pages < kMostPages)
            return askMeshes(QString::fromStdString(*page->nextOffset));
        m_round->pages = 0;
        askOverviews({});
    });
}

void RemoteMeshSource::askOverviews(const QString &offset)
{
    RestRequest request{
        "GET", m_usesOldOverviewPath ? u"/dataplanes+insights"_s : u"/dataplanes/_overview"_s, {}, {}};
    request.query.addQueryItem(u"size"_s, QString::number(m_connection.options().pageSize));
    if (!offset.isEmpty())
        request.query.addQueryItem(u"offset"_s, offset);
    m_connection.send(request, [this](const RestReply &reply) {
        if (reply.status == 404 && !m_usesOldOverviewPath) {
            m_usesOldOverviewPath = true;
            return askOverviews({});
        }
        if (reply.status == 404)
            m_usesOldOverviewPath = false;  // neither is known; begin with the new one again
        if (!reply.isSuccess())
            return fail(errorOf(reply, u"read the dataplanes"_s));
        const auto url = reply.url.toDisplayString().toStdString();
        inPool<Page<DataplanePtr>>(
            m_pool, this,
            [body = reply.body, url] {
                auto page = overviewsFromJson(
                    std::string_view(body.constData(), static_cast<std::size_t>(body.size())));
                if (!page) {
                    Error error = page.error();
                    if (error.where.starts_with("items"))
                        error.what = "the list of dataplanes holds something unexpected: " + error.where + " "
                                     + error.what;
                    error.where = url;
                    return Result<Page<DataplanePtr>>(meshscope::fail(std::move(error)));
                }
                return page;
            },
            [this](Result<Page<DataplanePtr>> page) { takeOverviews(std::move(page)); });
    });
}

void RemoteMeshSource::takeOverviews(Result<Page<DataplanePtr>> page)
{
    if (!m_round)
        return;
    if (!page)
        return fail(page.error());
    Round &round = *m_round;
    if (!round.total)
        round.total = page->total;
    else if (*round.total != page->total)
        round.changedMeanwhile = true;
    const bool isProgress = !page->items.empty();
    std::move(page->items.begin(), page->items.end(), std::back_inserter(round.rows));
    if (page->nextOffset && isProgress && ++round.pages < kMostPages)
        return askOverviews(QString::fromStdString(*page->nextOffset));
    // Offsets count rows: when the list changed between two pages a row may have slipped through.
    if (round.changedMeanwhile && round.listings < kMostListings) {
        ++round.listings;
        round.rows.clear();
        round.total.reset();
        round.changedMeanwhile = false;
        round.pages = 0;
        return askOverviews({});
    }
    assemble();
}

void RemoteMeshSource::assemble()
{
    auto next = std::make_shared<Snapshot>();
    next->controlPlane = m_round->info;
    next->controlPlane.mode = m_facts.config.mode;
    next->controlPlane.environment = m_facts.config.environment;
    next->meshes = std::move(m_round->meshes);
    next->dataplanes = std::move(m_round->rows);
    next->fetchedAt = now();
    inPool<SnapshotPtr>(
        m_pool, this,
        [next, before = m_snapshot] {
            std::sort(next->meshes.begin(), next->meshes.end(),
                      [](const auto &a, const auto &b) { return a.name < b.name; });
            const auto end = std::unique(next->meshes.begin(), next->meshes.end(),
                                         [](const auto &a, const auto &b) { return a.name == b.name; });
            next->meshes.erase(end, next->meshes.end());
            next->dataplanes = sortedWithoutRepetition(std::move(next->dataplanes));
            const bool isSame =
                shareRows(next->dataplanes, before->dataplanes) && next->meshes == before->meshes
                && next->controlPlane == before->controlPlane && before->fetchedAt != TimePoint{};
            return Result<SnapshotPtr>(isSame ? before : SnapshotPtr(next));
        },
        [this](Result<SnapshotPtr> snapshot) {
            if (!m_round)
                return;
            if (!snapshot)
                return fail(snapshot.error());
            succeed(std::move(*snapshot));
        });
}

void RemoteMeshSource::succeed(SnapshotPtr next)
{
    m_failures = 0;
    m_state.phase = SourceState::Phase::Live;
    m_state.error.reset();
    m_state.lastSuccess = now();
    const bool isNew = next != m_snapshot;
    m_snapshot = std::move(next);
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
    m_round.reset();
    m_state.refreshing = false;
    m_sinceLast.start();
    if (m_isAgainWanted)
        schedule(kLeastMillisecondsBetween);
    else if (m_interval > 0)
        schedule(m_failures == 0 ? m_interval : backOff());
}

}  // namespace meshscope
