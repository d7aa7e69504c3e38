// Overviews back to the JSON a control plane lists: of what our values hold, so members we do not know are
// not in it. Any thread.
#pragma once

#include "backend/core/snapshot.h"

#include <string>

namespace meshscope {

// One item of /dataplanes/_overview, without blanks, members in Kuma's order.
std::string overviewJson(const DataplaneOverview &overview);

// "2026-01-02T03:04:05.678Z"; the fraction only where there is one.
std::string rfc3339From(TimePoint time);

}  // namespace meshscope
