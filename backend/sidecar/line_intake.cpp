#include "backend/sidecar/line_intake.h"

#include <algorithm>
#include <cstring>

namespace meshscope {

void LineIntake::feed(const QByteArray &data, qint64 now, const Sink &sink)
{
    const char *at = data.constData();
    const char *const end = at + data.size();
    while (at != end) {
        const auto *newline =
            static_cast<const char *>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        append(at, (newline ? newline : end) - at);
        if (!newline)
            return;
        endLine(now, sink);
        at = newline + 1;
    }
}

void LineIntake::finish(qint64 now, const Sink &sink)
{
    if (!m_line.isEmpty())
        endLine(now, sink);
}

qint64 LineIntake::takeLeftOut() { return std::exchange(m_leftOut, 0); }

void LineIntake::append(const char *from, qsizetype size)
{
    const qsizetype room = m_limits.lineBytes - m_line.size();
    m_line.append(from, std::min(room, size));
    m_lineIsCut = m_lineIsCut || size > room;
}

void LineIntake::endLine(qint64 now, const Sink &sink)
{
    if (m_lineIsCut)
        m_line += "…";
    if (m_line.endsWith('\r'))
        m_line.chop(1);
    if (now - m_windowStart >= m_limits.windowMilliseconds) {
        m_windowStart = now;
        m_inWindow = 0;
    }
    if (!m_line.isEmpty()) {
        m_last.push_back(m_line);
        if (m_last.size() > kRemembered)
            m_last.pop_front();
    }
    if (m_inWindow < m_limits.linesPerWindow) {
        ++m_inWindow;
        sink(m_line);
    } else {
        ++m_leftOut;
    }
    m_line.clear();
    m_lineIsCut = false;
}

}  // namespace meshscope
