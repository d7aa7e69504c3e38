// The dataplanes of a mesh: one row each, tag sets as chips, status and configuration with mark and word.
#pragma once

#include "ui/shell/page.h"

namespace meshscope {
class DataplaneProxy;
}

namespace meshscope::ui {

class PageFrame;
class TableView;
struct Workspace;

class DataplanesPage : public Page
{
    Q_OBJECT

public:
    DataplanesPage(const Workspace &workspace, QWidget *parent = nullptr);

    void setMesh(const QString &mesh) override;
    // Only those of one service; empty = all. Said in the title, with a button to drop it.
    void setService(const QString &service);
    QString countText() const override;
    QList<QPair<QString, QString>> keys() const override;
    void takeFocus() override;
    void tick() override;
    TableView *table() const override { return m_table; }

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);  // the focus is on the row already
    void filterCleared();                      // the empty page's button

private:
    void refresh();
    void followFocus();

    const Workspace &m_workspace;
    DataplaneProxy *m_proxy;
    TableView *m_table;
    PageFrame *m_frame;
    QWidget *m_serviceFilter;
};

}  // namespace meshscope::ui
