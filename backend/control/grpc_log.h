// gRPC writes its log to stderr unless it is told where else; one sink for the whole process.
#pragma once

#include "backend/control/clock.h"

namespace meshscope::control {

void routeGrpcLog(LogSink sink);  // the latest one gets the lines
void unrouteGrpcLog();            // to nowhere; no line reaches a sink after this has returned

}  // namespace meshscope::control
