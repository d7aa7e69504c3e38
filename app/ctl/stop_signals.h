// SIGTERM, SIGINT and if wished SIGUSR2 as something to wait for, or to watch in an event loop. One object a
// process.
#pragma once

namespace meshscope::ctl {

class StopSignals
{
public:
    // From now on the signals end the process no more. Make it before threads and children.
    explicit StopSignals(bool withUser = false);
    ~StopSignals();
    StopSignals(const StopSignals &) = delete;
    StopSignals &operator=(const StopSignals &) = delete;

    int descriptor() const { return m_read; }  // readable when a signal came
    int take();                                // one signal off the descriptor: its number; waits for one

private:
    int m_read = -1;
};

}  // namespace meshscope::ctl
