// Zones as the global control plane knows them, and the ingresses and egresses of zones: one row each, zones
// first. GUI thread.
#pragma once

#include "backend/api/mesh_source.h"
#include "models/diffed_table.h"
#include "models/roles.h"

#include <QPointer>

#include <string>
#include <tuple>

namespace meshscope {

struct ZoneRow {
    std::string type;  // "Zone", "ZoneIngress", "ZoneEgress"
    std::string name;
    std::string zone;
    std::string address;
    std::string version, environment;
    Health link = Health::Unknown;
    bool isEnabled = true;
    TimePoint since{};  // of the connection, or of its end; epoch = not known
    std::string json;
    bool operator==(const ZoneRow &) const = default;
};

struct ZoneKeyOf {
    std::tuple<int, const std::string &, const std::string &>
    operator()(const std::shared_ptr<const ZoneRow> &row) const
    {
        return {row->type == "Zone" ? 0 : 1, row->type, row->name};
    }
};

class ZoneTable : public DiffedTable<ZoneRow, ZoneKeyOf>
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        TypeColumn,
        StatusColumn,
        VersionColumn,
        EnvironmentColumn,
        AddressColumn,
        SinceColumn,
        ColumnCount
    };

    explicit ZoneTable(QObject *parent = nullptr);

    void setSnapshot(const SnapshotPtr &snapshot, MeshSource *source = nullptr);
    void setNow(TimePoint now);
    QModelIndex indexOf(const std::string &type, const std::string &name, int column = NameColumn) const;
    int zoneCount() const;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QPointer<MeshSource> m_source;
    TimePoint m_now{};
};

}  // namespace meshscope
