// What the launcher asks of the operating system beyond Qt. Implemented once a system; any thread unless
// said.
#pragma once

#include <QHostAddress>
#include <QString>

#include <optional>
#include <vector>

QT_BEGIN_NAMESPACE
class QProcess;
QT_END_NAMESPACE

namespace meshscope {

// Call before QProcess::start(), on the thread that will start it. The child gets a process group of its own
// (Ctrl-C in our terminal does not reach it), no descriptor of ours, an empty signal mask, /dev/null as
// standard input, and dies with SIGKILL when that thread ends, however it ends. So start children on a thread
// that lives as long as the process. What a child starts itself is in its group, but outlives a kill -9 of
// ours unless the child sees to it.
void tieToUs(QProcess &process);

enum class GroupSignal { Terminate, Kill };
// To the whole process group that `pid` leads. Nothing happens when it is gone.
void signalGroup(qint64 pid, GroupSignal signal);

bool isProcessAlive(qint64 pid);

struct PortHolder {
    qint64 pid = 0;
    QString program;  // "python3"
};
enum class Transport { Tcp, Udp };
// The process that listens on this port, on this address or on all; nullopt when nobody does or it cannot
// be told (another user's process). Reads the whole process table: for error messages only.
std::optional<PortHolder> portHolder(const QHostAddress &address, quint16 port,
                                     Transport transport = Transport::Tcp);

// Children carry this in their environment, and so does what they start: its value is the directory of the
// sidecar they belong to. So they are known again when their launcher is dead.
inline constexpr char kSidecarVariable[] = "MESHSCOPE_SIDECAR";

struct MarkedProcess {
    qint64 pid = 0;
    QString program;
    QString directory;  // what the variable says
};
// All processes of this user that carry it. Reads the whole process table.
std::vector<MarkedProcess> markedProcesses();
void killProcess(qint64 pid);

}  // namespace meshscope
