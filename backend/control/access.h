// Who calls the API. The sandbox has no tokens yet: a caller is the person at this machine, or anybody.
#pragma once

#include "backend/control/http_message.h"

namespace meshscope::control {

enum class Caller {
    Admin,  // from loopback, with a loopback Host, not from a web page of another origin, not through a proxy
    Anonymous,  // may read and write what Kuma allows anonymous callers
    WebPage,  // a browser sent it for a page that is not ours, or for a name that points here: may only read
};

// Kuma 2.14's strict rule of the local admin (kuma-api fact sheet §4.1): a page in someone's browser must not
// be able to drive the API of the machine it is shown on.
Caller callerOf(const HttpRequest &request);

// "name/group,group", as Kuma's messages have it.
std::string userText(Caller caller);

bool isLoopbackAddress(std::string_view address);
// Of a Host header or an authority: without port and brackets.
std::string hostOf(std::string_view authority);

}  // namespace meshscope::control
