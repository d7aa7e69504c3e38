#include "ui/browse/problem_finder.h"

#include "models/pool_job.h"
#include "models/query_filter.h"
#include "models/text.h"
#include "ui/shell/workspace.h"

#include "backend/support/when_done.h"

#include <algorithm>
#include <iterator>

namespace meshscope::ui {

namespace {

constexpr std::size_t kAtOnce = 1000;  // dataplanes; beyond, problems are looked for in the pool

}  // namespace

ProblemFinder::ProblemFinder(const Workspace &workspace, QObject *parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_table(new ProblemTable(this))
{
    m_table->setNow(currentTime());
    connect(workspace.connections, &Connections::snapshotChanged, this, &ProblemFinder::look);
    if (workspace.context.sidecars)
        connect(workspace.context.sidecars, &SidecarHost::sidecarChanged, this, &ProblemFinder::publish);
    connect(workspace.filter, &QueryFilter::answerChanged, this, &ProblemFinder::publish);
    look();
}

ProblemFinder::~ProblemFinder()
{
    m_working.cancel();
    m_working.waitForFinished();
}

void ProblemFinder::tick() { m_table->setNow(currentTime()); }

void ProblemFinder::look()
{
    MeshSource *source = m_workspace.context.source;  // a name for targets; not used in the pool
    const SnapshotPtr snapshot = source->snapshot();
    findings::Options options;
    options.clockSkew = source->state().clockSkew;
    options.limit = kMaxProblems;
    const auto find = [snapshot, source, options, now = currentTime()] {
        const findings::Findings found = findings::findingsOf(*snapshot, now, options);
        return Found{problemsOf(found, source), found.total};
    };
    m_working.cancel();
    if (snapshot->dataplanes.size() <= kAtOnce) {
        m_found = find();
        return publish();
    }
    m_working = runInPool([find]() -> Result<Found> { return find(); });
    whenDone(m_working, this, [this, source](const Result<Found> &found) {
        // Another connection may have come to the front meanwhile.
        if (!found || source != m_workspace.context.source)
            return;
        m_found = *found;
        publish();
    });
}

void ProblemFinder::publish()
{
    std::vector<Problem> all;
    if (m_workspace.context.sidecars)
        all = problemsOf(m_workspace.context.sidecars->sidecars());
    m_total = all.size() + m_found.total;
    std::copy_if(
        m_found.problems.begin(), m_found.problems.end(), std::back_inserter(all),
        [this](const Problem &problem) { return m_workspace.filter->acceptsTarget(problem.target); });
    if (m_workspace.filter->answer())
        m_total = all.size();
    m_table->setProblems(std::move(all));
    Q_EMIT changed();
}

}  // namespace meshscope::ui
