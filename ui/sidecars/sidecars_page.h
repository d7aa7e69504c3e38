// The sidecars of this machine: their states, their logs, and calls through them.
#pragma once

#include "backend/api/sidecar_host.h"
#include "ui/shell/page.h"

class QSplitter;

namespace meshscope::ui {

class CallPanel;
class LogView;
class PageFrame;
class TableView;
struct Workspace;

class SidecarsPage : public Page
{
    Q_OBJECT

public:
    SidecarsPage(const Workspace &workspace, QWidget *parent = nullptr);

    bool hasFilter() const override { return false; }
    QString countText() const override;
    QString csv() const override;
    bool startFind() override;
    void takeFocus() override;
    TableView *table() const { return m_table; }
    CallPanel *callPanel() const { return m_call; }
    // A start that was refused, until the next one goes well.
    void showRefusal(const ResourceKey &key, const Error &error);

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);

private:
    void refresh();
    void followFocus();

    const Workspace &m_workspace;
    TableView *m_table;
    LogView *m_log;
    CallPanel *m_call;
    QSplitter *m_parts;
    PageFrame *m_frame;
    QWidget *m_copy;
    QString m_details;  // for Copy details
    QString m_refusal;
};

}  // namespace meshscope::ui
