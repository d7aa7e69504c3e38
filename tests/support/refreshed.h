// Waiting for a source.
#pragma once

#include "backend/api/mesh_source.h"

#include <QEventLoop>
#include <QTimer>

namespace meshscope::testing {

// Refreshes and waits until that is over; false when it takes longer.
inline bool refreshedWithin(MeshSource &source, int milliseconds)
{
    QEventLoop loop;
    bool begun = false, over = false;
    QObject::connect(&source, &MeshSource::stateChanged, &loop, [&] {
        begun = begun || source.state().refreshing;
        over = begun && !source.state().refreshing;
        if (over)
            loop.quit();
    });
    source.refresh();
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
    return over;
}

inline bool refreshed(MeshSource &source) { return refreshedWithin(source, 10'000); }

}  // namespace meshscope::testing
