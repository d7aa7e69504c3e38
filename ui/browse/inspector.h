// The right pane: what is known of the thing in focus, from any page.
#pragma once

#include "models/focus.h"

#include "backend/api/mesh_editor.h"
#include "backend/api/sidecar_host.h"

#include <QFuture>
#include <QUrl>
#include <QWidget>

class QLabel;
class QStackedWidget;
class QTabBar;

namespace meshscope::ui {

class CallResultList;
class FactList;
class StateView;
class StatusLabel;
class YamlView;
struct FactSource;
struct Workspace;

class Inspector : public QWidget
{
    Q_OBJECT

public:
    enum Tab { OverviewTab, InboundsTab, OutboundsTab, YamlTab, EventsTab };

    Inspector(const Workspace &workspace, QWidget *parent = nullptr);
    ~Inspector() override;

    // Looks everything up again; also once a second for the ages. Cheap where nothing changed.
    void refresh();
    QString title() const;
    void setTab(Tab tab);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void follow(const FocusTarget &target);
    void showNothing(const QString &why, const QString &advice = {});
    void showDataplane(const ResourceKey &key);
    void showTabs(bool dataplane);
    void setHead(const QString &title, const QString &kind);
    FactSource factSource() const;
    void loadYaml();
    void call(const QUrl &url);

    const Workspace &m_workspace;
    FocusTarget m_target;
    QLabel *m_title;
    QLabel *m_kind;
    StatusLabel *m_status;
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    FactList *m_overview, *m_inbounds, *m_outbounds, *m_events;
    YamlView *m_yaml;
    StateView *m_state;
    QWidget *m_buttons;
    QWidget *m_callBox;
    QLabel *m_callTitle;
    CallResultList *m_callResult;
    ResourceKey m_yamlOf;
    QFuture<Result<ServerDocument>> m_fetching;
    QFuture<Result<CallReport>> m_calling;
};

}  // namespace meshscope::ui
