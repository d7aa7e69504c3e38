// Lists as Kuma answers them: filters, pages, `next` (kuma-api fact sheet §1.3).
#pragma once

#include "backend/control/api_error.h"
#include "backend/control/dataplane_cache.h"
#include "backend/control/resource_type.h"
#include "backend/control/router.h"
#include "backend/store/store.h"

#include <functional>
#include <string>
#include <vector>

namespace meshscope::control {

struct PageRequest {
    long long size = 100;  // 0 = everything; negative = nothing, as in 2.9
    long long offset = 0;
};

ApiResult<PageRequest> pageRequest(const ApiCall &call);

// `{"total":…,"items":[…],"next":…}`: item(i) is the JSON of the i-th of `total` entries, asked for those of
// the page.
HttpResponse pageResponse(const ApiCall &call, const PageRequest &page, std::size_t total,
                          const std::function<std::string(std::size_t)> &item);

// Those of a type, in one mesh or (mesh = nullptr) in all, that pass the query's filters: name, and for
// Dataplanes tag and gateway.
ApiResult<std::vector<StoredPtr>> filtered(const ApiCall &call, const ResourceType &type,
                                           const std::string *mesh, const StoreSnapshot &store,
                                           DataplaneCache &cache);

}  // namespace meshscope::control
