// Looks for what is wrong on the connection in front, and among the sidecars, each time they change; in the
// pool where the mesh is large. Dock, Problems page and Overview show the same table. GUI thread.
#pragma once

#include "backend/core/result.h"
#include "ui/browse/problems.h"

#include <QFuture>
#include <QObject>

namespace meshscope::ui {

struct Workspace;

class ProblemFinder : public QObject
{
    Q_OBJECT

public:
    explicit ProblemFinder(const Workspace &workspace, QObject *parent = nullptr);
    ~ProblemFinder() override;

    ProblemTable *table() const { return m_table; }
    // All that were found; the table holds the worst kMaxProblems.
    std::size_t total() const { return m_total; }
    void tick();  // once a second, for the ages

Q_SIGNALS:
    void changed();

private:
    struct Found {
        std::vector<Problem> problems;
        std::size_t total = 0;
    };
    void look();
    void publish();

    const Workspace &m_workspace;
    ProblemTable *m_table;
    Found m_found;
    std::size_t m_total = 0;
    QFuture<Result<Found>> m_working;
};

}  // namespace meshscope::ui
