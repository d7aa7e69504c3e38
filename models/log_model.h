// The newest log lines of all sidecars, oldest first. Lines are taken in at once and shown in batches, so a
// flood costs one insert each 100 ms and never stalls the window. GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"
#include "models/roles.h"

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <QTimer>

#include <deque>
#include <optional>
#include <vector>

namespace meshscope {

class LogModel : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int kCapacity = 20'000;
    static constexpr int kBatchMilliseconds = 100;
    static constexpr int kMaxLineLength = 4096;  // longer ones are cut, with "…"
    enum Role {
        LevelRole = FirstFreeRole,  // SidecarLogLine::Level as int
        OriginRole,                 // SidecarLogLine::Origin as int
        NameRole,                   // QString: the sidecar's name
        LineRole,                   // QString: the bare text; DisplayRole is "12:30:01.123 web-1 envoy  text"
    };

    explicit LogModel(QObject *parent = nullptr, int capacity = kCapacity);

    // Takes in what the host has and what it will say. Not owned; may die first, the lines stay.
    void follow(SidecarHost *host);
    void append(const SidecarLogLine &line);
    void flush();  // shows what waits, now
    void clear();

    const SidecarLogLine &lineAt(int row) const { return m_lines[static_cast<std::size_t>(row)]; }
    qint64 dropped() const { return m_dropped; }  // lines that the bound pushed out

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    std::deque<SidecarLogLine> m_lines;
    std::vector<SidecarLogLine> m_waiting;
    QTimer m_timer;
    int m_capacity;
    qint64 m_dropped = 0;
};

// By sidecar, by words of the text (all must occur, case-blind), by least level. The source model must be a
// LogModel.
class LogProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit LogProxy(QObject *parent = nullptr);

    void setSourceModel(QAbstractItemModel *model) override;
    void setKey(const std::optional<ResourceKey> &key);  // nullopt = all
    void setText(const QString &text);
    void setLeastLevel(SidecarLogLine::Level level);  // Debug = all

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    LogModel *m_log = nullptr;
    std::optional<ResourceKey> m_key;
    QStringList m_words;
    SidecarLogLine::Level m_least = SidecarLogLine::Level::Debug;
};

}  // namespace meshscope
