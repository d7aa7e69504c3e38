// The right pane: what is known of the thing in focus, from any page.
#pragma once

#include "models/focus.h"

#include "backend/api/mesh_editor.h"
#include "backend/api/sidecar_host.h"
#include "backend/core/resource_record.h"

#include <QFuture>
#include <QUrl>
#include <QWidget>

#include <optional>
#include <string>
#include <vector>

class QLabel;
class QStackedWidget;
class QTabBar;

namespace meshscope::ui {

class CallResultList;
class FactList;
class StateView;
class StatusLabel;
class XdsView;
class YamlView;
struct FactSource;
struct Workspace;

class Inspector : public QWidget
{
    Q_OBJECT

public:
    enum Tab { OverviewTab, InboundsTab, OutboundsTab, PoliciesTab, XdsTab, YamlTab, EventsTab };

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
    void showPolicy();
    void showZone();
    void showText(const std::string &json);
    void loadTouched();
    void loadRules(const QString &operation);
    enum class Shape { Plain, Document, Dataplane };  // which tabs have a meaning
    Shape m_shape = Shape::Dataplane;
    void showTabs(Shape shape);
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
    FactList *m_overview, *m_inbounds, *m_outbounds, *m_policies, *m_events;
    XdsView *m_xds;
    YamlView *m_yaml;
    StateView *m_state;
    QWidget *m_buttons;
    QWidget *m_callBox;
    QLabel *m_callTitle;
    CallResultList *m_callResult;
    ResourceKey m_yamlOf;
    std::string m_textOf;  // the JSON whose YAML is shown, of what is no dataplane
    FocusTarget m_touchedOf;
    std::vector<ResourceKey> m_touched;  // dataplanes that the policy in focus reaches
    std::optional<Error> m_untouched;    // why they are not known
    QFuture<Result<std::string>> m_touching;
    ResourceKey m_rulesOf;  // whose effective values are shown, or being asked for
    QFuture<Result<std::string>> m_ruling;
    QFuture<Result<ServerDocument>> m_fetching;
    QFuture<Result<CallReport>> m_calling;
};

}  // namespace meshscope::ui
