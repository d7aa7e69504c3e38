// What all pages of one window share: the focus, the models, the actions. Made and owned by MainWindow, which
// outlives its pages. GUI thread.
#pragma once

#include "ui/shell/actions.h"
#include "ui/shell/connections.h"
#include "ui/shell/ui_context.h"

namespace meshscope {
class ChangeFeed;
class DataplaneTable;
class Focus;
class LogModel;
class PolicyTable;
class QueryFilter;
class RequestTable;
class ServiceTable;
class SidecarTable;
class ZoneTable;
struct FocusTarget;
}  // namespace meshscope

namespace meshscope::ui {

struct Workspace {
    UiContext context;
    Actions actions;
    Connections *connections = nullptr;
    Focus *focus = nullptr;
    DataplaneTable *dataplanes = nullptr;
    ServiceTable *services = nullptr;
    QueryFilter *filter = nullptr;  // what the query bar asks
    PolicyTable *policies = nullptr;
    ZoneTable *zones = nullptr;
    ChangeFeed *changes = nullptr;
    SidecarTable *sidecars = nullptr;
    LogModel *sidecarLog = nullptr;
    RequestTable *requests = nullptr;
};

}  // namespace meshscope::ui
