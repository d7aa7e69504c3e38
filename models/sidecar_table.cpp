#include "models/sidecar_table.h"

#include "models/focus.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {

QString phaseText(SidecarPhase phase)
{
    switch (phase) {
    case SidecarPhase::Resolving:
        return SidecarTable::tr("Resolving");
    case SidecarPhase::Bootstrapping:
        return SidecarTable::tr("Bootstrapping");
    case SidecarPhase::Starting:
        return SidecarTable::tr("Starting");
    case SidecarPhase::Ready:
        return SidecarTable::tr("Ready");
    case SidecarPhase::Draining:
        return SidecarTable::tr("Draining");
    case SidecarPhase::Stopped:
        return SidecarTable::tr("Stopped");
    case SidecarPhase::Failed:
        return SidecarTable::tr("Failed");
    }
    return {};
}

Health healthOf(SidecarPhase phase)
{
    switch (phase) {
    case SidecarPhase::Ready:
        return Health::Online;
    case SidecarPhase::Failed:
        return Health::Offline;
    case SidecarPhase::Resolving:
    case SidecarPhase::Bootstrapping:
    case SidecarPhase::Starting:
    case SidecarPhase::Draining:
    case SidecarPhase::Stopped:
        break;
    }
    return Health::Unknown;
}

bool isWorking(SidecarPhase phase) { return phase != SidecarPhase::Ready && !hasEnded(phase); }

bool hasEnded(SidecarPhase phase) { return phase == SidecarPhase::Stopped || phase == SidecarPhase::Failed; }

SidecarTable::SidecarTable(SidecarHost *host, QObject *parent)
    : QAbstractTableModel(parent)
{
    if (!host)
        return;
    for (const auto &status : host->sidecars())
        m_rows.push_back(status);
    connect(host, &SidecarHost::sidecarChanged, this, &SidecarTable::apply);
    connect(host, &QObject::destroyed, this, [this] {
        beginResetModel();
        m_rows.clear();
        endResetModel();
    });
}

void SidecarTable::apply(const SidecarStatus &status)
{
    const auto known =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const auto &row) { return row.key == status.key; });
    if (known != m_rows.end()) {
        if (*known == status)
            return;
        *known = status;
        const int row = static_cast<int>(known - m_rows.begin());
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return;
    }
    const int row = static_cast<int>(m_rows.size());
    beginInsertRows({}, row, row);
    m_rows.push_back(status);
    endInsertRows();
}

QModelIndex SidecarTable::indexOf(const ResourceKey &key, int column) const
{
    const auto at =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const auto &row) { return row.key == key; });
    return at == m_rows.end() ? QModelIndex() : index(static_cast<int>(at - m_rows.begin()), column);
}

int SidecarTable::countIn(SidecarPhase phase) const
{
    return static_cast<int>(
        std::count_if(m_rows.begin(), m_rows.end(), [phase](const auto &row) { return row.phase == phase; }));
}

void SidecarTable::setNow(const QDateTime &now)
{
    m_now = now;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, SinceColumn), index(rowCount() - 1, SinceColumn), {Qt::DisplayRole});
}

int SidecarTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SidecarTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant SidecarTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SidecarStatus &row = statusAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (static_cast<Column>(index.column())) {
        case NameColumn:
            return toQString(row.key.name);
        case PhaseColumn:
            return phaseText(row.phase);
        case DetailColumn:
            return row.failure ? toQString(row.failure->what) : row.detail;
        case PidColumn:
            return row.envoyPid == 0 ? QString() : QString::number(row.envoyPid);
        case AdminColumn:
            return row.admin.isEmpty() ? QString() : row.admin.authority();
        case VersionColumn:
            return row.envoyVersion;
        case SinceColumn: {
            if (!row.since.isValid())
                return QString();
            const TimePoint then{std::chrono::milliseconds(row.since.toMSecsSinceEpoch())};
            const TimePoint now = m_now.isValid()
                                      ? TimePoint{std::chrono::milliseconds(m_now.toMSecsSinceEpoch())}
                                      : currentTime();
            return ageText(then, now);
        }
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        if (index.column() == SinceColumn)
            return QLocale().toString(row.since, QLocale::LongFormat);
        if (row.failure)
            return QString(toQString(row.failure->what)
                           + (row.advice.isEmpty() ? QString() : u'\n' + row.advice));
        return row.directory;
    case Qt::AccessibleTextRole:
        if (index.column() != PhaseColumn || !row.failure)
            return data(index, Qt::DisplayRole);
        return QString(phaseText(row.phase) + u": "_s + toQString(row.failure->what));
    case Qt::TextAlignmentRole:
        return index.column() == PidColumn ? QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter))
                                           : QVariant();
    case KeyRole:
        return QVariant::fromValue(row.key);
    case KindRole:
        return static_cast<int>(FocusKind::Sidecar);
    case TargetRole:
        return QVariant::fromValue(FocusTarget{FocusKind::Sidecar, nullptr, row.key, -1});
    case HealthRole:
        return QVariant::fromValue(healthOf(row.phase));
    case BusyRole:
        return isWorking(row.phase);
    case ReasonRole:
        return row.failure ? toQString(row.failure->what) : row.detail;
    case TimeRole:
        return index.column() == SinceColumn ? QVariant(row.since) : QVariant();
    case SearchTextRole:
        return QString(toQString(row.key.name) + u'\n' + phaseText(row.phase) + u'\n' + row.detail);
    case SortRole:
        if (index.column() == PidColumn)
            return row.envoyPid;
        return index.column() == SinceColumn ? QVariant(row.since) : data(index, Qt::DisplayRole);
    case PhaseRole:
        return static_cast<int>(row.phase);
    case AdviceRole:
        return row.advice;
    case AdminUrlRole:
        return row.admin;
    default:
        return {};
    }
}

QVariant SidecarTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    switch (static_cast<Column>(section)) {
    case NameColumn:
        return tr("Name");
    case PhaseColumn:
        return tr("State");
    case DetailColumn:
        return tr("Detail");
    case PidColumn:
        return tr("Process");
    case AdminColumn:
        return tr("Admin address");
    case VersionColumn:
        return tr("Envoy");
    case SinceColumn:
        return tr("Since");
    case ColumnCount:
        break;
    }
    return {};
}

}  // namespace meshscope
