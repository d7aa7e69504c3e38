// One kind of an XdsDump as a table, narrowed by words. GUI thread.
#pragma once

#include "models/roles.h"
#include "models/xds_dump.h"

#include <QAbstractTableModel>

namespace meshscope {

class XdsTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setDump(const XdsDumpPtr &dump);  // null = empty
    void setKind(XdsKind kind);
    XdsKind kind() const { return m_kind; }
    // Every word must occur in the name, a cell or the JSON; case-blind.
    void setSearch(const QString &text);
    // How many rows of a kind fit the search, for its button.
    int countOf(XdsKind kind) const;
    const XdsRow &rowAt(int row) const { return m_dump->of(m_kind)[m_rows[static_cast<std::size_t>(row)]]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    bool fits(const XdsRow &row) const;
    void choose();

    XdsDumpPtr m_dump;
    XdsKind m_kind = XdsKind::Listeners;
    QStringList m_words;
    std::vector<std::size_t> m_rows;  // that fit, as places in the dump
};

}  // namespace meshscope
