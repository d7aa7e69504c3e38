// What a control plane's read endpoints answer, as values. Any thread.
#pragma once

#include "backend/core/result.h"
#include "backend/core/snapshot.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

template <class T>
struct Page {
    std::size_t total = 0;
    std::vector<T> items;
    std::optional<std::string> nextOffset;  // taken from `next`, whose host may be wrong behind a proxy
};

// GET / ; NotFound-like bodies and HTML are Invalid, with what came instead.
Result<ControlPlaneInfo> controlPlaneInfoFromJson(std::string_view json);
// GET /meshes
Result<Page<MeshInfo>> meshesFromJson(std::string_view json);
// GET /meshes/M/dataplanes/_overview or /dataplanes/_overview; status is computed.
Result<Page<DataplanePtr>> overviewsFromJson(std::string_view json);

// A body of status ≥ 400: JSON of any era, plain text, or HTML of something in between.
struct ErrorBody {
    std::string title;
    std::string detail;
    std::vector<std::pair<std::string, std::string>> invalidParameters;  // field, reason
};
ErrorBody errorBodyFrom(std::string_view body, std::string_view contentType);

}  // namespace meshscope
