// One row a service of a control plane, sorted by mesh and name; a service that is only called is in it too.
// GUI thread.
#pragma once

#include "backend/api/mesh_source.h"
#include "models/diffed_table.h"
#include "models/mesh_digest.h"
#include "models/roles.h"

#include <QPointer>
#include <QSortFilterProxyModel>

#include <string>
#include <vector>

namespace meshscope {

class QueryFilter;

struct ServiceKeyOf {
    const ResourceKey &operator()(const ServicePtr &row) const { return row->summary.key; }
};

class ServiceTable : public DiffedTable<ServiceEntry, ServiceKeyOf>
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        DataplanesColumn,
        ProtocolsColumn,
        TagSetsColumn,
        CallsColumn,
        StatusColumn,
        ColumnCount
    };
    enum Role {
        OnlineRole = FirstFreeRole,  // int
        MeshRole,                    // QString
        TagSetCountRole,             // int: all of them; TagsRole has the first ServiceEntry::kMaxTagSets
    };

    explicit ServiceTable(QObject *parent = nullptr);

    // Rows follow at once for small snapshots, from the pool for large ones (see Digester).
    void setSnapshot(const SnapshotPtr &snapshot, MeshSource *source = nullptr);
    bool isWorking() const { return m_digester.isWorking(); }
    const DigestPtr &digest() const { return m_digester.digest(); }  // nullptr before the first snapshot

    QModelIndex indexOf(const ResourceKey &service, int column = NameColumn) const;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QVariant exported(const ServiceEntry &entry, Column column) const;

    Digester m_digester;
    QPointer<MeshSource> m_source;
};

// Services that the query matches (see QueryFilter::acceptsService). The source model must be a ServiceTable.
class ServiceProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ServiceProxy(QObject *parent = nullptr);

    void setSourceModel(QAbstractItemModel *model) override;
    void setMesh(const QString &mesh);  // empty = all
    QString mesh() const;
    void setFilter(QueryFilter *filter);  // not owned; nullptr = no query

    int shown() const { return rowCount(); }
    int total() const;          // of the mesh
    QString countText() const;  // "3 of 12", or "12"
    QModelIndex indexOf(const ResourceKey &service, int column = 0) const;

Q_SIGNALS:
    void countsChanged();

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    void refilter();

    ServiceTable *m_table = nullptr;
    std::string m_mesh;
    QPointer<QueryFilter> m_filter;
};

}  // namespace meshscope
