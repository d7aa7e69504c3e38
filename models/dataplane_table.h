// One row a dataplane of a control plane, sorted by key. GUI thread. Views sit on DataplaneProxy.
#pragma once

#include "backend/api/mesh_source.h"
#include "models/diffed_table.h"
#include "models/ordered_proxy.h"
#include "models/roles.h"

#include <QPointer>

#include <optional>
#include <string>
#include <vector>

namespace meshscope {

class QueryFilter;

struct DataplaneKeyOf {
    const ResourceKey &operator()(const DataplanePtr &row) const { return row->key(); }
};

// When a proxy was last heard of: the newest of connect, disconnect and update of its latest subscription.
std::optional<TimePoint> lastContact(const DataplaneInsight &insight);
// "12 accepted", "1 rejected", "waiting", "nothing sent"; and its mark.
QString configurationText(const DataplaneInsight &insight);
Health configurationHealth(const DataplaneInsight &insight);

class DataplaneTable : public DiffedTable<DataplaneOverview, DataplaneKeyOf>
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        ServiceColumn,
        TagSetColumn,
        AddressColumn,
        StatusColumn,
        ConfigurationColumn,
        SeenColumn,
        ColumnCount
    };
    enum Role {
        AcceptedRole = FirstFreeRole,  // qulonglong: of the latest subscription, all types
        RejectedRole,                  // qulonglong
        RejectionRole,  // QString: Envoy's words for the last refusal, where the control plane has them
        MeshRole,       // QString
    };

    explicit DataplaneTable(QObject *parent = nullptr);

    // Diffed against the present rows; a large change is a reset. The source is what TargetRole names.
    void setSnapshot(const SnapshotPtr &snapshot, MeshSource *source = nullptr);
    const SnapshotPtr &snapshot() const { return m_snapshot; }
    MeshSource *source() const { return m_source; }

    // The moment that ages are told from. Call it once a second while shown. Announced by agesChanged()
    // alone, since a dataChanged of every row would make a proxy filter them all again; DataplaneProxy passes
    // it on cheaply.
    void setNow(TimePoint now);
    TimePoint now() const { return m_now; }

    QModelIndex indexOf(const ResourceKey &key, int column = NameColumn) const;  // invalid when there is none

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void agesChanged();

private:
    QVariant text(const DataplaneOverview &row, Column column) const;
    QString toolTip(const DataplaneOverview &row, Column column) const;
    QVariant exported(const DataplaneOverview &row, Column column) const;

    SnapshotPtr m_snapshot;
    QPointer<MeshSource> m_source;
    TimePoint m_now{};
};

// Filter and order. Rows pass that the query matches. Sorting compares the rows themselves; equal ones by
// key. The source model must be a DataplaneTable. Beside the table's, it answers MatchedRole, and on hover
// which terms of the query the row matches.
class DataplaneProxy : public OrderedProxy
{
    Q_OBJECT

public:
    explicit DataplaneProxy(QObject *parent = nullptr);

    void setSourceModel(QAbstractItemModel *model) override;
    DataplaneTable *table() const { return m_table; }

    void setMesh(const QString &mesh);  // empty = all
    QString mesh() const;
    void setFilter(QueryFilter *filter);  // not owned; nullptr = no query
    // Only dataplanes that offer this service; empty = all.
    void setService(const QString &service);
    QString service() const;

    int shown() const;          // rows that pass every filter
    int total() const;          // rows of the mesh, before the query and the service
    QString countText() const;  // "3 of 12", or "12" when nothing is filtered away

    QModelIndex indexOf(const ResourceKey &key,
                        int column = 0) const;  // invalid when absent or filtered away

    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void countsChanged();  // shown(), total() or countText() may answer otherwise; at most once in a turn of
                           // the event loop

protected:
    bool acceptsRow(int row) const override;
    bool isLess(int a, int b, int column) const override;
    Less frozenOrder(int column) const override;

private:
    void scheduleCounts();
    void passAgesOn();
    QString matchText(const DataplaneOverview &row) const;

    DataplaneTable *m_table = nullptr;
    std::string m_mesh;
    std::string m_service;
    QPointer<QueryFilter> m_filter;
    bool m_countsScheduled = false;
};

}  // namespace meshscope
