// "Start sidecar", or "Stop sidecar" where the one in focus runs: one place, whichever can be done.
#pragma once

#include <QWidget>

namespace meshscope::ui {

struct Actions;

class StartStopButton : public QWidget
{
    Q_OBJECT

public:
    StartStopButton(const Actions &actions, QWidget *parent = nullptr);
};

}  // namespace meshscope::ui
