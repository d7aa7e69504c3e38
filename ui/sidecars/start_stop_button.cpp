#include "ui/sidecars/start_stop_button.h"

#include "ui/shell/actions.h"
#include "ui/shell/page_frame.h"

#include <QHBoxLayout>

namespace meshscope::ui {

StartStopButton::StartStopButton(const Actions &actions, QWidget *parent)
    : QWidget(parent)
{
    auto *start = new ActionButton(actions.startSidecar, this);
    auto *stop = new ActionButton(actions.stopSidecar, this);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(start);
    layout->addWidget(stop);
    const auto choose = [start, stop, action = actions.stopSidecar] {
        start->setVisible(!action->isEnabled());
        stop->setVisible(action->isEnabled());
    };
    connect(actions.stopSidecar, &QAction::changed, this, choose);
    choose();
}

}  // namespace meshscope::ui
