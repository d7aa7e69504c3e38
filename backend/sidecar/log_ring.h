// The last lines of one sidecar's log: the launcher's own, Envoy's and the workload's, as they came.
#pragma once

#include "backend/api/sidecar_host.h"

#include <deque>

namespace meshscope {

class LogRing
{
public:
    static constexpr std::size_t kLines = 5000;

    void append(const SidecarLogLine &line)
    {
        if (m_lines.size() == kLines)
            m_lines.pop_front();
        m_lines.push_back(line);
    }
    QList<SidecarLogLine> lines() const { return {m_lines.begin(), m_lines.end()}; }

private:
    std::deque<SidecarLogLine> m_lines;
};

}  // namespace meshscope
