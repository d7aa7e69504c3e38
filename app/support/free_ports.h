// Free TCP ports on loopback, for sample meshes.
#pragma once

#include <QtGlobal>

#include <set>

namespace meshscope {

// Hands out ports that nobody listens on now, no port twice. They come from below the range that the system
// takes for outgoing connections, so that none is lost to one of those before it is used.
class FreePorts
{
public:
    FreePorts();
    // 0 when none is left.
    quint16 take(const std::set<quint16> &avoid = {});

private:
    quint16 m_next;
    int m_left;
};

}  // namespace meshscope
