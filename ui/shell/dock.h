// The lower pane: problems, changes, the request log, the application's log.
#pragma once

#include <QModelIndex>
#include <QWidget>

class QLabel;
class QListView;
class QStackedWidget;
class QTabBar;

namespace meshscope::ui {

class AppLog;
class ProblemFinder;
class TableView;
struct Workspace;

class Dock : public QWidget
{
    Q_OBJECT

public:
    enum Tab { ProblemsTab, ChangesTab, RequestsTab, LogTab };

    Dock(const Workspace &workspace, ProblemFinder *finder, QWidget *parent = nullptr);

    void setTab(Tab tab);
    int problemCount() const;
    void tick();  // once a second, for the ages

Q_SIGNALS:
    void problemsChanged();
    void openWanted();  // the page of the focus

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void showProblems();
    void showChanges();
    void requestMenu(const QModelIndex &index, const QPoint &globalPos);

    const Workspace &m_workspace;
    int m_shownTab = ProblemsTab;
    ProblemFinder *m_finder;
    AppLog *m_appLog;
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    TableView *m_problemView;
    QLabel *m_noProblems;
    TableView *m_changeView;
    QLabel *m_noChanges;
    TableView *m_requestView;
    QListView *m_logView;
};

}  // namespace meshscope::ui
