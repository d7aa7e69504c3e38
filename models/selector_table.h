// Whom a selector chooses, and whom it nearly chose: one row a tag set, matches first. And what looks wrong
// in the tags. GUI thread.
#pragma once

#include "backend/query/selector.h"
#include "backend/query/tag_lint.h"
#include "models/focus.h"
#include "models/roles.h"

#include <QAbstractTableModel>

namespace meshscope {

class SelectorTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { ResultColumn, DataplaneColumn, InboundColumn, WhyColumn, ColumnCount };
    static constexpr int kMostRows = 2000;

    using QAbstractTableModel::QAbstractTableModel;

    // Several selectors (of one policy) stand one after the other.
    void setReports(const std::vector<query::SelectorReport> &reports, const std::vector<DataplanePtr> &rows,
                    MeshSource *source);
    // "2 match, 3 near, 120 others"; empty before the first.
    QString summary() const { return m_summary; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        query::SelectorTrial trial;
        QString inbound;
    };
    std::vector<Row> m_rows;
    QString m_summary;
    MeshSource *m_source = nullptr;
};

class TagFindingTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { MessageColumn, InboundsColumn, ColumnCount };
    enum Role { QueryRole = FirstFreeRole };  // QString: shows the dataplanes

    using QAbstractTableModel::QAbstractTableModel;
    void setFindings(const std::vector<query::TagFinding> &findings);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<query::TagFinding> m_rows;
};

}  // namespace meshscope
