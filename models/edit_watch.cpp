// The last part of an edit session: what the proxies say to a push.
#include "models/edit_session.h"

#include <utility>

namespace meshscope {

void EditSession::beginWatch(const std::set<std::string> &services)
{
    m_watch = PushWatch(*m_beforePush, m_key, services);
    m_beforePush.reset();
    m_watchClock.start();
    m_answerClock.start();
    setState(State::Watching);
    noteWatch();
    m_watchTimer.start();
    watchTick();
}

void EditSession::applySnapshot()
{
    if (m_state != State::Watching || !m_source)
        return;
    const auto before = m_watch.rows();
    m_watch.update(*m_source->snapshot());
    if (m_watch.rows() != before) {
        m_answerClock.start();
        noteWatch();
    }
    if (!m_watchTimer.isActive() && m_watch.isSettled())
        finishWatch();  // an answer after we stopped asking
}

void EditSession::watchTick()
{
    const bool isQuiet = m_answerClock.elapsed() >= m_timing.quiet;
    const bool isOver = m_watchClock.elapsed() >= m_timing.watchLimit;
    if ((m_watch.isSettled() || !m_watch.anyConnected()) && (isQuiet || isOver))
        return finishWatch();
    if (!m_source || isOver) {
        m_watchTimer.stop();
        m_watch.close();
        if (m_watch.count(WatchRow::State::Waiting) == 0)
            finishWatch();
        else
            noteWatch();  // someone owes an answer: it may come with an ordinary refresh
        return;
    }
    m_source->refresh();
}

void EditSession::finishWatch()
{
    m_watchTimer.stop();
    m_watch.close();
    noteWatch();
    setState(m_watch.anyRejected() ? State::Nacked : State::Accepted);
}

void EditSession::noteWatch()
{
    const int accepted = m_watch.count(WatchRow::State::Accepted);
    const int rejected = m_watch.count(WatchRow::State::Rejected);
    const int waiting = m_watch.count(WatchRow::State::Waiting);
    if (rejected > 0)
        m_watchNote = rejected == 1 ? tr("rejected by 1 proxy") : tr("rejected by %1 proxies").arg(rejected);
    else if (!m_watch.anyConnected())
        m_watchNote = tr("no proxy is connected");
    else if (accepted == 0 && waiting == 0)
        m_watchNote = tr("no proxy needed a new configuration");
    else if (accepted == 0 || (waiting > 0 && !m_watch.isSettled()))
        m_watchNote = waiting == 1 ? tr("waiting for 1 proxy") : tr("waiting for %1 proxies").arg(waiting);
    else
        m_watchNote = accepted == 1 ? tr("accepted by 1 proxy") : tr("accepted by %1 proxies").arg(accepted);
    Q_EMIT watchChanged();
}

}  // namespace meshscope
