#include "app/ctl/stop_signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace meshscope::ctl {

namespace {

std::atomic<int> writeEnd{-1};

void note(int)
{
    const int saved = errno;
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
    errno = saved;
}

}  // namespace

StopSignals::StopSignals()
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
}

StopSignals::~StopSignals()
{
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    ::close(writeEnd.exchange(-1));
    ::close(m_read);
}

void StopSignals::take()
{
    char byte = 0;
    while (::read(m_read, &byte, 1) < 0 && errno == EINTR) {
    }
}

}  // namespace meshscope::ctl
