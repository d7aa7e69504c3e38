#include "models/facet_tree.h"

#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

// Children carry the row of their parent, plus one; keys carry 0.
int parentRowOf(const QModelIndex &index) { return static_cast<int>(index.internalId()) - 1; }

QString numberText(std::size_t number) { return QLocale().toString(static_cast<qulonglong>(number)); }

// The same keys with the same values in the same order: only counts may differ.
bool haveSameRows(const std::vector<query::Facet> &a, const std::vector<query::Facet> &b)
{
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](const query::Facet &x, const query::Facet &y) {
            return x.key == y.key
                   && std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(),
                                 [](const auto &v, const auto &w) { return v.value == w.value; });
        });
}

}  // namespace

void FacetTree::setFacets(std::vector<query::Facet> facets, const std::set<std::string> &ticked)
{
    if (haveSameRows(m_facets, facets)) {
        m_facets = std::move(facets);
        m_ticked = ticked;
        if (rowCount() == 0)
            return;
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        for (int row = 0; row < rowCount(); ++row) {
            const QModelIndex key = index(row, 0);
            if (rowCount(key) > 0)
                Q_EMIT dataChanged(index(0, 0, key), index(rowCount(key) - 1, ColumnCount - 1, key));
        }
        return;
    }
    beginResetModel();
    m_facets = std::move(facets);
    m_ticked = ticked;
    endResetModel();
}

QModelIndex FacetTree::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row() + 1) : quintptr(0));
}

QModelIndex FacetTree::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == 0)
        return {};
    return createIndex(parentRowOf(child), 0, quintptr(0));
}

int FacetTree::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_facets.size());
    if (parent.internalId() != 0 || parent.column() != 0)
        return 0;
    const std::size_t values = m_facets[static_cast<std::size_t>(parent.row())].values.size();
    return static_cast<int>(std::min(values, kMostValues + 1));
}

int FacetTree::columnCount(const QModelIndex &) const { return ColumnCount; }

const query::Facet &FacetTree::facetOf(const QModelIndex &index) const
{
    const int row = index.internalId() == 0 ? index.row() : parentRowOf(index);
    return m_facets[static_cast<std::size_t>(row)];
}

Qt::ItemFlags FacetTree::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    if (index.isValid() && index.internalId() == 0 && index.column() == NameColumn)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QVariant FacetTree::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const query::Facet &facet = facetOf(index);
    const auto column = static_cast<Column>(index.column());
    if (index.internalId() == 0) {
        switch (role) {
        case Qt::DisplayRole:
        case TextRole:
            return column == NameColumn ? toQString(facet.key) : numberText(facet.inbounds);
        case Qt::ToolTipRole:
            return tr("%1: %2 values on %3 inbounds of %4 dataplanes")
                .arg(toQString(facet.key), numberText(facet.values.size()), numberText(facet.inbounds),
                     numberText(facet.dataplanes));
        case Qt::CheckStateRole:
            return column == NameColumn ? QVariant(m_ticked.contains(facet.key) ? Qt::Checked : Qt::Unchecked)
                                        : QVariant();
        case CountRole:
            return static_cast<int>(facet.inbounds);
        case TagKeyRole:
            return toQString(facet.key);
        default:
            return {};
        }
    }
    const auto place = static_cast<std::size_t>(index.row());
    if (place == kMostValues) {
        const std::size_t more = facet.values.size() - kMostValues;
        return role == Qt::DisplayRole && column == NameColumn ? tr("and %1 more").arg(numberText(more))
                                                               : QVariant();
    }
    const query::FacetValue &value = facet.values[place];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        if (column == InboundsColumn)
            return numberText(value.inbounds);
        return value.value.empty() ? tr("(empty)") : toQString(value.value);
    case Qt::ToolTipRole:
        return tr("%1=%2: %3 inbounds of %4 dataplanes")
            .arg(toQString(facet.key), toQString(value.value), numberText(value.inbounds),
                 numberText(value.dataplanes));
    case CountRole:
        return static_cast<int>(value.inbounds);
    case TagKeyRole:
        return toQString(facet.key);
    case TagValueRole:
        return toQString(value.value);
    default:
        return {};
    }
}

bool FacetTree::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || !index.isValid() || index.internalId() != 0)
        return false;
    const std::string &key = facetOf(index).key;
    const bool isTicked = value.toInt() == Qt::Checked;
    if (isTicked == m_ticked.contains(key))
        return false;
    if (!isTicked && m_ticked.size() == 1)
        return false;  // by nothing there is nothing to see
    if (isTicked)
        m_ticked.insert(key);
    else
        m_ticked.erase(key);
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    Q_EMIT tickedChanged();
    return true;
}

QVariant FacetTree::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::ToolTipRole && section == NameColumn)
        return tr("Ticked keys group the lattice");
    if (role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? tr("Key and value") : tr("Inbounds");
}

}  // namespace meshscope
