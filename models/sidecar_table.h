// One row a local sidecar, in the order they were first started. GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"
#include "models/roles.h"

#include <QAbstractTableModel>
#include <QPointer>

#include <vector>

namespace meshscope {

QString phaseText(SidecarPhase phase);  // "Ready", "Draining", …
Health healthOf(SidecarPhase phase);    // Ready online, Failed offline, everything else unknown
bool isWorking(SidecarPhase phase);     // on its way: Resolving, Bootstrapping, Starting, Draining
bool hasEnded(SidecarPhase phase);      // Stopped, Failed

class SidecarTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        PhaseColumn,
        DetailColumn,
        PidColumn,
        AdminColumn,
        VersionColumn,
        SinceColumn,
        ColumnCount
    };
    enum Role {
        PhaseRole = FirstFreeRole,  // SidecarPhase as int
        AdviceRole,                 // QString: in Failed what to do, else empty
        AdminUrlRole,               // QUrl, empty before it is known
    };

    // The host is not owned and may die first; then the table is empty.
    explicit SidecarTable(SidecarHost *host, QObject *parent = nullptr);

    const SidecarStatus &statusAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    QModelIndex indexOf(const ResourceKey &key, int column = NameColumn) const;
    int countIn(SidecarPhase phase) const;
    void setNow(const QDateTime &now);  // what the Since column counts from; once a second while shown

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void apply(const SidecarStatus &status);

    std::vector<SidecarStatus> m_rows;
    QDateTime m_now;
};

}  // namespace meshscope
