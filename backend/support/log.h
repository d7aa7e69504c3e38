// Log categories, one a room; default Info. Debug is traffic, info what a person did, warning what needs a
// person. Never a token or a key.
#pragma once

#include <QLoggingCategory>

namespace meshscope {

Q_DECLARE_LOGGING_CATEGORY(lcApp)      // meshscope.app
Q_DECLARE_LOGGING_CATEGORY(lcUi)       // meshscope.ui
Q_DECLARE_LOGGING_CATEGORY(lcClient)   // meshscope.client
Q_DECLARE_LOGGING_CATEGORY(lcRest)     // meshscope.rest, the sandbox's API
Q_DECLARE_LOGGING_CATEGORY(lcXds)      // meshscope.xds
Q_DECLARE_LOGGING_CATEGORY(lcSidecar)  // meshscope.sidecar
Q_DECLARE_LOGGING_CATEGORY(lcGrpc)     // meshscope.grpc

}  // namespace meshscope
