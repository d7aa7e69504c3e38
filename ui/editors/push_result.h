// What came of a push, row by row: what the server made of the document, and what the proxies said.
#pragma once

#include "models/document_diff.h"
#include "models/push_watch.h"

#include <QAbstractTableModel>

#include <vector>

namespace meshscope::ui {

class PushResultTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { StateColumn, WhatColumn, MessageColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    // put: "Sandbox holds backend-2 now"; empty = nothing was written, the table is empty.
    void setResult(const QString &put, const std::vector<FieldDifference> &differences,
                   const std::vector<std::string> &warnings, const std::vector<WatchRow> &proxies);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    enum class Tone { Good, Partly, Bad, Unknown, Working };
    struct Row {
        Tone tone = Tone::Good;
        QString state, what, message;
        bool operator==(const Row &) const = default;
    };
    std::vector<Row> m_rows;
};

}  // namespace meshscope::ui
