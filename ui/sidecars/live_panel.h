// What the Envoy of the sidecar in focus does right now: clusters, endpoints and their health, requests and
// errors a second, certificates; its log level for a while; its configuration.
#pragma once

#include "models/envoy_live.h"
#include "models/envoy_logging.h"

#include <QWidget>

class QLabel;
class QMenu;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace meshscope::ui {

struct Workspace;

class LivePanel : public QWidget
{
    Q_OBJECT

public:
    LivePanel(const Workspace &workspace, QWidget *parent = nullptr);

    void showSidecar(const ResourceKey &key);
    EnvoyLive *live() { return &m_live; }

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void refresh();
    void refreshCertificates();
    void fillLoggers(QMenu *menu);
    void updateLogging();
    void showConfiguration();
    QTreeWidgetItem *topItem(const QString &name, int at);

    const Workspace &m_workspace;
    EnvoyLive m_live;
    EnvoyLogging m_logging;
    QLabel *m_title;
    QLabel *m_state;
    QPushButton *m_debug;
    QPushButton *m_dump;
    QTreeWidget *m_list;
    QTimer m_second;
    QFuture<Result<QByteArray>> m_asking;
};

}  // namespace meshscope::ui
