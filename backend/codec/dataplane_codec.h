// Dataplanes between Kuma's JSON and our values. Any thread; nothing is kept.
#pragma once

#include "backend/codec/kuma_era.h"
#include "backend/core/dataplane.h"
#include "backend/core/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// Reads the flat JSON of a Dataplane, leniently: absent parts stay empty, unknown ones are ignored. Invalid
// only when the text is no JSON object or a known field has an impossible type; `where` of the error is the
// field.
Result<Dataplane> dataplaneFromJson(std::string_view json);

// What Kuma's parser makes of a Dataplane before it stores it (fact sheet §1.2): unknown fields dropped,
// snake_case names accepted, "80" taken for a number, zero values left out, the last of two equal keys wins.
// The error's `what` is Kuma's own detail text (`invalid Dataplane object: "…"`).
struct Canonical {
    std::string json;                  // keys in Kuma's order: type, mesh, name, times, labels, spec
    std::vector<std::string> dropped;  // paths of what the server would not keep
};
Result<Canonical> canonicalDataplane(std::string_view json, KumaEra era = KumaEra::V2_9);

// The same for another type whose spec stands beside its metadata. Known: "Dataplane", "Mesh"; others are
// NotFound.
Result<Canonical> canonicalResource(std::string_view type, std::string_view json,
                                    KumaEra era = KumaEra::V2_9);

}  // namespace meshscope
