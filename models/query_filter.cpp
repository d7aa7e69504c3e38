#include "models/query_filter.h"

#include "backend/support/when_done.h"
#include "models/text.h"

#include <QPromise>

#include <algorithm>
#include <mutex>
#include <unordered_set>

namespace meshscope {

namespace {

constexpr auto kAgain = std::chrono::seconds(5);  // how stale an answer that depends on time may be

// Services of the rows that match.
std::vector<ResourceKey> servicesOf(const FilterAnswer &answer)
{
    struct Hash {
        std::size_t operator()(const ResourceKey &key) const
        {
            return std::hash<std::string>()(key.name) * 31 + std::hash<std::string>()(key.mesh);
        }
    };
    std::unordered_set<ResourceKey, Hash> services;
    const auto &rows = answer.snapshot->dataplanes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!answer.matched.rows[i])
            continue;
        const Dataplane &dataplane = *rows[i]->dataplane;
        const auto names = dataplane.services();
        if (names.empty())
            services.insert({dataplane.key.mesh, {}});  // the group of those without a service
        for (const auto &name : names)
            services.insert({dataplane.key.mesh, name});
    }
    std::vector<ResourceKey> sorted(services.begin(), services.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

}  // namespace

// Shared with the thread, which may still use it when the filter is gone.
struct QueryFilter::Engine {
    std::mutex mutex;
    query::TagIndex index;
};

QueryFilter::QueryFilter(QObject *parent)
    : QObject(parent)
    , m_engine(std::make_shared<Engine>())
    , m_snapshot(std::make_shared<const Snapshot>())
{
    m_pool.setMaxThreadCount(1);
}

QueryFilter::~QueryFilter()
{
    m_pool.clear();
    m_pool.waitForDone();
}

template <class Fn>
auto QueryFilter::inThread(Fn fn)
{
    using R = std::invoke_result_t<Fn, query::TagIndex &>;
    auto promise = std::make_shared<QPromise<R>>();
    promise->start();
    m_pool.start([promise, engine = m_engine, fn = std::move(fn)] {
        if (!promise->isCanceled()) {
            const std::lock_guard lock(engine->mutex);
            promise->addResult(fn(engine->index));
        }
        promise->finish();
    });
    return promise->future();
}

void QueryFilter::setSnapshot(const SnapshotPtr &snapshot)
{
    if (snapshot == m_snapshot || !snapshot)
        return;
    m_snapshot = snapshot;
    if (!m_query.isEmpty())
        ask();
}

void QueryFilter::setQuery(const query::Query &query)
{
    if (query.text() == m_query.text())
        return;
    m_query = query;
    ask();
}

void QueryFilter::setText(const QString &text)
{
    const auto parsed = query::parse(text.toStdString());
    if (parsed.diagnosis.verdict == query::Diagnosis::Verdict::Good)
        setQuery(parsed.query);
}

void QueryFilter::setNow(TimePoint now)
{
    m_now = now;
    if (m_query.usesTime() && m_answer && now - m_answer->at >= kAgain)
        ask();
}

void QueryFilter::prepare()
{
    if (m_snapshot->dataplanes.size() <= kAtOnce || m_isWorking)
        return;
    m_pool.start([engine = m_engine, snapshot = m_snapshot] {
        const std::lock_guard lock(engine->mutex);
        engine->index.update(snapshot);
    });
}

void QueryFilter::ask()
{
    if (m_query.isEmpty())
        return take(nullptr);
    if (m_isWorking) {
        m_isAgainWanted = true;
        return;
    }
    auto answer = std::make_shared<FilterAnswer>();
    answer->query = m_query;
    answer->at = m_now == TimePoint{} ? currentTime() : m_now;
    answer->snapshot = m_snapshot;
    if (m_snapshot->dataplanes.size() <= kAtOnce) {
        answer->matched = query::matchEach(m_query, *m_snapshot, answer->at);
        answer->services = servicesOf(*answer);
        return take(answer);
    }
    m_isWorking = true;
    const auto job = inThread([answer](query::TagIndex &index) -> Result<FilterAnswerPtr> {
        index.update(answer->snapshot);
        answer->matched = index.evaluate(answer->query, answer->at);
        answer->services = servicesOf(*answer);
        return FilterAnswerPtr(answer);
    });
    whenDone(job, this, [this](const Result<FilterAnswerPtr> &result) {
        m_isWorking = false;
        if (result && !m_query.isEmpty())
            take(*result);
        if (std::exchange(m_isAgainWanted, false))
            ask();
    });
}

void QueryFilter::take(const FilterAnswerPtr &answer)
{
    const FilterAnswerPtr before = std::exchange(m_answer, answer);
    // The same query over newer rows: rows that changed announce themselves, and the others are as they were,
    // unless time has told.
    const bool isSameQuery = before && answer && before->query.text() == answer->query.text();
    const bool isAsBefore = isSameQuery && before->services == answer->services
                            && (!answer->query.usesTime() || before->matched == answer->matched);
    if ((before || answer) && !isAsBefore)
        Q_EMIT answerChanged();
    Q_EMIT answered();
}

bool QueryFilter::accepts(const DataplanePtr &row, std::size_t place) const
{
    if (!m_answer)
        return true;
    const auto &rows = m_answer->snapshot->dataplanes;
    if (place < rows.size() && rows[place] == row)
        return m_answer->matched.rows[place];
    return accepts(row);
}

bool QueryFilter::accepts(const DataplanePtr &row) const
{
    if (!m_answer)
        return true;
    const auto &rows = m_answer->snapshot->dataplanes;
    const auto at = std::lower_bound(
        rows.begin(), rows.end(), row->key(),
        [](const DataplanePtr &candidate, const ResourceKey &key) { return candidate->key() < key; });
    if (at != rows.end() && *at == row)
        return m_answer->matched.rows[static_cast<std::size_t>(at - rows.begin())];
    return m_answer->query.matches(*row, m_answer->at, m_answer->matched.policies.get());
}

bool QueryFilter::acceptsService(const ResourceKey &service, bool isOffered) const
{
    if (!m_answer)
        return true;
    if (isOffered || service.name.empty())
        return std::binary_search(m_answer->services.begin(), m_answer->services.end(), service);
    // As if a proxy that never connected offered it.
    Dataplane dataplane;
    dataplane.key.mesh = service.mesh;
    dataplane.inbounds.emplace_back().tags[kServiceTag] = service.name;
    DataplaneOverview row;
    row.dataplane = std::make_shared<const Dataplane>(std::move(dataplane));
    return m_answer->query.matches(row, m_answer->at);
}

std::vector<query::Match> QueryFilter::explain(const DataplaneOverview &row) const
{
    return m_answer ? m_answer->query.explain(row, m_answer->at, m_answer->matched.policies.get())
                    : std::vector<query::Match>();
}

bool QueryFilter::acceptsTarget(const FocusTarget &target) const
{
    if (!m_answer)
        return true;
    switch (target.kind) {
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
    case FocusKind::Sidecar: {
        const DataplanePtr row = m_snapshot->find(target.key);
        return !row || accepts(row);
    }
    case FocusKind::Service:
        return acceptsService(target.key, true) || acceptsService(target.key, false);
    case FocusKind::None:
    case FocusKind::ControlPlane:
    case FocusKind::Mesh:
    case FocusKind::Policy:
    case FocusKind::Zone:
        break;
    }
    return true;
}

void QueryFilter::setColourRules(std::vector<ColourRule> rules)
{
    m_rules = std::move(rules);
    Q_EMIT coloursChanged();
}

const ColourRule *QueryFilter::ruleOf(const DataplaneOverview &row) const
{
    const TimePoint now = m_now == TimePoint{} ? currentTime() : m_now;
    const auto rule = std::find_if(m_rules.begin(), m_rules.end(), [&row, now](const ColourRule &one) {
        return !one.query.isEmpty() && one.query.matches(row, now);
    });
    return rule == m_rules.end() ? nullptr : &*rule;
}

QFuture<Result<query::Completion>> QueryFilter::complete(const std::string &text, std::size_t cursor)
{
    const auto work = [text, cursor,
                       snapshot = m_snapshot](query::TagIndex &index) -> Result<query::Completion> {
        index.update(snapshot);
        return query::complete(text, cursor, index);
    };
    if (m_snapshot->dataplanes.size() > kAtOnce)
        return inThread(work);
    QPromise<Result<query::Completion>> promise;
    promise.start();
    {
        const std::lock_guard lock(m_engine->mutex);
        promise.addResult(work(m_engine->index));
    }
    promise.finish();
    return promise.future();
}

}  // namespace meshscope
