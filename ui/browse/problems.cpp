#include "ui/browse/problems.h"

#include "models/text.h"
#include "ui/style/error_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::chrono::hours kCertificateSoon{1};

QString tr(const char *text) { return QCoreApplication::translate("Problems", text); }

int rankOf(Mark mark) { return mark == Mark::Bad ? 0 : mark == Mark::Partly ? 1 : 2; }

void sortAndCut(std::vector<Problem> &problems)
{
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem &a, const Problem &b) { return rankOf(a.mark) < rankOf(b.mark); });
    if (problems.size() > kMaxProblems)
        problems.resize(kMaxProblems);
}

}  // namespace

std::vector<Problem> problemsOf(const Snapshot &snapshot, TimePoint now, MeshSource *source)
{
    std::set<ResourceKey> offered;
    for (const auto &row : snapshot.dataplanes) {
        for (const auto &service : row->dataplane->services())
            offered.insert({row->key().mesh, service});
    }
    std::vector<Problem> problems;
    for (const auto &row : snapshot.dataplanes) {
        const QString name = toQString(row->key().name);
        const FocusTarget target{FocusKind::Dataplane, source, row->key(), -1};
        const Subscription *latest = row->insight.latest();
        if (latest && latest->isOnline() && latest->isRefusing()) {
            const QString words =
                latest->lastRejection
                    ? tr("%1 rejected its configuration: %2")
                          .arg(name, toQString(latest->lastRejection->message))
                    : tr("%1 rejected its configuration; the control plane does not say why").arg(name);
            problems.push_back({Mark::Bad, tr("NACK"), words, target,
                                latest->lastRejection ? latest->lastRejection->time : TimePoint{}});
        }
        if (row->status.link == Health::Offline)
            problems.push_back({Mark::Bad, tr("Offline"),
                                tr("%1: %2").arg(name, toQString(row->status.reason)), target,
                                latest && latest->disconnectTime ? *latest->disconnectTime : TimePoint{}});
        else if (row->status.link == Health::Online && row->status.inbounds != Health::Online)
            problems.push_back({Mark::Partly, tr("Not ready"),
                                tr("%1: %2").arg(name, toQString(row->status.reason)), target, TimePoint{}});
        if (row->insight.certificateExpiration
            && *row->insight.certificateExpiration < now + kCertificateSoon) {
            const bool over = *row->insight.certificateExpiration <= now;
            problems.push_back({over ? Mark::Bad : Mark::Partly, tr("Certificate"),
                                over ? tr("%1: its certificate has ended").arg(name)
                                     : tr("%1: its certificate ends in %2")
                                           .arg(name, ageText(now, *row->insight.certificateExpiration)),
                                target, TimePoint{}});
        }
        for (const Outbound &outbound : row->dataplane->outbounds) {
            if (!outbound.service().empty() && !offered.count({row->key().mesh, outbound.service()}))
                problems.push_back({Mark::Partly, tr("Orphan"),
                                    tr("%1: outbound %2 goes to %3, which no dataplane offers")
                                        .arg(name)
                                        .arg(outbound.port)
                                        .arg(toQString(outbound.service())),
                                    target, TimePoint{}});
        }
    }
    sortAndCut(problems);
    return problems;
}

std::vector<Problem> problemsOf(const QList<SidecarStatus> &sidecars)
{
    std::vector<Problem> problems;
    for (const SidecarStatus &sidecar : sidecars) {
        if (sidecar.phase != SidecarPhase::Failed)
            continue;
        const QString cause = sidecar.failure ? errorLine(*sidecar.failure) : sidecar.detail;
        const TimePoint since(
            std::chrono::milliseconds(sidecar.since.isValid() ? sidecar.since.toMSecsSinceEpoch() : 0));
        problems.push_back({Mark::Bad,
                            tr("Sidecar"),
                            tr("%1: %2").arg(toQString(sidecar.key.name), cause),
                            {FocusKind::Sidecar, nullptr, sidecar.key, -1},
                            since});
    }
    return problems;
}

void ProblemTable::setProblems(std::vector<Problem> problems)
{
    if (problems == m_rows)
        return;
    if (problems.size() == m_rows.size()) {
        m_rows = std::move(problems);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(problems);
    endResetModel();
}

void ProblemTable::setNow(TimePoint now)
{
    m_now = now;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, SinceColumn), index(rowCount() - 1, SinceColumn), {Qt::DisplayRole});
}

int ProblemTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ProblemTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ProblemTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Problem &problem = problemAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (static_cast<Column>(index.column())) {
        case KindColumn:
            return problem.kind;
        case TextColumn:
            return problem.text;
        case SinceColumn:
            return problem.since == TimePoint{} ? QString() : ageText(problem.since, m_now);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return problem.text;
    case HealthRole:
        return QVariant::fromValue(problem.mark == Mark::Bad ? Health::Offline : Health::Degraded);
    case TargetRole:
        return QVariant::fromValue(problem.target);
    case KeyRole:
        return QVariant::fromValue(problem.target.key);
    case TimeRole:
        return toDateTime(problem.since);
    default:
        return {};
    }
}

QVariant ProblemTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case KindColumn:
        return tr("Kind");
    case TextColumn:
        return tr("Problem");
    case SinceColumn:
        return tr("Since");
    default:
        return {};
    }
}

}  // namespace meshscope::ui
