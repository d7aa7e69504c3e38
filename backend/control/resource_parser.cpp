#include "backend/control/resource_parser.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/codec/json_strings.h"
#include "backend/codec/json_text.h"
#include "backend/codec/proto_json.h"
#include "backend/control/mesh_rules.h"
#include "backend/control/policy_spec.h"
#include "backend/validation/validate.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace meshscope::control {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr char kCouldNotProcess[] = "Could not process a resource";
constexpr std::array kMetadata{"type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri"};

// Writing a tree back recurses; Kuma's own limit is 10,000, which no resource comes near.
constexpr int kMaxDepth = 500;

int depthOf(std::string_view json)
{
    int depth = 0;
    int deepest = 0;
    bool inText = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText) {
            i += c == '\\' ? 1 : 0;
            inText = c != '"';
        } else if (c == '"') {
            inText = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

ApiError parserError(const ResourceType &type, const std::string &words)
{
    return badRequest("invalid " + std::string(type.name) + " object: " + goQuoted(words));
}

ParsedResource split(OrderedJson canonical)
{
    ParsedResource result;
    result.canonical = canonical.dump();
    if (const auto labels = canonical.find("labels"); labels != canonical.end() && labels->is_object())
        result.labels = labels->get<Tags>();
    for (const auto *name : kMetadata)
        canonical.erase(name);
    result.spec = canonical.dump();
    return result;
}

ApiResult<ParsedResource> parseWithSchema(const ResourceType &type, const std::string &body)
{
    const auto canonical = canonicalResource(type.name, body);
    if (!canonical)
        return refuse(badRequest(canonical.error().what));
    std::vector<Violation> violations;
    if (type.name == kDataplaneType) {
        for (auto &finding : validateDataplane(canonical->json, KumaEra::V2_9))
            if (finding.fromControlPlane && finding.severity == Finding::Severity::Error)
                violations.push_back({std::move(finding.field), std::move(finding.message)});
    } else {
        violations = meshViolations(canonical->json);
    }
    if (!violations.empty())
        return refuse(notValid(kCouldNotProcess, std::move(violations)));
    return split(OrderedJson::parse(canonical->json));
}

ApiResult<ParsedResource> parseAsItIs(const ResourceType &type, const std::string &body)
{
    const auto text = JsonText::parse(body);
    if (!text)
        return refuse(parserError(type, text.error()));
    const auto meta = resourceMetaFrom(*text);
    if (!meta)
        return refuse(parserError(type, meta.error().what));
    if (depthOf(body) > kMaxDepth)
        return refuse(parserError(type, "exceeded max depth"));
    auto document = OrderedJson::parse(body, nullptr, false);
    if (document.is_null())
        document = OrderedJson::object();
    if (!document.is_object())
        return refuse(parserError(type, "a resource is a JSON object"));
    auto result = split(document);
    for (const auto &[key, value] : meta->labels)
        result.labels.insert_or_assign(key, value);
    if (type.shape == Shape::Flat)
        return result;
    const auto spec = document.find("spec");
    if (spec == document.end() || spec->is_null())
        return refuse(notValid(kCouldNotProcess, {{"", ".spec in body is required"}}));
    if (!spec->is_object()) {
        return refuse(notValid(kCouldNotProcess, {{"", "spec in body must be of type object: \""
                                                           + std::string(spec->type_name()) + "\""}}));
    }
    if (type.policy == PolicyKind::TargetRef) {
        if (auto violations = policyViolations(*spec); !violations.empty())
            return refuse(notValid(kCouldNotProcess, std::move(violations)));
        spellDurations(*spec);
    }
    result.spec = spec->dump();
    if (const auto status = document.find("status"); status != document.end() && status->is_object())
        result.status = status->dump();
    return result;
}

}  // namespace

ApiResult<ParsedResource> parseResource(const ResourceType &type, const std::string &body)
{
    try {
        const bool hasSchema = type.name == kDataplaneType || type.name == kMeshType;
        return hasSchema ? parseWithSchema(type, body) : parseAsItIs(type, body);
    } catch (const nlohmann::json::exception &) {
        // Text that is not UTF-8 passes the parser and cannot be written back.
        return refuse(parserError(type, "invalid UTF-8"));
    }
}

std::string typeOf(const std::string &json)
{
    const auto document = nlohmann::json::parse(json, nullptr, false);
    if (!document.is_object() || !document.contains("type") || !document["type"].is_string())
        return {};
    return document["type"].get<std::string>();
}

}  // namespace meshscope::control
