#include "ui/browse/problems.h"

#include "models/text.h"
#include "ui/style/error_text.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Problems", text); }

FocusTarget targetOf(const findings::MeshFinding &finding, MeshSource *source)
{
    switch (finding.subject) {
    case findings::Subject::ControlPlane:
        return {FocusKind::ControlPlane, source, {}, -1};
    case findings::Subject::Mesh:
        return {FocusKind::Mesh, source, finding.key, -1};
    case findings::Subject::Service:
        return {FocusKind::Service, source, finding.key, -1};
    case findings::Subject::Dataplane:
        return {FocusKind::Dataplane, source, finding.key, -1};
    case findings::Subject::Zone:
        return {FocusKind::Zone, source, finding.key, -1, "Zone"};
    case findings::Subject::Policy:
        return {FocusKind::Policy, source, finding.key, -1, finding.type};
    }
    return {};
}

Mark markOf(findings::Severity severity)
{
    switch (severity) {
    case findings::Severity::Problem:
        return Mark::Bad;
    case findings::Severity::Warning:
        return Mark::Partly;
    case findings::Severity::Note:
        break;
    }
    return Mark::Unknown;
}

QString sentence(const std::string &text)
{
    QString words = toQString(text);
    if (!words.isEmpty() && words.at(0).isLower() && words.section(u' ', 0, 0) == u"the"_s)
        words[0] = words.at(0).toUpper();
    return words;
}

}  // namespace

std::vector<Problem> problemsOf(const findings::Findings &found, MeshSource *source)
{
    std::vector<Problem> problems;
    for (const findings::MeshFinding &finding : found.list) {
        Problem problem;
        problem.mark = markOf(finding.severity);
        problem.kind = QString::fromUtf8(findings::titleOf(finding.kind).data(),
                                         static_cast<qsizetype>(findings::titleOf(finding.kind).size()));
        problem.text = sentence(finding.what);
        problem.target = targetOf(finding, source);
        problem.since = finding.since;
        problem.evidence = toQString(finding.evidence);
        problem.versions = toQString(finding.versions);
        problem.wayOut = toQString(finding.wayOut);
        problems.push_back(std::move(problem));
    }
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
        case MeshColumn:
            return toQString(meshOf(problem.target));
        case SinceColumn:
            return problem.since == TimePoint{} ? QString() : ageText(problem.since, m_now);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return problem.wayOut.isEmpty() ? problem.text : problem.text + u'\n' + problem.wayOut;
    case HealthRole:
        return QVariant::fromValue(problem.mark == Mark::Bad      ? Health::Offline
                                   : problem.mark == Mark::Partly ? Health::Degraded
                                                                  : Health::Unknown);
    case TargetRole:
        return QVariant::fromValue(problem.target);
    case KeyRole:
        return QVariant::fromValue(problem.target.key);
    case TimeRole:
        return index.column() == SinceColumn ? QVariant(toDateTime(problem.since)) : QVariant();
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
    case MeshColumn:
        return tr("Mesh");
    case SinceColumn:
        return tr("Since");
    default:
        return {};
    }
}

}  // namespace meshscope::ui
