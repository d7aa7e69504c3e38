#include "backend/sidecar/child.h"

#include "backend/sidecar/child_process.h"

#include <csignal>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {
constexpr int kLeftOutPause = 500;   // between two reports of lines left out, in milliseconds
constexpr int kKillPatience = 2000;  // how long a SIGKILL may take before we give up waiting for it
}  // namespace

Child::Child(QObject *parent)
    : QObject(parent)
{
    m_clock.start();
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_grace.setSingleShot(true);
    m_leftOutTimer.setSingleShot(true);
    m_leftOutTimer.setInterval(kLeftOutPause);
    connect(&m_grace, &QTimer::timeout, this, [this] { signalGroup(m_group, GroupSignal::Kill); });
    connect(&m_leftOutTimer, &QTimer::timeout, this, &Child::reportLeftOut);
    connect(&m_process, &QProcess::started, this, [this] {
        m_group = m_process.processId();
        if (m_state == State::Starting)
            m_state = State::Running;
        else  // stopped before it began
            signalGroup(m_group, GroupSignal::Terminate);
        Q_EMIT started();
    });
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &Child::read);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finish({true, 0, 0, u"could not be started: "_s + m_process.errorString()});
    });
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit)
            finish({false, code, 0, u"was ended by signal "_s + QString::number(code)});
        else
            finish({false, 0, code, u"ended with status "_s + QString::number(code)});
    });
}

Child::~Child()
{
    disconnect(&m_process, nullptr, this, nullptr);
    if (isAlive()) {
        signalGroup(m_process.processId(), GroupSignal::Kill);
        m_process.waitForFinished(kKillPatience);
    }
}

void Child::start(const QString &program, const QStringList &arguments, const QString &directory)
{
    m_state = State::Starting;
    auto environment = QProcessEnvironment::systemEnvironment();
    if (!directory.isEmpty())
        environment.insert(QString::fromLatin1(kSidecarVariable), directory);
    m_process.setProcessEnvironment(environment);
    tieToUs(m_process);
    m_process.start(program, arguments, QIODevice::ReadOnly);
}

void Child::stop(int graceMilliseconds)
{
    if (!isAlive())
        return;
    if (m_state != State::Stopping) {
        m_state = State::Stopping;
        signalGroup(m_group, GroupSignal::Terminate);
    }
    if (!m_grace.isActive() || m_grace.remainingTime() > graceMilliseconds)
        m_grace.start(graceMilliseconds);
}

void Child::terminateNow() { signalGroup(pid(), GroupSignal::Terminate); }

void Child::endWithin(int milliseconds)
{
    if (!isAlive() || m_process.waitForFinished(milliseconds))
        return;
    signalGroup(pid(), GroupSignal::Kill);
    m_process.waitForFinished(kKillPatience);
}

bool Child::isAlive() const { return m_process.state() != QProcess::NotRunning; }

qint64 Child::pid() const { return m_process.state() == QProcess::Running ? m_process.processId() : 0; }

// One turn of the event loop brings at most what a pipe holds (64 KiB): bounded work, and the GUI gets its
// turn.
void Child::read()
{
    m_intake.feed(m_process.readAllStandardOutput(), m_clock.elapsed(),
                  [this](const QByteArray &line) { Q_EMIT lineWritten(line); });
    if (!m_leftOutTimer.isActive())
        m_leftOutTimer.start();
}

void Child::reportLeftOut()
{
    if (const auto count = m_intake.takeLeftOut())
        Q_EMIT linesLeftOut(count);
}

void Child::finish(const ChildEnd &end)
{
    if (m_state == State::Exited)
        return;
    read();
    m_intake.finish(m_clock.elapsed(), [this](const QByteArray &line) { Q_EMIT lineWritten(line); });
    m_leftOutTimer.stop();
    reportLeftOut();
    m_grace.stop();
    signalGroup(m_group, GroupSignal::Kill);  // what it started and left behind
    m_group = 0;
    m_state = State::Exited;
    Q_EMIT ended(end);
}

}  // namespace meshscope
