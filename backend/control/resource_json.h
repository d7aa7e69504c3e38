// Stored resources as the API writes them (kuma-api fact sheet §1.2), by joining texts: lists of thousands
// are not parsed again.
#pragma once

#include "backend/control/resource_type.h"
#include "backend/store/store.h"

#include <string>
#include <string_view>

namespace meshscope::control {

std::string jsonText(std::string_view text);  // as a JSON string

// `{"type":…,"mesh":…,"name":…,"creationTime":…,"modificationTime":…,"labels":{…}`, without the closing
// brace.
std::string openResource(std::string_view type, const StoredResource &resource);
// Adds `,"name":value`.
void appendMember(std::string &object, std::string_view name, std::string_view json);

std::string toJson(const ResourceType &type, const StoredResource &resource);
// `insight` empty = none is known: absent in lists, `{}` in a single answer.
std::string overviewJson(const ResourceType &type, const StoredResource &resource, const std::string &insight,
                         bool inList);
// As the custom resource of Kubernetes that it would be.
std::string toKubernetesJson(const ResourceType &type, const StoredResource &resource,
                             std::string_view space);
// What the Dataplane codec reads.
std::string flatJson(const StoredResource &resource);

}  // namespace meshscope::control
