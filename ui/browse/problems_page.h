// What is wrong, all of it: a table of findings, and beside the chosen one its evidence, the versions it
// concerns and the way out.
#pragma once

#include "ui/shell/page.h"

class QSortFilterProxyModel;

namespace meshscope::ui {

class FactList;
class PageFrame;
class ProblemFinder;
class TableView;
struct Workspace;

class ProblemsPage : public Page
{
    Q_OBJECT

public:
    ProblemsPage(const Workspace &workspace, ProblemFinder *finder, QWidget *parent = nullptr);

    QString countText() const override;
    TableView *table() const override { return m_table; }
    QList<QPair<QString, QString>> keys() const override;
    void takeFocus() override;

Q_SIGNALS:
    void openWanted();  // the page of what the finding is about; the focus is on it already
    void filterCleared();

private:
    void refresh();
    void showDetail();

    const Workspace &m_workspace;
    ProblemFinder *m_finder;
    QSortFilterProxyModel *m_proxy;
    TableView *m_table;
    FactList *m_detail;
    PageFrame *m_frame;
};

}  // namespace meshscope::ui
