#include "backend/control/resource_writer.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/control/mesh_mtls.h"
#include "backend/control/mesh_rules.h"
#include "backend/control/mesh_secrets.h"
#include "backend/control/resource_json.h"
#include "backend/control/resource_parser.h"
#include "backend/validation/resource_meta.h"

#include <nlohmann/json.hpp>

namespace meshscope::control {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr char kCreate[] = "Could not create a resource";
constexpr char kUpdate[] = "Could not update a resource";
constexpr char kDelete[] = "Could not delete a resource";
constexpr char kProcess[] = "Could not process a resource";
constexpr char kReadOnlyDetail[] =
    "On zone control plane you can only modify zone resources with 'kumactl apply' or via the HTTP API. You "
    "can still"
    " use 'kumactl' or the HTTP API to modify the rest of the resource on the global control plane.\n";

constexpr std::size_t kMaxDnsLabel = 63;

ApiError readOnlyError() { return {405, "Method not allowed", kReadOnlyDetail, {}}; }

// Of a store that refuses a write: told with its words, since a person at this machine can mend it.
ApiError storeError(std::string title, const Error &error)
{
    return {500, std::move(title), error.what + (error.where.empty() ? "" : " (" + error.where + ")"), {}};
}

// The labels that a control plane of a zone computes (kuma-api fact sheet §2.4).
Tags computedLabels(const ResourceType &type, const ResourceKey &key, Tags labels)
{
    if (type.scope == Scope::Mesh)
        labels.try_emplace("kuma.io/mesh", key.mesh);
    if (!type.fromZone)
        return labels;
    const auto [origin, isNew] = labels.try_emplace("kuma.io/origin", "zone");
    if (origin->second != "zone")
        return labels;
    labels.try_emplace("kuma.io/zone", kZoneName);
    labels.try_emplace("kuma.io/env", "universal");
    return labels;
}

void setZone(OrderedJson &tags)
{
    // Sorted like all tags that the parser wrote.
    std::map<std::string, OrderedJson> sorted;
    for (auto &[key, value] : tags.items())
        sorted.emplace(key, value);
    sorted.insert_or_assign(kZoneTag, std::string(kZoneName));
    tags = OrderedJson::object();
    for (auto &[key, value] : sorted)
        tags[key] = std::move(value);
}

// The control plane's zone replaces whatever the client wrote; a probed inbound waits for its first probe.
std::string withDataplaneEffects(const std::string &text, bool isNew)
{
    auto spec = OrderedJson::parse(text);
    auto &networking = spec["networking"];
    if (const auto inbounds = networking.find("inbound"); inbounds != networking.end()) {
        for (auto &inbound : *inbounds) {
            setZone(inbound["tags"]);
            if (isNew && inbound.contains("serviceProbe")) {
                inbound["state"] = "NotReady";
                inbound["health"] = OrderedJson::object();
            }
        }
    }
    if (const auto gateway = networking.find("gateway"); gateway != networking.end())
        setZone((*gateway)["tags"]);
    return spec.dump();
}

}  // namespace

ApiResult<std::vector<StoreWrite>> ResourceWriter::plan(const ResourceType &type, const ResourceKey &key,
                                                        const ParsedResource &parsed,
                                                        const StoreSnapshot &now, Written &outcome) const
{
    const auto mesh = type.scope == Scope::Mesh ? now.find(kMeshType, {{}, key.mesh}) : nullptr;
    if (type.scope == Scope::Mesh && !mesh)
        return refuse(notFound("Failed to retrieve Mesh"));
    const auto existing = now.find(type.name, key);
    outcome = existing ? Written::Replaced : Written::Created;

    MetaExpectation expected{std::string(type.name), key, std::string(kZoneName), existing != nullptr};
    std::vector<Violation> violations;
    for (auto &finding : validateMeta(parsed.canonical, expected, KumaEra::V2_9))
        violations.push_back({std::move(finding.field), std::move(finding.message)});
    if (!violations.empty())
        return refuse(notValid(kProcess, std::move(violations)));

    const char *title = existing ? kUpdate : kCreate;
    StoredResource resource;
    resource.type = type.name;
    resource.key = key;
    resource.spec = parsed.spec;
    // What the control plane itself found out stays when the client says nothing of it.
    resource.status = parsed.status.empty() && existing ? existing->status : parsed.status;
    resource.modificationTime = m_clock();
    resource.creationTime = existing ? existing->creationTime : resource.modificationTime;
    resource.labels = existing ? parsed.labels : computedLabels(type, key, parsed.labels);

    if (type.name == kDataplaneType) {
        if (existing)
            resource.labels = existing->labels;  // 2.9 keeps those of an existing Dataplane
        resource.spec = withDataplaneEffects(parsed.spec, !existing);
        const auto dataplane = dataplaneFromJson(flatJson(resource));
        if (!dataplane || !isMember(mesh->spec, *dataplane))
            return refuse(internalError(title));  // so does Kuma: no list of what is wrong
    }
    if (type.name == "MeshService" || type.name == "MeshExternalService"
        || type.name == "MeshMultiZoneService") {
        if (key.name.size() > kMaxDnsLabel)
            return refuse(notValid(title, {{"name", "must not be longer than 63 characters"}}));
        if (type.name == "MeshService")
            resource.spec = withMeshServiceDefaults(resource.spec);
    }
    std::vector<StoreWrite> writes;
    if (type.name == kMeshType) {
        if (!existing && key.name.size() > kMaxDnsLabel)
            return refuse(notValid(title, {{"name", "cannot be longer than 63 characters"}}));
        auto changes = meshChangeViolations(existing ? existing->spec : "{}", resource.spec);
        if (changes.empty())
            changes = providedViolations(key.name, resource.spec, now);
        if (!changes.empty())
            return refuse(notValid(title, std::move(changes)));
        resource.spec = withMeshDefaults(resource.spec);
        if (!existing)
            writes = defaultsOfNewMesh(resource);
    }
    writes.push_back(StoreWrite::put(std::move(resource)));
    return writes;
}

ApiResult<std::vector<StoreWrite>> ResourceWriter::secretsOf(const ResourceKey &mesh,
                                                             const std::string &spec) const
{
    const auto store = m_store.snapshot();
    const auto existing = store->find(kMeshType, mesh);
    if (mesh.name.size() > kMaxDnsLabel
        || !meshChangeViolations(existing ? existing->spec : "{}", spec).empty())
        return std::vector<StoreWrite>();  // refused later, in Kuma's words
    auto secrets = missingSecrets(mesh.name, spec, *store, m_keys, m_clock());
    if (!secrets)
        return refuse(internalError(existing ? kUpdate : kCreate));
    return std::move(*secrets);
}

ApiResult<ResourceWriter::Written> ResourceWriter::put(const ResourceType &type, const ResourceKey &key,
                                                       const std::string &body, Caller caller)
{
    if (type.readOnly)
        return refuse(readOnlyError());
    // The mesh is looked up before the body is even parsed; once more under the writer's lock.
    if (type.scope == Scope::Mesh && !m_store.snapshot()->find(kMeshType, {{}, key.mesh}))
        return refuse(notFound("Failed to retrieve Mesh"));
    const auto parsed = parseResource(type, body);
    if (!parsed)
        return refuse(parsed.error());
    // Made before the writer's lock is taken, as keys take their time. What turns out to be there already is
    // left alone.
    const auto secrets = type.name == kMeshType
                             ? secretsOf(key, parsed->spec)
                             : ApiResult<std::vector<StoreWrite>>(std::vector<StoreWrite>());
    if (!secrets)
        return refuse(secrets.error());
    Written outcome = Written::Created;
    ApiError refusal;
    bool refused = false;
    const auto written = m_store.edit([&](const StoreSnapshot &now) -> Result<std::vector<StoreWrite>> {
        auto writes = plan(type, key, *parsed, now, outcome);
        if (const auto denied = accessRefusal(type, caller); writes && denied)
            writes = refuse(*denied);
        if (writes) {
            for (const auto &secret : *secrets)
                if (!now.find(secret.type, secret.key))
                    writes->push_back(secret);
            return std::move(*writes);
        }
        refused = true;
        refusal = std::move(writes.error());
        return fail(Error::Code::Refused, "refused");
    });
    if (refused)
        return refuse(std::move(refusal));
    if (!written)
        return refuse(storeError(outcome == Written::Created ? kCreate : kUpdate, written.error()));
    return outcome;
}

std::optional<ApiError> accessRefusal(const ResourceType &type, Caller caller)
{
    if (!type.adminOnly || caller == Caller::Admin)
        return std::nullopt;
    return accessDenied("user \"" + userText(caller) + "\" cannot access the resource of type \""
                        + std::string(type.name) + "\"");
}

ApiResult<void> ResourceWriter::erase(const ResourceType &type, const ResourceKey &key, Caller caller)
{
    if (type.readOnly)
        return refuse(readOnlyError());
    ApiError refusal;
    bool refused = false;
    const auto written = m_store.edit([&](const StoreSnapshot &now) -> Result<std::vector<StoreWrite>> {
        const auto stop = [&](ApiError error) {
            refused = true;
            refusal = std::move(error);
            return fail(Error::Code::Refused, "refused");
        };
        if (type.scope == Scope::Mesh && !now.find(kMeshType, {{}, key.mesh}))
            return stop(notFound("Failed to retrieve Mesh"));
        if (!now.find(type.name, key))
            return stop(notFound(kDelete));
        if (const auto denied = accessRefusal(type, caller))
            return stop(*denied);
        std::vector<StoreWrite> writes{StoreWrite::erase(std::string(type.name), key)};
        if (type.name == kMeshType) {
            if (!now.list(kDataplaneType, key.name).empty())
                return stop(notValid(
                    kDelete, {{"mesh", "unable to delete mesh, there are still some dataplanes attached"}}));
            for (const auto &other : now.types())
                for (const auto &owned : now.list(other, key.name))
                    writes.push_back(StoreWrite::erase(other, owned->key));
        }
        return writes;
    });
    if (refused)
        return refuse(std::move(refusal));
    if (!written)
        return refuse(storeError(kDelete, written.error()));
    return {};
}

}  // namespace meshscope::control
