#include "models/dataplane_table.h"
#include "models/query_filter.h"
#include "models/text.h"

#include <QMetaObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

bool offers(const Dataplane &dataplane, const std::string &service)
{
    const auto &inbounds = dataplane.inbounds;
    if (std::any_of(inbounds.begin(), inbounds.end(), [&](const auto &i) { return i.service() == service; }))
        return true;
    if (!dataplane.gateway)
        return false;
    const auto tag = dataplane.gateway->tags.find(kServiceTag);
    return tag != dataplane.gateway->tags.end() && tag->second == service;
}

int compareServices(const Dataplane &a, const Dataplane &b)
{
    // Without building the list of services, which would allocate at every comparison.
    const auto firstOf = [](const Dataplane &dataplane) -> std::string_view {
        const Tags *tags = nullptr;
        if (!dataplane.inbounds.empty())
            tags = &dataplane.inbounds.front().tags;
        else if (dataplane.gateway)
            tags = &dataplane.gateway->tags;
        if (!tags)
            return {};
        const auto tag = tags->find(kServiceTag);
        return tag == tags->end() ? std::string_view() : std::string_view(tag->second);
    };
    return compareNatural(firstOf(a), firstOf(b));
}

int compareTagSets(const Dataplane &a, const Dataplane &b)
{
    const Tags none;
    const Tags &left = a.inbounds.empty() ? (a.gateway ? a.gateway->tags : none) : a.inbounds.front().tags;
    const Tags &right = b.inbounds.empty() ? (b.gateway ? b.gateway->tags : none) : b.inbounds.front().tags;
    return compareValues(left, right);
}

int compareAddresses(const Dataplane &a, const Dataplane &b)
{
    const auto addressOf = [](const Dataplane &dataplane) -> const std::string & {
        return !dataplane.inbounds.empty() && !dataplane.inbounds.front().address.empty()
                   ? dataplane.inbounds.front().address
                   : dataplane.address;
    };
    if (const int order = compareNatural(addressOf(a), addressOf(b)))
        return order;
    const auto portOf = [](const Dataplane &d) { return d.inbounds.empty() ? 0U : d.inbounds.front().port; };
    return compareValues(portOf(a), portOf(b));
}

int compareConfigurations(const DataplaneInsight &a, const DataplaneInsight &b)
{
    // Worst first reads best, here and for the status.
    if (const int order = compareValues(badness(configurationHealth(b)), badness(configurationHealth(a))))
        return order;
    const Subscription *left = a.latest();
    const Subscription *right = b.latest();
    if (!left || !right)
        return compareValues(left != nullptr, right != nullptr);
    if (const int order = compareValues(right->total.rejected, left->total.rejected))
        return order;
    return compareValues(left->total.acknowledged, right->total.acknowledged);
}

// The column that shows the field; -1 for fields that none shows.
int columnOf(const query::Match &match)
{
    const auto field = query::fieldFrom(match.field);
    switch (field ? field->field : query::Field::Policy) {
    case query::Field::Name:
    case query::Field::Mesh:
        return DataplaneTable::NameColumn;
    case query::Field::Service:
        return DataplaneTable::ServiceColumn;
    case query::Field::Tag:
        return field->key == kServiceTag ? DataplaneTable::ServiceColumn : DataplaneTable::TagSetColumn;
    case query::Field::Zone:
    case query::Field::Protocol:
        return DataplaneTable::TagSetColumn;
    case query::Field::Address:
    case query::Field::Port:
        return DataplaneTable::AddressColumn;
    case query::Field::Status:
        return DataplaneTable::StatusColumn;
    case query::Field::Nacks:
        return DataplaneTable::ConfigurationColumn;
    case query::Field::Gateway:
    case query::Field::Age:
    case query::Field::Changed:
    case query::Field::EnvoyVersion:
    case query::Field::DpVersion:
    case query::Field::CertExpires:
    case query::Field::Policy:
    case query::Field::Label:
        break;
    }
    return -1;
}

int compareRows(const DataplaneOverview &a, const DataplaneOverview &b, DataplaneTable::Column column)
{
    switch (column) {
    case DataplaneTable::NameColumn:
        return compareNatural(a.key().name, b.key().name);
    case DataplaneTable::ServiceColumn:
        return compareServices(*a.dataplane, *b.dataplane);
    case DataplaneTable::TagSetColumn:
        return compareTagSets(*a.dataplane, *b.dataplane);
    case DataplaneTable::AddressColumn:
        return compareAddresses(*a.dataplane, *b.dataplane);
    case DataplaneTable::StatusColumn:
        return compareValues(badness(b.status.overall), badness(a.status.overall));
    case DataplaneTable::ConfigurationColumn:
        return compareConfigurations(a.insight, b.insight);
    // By age: the most recent first, never last.
    case DataplaneTable::SeenColumn:
        return compareValues(lastContact(b.insight), lastContact(a.insight));
    case DataplaneTable::ColumnCount:
        break;
    }
    return 0;
}

bool areInOrder(const DataplaneOverview &a, const DataplaneOverview &b, DataplaneTable::Column column)
{
    const int order = compareRows(a, b, column);
    return order != 0 ? order < 0 : a.key() < b.key();
}

}  // namespace

DataplaneProxy::DataplaneProxy(QObject *parent)
    : OrderedProxy(parent)
{
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(this, signal, this, &DataplaneProxy::scheduleCounts);
    connect(this, &QAbstractItemModel::modelReset, this, &DataplaneProxy::scheduleCounts);
    connect(this, &QAbstractItemModel::layoutChanged, this, &DataplaneProxy::scheduleCounts);
}

void DataplaneProxy::setSourceModel(QAbstractItemModel *model)
{
    if (m_table)
        m_table->disconnect(this);
    m_table = qobject_cast<DataplaneTable *>(model);
    Q_ASSERT(m_table || !model);
    OrderedProxy::setSourceModel(model);
    if (!m_table)
        return;
    connect(m_table, &DataplaneTable::agesChanged, this, &DataplaneProxy::passAgesOn);
    // The total changes with rows that the filter hides, too.
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_table, signal, this, &DataplaneProxy::scheduleCounts);
}

void DataplaneProxy::setMesh(const QString &mesh)
{
    if (m_mesh == mesh.toStdString())
        return;
    m_mesh = mesh.toStdString();
    refilter();
    scheduleCounts();
}

QString DataplaneProxy::mesh() const { return toQString(m_mesh); }

void DataplaneProxy::setFilter(QueryFilter *filter)
{
    if (m_filter)
        m_filter->disconnect(this);
    m_filter = filter;
    if (filter)
        connect(filter, &QueryFilter::answerChanged, this, [this] {
            refilter();
            scheduleCounts();
        });
    refilter();
    scheduleCounts();
}

void DataplaneProxy::setService(const QString &service)
{
    if (m_service == service.toStdString())
        return;
    m_service = service.toStdString();
    refilter();
    scheduleCounts();
}

QString DataplaneProxy::service() const { return toQString(m_service); }

int DataplaneProxy::shown() const { return rowCount(); }

int DataplaneProxy::total() const
{
    if (!m_table)
        return 0;
    if (m_mesh.empty())
        return m_table->rowCount();
    // Rows are sorted by mesh, so the rows of one are a range.
    const auto &rows = m_table->rows();
    const auto first = std::lower_bound(
        rows.begin(), rows.end(), m_mesh,
        [](const DataplanePtr &row, const std::string &mesh) { return row->key().mesh < mesh; });
    const auto last =
        std::upper_bound(first, rows.end(), m_mesh, [](const std::string &mesh, const DataplanePtr &row) {
            return mesh < row->key().mesh;
        });
    return static_cast<int>(last - first);
}

QString DataplaneProxy::countText() const
{
    const int all = total();
    const QLocale locale;
    return shown() == all ? locale.toString(all)
                          : tr("%1 of %2").arg(locale.toString(shown()), locale.toString(all));
}

QModelIndex DataplaneProxy::indexOf(const ResourceKey &key, int column) const
{
    return m_table ? mapFromSource(m_table->indexOf(key, column)) : QModelIndex();
}

bool DataplaneProxy::acceptsRow(int row) const
{
    if (!m_table)
        return false;
    const DataplanePtr &pointer = m_table->rowAt(row);
    const Dataplane &dataplane = *pointer->dataplane;
    if (!m_mesh.empty() && dataplane.key.mesh != m_mesh)
        return false;
    if (!m_service.empty() && !offers(dataplane, m_service))
        return false;
    return !m_filter || m_filter->accepts(pointer, static_cast<std::size_t>(row));
}

bool DataplaneProxy::isLess(int a, int b, int column) const
{
    return areInOrder(*m_table->rowAt(a), *m_table->rowAt(b), static_cast<DataplaneTable::Column>(column));
}

OrderedProxy::Less DataplaneProxy::frozenOrder(int column) const
{
    return [rows = m_table->rows(), column = static_cast<DataplaneTable::Column>(column)](int a, int b) {
        return areInOrder(*rows[static_cast<std::size_t>(a)], *rows[static_cast<std::size_t>(b)], column);
    };
}

QVariant DataplaneProxy::data(const QModelIndex &index, int role) const
{
    if (!m_filter || !index.isValid())
        return OrderedProxy::data(index, role);
    if (role != MatchedRole && role != TintRole && role != Qt::ToolTipRole)
        return OrderedProxy::data(index, role);
    const DataplaneOverview &row = *m_table->rowAt(mapToSource(index).row());
    const ColourRule *rule = m_filter->ruleOf(row);
    if (role == TintRole)
        return rule ? QVariant(rule->tint) : QVariant();
    if (role == Qt::ToolTipRole) {
        QStringList parts{OrderedProxy::data(index, role).toString(), matchText(row)};
        if (rule)
            parts << tr("Coloured by the query %1").arg(rule->name);
        parts.removeAll(QString());
        return parts.join(u"\n\n"_s);
    }
    if (!m_filter->answer())
        return {};
    const auto matches = m_filter->explain(row);
    return std::any_of(matches.begin(), matches.end(),
                       [&index](const query::Match &match) { return columnOf(match) == index.column(); });
}

QString DataplaneProxy::matchText(const DataplaneOverview &row) const
{
    if (!m_filter->answer())
        return {};
    QStringList lines;
    for (const auto &match : m_filter->explain(row)) {
        QString line = toQString(match.field);
        if (!match.value.empty())
            line += (match.isNot ? u" is "_s : u" "_s) + toQString(match.value);
        if (match.inbound >= 0)
            line = tr("%1, inbound %2")
                       .arg(line)
                       .arg(row.dataplane->inbounds[static_cast<std::size_t>(match.inbound)].port);
        if (!lines.contains(line))
            lines << line;
    }
    //: Before a list of fields in which the query found something
    return lines.isEmpty() ? QString() : tr("Matched: %1").arg(lines.join(u"; "_s));
}

void DataplaneProxy::scheduleCounts()
{
    if (m_countsScheduled)
        return;
    m_countsScheduled = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_countsScheduled = false;
            Q_EMIT countsChanged();
        },
        Qt::QueuedConnection);
}

void DataplaneProxy::passAgesOn()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, DataplaneTable::SeenColumn),
                           index(rowCount() - 1, DataplaneTable::SeenColumn), {Qt::DisplayRole});
}

}  // namespace meshscope
