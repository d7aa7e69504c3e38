// One Dataplane being edited: YAML with findings, the push and what came of it. All rules are those of
// EditSession; this shows them.
#pragma once

#include "models/edit_session.h"
#include "ui/shell/page.h"
#include "ui/shell/ui_context.h"

#include <QTimer>

class QLabel;
class QPushButton;
class QSplitter;
class QTabBar;
class QStackedWidget;

namespace meshscope {
class FindingTable;
}

namespace meshscope::ui {

class DataplaneForm;
class FindBar;
class NoticeStrip;
class PageFrame;
class PushResultTable;
class TableView;
class YamlView;
struct Workspace;

class DataplaneEditor : public Page
{
    Q_OBJECT

public:
    DataplaneEditor(const Workspace &workspace, const ResourceKey &key, QWidget *parent = nullptr);

    EditSession *session() const { return m_session; }
    const ResourceKey &key() const { return m_session->key(); }
    MeshSource *source() const { return m_context.source; }
    const UiContext &context() const { return m_context; }
    YamlView *text() const { return m_text; }
    QString tabTitle() const;  // "backend-2", with a dot when modified

    void push();
    void revert();
    void undoPush();

    bool startFind() override;
    bool hasFilter() const override { return false; }
    void takeFocus() override;

Q_SIGNALS:
    void tabTitleChanged();
    void pushableChanged();

private:
    enum LowerTab { FindingsTab, PushTab };

    void showState();
    void showNotice();
    void showFindings();
    void showPush();
    void showConflict();
    void updateChangedLines();
    void showLower(int tab);
    QString connectionName() const;

    const UiContext m_context;  // of the connection it was opened on, whichever is in front
    EditSession *m_session;
    DataplaneForm *m_form;
    YamlView *m_text;
    YamlView *m_theirs;
    QWidget *m_theirsPane;
    QLabel *m_theirsTitle;
    FindBar *m_find;
    FindingTable *m_findings;
    TableView *m_findingView;
    PushResultTable *m_result;
    TableView *m_resultView;
    QTabBar *m_lowerTabs;
    QStackedWidget *m_lower;
    QLabel *m_noFindings;
    QLabel *m_why;
    QPushButton *m_push;
    QPushButton *m_undoPush, *m_retry, *m_copy, *m_keepMine, *m_takeTheirs;
    PageFrame *m_frame;
    QTimer m_formPause;       // from the last keystroke to the form
    bool m_adopting = false;  // the session's text is being put into the view
};

}  // namespace meshscope::ui
