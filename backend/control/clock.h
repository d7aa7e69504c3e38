// Time and identities come from outside, so that tests decide them.
#pragma once

#include "backend/core/dataplane.h"

#include <functional>
#include <string>

namespace meshscope::control {

using Clock = std::function<TimePoint()>;

Clock systemClock();
std::string rfc3339(TimePoint time);                                      // "2024-05-01T10:00:00.123Z"
std::string newUuid();                                                    // version 4
using LogSink = std::function<void(int level, const std::string &line)>;  // 0 debug, 1 info, 2 warning

}  // namespace meshscope::control
