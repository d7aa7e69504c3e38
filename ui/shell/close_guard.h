// What stands between a person and the end of the window: texts that were not pushed, sidecars that still
// run. Asks, stops the sidecars, waits for them without blocking, then closes.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>

#include <functional>

class QDialog;
class QLabel;
class QWidget;

namespace meshscope::ui {

class CloseGuard : public QObject
{
    Q_OBJECT

public:
    // host may be null. modified answers the names of dataplanes whose text was not pushed.
    CloseGuard(QWidget *window, SidecarHost *host, std::function<QStringList()> modified);

    void setConfirm(bool confirm) { m_confirm = confirm; }
    // From closeEvent: true when the window may close now. Otherwise it is closed later, or not.
    bool mayClose();
    bool isStopping() const { return m_stopping; }

    // "Stop 3 sidecars and close", "Close without pushing backend-2".
    static QString deedText(int sidecars, const QStringList &modified);

Q_SIGNALS:
    void progress(const QString &text);  // empty = nothing is under way any more

private:
    int running() const;
    void ask(int sidecars, const QStringList &modified);
    void stopAndClose();
    void step();

    QWidget *m_window;
    QPointer<SidecarHost> m_host;
    std::function<QStringList()> m_modified;
    QPointer<QDialog> m_dialog;
    QPointer<QDialog> m_progress;
    QLabel *m_progressText = nullptr;
    QTimer m_poll;
    bool m_confirm = true;
    bool m_stopping = false;
    bool m_agreed = false;
};

}  // namespace meshscope::ui
