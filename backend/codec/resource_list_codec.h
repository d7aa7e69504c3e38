// Lists of everything but dataplanes: policies and services with their JSON, zones, zone proxies, the control
// plane's own insights. Any thread.
#pragma once

#include "backend/codec/listed.h"
#include "backend/core/resource_record.h"
#include "backend/core/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshscope {

// GET /{path} of any type; `type` fills in where an item names none.
Result<Page<Listed<ResourceRecord>>> resourcesFromJson(std::string_view json, std::string_view type,
                                                       const KnownRows<ResourceRecord> &known);
// One resource.
Result<ResourceRecord> resourceFromJson(std::string_view json);

Result<Page<ZoneInfo>> zonesFromJson(std::string_view json);             // GET /zones/_overview
Result<Page<ZoneProxyInfo>> zoneProxiesFromJson(std::string_view json);  // of ingresses or egresses
Result<Page<ServiceInsightInfo>> serviceInsightsFromJson(std::string_view json);
// GET /mesh-insights: mesh and its insight as it was answered.
Result<Page<std::pair<std::string, std::string>>> meshInsightsFromJson(std::string_view json);

}  // namespace meshscope
