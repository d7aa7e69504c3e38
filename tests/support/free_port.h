// A port for a program that cannot be told to take any: free now, and not likely to be taken meanwhile.
#pragma once

#include <QRandomGenerator>
#include <QTcpServer>
#include <QUdpSocket>

namespace meshscope::testing {

// Free for TCP and UDP on all IPv4 addresses. From below the range that the system takes for port 0 and for
// outgoing connections, which other tests use up at the same moment; no port twice in one process.
inline quint16 freePort()
{
    constexpr int kFirst = 12'000;
    constexpr int kCount = 8'000;
    static int next = QRandomGenerator::global()->bounded(kCount);
    for (int tries = 0; tries < kCount; ++tries) {
        const auto port = static_cast<quint16>(kFirst + next);
        next = (next + 1) % kCount;
        QTcpServer tcp;
        QUdpSocket udp;
        if (tcp.listen(QHostAddress::AnyIPv4, port)
            && udp.bind(QHostAddress::AnyIPv4, port, QAbstractSocket::DontShareAddress))
            return port;
    }
    return 0;
}

}  // namespace meshscope::testing
