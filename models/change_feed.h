// What became different between refreshes: dataplanes that came, went, changed their tags, ports or status,
// policies and zones too. Bounded; the newest first. It knows what the person has seen. GUI thread.
#pragma once

#include "backend/api/mesh_source.h"
#include "models/focus.h"
#include "models/roles.h"

#include <QAbstractTableModel>
#include <QHash>

#include <deque>
#include <string>
#include <vector>

namespace meshscope {

struct MeshChange {
    enum class Kind { Added, Removed, Changed, StatusChanged };
    Kind kind = Kind::Changed;
    FocusTarget target;
    QString what;                     // "version v1 → v2", "Online → Offline: the proxy is not connected"
    Health health = Health::Unknown;  // after it; of Removed: Unknown
    TimePoint time{};                 // when the refresh that showed it came in
    bool operator==(const MeshChange &) const = default;
};

// Pure; any thread. At most `limit`, then one entry of the mesh that says how many more. Nothing when
// `before` was never filled or is partial.
std::vector<MeshChange> changesBetween(const Snapshot &before, const Snapshot &after, MeshSource *source,
                                       TimePoint now, std::size_t limit = 200);

class ChangeFeed : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr std::size_t kCapacity = 2000;
    enum Column { KindColumn, NameColumn, WhatColumn, WhenColumn, ColumnCount };
    enum Role { UnseenRole = FirstFreeRole };  // bool: since the person last looked

    explicit ChangeFeed(QObject *parent = nullptr);

    void follow(MeshSource *source);
    void forget(MeshSource *source);
    void setNow(TimePoint now);
    void append(std::vector<MeshChange> changes);
    int unseen() const { return m_unseen; }
    // The person has looked at the feed: what is there is no news any more.
    void markSeen();
    // Those of one dataplane, newest first.
    std::vector<MeshChange> rowsOf(const MeshSource *source, const ResourceKey &dataplane) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void unseenChanged();

private:
    std::deque<MeshChange> m_rows;  // newest first
    QHash<MeshSource *, SnapshotPtr> m_last;
    int m_unseen = 0;  // of the first rows
    TimePoint m_now{};
};

}  // namespace meshscope
