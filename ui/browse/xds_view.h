// The xDS tab: what a proxy has as tables of listeners, routes, clusters, endpoints and secrets, with a
// search over all of them; the raw JSON of the chosen row under it. Asked for when it is first looked at, and
// again on wish: a dump is large.
#pragma once

#include "models/focus.h"
#include "models/xds_dump.h"

#include <QFuture>
#include <QWidget>

#include <string>

class QLabel;
class QLineEdit;
class QSplitter;
class QStackedWidget;
class QTabBar;

namespace meshscope {
class XdsTable;
}

namespace meshscope::ui {

class StateView;
class TableView;
class YamlView;
struct Workspace;

class XdsView : public QWidget
{
    Q_OBJECT

public:
    XdsView(const Workspace &workspace, QWidget *parent = nullptr);
    ~XdsView() override;

    // Another dataplane drops what was shown; the same keeps it. It is asked for when the view is on top.
    void follow(const FocusTarget &target);
    void reload();
    bool isLoading() const { return m_loading; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void load();
    void ask(const QString &path, bool isLast);
    void take(const std::string &json);
    void showDump();
    void showRow();
    void countTabs();

    const Workspace &m_workspace;
    FocusTarget m_target;
    FocusTarget m_loadedFor;
    XdsTable *m_rows;
    QTabBar *m_kinds;
    QLineEdit *m_search;
    QLabel *m_origin;
    TableView *m_table;
    YamlView *m_raw;
    QSplitter *m_parts;
    StateView *m_state;
    QStackedWidget *m_stack;
    QFuture<Result<std::string>> m_asking;
    QFuture<Result<QByteArray>> m_askingHere;
    QFuture<Result<XdsDumpPtr>> m_reading;
    bool m_loading = false;
};

}  // namespace meshscope::ui
