#include "models/path_trace.h"

#include "backend/support/when_done.h"
#include "models/pool_job.h"
#include "models/text.h"

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMostOthers = 20;  // local sidecars that are asked for their configuration

bool callsWithTls(const Trace &trace)
{
    for (const auto &step : trace.steps) {
        for (const auto &fact : step.facts) {
            if (step.kind == TraceStep::Kind::Cluster && fact.name == "transport" && fact.value == "TLS")
                return true;
        }
    }
    return false;
}

std::string_view viewOf(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

Result<PathResult> walkAll(PathResult result, const std::vector<QByteArray> &dumps)
{
    const auto caller = ConfigDump::parse(viewOf(dumps.front()));
    if (!caller)
        return fail(caller.error());
    const Trace out = traceOutbound(*caller, result.question);
    result.legs.push_back({toQString(caller->proxy()), out});
    for (auto text = dumps.begin() + 1; text != dumps.end(); ++text) {
        const auto other = ConfigDump::parse(viewOf(*text));
        if (!other)
            continue;  // it went meanwhile
        for (const auto &endpoint : out.endpoints) {
            const auto place = traceQuestion(endpoint);
            if (!place)
                continue;
            const Trace in = traceInbound(*other, place->host, place->port,
                                          callerOf(*caller, callsWithTls(out)), result.question);
            if (!in.steps.empty())
                result.legs.push_back({toQString(other->proxy()), in});
        }
    }
    return result;
}

}  // namespace

bool PathResult::isReached() const
{
    return !legs.empty()
           && std::all_of(legs.begin(), legs.end(), [](const Leg &leg) { return leg.trace.isReached(); });
}

QString PathResult::stop() const
{
    for (const auto &leg : legs) {
        if (!leg.trace.isReached())
            return toQString(leg.trace.stop);
    }
    return {};
}

PathTrace::PathTrace(SidecarHost *host, QObject *parent)
    : QObject(parent)
    , m_host(host)
{}

PathTrace::~PathTrace() { m_walking.cancel(); }

void PathTrace::start(const ResourceKey &caller, const TraceQuestion &question)
{
    ++m_run;
    m_walking.cancel();
    m_caller = caller;
    m_result = {};
    m_result.question = question;
    m_isRunning = true;
    askName();
}

void PathTrace::askName()
{
    const std::string &name = m_result.question.host;
    if (!m_host || isIpAddress(name) || name == "localhost")
        return askDumps();
    whenDone(m_host->resolve(m_caller, toQString(name), u"A"_s), this,
             [this, run = m_run](const Result<DnsReport> &report) {
                 if (run != m_run)
                     return;
                 if (report)
                     m_result.dns = *report;
                 else
                     m_result.dnsTrouble = toQString(report.error().what);
                 askDumps();
             });
}

void PathTrace::askDumps()
{
    std::vector<ResourceKey> keys{m_caller};
    const auto sidecars = m_host ? m_host->sidecars() : QList<SidecarStatus>();
    for (const auto &sidecar : sidecars) {
        if (sidecar.phase == SidecarPhase::Ready && sidecar.key != m_caller && keys.size() <= kMostOthers)
            keys.push_back(sidecar.key);
    }
    m_dumps.assign(keys.size(), {});
    m_waiting = keys.size();
    for (std::size_t i = 0; i < keys.size() && m_host; ++i) {
        whenDone(m_host->admin(keys[i], u"config_dump?include_eds"_s), this,
                 [this, run = m_run, i](const Result<QByteArray> &dump) {
                     if (run != m_run)
                         return;
                     if (!dump && i == 0) {
                         ++m_run;
                         m_isRunning = false;
                         Q_EMIT failed(dump.error());
                         return;
                     }
                     m_dumps[i] = dump ? *dump : QByteArray();
                     if (--m_waiting == 0)
                         walk();
                 });
    }
}

void PathTrace::walk()
{
    m_walking = runInPool([result = m_result, dumps = m_dumps] { return walkAll(result, dumps); });
    whenDone(m_walking, this, [this, run = m_run](const Result<PathResult> &result) {
        if (run != m_run)
            return;
        m_isRunning = false;
        if (result)
            Q_EMIT done(*result);
        else
            Q_EMIT failed(result.error());
    });
}

}  // namespace meshscope
