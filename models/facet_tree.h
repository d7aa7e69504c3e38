// Keys of tags with their values and how many inbounds have each. Keys can be ticked: the lattice groups by
// those. GUI thread.
#pragma once

#include "backend/query/facets.h"
#include "models/roles.h"

#include <QAbstractItemModel>

#include <set>
#include <string>

namespace meshscope {

class FacetTree : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column { NameColumn, InboundsColumn, ColumnCount };
    enum Role {
        TagKeyRole = FirstFreeRole,  // QString: of a key, and of the values under it
        TagValueRole,                // QString; invalid for a key
    };
    static constexpr std::size_t kMostValues = 500;  // of a key; a last row says how many more there are

    using QAbstractItemModel::QAbstractItemModel;

    // Rows stay when only counts change.
    void setFacets(std::vector<query::Facet> facets, const std::set<std::string> &ticked);
    const std::set<std::string> &ticked() const { return m_ticked; }

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void tickedChanged();  // by a person

private:
    const query::Facet &facetOf(const QModelIndex &index) const;

    std::vector<query::Facet> m_facets;
    std::set<std::string> m_ticked;
};

}  // namespace meshscope
