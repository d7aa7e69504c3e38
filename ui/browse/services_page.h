// The services of a mesh: who offers them, how many are online, what they call.
#pragma once

#include "ui/shell/page.h"

namespace meshscope {
class ServiceProxy;
}

namespace meshscope::ui {

class PageFrame;
class TableView;
struct Workspace;

class ServicesPage : public Page
{
    Q_OBJECT

public:
    ServicesPage(const Workspace &workspace, QWidget *parent = nullptr);

    void setMesh(const QString &mesh) override;
    QString countText() const override;
    QList<QPair<QString, QString>> keys() const override;
    void takeFocus() override;
    void tick() override;
    TableView *table() const override { return m_table; }

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);
    void filterCleared();

private:
    void refresh();
    void followFocus();

    const Workspace &m_workspace;
    ServiceProxy *m_proxy;
    TableView *m_table;
    PageFrame *m_frame;
};

}  // namespace meshscope::ui
