// What a control plane's read endpoints answer, as values. Any thread.
#pragma once

#include "backend/codec/listed.h"
#include "backend/core/result.h"
#include "backend/core/snapshot.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// GET / ; NotFound-like bodies and HTML are Invalid, with what came instead.
Result<ControlPlaneInfo> controlPlaneInfoFromJson(std::string_view json);
// GET /meshes
Result<Page<MeshInfo>> meshesFromJson(std::string_view json);
// GET /meshes/M/dataplanes/_overview or /dataplanes/_overview; status is computed.
Result<Page<DataplanePtr>> overviewsFromJson(std::string_view json);
// The same for a list that was read before: rows whose JSON is the same byte for byte are those of `known`.
Result<Page<Listed<DataplaneOverview>>> overviewsFromJson(std::string_view json,
                                                          const KnownRows<DataplaneOverview> &known);

// A body of status ≥ 400: JSON of any era, plain text, or HTML of something in between.
struct ErrorBody {
    std::string title;
    std::string detail;
    std::vector<std::pair<std::string, std::string>> invalidParameters;  // field, reason
};
ErrorBody errorBodyFrom(std::string_view body, std::string_view contentType);

}  // namespace meshscope
