#include "models/change_feed.h"

#include "models/table_diff.h"
#include "models/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("ChangeFeed", text); }

QString tagsChange(const Tags &before, const Tags &after)
{
    QStringList parts;
    for (const auto &[key, value] : before) {
        const auto now = after.find(key);
        if (now == after.end())
            parts << tr("%1 gone, was %2").arg(toQString(key), toQString(value));
        else if (now->second != value)
            parts << tr("%1 %2 → %3").arg(toQString(key), toQString(value), toQString(now->second));
    }
    for (const auto &[key, value] : after) {
        if (!before.count(key))
            parts << tr("%1 %2 new").arg(toQString(key), toQString(value));
    }
    return parts.join(u", "_s);
}

// In the order a person cares: tags, ports, calls, anything else.
QString dataplaneChange(const Dataplane &before, const Dataplane &after)
{
    QStringList parts;
    const std::size_t common = std::min(before.inbounds.size(), after.inbounds.size());
    for (std::size_t i = 0; i < common; ++i) {
        const Inbound &a = before.inbounds[i], &b = after.inbounds[i];
        if (a.tags != b.tags)
            parts << tagsChange(a.tags, b.tags);
        if (a.port != b.port)
            parts << tr("inbound port %1 → %2").arg(a.port).arg(b.port);
        if (a.isReady() != b.isReady())
            parts << (b.isReady() ? tr("inbound %1 ready").arg(b.port)
                                  : tr("inbound %1 not ready").arg(b.port));
    }
    if (before.inbounds.size() != after.inbounds.size())
        parts << tr("%1 → %2 inbounds").arg(before.inbounds.size()).arg(after.inbounds.size());
    if (before.outbounds != after.outbounds)
        parts << tr("outbounds changed");
    if (before.address != after.address)
        parts << tr("address %1 → %2").arg(toQString(before.address), toQString(after.address));
    if (before.gateway != after.gateway)
        parts << tr("gateway changed");
    if (before.labels != after.labels)
        parts << tr("labels: %1").arg(tagsChange(before.labels, after.labels));
    return parts.join(u"; "_s);
}

QString statusChange(const DataplaneOverview &before, const DataplaneOverview &after)
{
    if (before.status.overall != after.status.overall) {
        QString text = tr("%1 → %2").arg(healthText(before.status.overall), healthText(after.status.overall));
        if (!after.status.reason.empty())
            text += u": "_s + toQString(after.status.reason);
        return text;
    }
    const Subscription *a = before.insight.latest();
    const Subscription *b = after.insight.latest();
    if (b && b->isRefusing() && !(a && a->isRefusing()))
        return b->lastRejection ? tr("refused: %1").arg(toQString(b->lastRejection->message))
                                : tr("refused its configuration");
    if (a && a->isRefusing() && b && !b->isRefusing())
        return tr("took its configuration again");
    return {};
}

}  // namespace

std::vector<MeshChange> changesBetween(const Snapshot &before, const Snapshot &after, MeshSource *source,
                                       TimePoint now, std::size_t limit)
{
    std::vector<MeshChange> changes;
    if (before.fetchedAt == TimePoint{} || before.isPartial)
        return changes;
    std::size_t more = 0;
    const auto add = [&](MeshChange::Kind kind, const FocusTarget &target, const QString &what,
                         Health health) {
        if (changes.size() < limit)
            changes.push_back({kind, target, what, health, now});
        else
            ++more;
    };
    const auto keyOf = [](const DataplanePtr &row) -> const ResourceKey & { return row->key(); };
    const auto targetOf = [source](const ResourceKey &key) {
        return FocusTarget{FocusKind::Dataplane, source, key, -1, {}};
    };
    const TableDiff diff = diffSorted(before.dataplanes, after.dataplanes, keyOf);
    for (const RowRun &run : diff.removed) {
        for (int i = 0; i < run.count; ++i)
            add(MeshChange::Kind::Removed,
                targetOf(before.dataplanes[static_cast<std::size_t>(run.at + i)]->key()), tr("gone"),
                Health::Unknown);
    }
    for (const RowRun &run : diff.inserted) {
        for (int i = 0; i < run.count; ++i) {
            const DataplanePtr &row = after.dataplanes[static_cast<std::size_t>(run.at + i)];
            add(MeshChange::Kind::Added, targetOf(row->key()), tagSetsText(row->dataplane->tagSets()),
                row->status.overall);
        }
    }
    for (const RowRun &run : diff.changed) {
        for (int i = 0; i < run.count; ++i) {
            const DataplanePtr &row = after.dataplanes[static_cast<std::size_t>(run.at + i)];
            const DataplanePtr old = before.find(row->key());
            if (!old)
                continue;
            if (const QString what = dataplaneChange(*old->dataplane, *row->dataplane); !what.isEmpty())
                add(MeshChange::Kind::Changed, targetOf(row->key()), what, row->status.overall);
            if (const QString what = statusChange(*old, *row); !what.isEmpty())
                add(MeshChange::Kind::StatusChanged, targetOf(row->key()), what, row->status.overall);
        }
    }
    for (const ResourceListPtr &list : after.resources) {
        const ResourceListPtr old = before.list(list->type);
        if (!old || old == list || old->problem || list->problem)
            continue;
        const auto policyKey = [](const ResourcePtr &row) -> const ResourceKey & { return row->key; };
        const TableDiff rows = diffSorted(old->rows, list->rows, policyKey);
        const auto policy = [&](MeshChange::Kind kind, const ResourcePtr &row, const QString &what) {
            add(kind, {FocusKind::Policy, source, row->key, -1, row->type}, what, Health::Unknown);
        };
        for (const RowRun &run : rows.removed) {
            for (int i = 0; i < run.count; ++i)
                policy(MeshChange::Kind::Removed, old->rows[static_cast<std::size_t>(run.at + i)],
                       tr("gone"));
        }
        for (const auto &[runs, kind] : {std::pair(rows.inserted, MeshChange::Kind::Added),
                                         std::pair(rows.changed, MeshChange::Kind::Changed)}) {
            for (const RowRun &run : runs) {
                for (int i = 0; i < run.count; ++i) {
                    const ResourcePtr &row = list->rows[static_cast<std::size_t>(run.at + i)];
                    policy(kind, row, toQString(row->targetRef));
                }
            }
        }
    }
    for (const ZoneInfo &zone : *after.zones) {
        for (const ZoneInfo &old : *before.zones) {
            if (old.name == zone.name && old.link != zone.link)
                add(MeshChange::Kind::StatusChanged, {FocusKind::Zone, source, {"", zone.name}, -1, "Zone"},
                    tr("%1 → %2").arg(healthText(old.link), healthText(zone.link)), zone.link);
        }
    }
    if (more > 0)
        changes.push_back({MeshChange::Kind::Changed,
                           {FocusKind::ControlPlane, source, {}, -1, {}},
                           tr("and %1 more changes in the same refresh").arg(more),
                           Health::Unknown,
                           now});
    return changes;
}

ChangeFeed::ChangeFeed(QObject *parent)
    : QAbstractTableModel(parent)
{}

void ChangeFeed::follow(MeshSource *source)
{
    m_last[source] = source->snapshot();
    connect(source, &MeshSource::snapshotChanged, this, [this, source](const SnapshotPtr &snapshot) {
        const SnapshotPtr before = std::exchange(m_last[source], snapshot);
        append(changesBetween(*before, *snapshot, source, currentTime()));
    });
}

void ChangeFeed::forget(MeshSource *source)
{
    source->disconnect(this);
    m_last.remove(source);
    const auto isOf = [source](const MeshChange &change) { return change.target.source == source; };
    if (std::none_of(m_rows.begin(), m_rows.end(), isOf))
        return;
    beginResetModel();
    m_unseen -= static_cast<int>(std::count_if(m_rows.begin(), m_rows.begin() + m_unseen, isOf));
    std::erase_if(m_rows, isOf);
    endResetModel();
    Q_EMIT unseenChanged();
}

void ChangeFeed::setNow(TimePoint now)
{
    m_now = now;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, WhenColumn), index(rowCount() - 1, WhenColumn), {Qt::DisplayRole});
}

void ChangeFeed::append(std::vector<MeshChange> changes)
{
    if (changes.empty())
        return;
    if (changes.size() > kCapacity)
        changes.resize(kCapacity);
    const int count = static_cast<int>(changes.size());
    if (const std::size_t all = m_rows.size() + changes.size(); all > kCapacity) {
        const int over = static_cast<int>(all - kCapacity);
        beginRemoveRows({}, rowCount() - over, rowCount() - 1);
        m_rows.erase(m_rows.end() - over, m_rows.end());
        endRemoveRows();
        m_unseen = std::min(m_unseen, rowCount());
    }
    beginInsertRows({}, 0, count - 1);
    m_rows.insert(m_rows.begin(), changes.begin(), changes.end());
    m_unseen += count;
    endInsertRows();
    Q_EMIT unseenChanged();
}

void ChangeFeed::markSeen()
{
    if (m_unseen == 0)
        return;
    const int last = m_unseen - 1;
    m_unseen = 0;
    Q_EMIT dataChanged(index(0, 0), index(last, ColumnCount - 1));
    Q_EMIT unseenChanged();
}

std::vector<MeshChange> ChangeFeed::rowsOf(const MeshSource *source, const ResourceKey &dataplane) const
{
    std::vector<MeshChange> changes;
    for (const MeshChange &change : m_rows) {
        if (change.target.kind == FocusKind::Dataplane && change.target.source == source
            && change.target.key == dataplane)
            changes.push_back(change);
    }
    return changes;
}

int ChangeFeed::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ChangeFeed::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ChangeFeed::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const MeshChange &change = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (static_cast<Column>(index.column())) {
        case KindColumn:
            switch (change.kind) {
            case MeshChange::Kind::Added:
                return tr("New");
            case MeshChange::Kind::Removed:
                return tr("Gone");
            case MeshChange::Kind::Changed:
                return tr("Changed");
            case MeshChange::Kind::StatusChanged:
                return tr("Status");
            }
            return {};
        case NameColumn:
            return change.target.type.empty() ? toQString(change.target.key.name)
                                              : toQString(change.target.type + " " + change.target.key.name);
        case WhatColumn:
            return change.what;
        case WhenColumn:
            return ageText(change.time, m_now == TimePoint{} ? currentTime() : m_now);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return index.column() == WhenColumn ? QLocale().toString(toDateTime(change.time), QLocale::LongFormat)
                                            : change.what;
    case HealthRole:
        return index.column() == KindColumn && change.target.kind == FocusKind::Dataplane
                   ? QVariant::fromValue(change.health)
                   : QVariant();
    case TargetRole:
        return QVariant::fromValue(change.target);
    case KeyRole:
        return QVariant::fromValue(change.target.key);
    case TimeRole:
        return index.column() == WhenColumn ? QVariant(toDateTime(change.time)) : QVariant();
    case ExportRole:
        return index.column() == WhenColumn
                   ? QVariant(toDateTime(change.time).toUTC().toString(Qt::ISODateWithMs))
                   : QVariant();
    case UnseenRole:
        return index.row() < m_unseen;
    default:
        return {};
    }
}

QVariant ChangeFeed::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case KindColumn:
        return tr("Kind");
    case NameColumn:
        return tr("Name");
    case WhatColumn:
        return tr("Change");
    case WhenColumn:
        return tr("When");
    default:
        return {};
    }
}

}  // namespace meshscope
