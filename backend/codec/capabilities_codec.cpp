#include "backend/codec/capabilities_codec.h"

#include "backend/codec/json_members.h"
#include "backend/codec/page_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace meshscope {

namespace {

// What a zone's control plane is the owner of, and a global one never writes (fact sheet §2.5).
constexpr std::array<std::string_view, 7> kOfTheZone = {
    "Dataplane", "ZoneIngress", "ZoneEgress", "MeshService", "Workload", "MeshZoneAddress", "ZoneProxy"};

void sortByName(std::vector<ResourceTypeInfo> &types)
{
    std::sort(types.begin(), types.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    const auto end = std::unique(types.begin(), types.end(),
                                 [](const auto &a, const auto &b) { return a.name == b.name; });
    types.erase(end, types.end());
}

bool has(const std::vector<ResourceTypeInfo> &types, std::string_view name)
{
    return std::any_of(types.begin(), types.end(), [name](const auto &type) { return type.name == name; });
}

std::string pathOf(const std::vector<ResourceTypeInfo> &types, std::string_view name)
{
    const auto found =
        std::find_if(types.begin(), types.end(), [name](const auto &type) { return type.name == name; });
    return found == types.end() ? std::string() : "/" + found->path;
}

std::string reasonFor(const ResourceTypeInfo &type, const Capabilities &plane)
{
    if (!type.isReadOnly)
        return {};
    if (type.isInsight())
        return "insights are written by the control plane itself";
    if (plane.environment == ControlPlaneEnvironment::Kubernetes)
        return "this control plane runs on Kubernetes and takes no writes through its API; use kubectl";
    if (plane.isApiReadOnly)
        return "the API of this control plane is set to read-only (apiServer.readOnly)";
    const bool isOfTheZone = std::find(kOfTheZone.begin(), kOfTheZone.end(), type.name) != kOfTheZone.end();
    if (plane.mode == ControlPlaneMode::Global && isOfTheZone)
        return "a global control plane takes no " + type.name + "; write it on the control plane of its zone";
    if (plane.mode == ControlPlaneMode::FederatedZone && !isOfTheZone)
        return "this zone gets every " + type.name + " from its global control plane; write it there";
    return "this control plane says that it takes no " + type.name;
}

ResourceTypeInfo namedType(std::string name, std::string path, bool isGlobal, bool isReadOnly = false)
{
    ResourceTypeInfo type;
    type.singularName = type.pluralName = name;
    type.name = std::move(name);
    type.path = std::move(path);
    type.isGlobal = isGlobal;
    type.isReadOnly = isReadOnly;
    return type;
}

ControlPlaneMode modeFrom(const ConfigInfo &config)
{
    if (config.mode == "global")
        return ControlPlaneMode::Global;
    if (config.mode == "zone" || config.mode == "standalone")
        return config.globalAddress.empty() ? ControlPlaneMode::Zone : ControlPlaneMode::FederatedZone;
    return ControlPlaneMode::Unknown;
}

}  // namespace

Result<std::vector<ResourceTypeInfo>> typesFromResources(std::string_view json)
{
    const auto parsed = objectFrom(json, "a list of resource types");
    if (!parsed)
        return fail(parsed.error());
    const JsonValue resources = memberList(parsed->root(), "resources");
    if (!resources)
        return fail(Error::Code::Invalid, "the answer is no list of resource types", beginningOf(json));
    std::vector<ResourceTypeInfo> types;
    for (JsonValue item = resources.first(); item; item = item.next()) {
        ResourceTypeInfo type;
        type.name = memberText(item, "name");
        type.path = memberText(item, "path");
        if (type.name.empty() || type.path.empty() || type.path.find('/') != std::string::npos)
            continue;
        type.isGlobal = memberText(item, "scope") == "Global";
        type.isReadOnly = memberIsTrue(item, "readOnly");
        type.singularName = memberText(item, "singularDisplayName");
        type.pluralName = memberText(item, "pluralDisplayName");
        type.shortName = memberText(item, "shortName");
        if (const JsonValue policy = memberObject(item, "policy")) {
            type.isPolicy = true;
            type.isTargetRef = memberIsTrue(policy, "isTargetRef");
            type.hasTo = memberIsTrue(policy, "hasToTargetRef");
            type.hasFrom = memberIsTrue(policy, "hasFromTargetRef");
            type.hasRules =
                memberIsTrue(policy, "hasRulesTargetRef") || memberIsTrue(policy, "isFromAsRules");
        }
        types.push_back(std::move(type));
    }
    sortByName(types);
    return types;
}

Result<std::vector<ResourceTypeInfo>> typesFromPolicies(std::string_view json)
{
    const auto parsed = objectFrom(json, "a list of policies");
    if (!parsed)
        return fail(parsed.error());
    const JsonValue policies = memberList(parsed->root(), "policies");
    if (!policies)
        return fail(Error::Code::Invalid, "the answer is no list of policies", beginningOf(json));
    std::vector<ResourceTypeInfo> types;
    bool isReadOnly = false;
    for (JsonValue item = policies.first(); item; item = item.next()) {
        ResourceTypeInfo type = namedType(memberText(item, "name"), memberText(item, "path"), false,
                                          memberIsTrue(item, "readOnly"));
        if (type.name.empty() || type.path.empty() || type.path.find('/') != std::string::npos)
            continue;
        type.singularName = memberText(item, "singularDisplayName");
        type.pluralName = memberText(item, "pluralDisplayName");
        type.isPolicy = true;
        type.isTargetRef = memberIsTrue(item, "isTargetRefBased");
        type.hasTo = type.isTargetRef && memberIsTrue(item, "isOutbound");
        type.hasFrom = type.isTargetRef && memberIsTrue(item, "isInbound");
        isReadOnly = isReadOnly || type.isReadOnly;
        types.push_back(std::move(type));
    }
    for (auto &type :
         {namedType("Dataplane", "dataplanes", false), namedType("Mesh", "meshes", true, isReadOnly),
          namedType("ExternalService", "external-services", false, isReadOnly),
          namedType("MeshGateway", "meshgateways", false, isReadOnly), namedType("Zone", "zones", true),
          namedType("ZoneIngress", "zone-ingresses", true), namedType("ZoneEgress", "zoneegresses", true),
          namedType("ServiceInsight", "service-insights", false, true),
          namedType("MeshInsight", "mesh-insights", true, true)})
        types.push_back(type);
    sortByName(types);
    return types;
}

std::optional<KumaVersion> kumaVersionFrom(std::string_view version)
{
    if (version.starts_with('v'))
        version.remove_prefix(1);
    KumaVersion result;
    const char *end = version.data() + version.size();
    const auto [dot, error] = std::from_chars(version.data(), end, result.major);
    if (error != std::errc() || dot == end || *dot != '.')
        return std::nullopt;
    const auto [rest, problem] = std::from_chars(dot + 1, end, result.minor);
    if (problem != std::errc() || result.major < 1 || version.find("preview") != std::string_view::npos)
        return std::nullopt;  // 0.0.0-preview.… says nothing
    return result;
}

KumaEra eraOf(std::string_view version, const std::vector<ResourceTypeInfo> &types)
{
    const bool hasTypes = has(types, "Dataplane");
    const bool hasTagModel =
        has(types, "TrafficPermission") || has(types, "ExternalService") || has(types, "ZoneIngress");
    if (hasTypes && !hasTagModel)
        return KumaEra::V3_0;
    if (const auto known = kumaVersionFrom(version)) {
        if (known->major >= 3)
            return hasTypes ? KumaEra::V2_14 : KumaEra::V3_0;
        return *known >= KumaVersion{2, 10} ? KumaEra::V2_14 : KumaEra::V2_9;
    }
    const bool isNewer =
        has(types, "MeshIdentity") || has(types, "MeshTrust") || has(types, "Workload")
        || std::any_of(types.begin(), types.end(), [](const auto &type) { return type.hasRules; });
    return isNewer ? KumaEra::V2_14 : KumaEra::V2_9;
}

std::string kumaVersionOfIndex(std::string_view json)
{
    const auto parsed = JsonText::parse(json);
    return parsed ? firstMember(parsed->root(), {"basedOnKuma", "version"}) : std::string();
}

Capabilities capabilitiesFrom(const std::string &kumaVersion, const std::optional<ConfigInfo> &config,
                              std::vector<ResourceTypeInfo> types, bool hasTypeList)
{
    Capabilities plane;
    plane.isKnown = true;
    plane.version = kumaVersion;
    plane.hasTypeList = hasTypeList;
    plane.isConfigReadable = config.has_value();
    if (config) {
        plane.mode = modeFrom(*config);
        plane.isApiReadOnly = config->readOnly;
        if (plane.mode != ControlPlaneMode::Global)
            plane.zone = config->zone;
        if (config->environment == "universal")
            plane.environment = ControlPlaneEnvironment::Universal;
        else if (config->environment == "kubernetes")
            plane.environment = ControlPlaneEnvironment::Kubernetes;
    }
    plane.era = eraOf(plane.version, types);
    plane.hasTags = plane.era != KumaEra::V3_0;
    plane.hasLabels = plane.era != KumaEra::V2_9;
    plane.hasServiceInsights = plane.era != KumaEra::V3_0;
    plane.hasZoneProxies = plane.era != KumaEra::V3_0;

    const auto version = kumaVersionFrom(plane.version);
    const bool isBefore25 = version && *version < KumaVersion{2, 5};
    plane.overviews.dataplanes = isBefore25 ? "/dataplanes+insights" : "/dataplanes/_overview";
    plane.overviews.zones = isBefore25 ? "/zones+insights" : "/zones/_overview";
    if (plane.hasZoneProxies) {
        const auto ingresses = pathOf(types, "ZoneIngress");
        if (!ingresses.empty())
            plane.overviews.zoneIngresses = isBefore25 ? "/zoneingresses+insights" : ingresses + "/_overview";
        const auto egresses = pathOf(types, "ZoneEgress");
        if (!egresses.empty())
            plane.overviews.zoneEgresses = isBefore25 ? "/zoneegressoverviews" : egresses + "/_overview";
    }
    plane.types = std::move(types);
    for (auto &type : plane.types)
        type.readOnlyReason = reasonFor(type, plane);
    return plane;
}

}  // namespace meshscope
