// meshscopectl as a process, with a home of its own.
#pragma once

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QTest>

namespace meshscope::testing {

struct CtlResult {
    int code = -1;
    QByteArray out;
    QByteArray err;

    nlohmann::json json() const { return nlohmann::json::parse(out.toStdString(), nullptr, false); }
};

inline QString ctlProgram() { return QStringLiteral(MESHSCOPE_BIN_DIR "/meshscopectl"); }

inline CtlResult runCtl(const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.start(ctlProgram(), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(30'000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, process.readAllStandardOutput(),
                "it did not end by itself: " + process.readAllStandardError()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

// One that runs until it is told to end. Its first line on stdout says that it is ready.
class CtlServer
{
public:
    explicit CtlServer(const QStringList &arguments, const QProcessEnvironment &environment = {})
    {
        if (!environment.isEmpty())
            m_process.setProcessEnvironment(environment);
        m_process.start(ctlProgram(), arguments);
    }
    ~CtlServer()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.kill();
        m_process.waitForFinished();
    }

    // Empty when none came in time, or it ended before.
    QByteArray line(int milliseconds = 20'000)
    {
        (void)QTest::qWaitFor(
            [this] { return m_process.canReadLine() || m_process.state() == QProcess::NotRunning; },
            milliseconds);
        return m_process.canReadLine() ? m_process.readLine().trimmed() : QByteArray();
    }
    nlohmann::json jsonLine() { return nlohmann::json::parse(line().toStdString(), nullptr, false); }
    // SIGTERM; the exit code, or -1 when it did not end.
    int terminated(int milliseconds = 20'000)
    {
        m_process.terminate();
        return ended(milliseconds);
    }
    int ended(int milliseconds = 20'000)
    {
        (void)QTest::qWaitFor([this] { return m_process.state() == QProcess::NotRunning; }, milliseconds);
        return m_process.state() == QProcess::NotRunning && m_process.exitStatus() == QProcess::NormalExit
                   ? m_process.exitCode()
                   : -1;
    }
    QByteArray errors() { return m_errors += m_process.readAllStandardError(); }
    QProcess &process() { return m_process; }

private:
    QProcess m_process;
    QByteArray m_errors;
};

}  // namespace meshscope::testing
