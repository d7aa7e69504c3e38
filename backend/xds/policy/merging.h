// Several confs for one thing made one, in ascending precedence (kuma-api fact sheet §8.4, 3).
#pragma once

#include "backend/xds/json_access.h"

#include <vector>

namespace meshscope::xds {

// RFC 7396 with Kuma's two exceptions: lists called `append…` are joined; the `rules` of routes are merged by
// their `matches`, those of the stronger policy first. Null when there are none. The pointers must not be
// null.
Json mergedConf(const std::vector<const Json *> &confs);

}  // namespace meshscope::xds
