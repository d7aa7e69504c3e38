#include "models/service_table.h"

#include "models/focus.h"
#include "models/query_filter.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString joined(const std::vector<std::string> &parts)
{
    QString text;
    for (const auto &part : parts) {
        if (!text.isEmpty())
            text += u", "_s;
        text += toQString(part);
    }
    return text;
}

QString reasonOf(const ServiceSummary &summary)
{
    if (summary.total() == 0)
        return ServiceTable::tr("it is called, but no dataplane offers it");
    QStringList parts;
    if (summary.online > 0)
        parts += ServiceTable::tr("%1 online").arg(summary.online);
    if (summary.degraded > 0)
        parts += ServiceTable::tr("%1 degraded").arg(summary.degraded);
    if (summary.offline > 0)
        parts += ServiceTable::tr("%1 offline").arg(summary.offline);
    if (summary.unknown > 0)
        parts += ServiceTable::tr("%1 never connected").arg(summary.unknown);
    return parts.join(u", "_s);
}

QVariant textOf(const ServiceEntry &entry, ServiceTable::Column column)
{
    const ServiceSummary &summary = entry.summary;
    switch (column) {
    case ServiceTable::NameColumn:
        return summary.key.name.empty() ? ServiceTable::tr("(no service)") : toQString(summary.key.name);
    case ServiceTable::DataplanesColumn:
        return summary.total() == 0 ? QStringLiteral("0")
                                    : ServiceTable::tr("%1 of %2").arg(summary.online).arg(summary.total());
    case ServiceTable::ProtocolsColumn:
        return joined(summary.protocols);
    case ServiceTable::TagSetsColumn: {
        QString text = tagSetsText(entry.tagSets);
        if (entry.tagSetCount > entry.tagSets.size())
            text += ServiceTable::tr(" and %1 more").arg(entry.tagSetCount - entry.tagSets.size());
        return text;
    }
    case ServiceTable::CallsColumn:
        return joined(summary.callsServices);
    case ServiceTable::StatusColumn:
        return healthText(summary.health());
    case ServiceTable::ColumnCount:
        break;
    }
    return {};
}

}  // namespace

ServiceTable::ServiceTable(QObject *parent)
    : DiffedTable(parent)
{
    connect(&m_digester, &Digester::digestChanged, this, [this] { setRows(m_digester.digest()->services); });
}

void ServiceTable::setSnapshot(const SnapshotPtr &snapshot, MeshSource *source)
{
    m_source = source;
    m_digester.setSnapshot(snapshot ? snapshot : std::make_shared<const Snapshot>());
}

QModelIndex ServiceTable::indexOf(const ResourceKey &service, int column) const
{
    const int row = rowOf(service);
    return row < 0 ? QModelIndex() : index(row, column);
}

int ServiceTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ServiceTable::exported(const ServiceEntry &entry, Column column) const
{
    const auto listOf = [](const std::vector<std::string> &names) {
        QStringList list;
        for (const std::string &name : names)
            list << toQString(name);
        return list;
    };
    switch (column) {
    case ProtocolsColumn:
        return listOf(entry.summary.protocols);
    case CallsColumn:
        return listOf(entry.summary.callsServices);
    case TagSetsColumn: {
        QVariantList sets;
        for (const Tags &tags : entry.tagSets) {
            QVariantMap set;
            for (const auto &[key, value] : tags)
                set.insert(toQString(key), toQString(value));
            sets << set;
        }
        return sets;
    }
    case NameColumn:
    case DataplanesColumn:
    case StatusColumn:
    case ColumnCount:
        break;
    }
    return {};
}

QVariant ServiceTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ServiceEntry &entry = *rowAt(index.row());
    const ServiceSummary &summary = entry.summary;
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return textOf(entry, column);
    case Qt::ToolTipRole:
        return column == StatusColumn || column == DataplanesColumn ? reasonOf(summary)
                                                                    : textOf(entry, column);
    case Qt::AccessibleTextRole:
        return column == StatusColumn ? QVariant(healthText(summary.health()) + u": "_s + reasonOf(summary))
                                      : textOf(entry, column);
    case KeyRole:
        return QVariant::fromValue(summary.key);
    case KindRole:
        return static_cast<int>(FocusKind::Service);
    case TargetRole:
        return QVariant::fromValue(FocusTarget{FocusKind::Service, m_source, summary.key, -1});
    case HealthRole:
        return QVariant::fromValue(summary.health());
    case ReasonRole:
        return reasonOf(summary);
    case TagsRole:
        return QVariant::fromValue(TagSets(entry.tagSets));
    case CountRole:
        return static_cast<int>(summary.total());
    case SearchTextRole: {
        QStringList lines{toQString(summary.key.name), joined(summary.protocols)};
        for (const auto &set : entry.tagSets) {
            for (const auto &[key, value] : set)
                lines += toQString(value);
        }
        return lines.join(u'\n');
    }
    case SortRole:
        return column == DataplanesColumn ? QVariant(static_cast<int>(summary.total()))
                                          : textOf(entry, column);
    case OnlineRole:
        return static_cast<int>(summary.online);
    case MeshRole:
        return toQString(summary.key.mesh);
    case TagSetCountRole:
        return static_cast<int>(entry.tagSetCount);
    case FieldRole:
        return column == NameColumn        ? QVariant(u"service"_s)
               : column == ProtocolsColumn ? QVariant(u"protocol"_s)
                                           : QVariant();
    case ValueRole:
        if (column == ProtocolsColumn)
            return summary.protocols.empty() ? QString() : toQString(summary.protocols.front());
        return textOf(entry, column);
    case ExportRole:
        return exported(entry, column);
    default:
        return {};
    }
}

QVariant ServiceTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    switch (static_cast<Column>(section)) {
    case NameColumn:
        return tr("Service");
    case DataplanesColumn:
        return tr("Online");
    case ProtocolsColumn:
        return tr("Protocols");
    case TagSetsColumn:
        return tr("Tag sets");
    case CallsColumn:
        return tr("Calls");
    case StatusColumn:
        return tr("Status");
    case ColumnCount:
        break;
    }
    return {};
}

ServiceProxy::ServiceProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(this, signal, this, &ServiceProxy::countsChanged);
}

void ServiceProxy::setSourceModel(QAbstractItemModel *model)
{
    if (m_table)
        m_table->disconnect(this);
    m_table = qobject_cast<ServiceTable *>(model);
    Q_ASSERT(m_table || !model);
    QSortFilterProxyModel::setSourceModel(model);
    if (!m_table)
        return;
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_table, signal, this, &ServiceProxy::countsChanged);
    connect(m_table, &QAbstractItemModel::modelReset, this, &ServiceProxy::countsChanged);
}

void ServiceProxy::setMesh(const QString &mesh)
{
    if (m_mesh == mesh.toStdString())
        return;
    m_mesh = mesh.toStdString();
    refilter();
    Q_EMIT countsChanged();
}

QString ServiceProxy::mesh() const { return toQString(m_mesh); }

void ServiceProxy::setFilter(QueryFilter *filter)
{
    if (m_filter)
        m_filter->disconnect(this);
    m_filter = filter;
    if (filter)
        connect(filter, &QueryFilter::answerChanged, this, [this] {
            refilter();
            Q_EMIT countsChanged();
        });
    refilter();
    Q_EMIT countsChanged();
}

void ServiceProxy::refilter()
{
    if (m_table && m_table->rowCount() > kRefilterByRows)
        invalidate();
    else
        invalidateFilter();
}

int ServiceProxy::total() const
{
    if (!m_table)
        return 0;
    const auto &rows = m_table->rows();
    return static_cast<int>(std::count_if(rows.begin(), rows.end(), [this](const ServicePtr &row) {
        return m_mesh.empty() || row->summary.key.mesh == m_mesh;
    }));
}

QString ServiceProxy::countText() const
{
    const int all = total();
    const QLocale locale;
    return shown() == all ? locale.toString(all)
                          : tr("%1 of %2").arg(locale.toString(shown()), locale.toString(all));
}

QModelIndex ServiceProxy::indexOf(const ResourceKey &service, int column) const
{
    return m_table ? mapFromSource(m_table->indexOf(service, column)) : QModelIndex();
}

bool ServiceProxy::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (!m_table || parent.isValid())
        return false;
    const ServiceEntry &entry = *m_table->rowAt(row);
    if (!m_mesh.empty() && entry.summary.key.mesh != m_mesh)
        return false;
    return !m_filter || m_filter->acceptsService(entry.summary.key, entry.summary.total() > 0);
}

bool ServiceProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const ServiceSummary &a = m_table->rowAt(left.row())->summary;
    const ServiceSummary &b = m_table->rowAt(right.row())->summary;
    int order = 0;
    switch (static_cast<ServiceTable::Column>(left.column())) {
    case ServiceTable::NameColumn:
        order = compareNatural(a.key.name, b.key.name);
        break;
    case ServiceTable::DataplanesColumn:
        order = compareValues(a.total(), b.total());
        break;
    case ServiceTable::ProtocolsColumn:
        order = compareValues(a.protocols, b.protocols);
        break;
    case ServiceTable::TagSetsColumn:
        order =
            compareValues(m_table->rowAt(left.row())->tagSetCount, m_table->rowAt(right.row())->tagSetCount);
        break;
    case ServiceTable::CallsColumn:
        order = compareValues(a.callsServices, b.callsServices);
        break;
    case ServiceTable::StatusColumn:
        order = compareValues(badness(b.health()), badness(a.health()));
        break;
    case ServiceTable::ColumnCount:
        break;
    }
    return order != 0 ? order < 0 : a.key < b.key;
}

}  // namespace meshscope
