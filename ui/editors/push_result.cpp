#include "ui/editors/push_result.h"

#include "models/roles.h"
#include "models/text.h"

using namespace Qt::StringLiterals;

namespace meshscope::ui {

void PushResultTable::setResult(const QString &put, const std::vector<FieldDifference> &differences,
                                const std::vector<std::string> &warnings,
                                const std::vector<WatchRow> &proxies)
{
    std::vector<Row> rows;
    if (!put.isEmpty()) {
        rows.push_back({Tone::Good, tr("PUT"), put, {}});
        for (const FieldDifference &difference : differences) {
            switch (difference.kind) {
            case FieldDifference::Kind::Dropped:
                rows.push_back({Tone::Partly, tr("Dropped"), difference.path,
                                tr("the server did not keep %1").arg(difference.before)});
                break;
            case FieldDifference::Kind::Added:
                rows.push_back({Tone::Good, tr("Added"), difference.path, difference.after});
                break;
            case FieldDifference::Kind::Changed:
                rows.push_back({Tone::Partly, tr("Changed"), difference.path,
                                tr("%1 became %2").arg(difference.before, difference.after)});
                break;
            }
        }
        for (const std::string &warning : warnings)
            rows.push_back({Tone::Partly, tr("Warning"), toQString(warning), {}});
        for (const WatchRow &proxy : proxies) {
            const QString name = proxy.isOwn ? tr("%1, its own proxy").arg(toQString(proxy.proxy.name))
                                             : toQString(proxy.proxy.name);
            switch (proxy.state) {
            case WatchRow::State::Waiting:
                rows.push_back({Tone::Working, tr("Waiting"), name, tr("for its answer")});
                break;
            case WatchRow::State::Accepted:
                rows.push_back({Tone::Good, tr("ACK"), name, tr("took the new configuration")});
                break;
            case WatchRow::State::Rejected:
                rows.push_back({Tone::Bad, tr("NACK"), name,
                                proxy.message.empty() ? tr("the control plane does not say why")
                                                      : toQString(proxy.message)});
                break;
            case WatchRow::State::Unchanged:
                rows.push_back({Tone::Unknown, tr("Unchanged"), name, tr("needed no new configuration")});
                break;
            case WatchRow::State::NotConnected:
                rows.push_back({Tone::Unknown, tr("Not connected"), name, tr("gets it when it connects")});
                break;
            }
        }
    }
    if (rows == m_rows)
        return;
    if (rows.size() == m_rows.size() && !rows.empty()) {
        m_rows = std::move(rows);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int PushResultTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PushResultTable::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PushResultTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (static_cast<Column>(index.column())) {
        case StateColumn:
            return row.state;
        case WhatColumn:
            return row.what;
        case MessageColumn:
            return row.message;
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return row.message.isEmpty() ? row.what : QString(row.what + u'\n' + row.message);
    case BusyRole:
        return row.tone == Tone::Working;
    case HealthRole:
        switch (row.tone) {
        case Tone::Good:
            return QVariant::fromValue(Health::Online);
        case Tone::Partly:
            return QVariant::fromValue(Health::Degraded);
        case Tone::Bad:
            return QVariant::fromValue(Health::Offline);
        case Tone::Unknown:
        case Tone::Working:
            return QVariant::fromValue(Health::Unknown);
        }
        return {};
    default:
        return {};
    }
}

QVariant PushResultTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case StateColumn:
        return tr("Result");
    case WhatColumn:
        return tr("Of");
    case MessageColumn:
        return tr("What it says");
    default:
        return {};
    }
}

}  // namespace meshscope::ui
