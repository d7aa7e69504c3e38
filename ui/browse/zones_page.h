// Zones with their connection to the global control plane, and the ingresses and egresses between them.
#pragma once

#include "ui/shell/page.h"

namespace meshscope {
class ZoneTable;
}

namespace meshscope::ui {

class PageFrame;
class TableView;
struct Workspace;

class ZonesPage : public Page
{
    Q_OBJECT

public:
    ZonesPage(const Workspace &workspace, QWidget *parent = nullptr);

    bool hasFilter() const override { return false; }
    QString countText() const override;
    TableView *table() const override { return m_table; }
    void takeFocus() override;
    void tick() override;

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);

private:
    void refresh();
    void followFocus();

    const Workspace &m_workspace;
    TableView *m_table;
    PageFrame *m_frame;
};

}  // namespace meshscope::ui
