// Policies by type: the types at the left with their counts, the policies at the right.
#pragma once

#include "ui/shell/page.h"

class QListWidget;

namespace meshscope {
class PolicyProxy;
class PolicyTable;
}  // namespace meshscope

namespace meshscope::ui {

class PageFrame;
class TableView;
struct Workspace;

class PoliciesPage : public Page
{
    Q_OBJECT

public:
    PoliciesPage(const Workspace &workspace, QWidget *parent = nullptr);

    void setMesh(const QString &mesh) override;
    QString countText() const override;
    TableView *table() const override { return m_table; }
    void takeFocus() override;
    void tick() override;
    // Empty = all. False when this control plane has no such type.
    bool setType(const QString &type);

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);
    void filterCleared();

private:
    void refresh();
    void fillTypes();
    void followFocus();

    const Workspace &m_workspace;
    PolicyProxy *m_proxy;
    TableView *m_table;
    QListWidget *m_types;
    PageFrame *m_frame;
    bool m_filling = false;
};

}  // namespace meshscope::ui
