#include "models/selector_table.h"

#include "models/text.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

QString inboundText(const query::SelectorTrial &trial, const std::vector<DataplanePtr> &rows)
{
    const auto at =
        std::lower_bound(rows.begin(), rows.end(), trial.dataplane,
                         [](const DataplanePtr &row, const ResourceKey &key) { return row->key() < key; });
    if (trial.inbound < 0 || at == rows.end())
        return {};
    const Inbound &inbound = (*at)->dataplane->inbounds[static_cast<std::size_t>(trial.inbound)];
    return inbound.name.empty() ? QString::number(inbound.port)
                                : toQString(inbound.name) + u' ' + QString::number(inbound.port);
}

QString whyText(const query::SelectorTrial &trial)
{
    if (trial.failed == 0)
        return {};
    const QString wanted = toQString(trial.firstFailed.key) + u'=' + toQString(trial.firstFailed.value);
    QString text = trial.isAbsent
                       ? SelectorTable::tr("%1: it has no %2").arg(wanted, toQString(trial.firstFailed.key))
                       : SelectorTable::tr("%1: it is %2").arg(wanted, toQString(trial.found));
    if (trial.looksAlike)
        text += SelectorTable::tr(", a slip?");
    if (trial.failed > 1)
        text += SelectorTable::tr("; %1 more fail").arg(trial.failed - 1);
    return text;
}

}  // namespace

void SelectorTable::setReports(const std::vector<query::SelectorReport> &reports,
                               const std::vector<DataplanePtr> &rows, MeshSource *source)
{
    beginResetModel();
    m_rows.clear();
    m_source = source;
    std::size_t matches = 0, near = 0, others = 0;
    for (const auto &report : reports) {
        matches += report.matches.size();
        near += report.nearInAll;
        others += report.others;
        for (const auto *list : {&report.matches, &report.near}) {
            for (const auto &trial : *list) {
                if (m_rows.size() < kMostRows)
                    m_rows.push_back({trial, inboundText(trial, rows)});
            }
        }
    }
    const QLocale locale;
    const auto number = [&locale](std::size_t count) {
        return locale.toString(static_cast<qulonglong>(count));
    };
    m_summary = tr("%1 match, %2 near, %3 others").arg(number(matches), number(near), number(others));
    endResetModel();
}

int SelectorTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SelectorTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant SelectorTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
    case Qt::ToolTipRole:
        switch (static_cast<Column>(index.column())) {
        case ResultColumn:
            return row.trial.failed == 0 ? tr("Match") : tr("Near");
        case DataplaneColumn:
            return role == Qt::ToolTipRole
                       ? toQString(row.trial.dataplane.mesh) + u" / "_s + toQString(row.trial.dataplane.name)
                       : toQString(row.trial.dataplane.name);
        case InboundColumn:
            return row.inbound;
        case WhyColumn:
            return whyText(row.trial);
        case ColumnCount:
            break;
        }
        return {};
    case HealthRole:
        return index.column() == ResultColumn
                   ? QVariant::fromValue(row.trial.failed == 0 ? Health::Online : Health::Degraded)
                   : QVariant();
    case KeyRole:
        return QVariant::fromValue(row.trial.dataplane);
    case TargetRole:
        return QVariant::fromValue(
            FocusTarget{row.trial.inbound < 0 ? FocusKind::Dataplane : FocusKind::Inbound, m_source,
                        row.trial.dataplane, row.trial.inbound});
    default:
        return {};
    }
}

QVariant SelectorTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case ResultColumn:
        return tr("Result");
    case DataplaneColumn:
        return tr("Dataplane");
    case InboundColumn:
        return tr("Inbound");
    case WhyColumn:
        return tr("First that fails");
    case ColumnCount:
        break;
    }
    return {};
}

void TagFindingTable::setFindings(const std::vector<query::TagFinding> &findings)
{
    if (m_rows == findings)
        return;
    beginResetModel();
    m_rows = findings;
    endResetModel();
}

int TagFindingTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TagFindingTable::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TagFindingTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const query::TagFinding &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        // Ticks are for plain text; here the words stand alone.
        return index.column() == MessageColumn ? toQString(row.message).remove(u'`')
                                               : QLocale().toString(static_cast<qulonglong>(row.inbounds));
    case Qt::ToolTipRole: {
        QStringList names;
        for (const auto &key : row.dataplanes)
            names << toQString(key.name);
        return names.join(u", "_s);
    }
    case HealthRole:
        if (index.column() != MessageColumn)
            return {};
        return QVariant::fromValue(row.severity == query::TagFinding::Severity::Warning ? Health::Degraded
                                                                                        : Health::Unknown);
    case QueryRole:
        return toQString(row.query);
    default:
        return {};
    }
}

QVariant TagFindingTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == MessageColumn ? tr("What looks wrong") : tr("Inbounds");
}

}  // namespace meshscope
