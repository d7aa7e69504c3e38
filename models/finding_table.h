// Findings of a validation, in the order given (by line). Rows that stay, stay: only the run between the
// first and the last difference is replaced, so the selection survives typing elsewhere. GUI thread.
#pragma once

#include "backend/validation/validate.h"
#include "models/roles.h"

#include <QAbstractTableModel>

#include <vector>

namespace meshscope {

class FindingTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { SeverityColumn, PositionColumn, FieldColumn, MessageColumn, AdviceColumn, ColumnCount };
    enum Role {
        SeverityRole = FirstFreeRole,  // Finding::Severity as int
        LineRole,                      // int from 1, 0 = none
        ColumnRole,                    // int from 1, 0 = none
        FromControlPlaneRole,          // bool: its own rule, so a push would be refused
    };

    explicit FindingTable(QObject *parent = nullptr);

    void setFindings(std::vector<Finding> findings);
    const Finding &findingAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    int errorCount() const { return m_errors; }
    int warningCount() const { return m_warnings; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void countsChanged();

private:
    std::vector<Finding> m_rows;
    int m_errors = 0;
    int m_warnings = 0;
};

}  // namespace meshscope
