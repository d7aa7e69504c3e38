#include "models/finding_table.h"

#include "models/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString severityText(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Error:
        return FindingTable::tr("Error");
    case Finding::Severity::Warning:
        return FindingTable::tr("Warning");
    case Finding::Severity::Hint:
        return FindingTable::tr("Hint");
    }
    return {};
}

Health healthOf(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Error:
        return Health::Offline;
    case Finding::Severity::Warning:
        return Health::Degraded;
    case Finding::Severity::Hint:
        break;
    }
    return Health::Unknown;
}

QString positionText(const Finding &finding)
{
    return finding.line == 0
               ? QString()
               : QString(QString::number(finding.line) + u':' + QString::number(finding.column));
}

}  // namespace

FindingTable::FindingTable(QObject *parent)
    : QAbstractTableModel(parent)
{}

void FindingTable::setFindings(std::vector<Finding> findings)
{
    const auto [oldBegin, newBegin] =
        std::mismatch(m_rows.begin(), m_rows.end(), findings.begin(), findings.end());
    const auto first = static_cast<int>(oldBegin - m_rows.begin());
    const auto [oldEnd, newEnd] = std::mismatch(m_rows.rbegin(), std::make_reverse_iterator(oldBegin),
                                                findings.rbegin(), std::make_reverse_iterator(newBegin));
    const auto gone = static_cast<int>(oldEnd.base() - oldBegin);
    const auto come = static_cast<int>(newEnd.base() - newBegin);
    if (gone == 0 && come == 0)
        return;
    const int changed = std::min(gone, come);  // replaced in place
    std::copy(newBegin, newBegin + changed, oldBegin);
    if (changed > 0)
        Q_EMIT dataChanged(index(first, 0), index(first + changed - 1, ColumnCount - 1));
    const int at = first + changed;
    if (gone > changed) {
        beginRemoveRows({}, at, first + gone - 1);
        m_rows.erase(m_rows.begin() + at, m_rows.begin() + first + gone);
        endRemoveRows();
    } else if (come > changed) {
        beginInsertRows({}, at, first + come - 1);
        m_rows.insert(m_rows.begin() + at, newBegin + changed, newBegin + come);
        endInsertRows();
    }
    const auto countOf = [this](Finding::Severity severity) {
        return static_cast<int>(std::count_if(
            m_rows.begin(), m_rows.end(), [severity](const auto &row) { return row.severity == severity; }));
    };
    m_errors = countOf(Finding::Severity::Error);
    m_warnings = countOf(Finding::Severity::Warning);
    Q_EMIT countsChanged();
}

int FindingTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FindingTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant FindingTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Finding &row = findingAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (static_cast<Column>(index.column())) {
        case SeverityColumn:
            return severityText(row.severity);
        case PositionColumn:
            return positionText(row);
        case FieldColumn:
            return toQString(row.field);
        case MessageColumn:
            return toQString(row.message);
        case AdviceColumn:
            return toQString(row.advice);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return row.advice.empty() ? toQString(row.message)
                                  : QString(toQString(row.message) + u'\n' + toQString(row.advice));
    case Qt::AccessibleTextRole:
        return index.column() == MessageColumn
                   ? QString(severityText(row.severity) + u": "_s + toQString(row.message))
                   : data(index, Qt::DisplayRole).toString();
    case HealthRole:
        return QVariant::fromValue(healthOf(row.severity));
    case SortRole:
        if (index.column() == SeverityColumn)
            return static_cast<int>(row.severity);
        return index.column() == PositionColumn ? QVariant(row.line * 10'000 + std::min(row.column, 9'999))
                                                : data(index, Qt::DisplayRole);
    case SearchTextRole:
        return QString(toQString(row.field) + u'\n' + toQString(row.message));
    case SeverityRole:
        return static_cast<int>(row.severity);
    case LineRole:
        return row.line;
    case ColumnRole:
        return row.column;
    case FromControlPlaneRole:
        return row.fromControlPlane;
    default:
        return {};
    }
}

QVariant FindingTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    switch (static_cast<Column>(section)) {
    case SeverityColumn:
        return tr("Severity");
    case PositionColumn:
        return tr("Line");
    case FieldColumn:
        return tr("Field");
    case MessageColumn:
        return tr("Message");
    case AdviceColumn:
        return tr("Advice");
    case ColumnCount:
        break;
    }
    return {};
}

}  // namespace meshscope
