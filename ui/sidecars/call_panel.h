// Calls an outbound of a sidecar on this machine, as its workload would, and shows who answered.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QFuture>
#include <QWidget>

class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace meshscope::ui {

class CallResultList;
struct Workspace;

class CallPanel : public QWidget
{
    Q_OBJECT

public:
    CallPanel(const Workspace &workspace, QWidget *parent = nullptr);
    ~CallPanel() override;

    // Makes the first outbound of this dataplane's sidecar the chosen one, if it has one.
    void choose(const ResourceKey &key);

private:
    void updateChoices();
    void call();
    void showReport(const Result<CallReport> &report);

    const Workspace &m_workspace;
    QComboBox *m_outbound;
    QSpinBox *m_times;
    QPushButton *m_call;
    QLabel *m_summary;
    CallResultList *m_result;
    QListWidget *m_order;
    QFuture<Result<CallReport>> m_calling;
    bool m_isCalling = false;
};

}  // namespace meshscope::ui
