#include "models/xds_table.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {

void XdsTable::setDump(const XdsDumpPtr &dump)
{
    beginResetModel();
    m_dump = dump;
    choose();
    endResetModel();
}

void XdsTable::setKind(XdsKind kind)
{
    beginResetModel();
    m_kind = kind;
    choose();
    endResetModel();
}

void XdsTable::setSearch(const QString &text)
{
    beginResetModel();
    m_words = text.toLower().split(u' ', Qt::SkipEmptyParts);
    choose();
    endResetModel();
}

bool XdsTable::fits(const XdsRow &row) const
{
    return std::all_of(m_words.begin(), m_words.end(),
                       [&row](const QString &word) { return row.search.contains(word); });
}

void XdsTable::choose()
{
    m_rows.clear();
    if (!m_dump)
        return;
    const auto &rows = m_dump->of(m_kind);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (fits(rows[i]))
            m_rows.push_back(i);
    }
}

int XdsTable::countOf(XdsKind kind) const
{
    if (!m_dump)
        return 0;
    const auto &rows = m_dump->of(kind);
    return static_cast<int>(
        std::count_if(rows.begin(), rows.end(), [this](const XdsRow &row) { return fits(row); }));
}

int XdsTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int XdsTable::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(xdsHeaders(m_kind).size());
}

QVariant XdsTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const XdsRow &row = rowAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return index.column() == 0 ? row.name : row.cells.value(index.column() - 1);
    case Qt::ToolTipRole:
        if (!row.trouble.isEmpty())
            return row.trouble;
        return index.column() == 0 ? row.name : row.cells.value(index.column() - 1);
    case HealthRole:
        return index.column() == 0 ? QVariant::fromValue(row.isHealthy ? Health::Online : Health::Offline)
                                   : QVariant();
    case ReasonRole:
        return row.trouble;
    default:
        return {};
    }
}

QVariant XdsTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return xdsHeaders(m_kind).value(section);
}

}  // namespace meshscope
