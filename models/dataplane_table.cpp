#include "models/dataplane_table.h"

#include "models/focus.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString servicesText(const Dataplane &dataplane)
{
    QString text;
    for (const auto &service : dataplane.services()) {
        if (!text.isEmpty())
            text += u", "_s;
        text += toQString(service);
    }
    return text;
}

QString addressText(const Dataplane &dataplane)
{
    if (dataplane.inbounds.empty())
        return toQString(dataplane.address);
    const Inbound &first = dataplane.inbounds.front();
    QString text = toQString(dataplane.listenerAddress(first)) + u':' + QString::number(first.port);
    if (dataplane.inbounds.size() > 1)
        text += u" +"_s + QString::number(dataplane.inbounds.size() - 1);
    return text;
}

// In the query language; tag sets have a field for each key.
QVariant fieldOf(DataplaneTable::Column column)
{
    switch (column) {
    case DataplaneTable::NameColumn:
        return u"name"_s;
    case DataplaneTable::ServiceColumn:
        return u"service"_s;
    case DataplaneTable::AddressColumn:
        return u"address"_s;
    case DataplaneTable::StatusColumn:
        return u"status"_s;
    case DataplaneTable::TagSetColumn:
    case DataplaneTable::ConfigurationColumn:
    case DataplaneTable::SeenColumn:
    case DataplaneTable::ColumnCount:
        break;
    }
    return {};
}

ResponseCounts countsOf(const DataplaneInsight &insight)
{
    const Subscription *latest = insight.latest();
    return latest ? latest->total : ResponseCounts{};
}

}  // namespace

std::optional<TimePoint> lastContact(const DataplaneInsight &insight)
{
    const Subscription *latest = insight.latest();
    if (!latest)
        return std::nullopt;
    TimePoint seen = latest->lastUpdateTime;
    if (latest->connectTime)
        seen = std::max(seen, *latest->connectTime);
    if (latest->disconnectTime)
        seen = std::max(seen, *latest->disconnectTime);
    return seen == TimePoint{} ? std::nullopt : std::optional(seen);
}

QString configurationText(const DataplaneInsight &insight)
{
    if (insight.subscriptions.empty())
        return {};
    const ResponseCounts counts = countsOf(insight);
    if (insight.latest()->isRefusing())
        return DataplaneTable::tr("%1 rejected").arg(counts.rejected);
    if (counts.acknowledged > 0)
        return DataplaneTable::tr("%1 accepted").arg(counts.acknowledged);
    return counts.sent > 0 ? DataplaneTable::tr("waiting") : DataplaneTable::tr("nothing sent");
}

Health configurationHealth(const DataplaneInsight &insight)
{
    const ResponseCounts counts = countsOf(insight);
    if (insight.latest() && insight.latest()->isRefusing())
        return Health::Offline;
    if (counts.acknowledged > 0)
        return Health::Online;
    return counts.sent > 0 ? Health::Degraded : Health::Unknown;
}

DataplaneTable::DataplaneTable(QObject *parent)
    : DiffedTable(parent)
    , m_snapshot(std::make_shared<Snapshot>())
{}

void DataplaneTable::setSnapshot(const SnapshotPtr &snapshot, MeshSource *source)
{
    m_snapshot = snapshot ? snapshot : std::make_shared<const Snapshot>();
    m_source = source;
    setRows(m_snapshot->dataplanes);
}

void DataplaneTable::setNow(TimePoint now)
{
    m_now = now;
    Q_EMIT agesChanged();
}

QModelIndex DataplaneTable::indexOf(const ResourceKey &key, int column) const
{
    const int row = rowOf(key);
    return row < 0 ? QModelIndex() : index(row, column);
}

int DataplaneTable::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DataplaneTable::text(const DataplaneOverview &row, Column column) const
{
    switch (column) {
    case NameColumn:
        return toQString(row.key().name);
    case ServiceColumn:
        return servicesText(*row.dataplane);
    case TagSetColumn:
        return tagSetsText(row.dataplane->tagSets());
    case AddressColumn:
        return addressText(*row.dataplane);
    case StatusColumn:
        return healthText(row.status.overall);
    case ConfigurationColumn:
        return configurationText(row.insight);
    case SeenColumn: {
        const auto seen = lastContact(row.insight);
        return seen ? ageText(*seen, m_now == TimePoint{} ? currentTime() : m_now) : tr("never");
    }
    case ColumnCount:
        break;
    }
    return {};
}

QString DataplaneTable::toolTip(const DataplaneOverview &row, Column column) const
{
    switch (column) {
    case NameColumn:
        return toQString(row.key().mesh) + u" / "_s + toQString(row.key().name);
    case ServiceColumn:
    case TagSetColumn:
        return text(row, column).toString();
    case AddressColumn: {
        QStringList lines;
        for (const auto &inbound : row.dataplane->inbounds)
            lines +=
                toQString(row.dataplane->listenerAddress(inbound)) + u':' + QString::number(inbound.port);
        return lines.join(u'\n');
    }
    case StatusColumn:
        return toQString(row.status.reason);
    case ConfigurationColumn: {
        const Subscription *latest = row.insight.latest();
        if (!latest)
            return tr("No proxy has connected for it yet");
        QString tip = tr("%1 sent, %2 accepted, %3 rejected")
                          .arg(latest->total.sent)
                          .arg(latest->total.acknowledged)
                          .arg(latest->total.rejected);
        if (latest->lastRejection)
            tip += u'\n' + toQString(latest->lastRejection->message);
        return tip;
    }
    case SeenColumn: {
        const auto seen = lastContact(row.insight);
        return seen ? QLocale().toString(toDateTime(*seen), QLocale::LongFormat) : QString();
    }
    case ColumnCount:
        break;
    }
    return {};
}

QVariant DataplaneTable::exported(const DataplaneOverview &row, Column column) const
{
    switch (column) {
    case ServiceColumn: {
        QStringList services;
        for (const auto &service : row.dataplane->services())
            services << toQString(service);
        return services;
    }
    case TagSetColumn: {
        QVariantList sets;
        for (const Tags &tags : row.dataplane->tagSets()) {
            QVariantMap set;
            for (const auto &[key, value] : tags)
                set.insert(toQString(key), toQString(value));
            sets << set;
        }
        return sets;
    }
    case SeenColumn: {
        const auto seen = lastContact(row.insight);
        return seen ? toDateTime(*seen).toUTC().toString(Qt::ISODateWithMs) : QString();
    }
    case NameColumn:
    case AddressColumn:
    case StatusColumn:
    case ConfigurationColumn:
    case ColumnCount:
        break;
    }
    return {};
}

QVariant DataplaneTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const DataplaneOverview &row = *rowAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return text(row, column);
    case Qt::ToolTipRole:
        return toolTip(row, column);
    case Qt::AccessibleTextRole:
        return column == StatusColumn && !row.status.reason.empty()
                   ? QVariant(healthText(row.status.overall) + u": "_s + toQString(row.status.reason))
                   : text(row, column);
    case KeyRole:
        return QVariant::fromValue(row.key());
    case KindRole:
        return static_cast<int>(FocusKind::Dataplane);
    case TargetRole:
        return QVariant::fromValue(FocusTarget{FocusKind::Dataplane, m_source, row.key(), -1});
    case HealthRole:
        if (column == ConfigurationColumn)
            return row.insight.subscriptions.empty() ? QVariant()
                                                     : QVariant::fromValue(configurationHealth(row.insight));
        return QVariant::fromValue(row.status.overall);
    case ReasonRole:
        return toQString(row.status.reason);
    case TagsRole:
        return QVariant::fromValue(TagSets(row.dataplane->tagSets()));
    case CountRole:
        return static_cast<int>(row.dataplane->inbounds.size());
    case TimeRole: {
        if (column != SeenColumn)
            return {};
        const auto seen = lastContact(row.insight);
        return seen ? toDateTime(*seen) : QDateTime();
    }
    case SortRole:
        if (column == SeenColumn) {
            const auto seen = lastContact(row.insight);
            return seen ? QVariant(static_cast<qlonglong>(seen->time_since_epoch().count())) : QVariant();
        }
        return column == StatusColumn ? QVariant(static_cast<int>(row.status.overall)) : text(row, column);
    case SearchTextRole: {
        QStringList lines{toQString(row.key().name), servicesText(*row.dataplane),
                          toQString(row.dataplane->address)};
        for (const auto &set : row.dataplane->tagSets()) {
            for (const auto &[key, value] : set)
                lines += toQString(value);
        }
        return lines.join(u'\n');
    }
    case AcceptedRole:
        return static_cast<qulonglong>(countsOf(row.insight).acknowledged);
    case RejectedRole:
        return static_cast<qulonglong>(countsOf(row.insight).rejected);
    case RejectionRole: {
        const Subscription *latest = row.insight.latest();
        return latest && latest->lastRejection ? toQString(latest->lastRejection->message) : QString();
    }
    case MeshRole:
        return toQString(row.key().mesh);
    case FieldRole:
        return fieldOf(column);
    case ValueRole:
        switch (column) {
        case ServiceColumn: {
            const auto services = row.dataplane->services();
            return services.empty() ? QString() : toQString(services.front());
        }
        case AddressColumn:
            return toQString(row.dataplane->address);
        case StatusColumn:
            return healthText(row.status.overall).toLower();
        case NameColumn:
        case TagSetColumn:
        case ConfigurationColumn:
        case SeenColumn:
        case ColumnCount:
            return text(row, column);
        }
        return {};
    case ExportRole:
        return exported(row, column);
    default:
        return {};
    }
}

QVariant DataplaneTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::ToolTipRole) {
        switch (column) {
        case ConfigurationColumn:
            return tr("Configurations that the proxy accepted or rejected since it connected");
        case SeenColumn:
            return tr("Time since the control plane last heard of the proxy");
        case NameColumn:
        case ServiceColumn:
        case TagSetColumn:
        case AddressColumn:
        case StatusColumn:
        case ColumnCount:
            return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case NameColumn:
        return tr("Name");
    case ServiceColumn:
        return tr("Service");
    case TagSetColumn:
        return tr("Tag set");
    case AddressColumn:
        return tr("Address");
    case StatusColumn:
        return tr("Status");
    case ConfigurationColumn:
        return tr("Configuration");
    case SeenColumn:
        return tr("Seen");
    case ColumnCount:
        break;
    }
    return {};
}

}  // namespace meshscope
