// One row a policy of a control plane, sorted by type, mesh and name. Which types are policies, the control
// plane says itself. GUI thread.
#pragma once

#include "backend/api/mesh_source.h"
#include "models/diffed_table.h"
#include "models/roles.h"

#include <QPointer>
#include <QSortFilterProxyModel>

#include <string>
#include <tuple>
#include <vector>

namespace meshscope {

struct PolicyKeyOf {
    std::tuple<const std::string &, const ResourceKey &> operator()(const ResourcePtr &row) const
    {
        return {row->type, row->key};
    }
};

// What is known of one type of policy.
struct PolicyType {
    std::string name;
    std::size_t count = 0;
    std::optional<Error> problem;  // why its list could not be read
    bool operator==(const PolicyType &) const = default;
};

class PolicyTable : public DiffedTable<ResourceRecord, PolicyKeyOf>
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        TypeColumn,
        MeshColumn,
        TargetColumn,
        EffectColumn,
        OriginColumn,
        ChangedColumn,
        ColumnCount
    };
    enum Role {
        TypeRole = FirstFreeRole,  // QString
        MeshRole,                  // QString
    };

    explicit PolicyTable(QObject *parent = nullptr);

    void setSnapshot(const SnapshotPtr &snapshot, MeshSource *source = nullptr);
    void setNow(TimePoint now);
    // Every type of policy this control plane has, with its count; sorted by name.
    const std::vector<PolicyType> &types() const { return m_types; }
    QModelIndex indexOf(const std::string &type, const ResourceKey &key, int column = NameColumn) const;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void typesChanged();

private:
    std::vector<PolicyType> m_types;
    QPointer<MeshSource> m_source;
    TimePoint m_now{};
};

class PolicyProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit PolicyProxy(QObject *parent = nullptr);

    void setSourceModel(QAbstractItemModel *model) override;
    void setMesh(const QString &mesh);  // empty = all
    void setType(const QString &type);  // empty = all
    QString type() const { return m_type; }
    void setWords(std::vector<std::string> words);  // folded; each in name, type or target
    int total() const;                              // of the mesh and type, before the text
    QString countText() const;
    QModelIndex indexOf(const std::string &type, const ResourceKey &key, int column = 0) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    bool isOf(const ResourceRecord &policy) const;

    PolicyTable *m_table = nullptr;
    QString m_mesh, m_type;
    std::vector<std::string> m_words;
};

}  // namespace meshscope
