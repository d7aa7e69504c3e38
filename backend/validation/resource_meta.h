// Names and labels of any resource, as the control plane checks them after the spec (kuma-api fact sheet
// §2.3, §2.4): in its order, with its field names and words. Any thread.
#pragma once

#include "backend/validation/validate.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct MetaExpectation {
    std::string type;              // "Dataplane", "Mesh"
    ResourceKey key;               // from the URL; mesh empty for global types
    std::string zone = "default";  // of the control plane; what label kuma.io/zone must be
    bool exists = false;           // an update: up to 2.9 the old name characters are still allowed then
};

// What a PUT of this JSON under that URL would be refused for; empty = nothing. 2.14's check of
// kuma.io/workload is workloadLabelProblem(), since it is no validation error there.
std::vector<Finding> validateMeta(std::string_view canonicalJson, const MetaExpectation &expected,
                                  KumaEra era);

// From 2.14 on: the detail text of the "Bad Request" that a bad kuma.io/workload gets; empty = it is fine.
std::string workloadLabelProblem(std::string_view canonicalJson, KumaEra era);

// The parts of validateMeta that need no URL: characters of name and mesh, labels. Absent names are left out.
std::vector<Finding> validateNameAndLabels(std::string_view canonicalJson, KumaEra era, bool exists);

}  // namespace meshscope
