// A PUT's body as what is stored of it.
#pragma once

#include "backend/control/api_error.h"
#include "backend/control/resource_type.h"
#include "backend/store/store.h"

#include <string>
#include <string_view>

namespace meshscope::control {

struct ParsedResource {
    std::string canonical;  // JSON with the metadata as the body has them; what the validators read
    Tags labels;
    std::string spec;
    std::string status;
};

// Bad Request with Kuma's words when it is no JSON or of impossible types, the list of violations when the
// spec breaks a rule. Types without a schema of ours are kept as they came.
ApiResult<ParsedResource> parseResource(const ResourceType &type, const std::string &body);

// The `type` of a JSON text, or nothing when it has none.
std::string typeOf(const std::string &json);

}  // namespace meshscope::control
