// The sidecars of this machine: their states, their logs, and calls through them.
#pragma once

#include "backend/api/sidecar_host.h"
#include "ui/shell/page.h"

class QSplitter;
class QTabWidget;

namespace meshscope::ui {

class CallPanel;
class LivePanel;
class LogView;
class PageFrame;
class PathPanel;
class TableView;
struct Workspace;

class SidecarsPage : public Page
{
    Q_OBJECT

public:
    SidecarsPage(const Workspace &workspace, QWidget *parent = nullptr);

    bool hasFilter() const override { return false; }
    QString countText() const override;
    bool startFind() override;
    void takeFocus() override;
    TableView *table() const override { return m_table; }
    CallPanel *callPanel() const { return m_call; }
    // Calls are made, watched and explained beside the log.
    enum class Tool { Call, Live, Path };
    void showTool(Tool tool);
    // Starts all proxies of a sidecar set file; what is wrong with it, or with some of them, is shown.
    void runSet(const QString &path);
    // A start that was refused, until the next one goes well.
    void showRefusal(const ResourceKey &key, const Error &error);

Q_SIGNALS:
    void menuWanted(const QPoint &globalPos);

private:
    void refresh();
    void chooseSet();
    bool showLeftovers();
    void followFocus();

    const Workspace &m_workspace;
    TableView *m_table;
    LogView *m_log;
    CallPanel *m_call;
    LivePanel *m_live;
    PathPanel *m_path;
    QTabWidget *m_tools;
    QSplitter *m_parts;
    PageFrame *m_frame;
    QWidget *m_copy;
    QWidget *m_endLeftovers;
    QString m_details;  // for Copy details
    QString m_refusal;
};

}  // namespace meshscope::ui
