// Cuts what a child writes into lines, at a bounded price: a line has a greatest length, a moment has a
// greatest number of lines, the rest is counted and left out. The last lines are remembered even when they
// were left out, since they say why a process ended. No clock, no Qt event loop; one thread.
#pragma once

#include <QByteArray>

#include <deque>
#include <functional>

namespace meshscope {

class LineIntake
{
public:
    struct Limits {
        int linesPerWindow = 500;
        qint64 windowMilliseconds = 100;
        qsizetype lineBytes = 4096;  // longer lines are cut, with an ellipsis
    };
    using Sink = std::function<void(const QByteArray &line)>;

    static constexpr std::size_t kRemembered = 20;

    LineIntake() = default;
    explicit LineIntake(Limits limits)
        : m_limits(limits)
    {}

    // `now` in milliseconds of any clock that does not go back.
    void feed(const QByteArray &data, qint64 now, const Sink &sink);
    // The end of the stream: a last line without its newline counts too.
    void finish(qint64 now, const Sink &sink);
    // Lines left out since this was asked last.
    qint64 takeLeftOut();
    const std::deque<QByteArray> &lastLines() const { return m_last; }

private:
    void append(const char *from, qsizetype size);
    void endLine(qint64 now, const Sink &sink);

    Limits m_limits;
    QByteArray m_line;  // what came since the last newline, at most lineBytes
    bool m_lineIsCut = false;
    qint64 m_windowStart = 0;
    int m_inWindow = 0;
    qint64 m_leftOut = 0;
    std::deque<QByteArray> m_last;
};

}  // namespace meshscope
