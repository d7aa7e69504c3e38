#include "models/zone_table.h"

#include "models/focus.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

std::string addressOf(const ZoneProxyInfo &proxy)
{
    if (proxy.advertisedAddress.empty())
        return proxy.address.empty() ? std::string() : proxy.address + ":" + std::to_string(proxy.port);
    return proxy.advertisedAddress + ":" + std::to_string(proxy.advertisedPort);
}

}  // namespace

ZoneTable::ZoneTable(QObject *parent)
    : DiffedTable(parent)
{}

void ZoneTable::setSnapshot(const SnapshotPtr &snapshot, MeshSource *source)
{
    m_source = source;
    std::vector<RowPtr> rows;
    if (snapshot) {
        for (const ZoneInfo &zone : *snapshot->zones) {
            ZoneRow row;
            row.type = "Zone";
            row.name = row.zone = zone.name;
            row.version = zone.version;
            row.environment = zone.environment;
            row.link = zone.link;
            row.isEnabled = zone.isEnabled;
            row.since = zone.link == Health::Online ? zone.connectTime.value_or(TimePoint{})
                                                    : zone.disconnectTime.value_or(TimePoint{});
            row.json = zone.json;
            rows.push_back(std::make_shared<const ZoneRow>(std::move(row)));
        }
        for (const ZoneProxyInfo &proxy : *snapshot->zoneProxies) {
            ZoneRow row;
            row.type = proxy.type;
            row.name = proxy.name;
            row.zone = proxy.zone;
            row.address = addressOf(proxy);
            row.link = proxy.link;
            if (const Subscription *latest = proxy.insight.latest()) {
                row.version = latest->kumaDpVersion;
                row.since = latest->isOnline() ? latest->connectTime.value_or(TimePoint{})
                                               : latest->disconnectTime.value_or(TimePoint{});
            }
            row.json = proxy.json;
            rows.push_back(std::make_shared<const ZoneRow>(std::move(row)));
        }
    }
    std::sort(rows.begin(), rows.end(),
              [](const RowPtr &a, const RowPtr &b) { return ZoneKeyOf{}(a) < ZoneKeyOf{}(b); });
    setRows(std::move(rows));
}

void ZoneTable::setNow(TimePoint now)
{
    m_now = now;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, SinceColumn), index(rowCount() - 1, SinceColumn), {Qt::DisplayRole});
}

QModelIndex ZoneTable::indexOf(const std::string &type, const std::string &name, int column) const
{
    const int row =
        rowOf(std::tuple<int, const std::string &, const std::string &>(type == "Zone" ? 0 : 1, type, name));
    return row < 0 ? QModelIndex() : index(row, column);
}

int ZoneTable::zoneCount() const
{
    return static_cast<int>(
        std::count_if(rows().begin(), rows().end(), [](const RowPtr &row) { return row->type == "Zone"; }));
}

int ZoneTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ZoneTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ZoneRow &zone = *rowAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (column) {
        case NameColumn:
            return toQString(zone.name);
        case TypeColumn:
            return zone.type == "Zone" ? tr("Zone")
                                       : tr("%1 of %2").arg(toQString(zone.type), toQString(zone.zone));
        case StatusColumn:
            return zone.isEnabled ? healthText(zone.link) : tr("Switched off");
        case VersionColumn:
            return toQString(zone.version);
        case EnvironmentColumn:
            return toQString(zone.environment);
        case AddressColumn:
            return toQString(zone.address);
        case SinceColumn:
            return zone.since == TimePoint{}
                       ? QString()
                       : ageText(zone.since, m_now == TimePoint{} ? currentTime() : m_now);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return column == SinceColumn && zone.since != TimePoint{}
                   ? QLocale().toString(toDateTime(zone.since), QLocale::LongFormat)
                   : QString();
    case HealthRole:
        return column == StatusColumn ? QVariant::fromValue(zone.isEnabled ? zone.link : Health::Unknown)
                                      : QVariant();
    case KeyRole:
        return QVariant::fromValue(ResourceKey{zone.type, zone.name});
    case KindRole:
        return static_cast<int>(FocusKind::Zone);
    case TargetRole:
        return QVariant::fromValue(FocusTarget{FocusKind::Zone, m_source, {"", zone.name}, -1, zone.type});
    case TimeRole:
        return column == SinceColumn ? QVariant(toDateTime(zone.since)) : QVariant();
    default:
        return {};
    }
}

QVariant ZoneTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Name");
    case TypeColumn:
        return tr("Kind");
    case StatusColumn:
        return tr("Status");
    case VersionColumn:
        return tr("Version");
    case EnvironmentColumn:
        return tr("Environment");
    case AddressColumn:
        return tr("Address");
    case SinceColumn:
        return tr("Since");
    default:
        return {};
    }
}

}  // namespace meshscope
