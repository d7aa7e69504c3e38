// The request log: the newest exchanges with control planes, each with the kumactl and curl command that does
// the same. Bounded; the newest row is the last. Nothing secret is kept: no headers, no bodies, and addresses
// without user information. GUI thread.
#pragma once

#include "backend/api/mesh_source.h"
#include "models/roles.h"

#include <QAbstractTableModel>

#include <deque>

namespace meshscope {

// What a person would type. Empty when kumactl has no such command.
QString kumactlEquivalent(const RequestRecord &record);
QString curlEquivalent(const RequestRecord &record);
// The address without user information, and with token-like query values blotted out.
QUrl withoutCredentials(const QUrl &url);

class RequestTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int kCapacity = 2000;
    enum Column {
        StartedColumn,
        SourceColumn,
        MethodColumn,
        PathColumn,
        StatusColumn,
        DurationColumn,
        BytesColumn,
        ColumnCount
    };
    enum Role {
        CurlRole = FirstFreeRole,  // QString
        KumactlRole,               // QString, may be empty
        ErrorRole,                 // QString, empty = fine
        UrlRole,                   // QUrl without credentials
    };

    explicit RequestTable(QObject *parent = nullptr);

    void follow(MeshSource *source);  // takes in its requests from now on
    void append(const RequestRecord &record, const QString &sourceName = {});
    void clear();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        RequestRecord record;
        QString source;
    };
    std::deque<Row> m_rows;
};

}  // namespace meshscope
