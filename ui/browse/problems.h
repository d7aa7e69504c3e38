// What is wrong in a mesh, as rows: the findings of backend/findings with the focus they lead to, and
// sidecars that failed.
#pragma once

#include "models/focus.h"
#include "models/roles.h"

#include "backend/api/sidecar_host.h"
#include "backend/findings/finding.h"
#include "ui/style/palette.h"

#include <QAbstractTableModel>

#include <vector>

namespace meshscope::ui {

struct Problem {
    Mark mark = Mark::Partly;
    QString kind;  // "NACK", "Offline", "Orphan", …
    QString text;
    FocusTarget target;
    TimePoint since{};   // epoch = not known
    QString evidence{};  // what was seen
    QString versions{};  // where it applies; empty = anywhere
    QString wayOut{};
    bool operator==(const Problem &) const = default;
};

inline constexpr std::size_t kMaxProblems = 500;

// In the order of the findings. Pure; the source is only a name for targets.
std::vector<Problem> problemsOf(const findings::Findings &found, MeshSource *source);
std::vector<Problem> problemsOf(const QList<SidecarStatus> &sidecars);

class ProblemTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { KindColumn, TextColumn, MeshColumn, SinceColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setProblems(std::vector<Problem> problems);
    void setNow(TimePoint now);
    const Problem &problemAt(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<Problem> m_rows;
    TimePoint m_now{};
};

}  // namespace meshscope::ui
