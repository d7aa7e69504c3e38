#include "models/policy_table.h"

#include "models/focus.h"
#include "models/query_words.h"
#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString labelOf(const ResourceRecord &policy, const char *key)
{
    const auto at = policy.labels.find(key);
    return at == policy.labels.end() ? QString() : toQString(at->second);
}

bool isShadow(const ResourceRecord &policy) { return labelOf(policy, "kuma.io/effect") == u"shadow"_s; }

// Before a control plane has said what its types are, everything but services is taken for a policy.
bool isPolicyType(const Capabilities &capabilities, const std::string &type)
{
    if (const ResourceTypeInfo *info = capabilities.find(type))
        return info->isPolicy;
    return !type.ends_with("Service") && type != "Mesh";
}

}  // namespace

PolicyTable::PolicyTable(QObject *parent)
    : DiffedTable(parent)
{}

void PolicyTable::setSnapshot(const SnapshotPtr &snapshot, MeshSource *source)
{
    m_source = source;
    std::vector<ResourcePtr> rows;
    std::vector<PolicyType> types;
    if (snapshot) {
        for (const ResourceListPtr &list : snapshot->resources) {  // sorted by type
            if (!isPolicyType(*snapshot->capabilities, list->type))
                continue;
            types.push_back({list->type, list->rows.size(), list->problem});
            rows.insert(rows.end(), list->rows.begin(), list->rows.end());
        }
    }
    const bool changed = types != m_types;
    m_types = std::move(types);
    setRows(std::move(rows));
    if (changed)
        Q_EMIT typesChanged();
}

void PolicyTable::setNow(TimePoint now)
{
    m_now = now;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, ChangedColumn), index(rowCount() - 1, ChangedColumn), {Qt::DisplayRole});
}

QModelIndex PolicyTable::indexOf(const std::string &type, const ResourceKey &key, int column) const
{
    const int row = rowOf(std::tuple<const std::string &, const ResourceKey &>(type, key));
    return row < 0 ? QModelIndex() : index(row, column);
}

int PolicyTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant PolicyTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ResourceRecord &policy = *rowAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (column) {
        case NameColumn:
            return toQString(policy.key.name);
        case TypeColumn:
            return toQString(policy.type);
        case MeshColumn:
            return toQString(policy.key.mesh);
        case TargetColumn:
            return toQString(policy.targetRef);
        case EffectColumn:
            return isShadow(policy) ? tr("shadow") : tr("enforced");
        case OriginColumn:
            return labelOf(policy, "kuma.io/origin");
        case ChangedColumn:
            return policy.modificationTime == TimePoint{}
                       ? QString()
                       : ageText(policy.modificationTime, m_now == TimePoint{} ? currentTime() : m_now);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        if (column == ChangedColumn)
            return policy.modificationTime == TimePoint{}
                       ? QString()
                       : QLocale().toString(toDateTime(policy.modificationTime), QLocale::LongFormat);
        if (column == EffectColumn && isShadow(policy))
            return tr("Only shown, not enforced; a write without its labels would enforce it");
        return column == TargetColumn ? toQString(policy.targetRef) : QString();
    case HealthRole:
        if (column != EffectColumn)
            return {};
        return QVariant::fromValue(isShadow(policy) ? Health::Unknown : Health::Online);
    case KeyRole:
        return QVariant::fromValue(policy.key);
    case KindRole:
        return static_cast<int>(FocusKind::Policy);
    case TargetRole:
        return QVariant::fromValue(FocusTarget{FocusKind::Policy, m_source, policy.key, -1, policy.type});
    case TimeRole:
        return column == ChangedColumn ? QVariant(toDateTime(policy.modificationTime)) : QVariant();
    case TypeRole:
        return toQString(policy.type);
    case MeshRole:
        return toQString(policy.key.mesh);
    case ExportRole:
        if (column == ChangedColumn)
            return policy.modificationTime == TimePoint{}
                       ? QString()
                       : toDateTime(policy.modificationTime).toUTC().toString(Qt::ISODateWithMs);
        return {};
    default:
        return {};
    }
}

QVariant PolicyTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Name");
    case TypeColumn:
        return tr("Type");
    case MeshColumn:
        return tr("Mesh");
    case TargetColumn:
        return tr("Selects");
    case EffectColumn:
        return tr("Effect");
    case OriginColumn:
        return tr("Origin");
    case ChangedColumn:
        return tr("Changed");
    default:
        return {};
    }
}

PolicyProxy::PolicyProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
}

void PolicyProxy::setSourceModel(QAbstractItemModel *model)
{
    m_table = qobject_cast<PolicyTable *>(model);
    Q_ASSERT(m_table || !model);
    QSortFilterProxyModel::setSourceModel(model);
}

void PolicyProxy::setMesh(const QString &mesh)
{
    m_mesh = mesh;
    invalidateFilter();
}

void PolicyProxy::setType(const QString &type)
{
    m_type = type;
    invalidateFilter();
}

void PolicyProxy::setWords(std::vector<std::string> words)
{
    if (words == m_words)
        return;
    m_words = std::move(words);
    invalidateFilter();
}

bool PolicyProxy::isOf(const ResourceRecord &policy) const
{
    // A global policy has no mesh and reaches all.
    return (m_mesh.isEmpty() || policy.key.mesh.empty() || policy.key.mesh == m_mesh.toStdString())
           && (m_type.isEmpty() || policy.type == m_type.toStdString());
}

int PolicyProxy::total() const
{
    if (!m_table)
        return 0;
    const auto &rows = m_table->rows();
    return static_cast<int>(
        std::count_if(rows.begin(), rows.end(), [this](const ResourcePtr &row) { return isOf(*row); }));
}

QString PolicyProxy::countText() const
{
    const int all = total(), shown = rowCount();
    const QLocale locale;
    return shown == all ? locale.toString(all)
                        : tr("%1 of %2").arg(locale.toString(shown), locale.toString(all));
}

QModelIndex PolicyProxy::indexOf(const std::string &type, const ResourceKey &key, int column) const
{
    return m_table ? mapFromSource(m_table->indexOf(type, key, column)) : QModelIndex();
}

bool PolicyProxy::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (!m_table || parent.isValid())
        return false;
    const ResourceRecord &policy = *m_table->rowAt(row);
    return isOf(policy) && hasWords(policy.key.name + '\n' + policy.type + '\n' + policy.targetRef, m_words);
}

bool PolicyProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const ResourceRecord &a = *m_table->rowAt(left.row());
    const ResourceRecord &b = *m_table->rowAt(right.row());
    int order = 0;
    switch (static_cast<PolicyTable::Column>(left.column())) {
    case PolicyTable::NameColumn:
        order = compareNatural(a.key.name, b.key.name);
        break;
    case PolicyTable::TypeColumn:
        order = compareValues(a.type, b.type);
        break;
    case PolicyTable::MeshColumn:
        order = compareValues(a.key.mesh, b.key.mesh);
        break;
    case PolicyTable::TargetColumn:
        order = compareValues(a.targetRef, b.targetRef);
        break;
    case PolicyTable::EffectColumn:
        order = compareValues(isShadow(a), isShadow(b));
        break;
    case PolicyTable::OriginColumn:
        order = compareValues(labelOf(a, "kuma.io/origin"), labelOf(b, "kuma.io/origin"));
        break;
    case PolicyTable::ChangedColumn:
        order = compareValues(b.modificationTime, a.modificationTime);
        break;
    case PolicyTable::ColumnCount:
        break;
    }
    return order != 0
               ? order < 0
               : PolicyKeyOf{}(m_table->rowAt(left.row())) < PolicyKeyOf{}(m_table->rowAt(right.row()));
}

}  // namespace meshscope
