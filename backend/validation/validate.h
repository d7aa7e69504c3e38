// What is wrong with a Dataplane, as findings: document in, findings out. A finding is not an error of ours.
// The control plane's own rules are those of the kuma-api fact sheet §5.3, in Kuma's order, with Kuma's field
// names and Kuma's words; the sandbox answers with exactly these. Our additional ones (duplicate ports,
// loops, fields that the server drops) carry fromControlPlane = false and never stop a push: they are no
// errors, save that the text must be YAML and name the right type, mesh and Dataplane. Any thread.
#pragma once

#include "backend/codec/kuma_era.h"
#include "backend/core/resource_key.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

std::optional<KumaEra> kumaEraFromText(std::string_view text);  // "2.9", "2.14", "3.0"
KumaEra kumaEraFromVersion(std::string_view version);  // "2.9.13" → V2_9; unknown → the newest 2.x
std::string_view textOf(KumaEra era);

struct Finding {
    enum class Severity { Error, Warning, Hint };
    Severity severity = Severity::Error;
    std::string field;    // "networking.inbound[0].tags[\"kuma.io/service\"]"; empty for the whole document
    std::string message;  // Kuma's words for its own rules
    std::string advice;   // what would be right; may be empty
    bool fromControlPlane = false;
    int line = 0;    // from 1; 0 = no text was given
    int column = 0;  // from 1
    bool operator==(const Finding &) const = default;
};

// What the control plane would answer to a PUT of this JSON; empty = it would take it. Expects canonical JSON
// (canonicalDataplane), which is what Kuma validates.
std::vector<Finding> validateDataplane(std::string_view canonicalJson, KumaEra era);

struct ValidationContext {
    std::optional<ResourceKey> expectedKey;  // the Dataplane being edited: its name and mesh must not change
    std::optional<std::set<std::string>>
        offeredServices;  // in the mesh; to warn of outbounds that nobody answers
};

// Everything about an edited text, sorted by line: YAML errors, a malformed type, unknown fields (warned,
// they stay in the text), the control plane's rules with their positions, our own rules.
std::vector<Finding> validateDataplaneYaml(const std::string &yaml, KumaEra era,
                                           const ValidationContext &context = {});

bool hasErrors(const std::vector<Finding> &findings);

}  // namespace meshscope
