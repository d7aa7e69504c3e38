#include "backend/validation/validate.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/codec/yaml_document.h"
#include "backend/validation/own_rules.h"
#include "backend/validation/resource_meta.h"

#include <algorithm>
#include <tuple>

namespace meshscope {

namespace {

using Severity = Finding::Severity;

Finding made(Severity severity, std::string field, std::string message, std::string advice)
{
    Finding finding;
    finding.severity = severity;
    finding.field = std::move(field);
    finding.message = std::move(message);
    finding.advice = std::move(advice);
    return finding;
}

// Kuma's field names where they differ from the path in the document.
std::string pathOf(const Finding &finding)
{
    constexpr std::string_view kMisspelt = "networking.transparentProxing";
    if (finding.field.starts_with(kMisspelt))
        return "networking.transparentProxying" + finding.field.substr(kMisspelt.size());
    return finding.field == "networking.probes" ? "probes" : finding.field;
}

// Plain words for what Go's parser says.
std::string adviceFor(const std::string &parserError)
{
    const auto says = [&](std::string_view words) { return parserError.find(words) != std::string::npos; };
    if (says("Inbound.State"))
        return "Use Ready, NotReady or Ignored";
    if (says("GatewayType"))
        return "Use DELEGATED or BUILTIN (capital letters; BUILTIN is gone in 3.0)";
    if (says("IpFamilyMode"))
        return "Use DualStack, IPv4 or IPv6";
    if (says("Listener.Type"))
        return "Use ZoneIngress or ZoneEgress";
    if (says("Listener.State"))
        return "Use Ready or NotReady";
    if (says("bad Duration"))
        return "Give a time such as 10s, 500ms or 1m30s";
    if (says("of type uint32") || says("looking for beginning of value"))
        return "Give a whole number";
    if (says("of type string") && says("number"))
        return "Put the number in quotes";
    if (says("of type string") && says("bool"))
        return "Put the word in quotes";
    if (says("of type string"))
        return "Give a single word or text";
    if (says("of type bool"))
        return "Use true or false";
    if (says("[]json.RawMessage"))
        return "Write a list: each entry on a line of its own, beginning with a dash";
    if (says("map[string]"))
        return "Write key: value pairs, indented";
    return {};
}

void addDropped(std::vector<Finding> &findings, const std::vector<std::string> &dropped, KumaEra era)
{
    for (const auto &path : dropped) {
        const bool isTags = path.ends_with("].tags");
        std::string message = "Kuma " + std::string(textOf(era))
                              + " does not know this field: it stays in the text, "
                              + "but the control plane drops it";
        std::string advice = "Check the spelling, or remove it";
        if (era == KumaEra::V3_0 && isTags) {
            message = "Kuma 3.0 drops tags here without a word";
            advice = path.find("outbound") != std::string::npos
                         ? "Name the service by backendRef"
                         : "Use labels of the Dataplane, and protocol of the inbound";
        } else if (era == KumaEra::V2_9 && (path.ends_with("].protocol") || path == "networking.listeners")) {
            message = "Kuma 2.9 does not know this field yet and drops it";
            advice = path.ends_with("].protocol") ? "Use the tag kuma.io/protocol" : "It needs Kuma 2.14";
        }
        findings.push_back(made(Severity::Warning, path, std::move(message), std::move(advice)));
    }
}

void addIdentity(std::vector<Finding> &findings, const YamlDocument &document, const Dataplane &dataplane,
                 const std::string &type, const ValidationContext &context)
{
    if (type != "Dataplane") {
        const bool isAbsent = !document.has("type");
        findings.push_back(made(Severity::Error, "type",
                                isAbsent ? "the type is missing" : "this is a " + type + ", not a Dataplane",
                                "Set type: Dataplane"));
    }
    if (!context.expectedKey) {
        if (dataplane.key.name.empty())
            findings.push_back(made(Severity::Error, "name", "the name is missing", "Set name"));
        if (dataplane.key.mesh.empty())
            findings.push_back(
                made(Severity::Error, "mesh", "the mesh is missing", "Set mesh, such as mesh: default"));
        return;
    }
    const auto &expected = *context.expectedKey;
    if (dataplane.key.name != expected.name)
        findings.push_back(made(Severity::Error, "name",
                                "the Dataplane being edited is \"" + expected.name + "\", the text says \""
                                    + dataplane.key.name + "\"",
                                "A Dataplane cannot be renamed; set name: " + expected.name));
    if (dataplane.key.mesh != expected.mesh)
        findings.push_back(made(Severity::Error, "mesh",
                                "the Dataplane being edited is in mesh \"" + expected.mesh
                                    + "\", the text says \"" + dataplane.key.mesh + "\"",
                                "A Dataplane cannot be moved to another mesh; set mesh: " + expected.mesh));
}

// `type: x` as text, "" when it is absent or no text.
std::string typeOf(const YamlDocument &document)
{
    constexpr std::string_view kMember = "\"type\":\"";
    const auto &json = document.json();
    const auto at = json.find(kMember);
    if (at == std::string::npos)
        return {};
    const auto from = at + kMember.size();
    return json.substr(from, json.find('"', from) - from);
}

}  // namespace

std::vector<Finding> validateDataplaneYaml(const std::string &yaml, KumaEra era,
                                           const ValidationContext &context)
{
    std::vector<Finding> findings;
    const auto document = YamlDocument::parse(yaml);
    if (!document) {
        auto finding = made(Severity::Error, {}, document.error().message,
                            "Mend the YAML here or just above; nothing else was checked");
        finding.line = document.error().position.line;
        finding.column = document.error().position.column;
        return {std::move(finding)};
    }
    for (const auto &path : document->duplicateKeys())
        findings.push_back(made(Severity::Warning, path, "this key occurs twice; only the last one counts",
                                "Remove one of the two"));

    if (document->json().front() != '{') {
        findings.push_back(made(Severity::Error, {}, "this is no Dataplane: key: value pairs are expected",
                                "Begin with type: Dataplane"));
    } else if (const auto canonical = canonicalDataplane(document->json(), era); !canonical) {
        auto finding = made(Severity::Error, canonical.error().where, canonical.error().what,
                            adviceFor(canonical.error().what));
        finding.fromControlPlane = true;
        findings.push_back(std::move(finding));
    } else if (const auto dataplane = dataplaneFromJson(canonical->json); dataplane) {
        addIdentity(findings, *document, *dataplane, typeOf(*document), context);
        addDropped(findings, canonical->dropped, era);
        auto rules = validateDataplane(canonical->json, era);
        std::move(rules.begin(), rules.end(), std::back_inserter(findings));
        auto meta = validateNameAndLabels(canonical->json, era, context.expectedKey.has_value());
        std::move(meta.begin(), meta.end(), std::back_inserter(findings));
        addOwnFindings(findings, *dataplane, context, era);
    }

    for (auto &finding : findings) {
        const auto position = document->positionOf(pathOf(finding));
        finding.line = position.line;
        finding.column = position.column;
    }
    std::stable_sort(findings.begin(), findings.end(), [](const Finding &a, const Finding &b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return findings;
}

}  // namespace meshscope
