// What Kuma accepts and a person still wants to know about. Internal to validation.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/validation/validate.h"

#include <vector>

namespace meshscope {

void addOwnFindings(std::vector<Finding> &findings, const Dataplane &dataplane,
                    const ValidationContext &context, KumaEra era);

}  // namespace meshscope
