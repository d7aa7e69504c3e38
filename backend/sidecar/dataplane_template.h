// A Dataplane as kuma-dp takes it: a mustache template in YAML, and its variables (fact sheet §1.1). Pure
// functions.
#pragma once

#include "backend/core/resource_key.h"
#include "backend/core/result.h"

#include <map>
#include <string>
#include <vector>

namespace meshscope {

// "address=10.0.0.1" pairs; a key with dots names something nested. Invalid for one without a key or an
// equals sign.
using TemplateVariables = std::map<std::string, std::string>;
Result<TemplateVariables> templateVariables(const std::vector<std::string> &pairs);

// Values are put in as they are: this is YAML, not HTML. What has no value becomes nothing, as in mustache.
Result<std::string> renderDataplane(const std::string &text, const TemplateVariables &variables);

struct GivenDataplane {
    ResourceKey key;
    std::string json;
    std::string type;  // "Dataplane", "ZoneIngress", "ZoneEgress"
};
// The document rendered, read and named. `where` is a file or a flag, for messages. Checks that the type is
// that of `proxyType`, as kuma-dp does.
Result<GivenDataplane> readDataplane(const std::string &text, const TemplateVariables &variables,
                                     const std::string &proxyType, const std::string &where);

// Not empty, one line, the three parts of a JWT; as kuma-dp checks it. Never quoted in a message.
Result<std::string> checkedToken(std::string token, const std::string &where);

}  // namespace meshscope
