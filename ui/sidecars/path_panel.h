// Where would a call go? A name or an address, asked of one local sidecar: who resolves it, then listener,
// route, cluster, endpoint as its Envoy has them, and why it stops.
#pragma once

#include "models/path_trace.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace meshscope::ui {

class StatusLabel;
struct Workspace;

class PathPanel : public QWidget
{
    Q_OBJECT

public:
    PathPanel(const Workspace &workspace, QWidget *parent = nullptr);

    void choose(const ResourceKey &key);  // the caller, if it is ready

private:
    void updateChoices();
    void trace();
    void showResult(const PathResult &result);
    void addName(const PathResult &result);
    void addLeg(const PathResult::Leg &leg);
    QTreeWidgetItem *addStep(const QString &kind, const QString &what);

    const Workspace &m_workspace;
    PathTrace m_trace;
    QComboBox *m_caller;
    QLineEdit *m_target;
    QPushButton *m_go;
    StatusLabel *m_verdict;
    QLabel *m_reason;
    QTreeWidget *m_steps;
};

}  // namespace meshscope::ui
