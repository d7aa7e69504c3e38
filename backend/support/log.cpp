#include "backend/support/log.h"

namespace meshscope {

Q_LOGGING_CATEGORY(lcApp, "meshscope.app", QtInfoMsg)
Q_LOGGING_CATEGORY(lcUi, "meshscope.ui", QtInfoMsg)
Q_LOGGING_CATEGORY(lcClient, "meshscope.client", QtInfoMsg)
Q_LOGGING_CATEGORY(lcRest, "meshscope.rest", QtInfoMsg)
Q_LOGGING_CATEGORY(lcXds, "meshscope.xds", QtInfoMsg)
Q_LOGGING_CATEGORY(lcSidecar, "meshscope.sidecar", QtInfoMsg)
Q_LOGGING_CATEGORY(lcGrpc, "meshscope.grpc", QtWarningMsg)

}  // namespace meshscope
