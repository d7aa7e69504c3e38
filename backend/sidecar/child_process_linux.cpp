#include "backend/sidecar/child_process.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QtEndian>

#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace meshscope {

using namespace Qt::StringLiterals;

void tieToUs(QProcess &process)
{
    process.setStandardInputFile(QProcess::nullDevice());
    // Runs in the child between fork and exec: only async-signal-safe calls.
    process.setChildProcessModifier([parent = ::getpid()] {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)  // it died between fork and prctl: nobody would ever kill us
            ::_exit(1);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    });
}

void signalGroup(qint64 pid, GroupSignal signal)
{
    if (pid <= 1)
        return;
    const int number = signal == GroupSignal::Terminate ? SIGTERM : SIGKILL;
    ::kill(-static_cast<pid_t>(pid), number);
}

bool isProcessAlive(qint64 pid)
{
    return pid > 0 && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
}

namespace {

// "0100007F" is 127.0.0.1: each group of eight digits is one 32-bit word in the machine's byte order.
QHostAddress addressFromHex(const QByteArray &hex)
{
    Q_IPV6ADDR bytes{};
    for (qsizetype word = 0; word < hex.size() / 8 && word < 4; ++word) {
        const quint32 value = hex.mid(word * 8, 8).toUInt(nullptr, 16);
        std::memcpy(&bytes[word * 4], &value, 4);
    }
    if (hex.size() == 8)
        return QHostAddress(qFromBigEndian<quint32>(&bytes[0]));
    return QHostAddress(bytes);
}

bool overlaps(const QHostAddress &held, const QHostAddress &wished)
{
    const auto isAny = [](const QHostAddress &a) {
        return a == QHostAddress(QHostAddress::AnyIPv4) || a == QHostAddress(QHostAddress::AnyIPv6);
    };
    return isAny(held) || isAny(wished) || held.isEqual(wished, QHostAddress::TolerantConversion);
}

// The socket inode that listens there; 0 = none.
quint64 listeningInode(const QString &table, const QByteArray &state, const QHostAddress &address,
                       quint16 port)
{
    QFile file(table);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const auto lines = file.readAll().split('\n');
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const auto fields = lines[i].simplified().split(' ');
        if (fields.size() < 10 || fields[3] != state)
            continue;
        const auto colon = fields[1].indexOf(':');
        if (fields[1].mid(colon + 1).toUInt(nullptr, 16) == port
            && overlaps(addressFromHex(fields[1].left(colon)), address))
            return fields[9].toULongLong();
    }
    return 0;
}

QString programOf(const QString &processFolder)
{
    QFile program(processFolder + u"/comm"_s);
    return program.open(QIODevice::ReadOnly) ? QString::fromUtf8(program.readAll().trimmed()) : QString();
}

// The names of all processes' folders in /proc.
QStringList processNames()
{
    auto names = QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    names.removeIf([](const QString &name) { return !name[0].isDigit(); });
    return names;
}

}  // namespace

std::optional<PortHolder> portHolder(const QHostAddress &address, quint16 port, Transport transport)
{
    const bool isTcp = transport == Transport::Tcp;
    const QString table = isTcp ? u"/proc/net/tcp"_s : u"/proc/net/udp"_s;
    const QByteArray state = isTcp ? "0A" : "07";  // LISTEN; bound and not connected
    // The table is no snapshot: while other sockets come and go, one read can miss a line.
    quint64 inode = 0;
    for (int tries = 0; tries < 4 && inode == 0; ++tries) {
        inode = listeningInode(table, state, address, port);
        if (inode == 0)
            inode = listeningInode(table + u'6', state, address, port);
    }
    if (inode == 0)
        return std::nullopt;
    const QByteArray wanted = "socket:[" + QByteArray::number(inode) + ']';
    const auto names = processNames();
    for (const auto &name : names) {
        const QString folder = u"/proc/"_s + name;
        const auto descriptors =
            QDir(folder + u"/fd"_s).entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot);
        for (const auto &descriptor : descriptors) {
            char target[64];
            const QByteArray link = QFile::encodeName(folder + u"/fd/"_s + descriptor);
            const auto length = ::readlink(link.constData(), target, sizeof target);
            if (length == wanted.size() && std::memcmp(target, wanted.constData(), wanted.size()) == 0)
                return PortHolder{name.toLongLong(), programOf(folder)};
        }
    }
    return std::nullopt;
}

std::vector<MarkedProcess> markedProcesses()
{
    std::vector<MarkedProcess> result;
    const QByteArray mark = QByteArray(kSidecarVariable) + '=';
    const auto names = processNames();
    for (const auto &name : names) {
        const QString folder = u"/proc/"_s + name;
        QFile environment(folder + u"/environ"_s);
        if (!environment.open(QIODevice::ReadOnly))
            continue;  // another user's, or gone
        const auto variables = environment.readAll().split('\0');
        for (const auto &variable : variables) {
            if (variable.startsWith(mark))
                result.push_back(
                    {name.toLongLong(), programOf(folder), QFile::decodeName(variable.mid(mark.size()))});
        }
    }
    return result;
}

void killProcess(qint64 pid)
{
    if (pid > 1)
        ::kill(static_cast<pid_t>(pid), SIGKILL);
}

}  // namespace meshscope
