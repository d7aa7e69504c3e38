// One child process: started, listened to, ended without blocking. Lives on the thread that starts it, which
// must be one that lives as long as the process (child_process.h).
#pragma once

#include "backend/sidecar/line_intake.h"

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <deque>

namespace meshscope {

struct ChildEnd {
    bool neverStarted = false;  // `text` says why
    int signal = 0;             // not 0: it died of this signal
    int exitCode = 0;
    QString text;  // "ended with status 1", "was ended by signal 9", "could not be started: …"
};

class Child : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Starting, Running, Stopping, Exited };

    explicit Child(QObject *parent = nullptr);
    // Kills what still runs; waits for the end of it, which SIGKILL makes short.
    ~Child() override;

    // `directory` marks it and what it starts as belonging to that sidecar (kSidecarVariable); may be empty.
    void start(const QString &program, const QStringList &arguments, const QString &directory = {});
    // SIGTERM now, SIGKILL after the grace. Called again: the shorter of the two graces holds.
    void stop(int graceMilliseconds);

    // The blocking way out, for destructors: tell all children first, then wait for each.
    void terminateNow();
    void endWithin(int milliseconds);

    State state() const { return m_state; }
    bool isAlive() const;
    qint64 pid() const;  // 0 = not running
    const std::deque<QByteArray> &lastLines() const { return m_intake.lastLines(); }

Q_SIGNALS:
    void started();
    void lineWritten(const QByteArray &line);
    void linesLeftOut(qint64 count);
    void ended(const meshscope::ChildEnd &end);

private:
    void read();
    void reportLeftOut();
    void finish(const ChildEnd &end);

    QProcess m_process;
    QTimer m_grace;
    QTimer m_leftOutTimer;
    QElapsedTimer m_clock;
    LineIntake m_intake;
    State m_state = State::Idle;
    qint64 m_group = 0;  // stays set after the leader's end, for what it may have left in its group
};

}  // namespace meshscope
