#include "app/support/free_ports.h"

#include "backend/sidecar/ports.h"

#include <QRandomGenerator>

namespace meshscope {

namespace {
constexpr quint16 kFirst = 20'000;
constexpr int kCount = 12'000;
}  // namespace

FreePorts::FreePorts()
    : m_next(static_cast<quint16>(kFirst + QRandomGenerator::global()->bounded(kCount)))
    , m_left(kCount)
{}

quint16 FreePorts::take(const std::set<quint16> &avoid)
{
    while (m_left-- > 0) {
        const quint16 port = m_next;
        m_next = static_cast<quint16>(kFirst + (m_next - kFirst + 1) % kCount);
        if (avoid.count(port) == 0 && !isTaken(QHostAddress(QHostAddress::AnyIPv4), port))
            return port;
    }
    return 0;
}

}  // namespace meshscope
