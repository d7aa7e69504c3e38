#include "app/meshscope/end_signals.h"

#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace meshscope {

namespace {

int pipeEnds[2] = {-1, -1};  // [0] is written by the handler, [1] read on the GUI thread

void passOn(int)
{
    const char one = 1;
    [[maybe_unused]] const auto written = ::write(pipeEnds[0], &one, 1);
}

void handle(int number, void (*handler)(int))
{
    struct sigaction action;
    std::memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(number, &action, nullptr);
}

}  // namespace

EndSignals::EndSignals(QObject *parent)
    : QObject(parent)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pipeEnds) != 0)
        return;
    m_notifier = std::make_unique<QSocketNotifier>(pipeEnds[1], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        char bytes[16];
        if (::read(pipeEnds[1], bytes, sizeof bytes) > 0)
            Q_EMIT received();
    });
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        handle(number, passOn);
}

EndSignals::~EndSignals()
{
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        handle(number, SIG_DFL);
    m_notifier.reset();
    ::close(pipeEnds[0]);
    ::close(pipeEnds[1]);
}

}  // namespace meshscope
