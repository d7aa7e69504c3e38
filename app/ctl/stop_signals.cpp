#include "app/ctl/stop_signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace meshscope::ctl {

namespace {

std::atomic<int> writeEnd{-1};

void note(int signal)
{
    const int saved = errno;
    const char byte = static_cast<char>(signal);
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
    errno = saved;
}

}  // namespace

StopSignals::StopSignals(bool withUser)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return;
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    m_read = ends[0];
    writeEnd = ends[1];
    struct sigaction action = {};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    if (withUser)
        ::sigaction(SIGUSR2, &action, nullptr);
}

StopSignals::~StopSignals()
{
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGUSR2, SIG_DFL);
    ::close(writeEnd.exchange(-1));
    ::close(m_read);
}

int StopSignals::take()
{
    char byte = 0;
    while (::read(m_read, &byte, 1) < 0 && errno == EINTR) {
    }
    return byte;
}

}  // namespace meshscope::ctl
