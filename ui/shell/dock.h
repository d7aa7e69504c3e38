// The lower pane: problems, the request log, the application's log.
#pragma once

#include "ui/browse/problems.h"

#include "backend/core/result.h"

#include <QFuture>
#include <QWidget>

#include <vector>

class QLabel;
class QListView;
class QStackedWidget;
class QTabBar;

namespace meshscope::ui {

class AppLog;
class ProblemTable;
class TableView;
struct Workspace;

class Dock : public QWidget
{
    Q_OBJECT

public:
    enum Tab { ProblemsTab, RequestsTab, LogTab };

    Dock(const Workspace &workspace, QWidget *parent = nullptr);
    ~Dock() override;

    void setTab(Tab tab);
    int problemCount() const;
    void tick();  // once a second, for the ages

Q_SIGNALS:
    void problemsChanged();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateProblems();
    void showProblems();
    void requestMenu(const QModelIndex &index, const QPoint &globalPos);

    const Workspace &m_workspace;
    ProblemTable *m_problems;
    AppLog *m_appLog;
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    TableView *m_problemView;
    QLabel *m_noProblems;
    TableView *m_requestView;
    QListView *m_logView;
    std::vector<Problem> m_meshProblems;
    QFuture<Result<std::vector<Problem>>> m_working;
};

}  // namespace meshscope::ui
