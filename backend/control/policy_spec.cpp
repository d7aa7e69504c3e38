#include "backend/control/policy_spec.h"

#include "backend/codec/go_duration.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace meshscope::control {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::array<std::string_view, 8> kKinds{"Mesh",
                                                 "MeshSubset",
                                                 "MeshGateway",
                                                 "MeshService",
                                                 "MeshExternalService",
                                                 "MeshMultiZoneService",
                                                 "MeshServiceSubset",
                                                 "MeshHTTPRoute"};
constexpr char kKnownKinds[] =
    "in body should be one of [Mesh MeshSubset MeshGateway MeshService MeshExternalService "
    "MeshMultiZoneService MeshServiceSubset MeshHTTPRoute]";

// Members that hold a duration wherever they stand in a policy; `value` does in a delay only.
constexpr std::array<std::string_view, 18> kDurations{"connectionTimeout",
                                                      "idleTimeout",
                                                      "requestTimeout",
                                                      "streamIdleTimeout",
                                                      "maxStreamDuration",
                                                      "maxConnectionDuration",
                                                      "requestHeadersTimeout",
                                                      "perTryTimeout",
                                                      "baseInterval",
                                                      "maxInterval",
                                                      "interval",
                                                      "timeout",
                                                      "initialJitter",
                                                      "intervalJitter",
                                                      "noTrafficInterval",
                                                      "baseEjectionTime",
                                                      "ttl",
                                                      "refreshInterval"};

void checkKind(const OrderedJson &owner, const std::string &path, std::vector<Violation> &violations)
{
    if (!owner.is_object() || !owner.contains("targetRef"))
        return;
    const auto &ref = owner["targetRef"];
    if (!ref.is_object() || !ref.contains("kind") || !ref["kind"].is_string())
        return;
    const auto &kind = ref["kind"].get_ref<const std::string &>();
    if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end())
        violations.push_back({path + ".targetRef.kind", kKnownKinds});
}

void spell(OrderedJson &value)
{
    if (!value.is_string())
        return;
    if (const auto span = goDurationFrom(value.get_ref<const std::string &>()))
        value = goDurationText(*span);
}

}  // namespace

std::vector<Violation> policyViolations(const OrderedJson &spec)
{
    std::vector<Violation> violations;
    checkKind(spec, "spec", violations);
    for (const char *list : {"from", "to"}) {
        if (!spec.contains(list) || !spec[list].is_array())
            continue;
        for (std::size_t i = 0; i < spec[list].size(); ++i)
            checkKind(spec[list][i], std::string("spec.") + list + "[" + std::to_string(i) + "]", violations);
    }
    return violations;
}

void spellDurations(OrderedJson &spec)
{
    if (spec.is_array()) {
        for (auto &entry : spec)
            spellDurations(entry);
        return;
    }
    if (!spec.is_object())
        return;
    for (auto &[name, value] : spec.items()) {
        if (std::find(kDurations.begin(), kDurations.end(), name) != kDurations.end())
            spell(value);
        else if (name == "delay" && value.is_object() && value.contains("value"))
            spell(value["value"]);
        else
            spellDurations(value);
    }
}

}  // namespace meshscope::control
