// The mesh in figures, each of which opens the list it counts; the ten worst findings; what changed last.
#pragma once

#include "backend/core/result.h"
#include "models/mesh_overview.h"
#include "ui/shell/page.h"

#include <QFuture>

class QGridLayout;
class QLabel;

namespace meshscope::ui {

class PageFrame;
class ProblemFinder;
class TableView;
struct Workspace;

class OverviewPage : public Page
{
    Q_OBJECT

public:
    OverviewPage(const Workspace &workspace, ProblemFinder *finder, QWidget *parent = nullptr);
    ~OverviewPage() override;

    bool hasFilter() const override { return false; }
    void setMesh(const QString &mesh) override;
    QString countText() const override;
    QList<QPair<QString, QString>> keys() const override;
    void takeFocus() override;

Q_SIGNALS:
    void listWanted(const QString &query);  // the dataplanes that a figure counts
    void openWanted();                      // the page of the focus
    void problemsWanted();
    void changesWanted();

private:
    void look();
    void fill(const MeshOverview &overview);
    void showEnds();
    void refreshState();

    const Workspace &m_workspace;
    ProblemFinder *m_finder;
    QString m_mesh;
    MeshOverview m_shown;
    QWidget *m_figures;
    QGridLayout *m_grid;
    TableView *m_worst, *m_changes;
    QLabel *m_worstTitle, *m_changesTitle;
    PageFrame *m_frame;
    QFuture<Result<MeshOverview>> m_working;
};

}  // namespace meshscope::ui
