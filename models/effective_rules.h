// What a proxy got from policies, as a control plane's `_rules` tells it (kuma-api fact sheet §1.7): for each
// type and each thing it applies to, the merged values and the policies they came from. Pure; any thread.
#pragma once

#include "backend/core/resource_key.h"
#include "backend/core/result.h"

#include <QString>
#include <QStringList>

#include <string>
#include <utility>
#include <vector>

namespace meshscope {

struct RuleOrigin {
    std::string type;  // "MeshTimeout"
    ResourceKey key;
    bool operator==(const RuleOrigin &) const = default;
};

struct EffectiveRule {
    std::string type;
    QString scope;                                    // "to backend", "inbound :80", "the proxy"
    std::vector<std::pair<QString, QString>> values;  // "http.requestTimeout", "15s"; in the answer's order
    std::vector<RuleOrigin> origins;
    bool operator==(const EffectiveRule &) const = default;
};

// Of `/meshes/M/dataplanes/N/_rules`, or where that is missing of `…/policies`, which has origins but no
// values. Sorted by type, then by scope.
Result<std::vector<EffectiveRule>> effectiveRulesFrom(const std::string &json);

}  // namespace meshscope
