// The navigator: control plane, mesh, services, dataplanes, inbounds; sidecars. Follows the focus and sets
// it.
#pragma once

#include <QSet>
#include <QTreeView>

namespace meshscope {
class Focus;
class NavigatorTree;
struct FocusTarget;
}  // namespace meshscope

namespace meshscope::ui {

class Connections;
struct Workspace;

class NavigatorView : public QTreeView
{
    Q_OBJECT

public:
    NavigatorView(const Workspace &workspace, QWidget *parent = nullptr);

    NavigatorTree *tree() const { return m_tree; }

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);  // the focus is on the row already
    void opened();                             // Return or double click: the page of the focus is wanted

protected:
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void showTarget(const FocusTarget &target);
    void expandFirst();

    NavigatorTree *m_tree;
    Focus *m_focus;
    Connections *m_connections;
    QSet<QString> m_opened;  // nodes that were opened by themselves once
    bool m_quiet = false;
};

}  // namespace meshscope::ui
