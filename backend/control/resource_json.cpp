#include "backend/control/resource_json.h"

#include "backend/control/clock.h"

#include <nlohmann/json.hpp>

namespace meshscope::control {

namespace {

constexpr std::string_view kKubernetesSpace = "kuma-system";

std::string labelsJson(const Tags &labels)
{
    std::string result = "{";
    for (const auto &[key, value] : labels)
        result += (result.size() > 1 ? "," : "") + jsonText(key) + ":" + jsonText(value);
    return result + "}";
}

// The members of an object text, without its braces.
std::string_view inside(std::string_view object) { return object.substr(1, object.size() - 2); }

}  // namespace

std::string jsonText(std::string_view text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string openResource(std::string_view type, const StoredResource &resource)
{
    std::string result = "{\"type\":" + jsonText(type);
    if (!resource.key.mesh.empty())
        appendMember(result, "mesh", jsonText(resource.key.mesh));
    appendMember(result, "name", jsonText(resource.key.name));
    appendMember(result, "creationTime", jsonText(rfc3339(resource.creationTime)));
    appendMember(result, "modificationTime", jsonText(rfc3339(resource.modificationTime)));
    if (!resource.labels.empty())
        appendMember(result, "labels", labelsJson(resource.labels));
    return result;
}

void appendMember(std::string &object, std::string_view name, std::string_view json)
{
    object.append(",\"").append(name).append("\":").append(json);
}

std::string toJson(const ResourceType &type, const StoredResource &resource)
{
    if (type.shape == Shape::Flat)
        return flatJson(resource);
    auto result = openResource(resource.type, resource);
    appendMember(result, "spec", resource.spec);
    if (!resource.status.empty())
        appendMember(result, "status", resource.status);
    return result + "}";
}

std::string flatJson(const StoredResource &resource)
{
    auto result = openResource(resource.type, resource);
    if (const auto members = inside(resource.spec); !members.empty())
        result.append(",").append(members);
    return result + "}";
}

std::string overviewJson(const ResourceType &type, const StoredResource &resource, const std::string &insight,
                         bool inList)
{
    auto result = openResource(resource.type + "Overview", resource);
    appendMember(result, type.specField, resource.spec);
    if (!insight.empty())
        appendMember(result, type.insightField, insight);
    else if (!inList)
        appendMember(result, type.insightField, "{}");
    return result + "}";
}

std::string toKubernetesJson(const ResourceType &type, const StoredResource &resource, std::string_view space)
{
    const bool hasMesh = !resource.key.mesh.empty();
    nlohmann::ordered_json metadata{{"name", resource.key.name}};
    if (hasMesh)
        metadata["namespace"] = space.empty() ? kKubernetesSpace : space;
    metadata["creationTimestamp"] = rfc3339(resource.creationTime);
    std::string result = "{\"kind\":" + jsonText(resource.type) + ",\"apiVersion\":\"kuma.io/v1alpha1\"";
    if (type.shape == Shape::Spec && hasMesh)
        metadata["labels"] = {{"kuma.io/mesh", resource.key.mesh}};
    appendMember(result, "metadata", metadata.dump());
    if (type.shape == Shape::Flat && hasMesh)
        appendMember(result, "mesh", jsonText(resource.key.mesh));
    appendMember(result, "spec", resource.spec);
    return result + "}";
}

}  // namespace meshscope::control
