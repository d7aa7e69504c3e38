// SIGTERM, SIGINT and SIGHUP as a Qt signal: the end of a session is a close of the window, not a torn
// program.
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace meshscope {

// One a process, made on the GUI thread before other threads start.
class EndSignals : public QObject
{
    Q_OBJECT

public:
    explicit EndSignals(QObject *parent = nullptr);
    ~EndSignals() override;

Q_SIGNALS:
    void received();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace meshscope
