// A query on the command line.
#pragma once

#include "backend/query/query.h"

#include <optional>
#include <string>
#include <vector>

namespace meshscope::ctl {

// Words are joined by blanks. When it does not parse: nothing, and stderr has the sentence, the text and a
// mark under the place.
std::optional<query::Query> queryFrom(const std::vector<std::string> &words);
// With only the dataplanes that match now.
Snapshot matchingRows(const query::Query &query, const Snapshot &snapshot);

}  // namespace meshscope::ctl
