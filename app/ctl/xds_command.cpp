// meshscopectl xds: the Envoy resources that the sandbox would send to a Dataplane, from files alone.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/resource_files.h"
#include "backend/codec/dataplane_codec.h"
#include "backend/xds/generator.h"
#include "backend/xds/initial_policies.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

constexpr char kZone[] = "default";

struct Options {
    std::string folder;
    std::string dataplane;
    std::string mesh = "default";
    std::string type;
    Format format = Format::Yaml;
};

const std::map<std::string, xds::ResourceType> kTypes{{"cds", xds::ResourceType::Cluster},
                                                      {"eds", xds::ResourceType::Endpoint},
                                                      {"lds", xds::ResourceType::Listener},
                                                      {"rds", xds::ResourceType::Route},
                                                      {"sds", xds::ResourceType::Secret}};

// As protojson writes the resource inside of an Any.
Result<JsonValue> jsonOf(xds::ResourceType type, const xds::Resource &resource)
{
    using namespace google::protobuf;
    const std::string url(xds::typeUrl(type));
    const auto *descriptor =
        DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    const auto *prototype =
        descriptor ? MessageFactory::generated_factory()->GetPrototype(descriptor) : nullptr;
    const std::unique_ptr<Message> message(prototype ? prototype->New() : nullptr);
    std::string text;
    if (!message || !message->ParseFromString(resource.bytes)
        || !util::MessageToJsonString(*message, &text).ok())
        return fail(Error::Code::Internal, "the resource cannot be written as JSON", resource.name);
    JsonValue json{{"@type", url}};
    json.update(JsonValue::parse(text, nullptr, false));
    return json;
}

// As a control plane takes it: every inbound is in a zone.
std::shared_ptr<const Dataplane> inZone(Dataplane dataplane)
{
    for (auto &inbound : dataplane.inbounds)
        inbound.tags.try_emplace(kZoneTag, kZone);
    if (dataplane.gateway)
        dataplane.gateway->tags.try_emplace(kZoneTag, kZone);
    return std::make_shared<const Dataplane>(std::move(dataplane));
}

void addInitialPolicies(const std::string &mesh, std::vector<xds::MeshView::ResourceUpdate> &resources)
{
    const auto settings = std::find_if(resources.begin(), resources.end(),
                                       [](const auto &update) { return update.type == "Mesh"; });
    const auto policies =
        xds::initialPolicies(settings == resources.end() ? xds::Json::object() : settings->resource->spec);
    std::vector<xds::MeshView::ResourceUpdate> initial;
    for (const auto &policy : policies) {
        auto resource = std::make_shared<xds::MeshResource>();
        resource->type = policy.type;
        resource->key = {mesh, std::string(policy.prefix) + mesh};
        resource->spec = xds::Json::parse(policy.spec, nullptr, false);
        initial.push_back({resource->type, resource->key.name, resource});
    }
    resources.insert(resources.begin(), initial.begin(), initial.end());  // those of the folder replace them
}

// The mesh that a new control plane would have after it was given the folder.
Result<xds::MeshViewPtr> meshFrom(const Options &options)
{
    auto files = loadFolder(options.folder);
    if (!files)
        return fail(files.error());
    xds::MeshView::Updates dataplanes;
    std::vector<xds::MeshView::ResourceUpdate> resources;
    for (const auto &file : *files) {
        if (file.type == "Dataplane") {
            auto dataplane = dataplaneFromJson(file.json);
            if (!dataplane)
                return fail(dataplane.error().code, file.where + ": " + dataplane.error().what,
                            dataplane.error().where);
            const std::string name = dataplane->key.name;
            if (dataplane->key.mesh == options.mesh)
                dataplanes[name] = inZone(std::move(*dataplane));
            continue;
        }
        auto resource = xds::meshResourceFrom(file.json);
        if (!resource)
            return fail(resource.error().code, file.where + ": " + resource.error().what);
        if (resource->type != "Mesh")  // so it wins over the initial policies, whatever its name
            resource->labels.try_emplace("kuma.io/origin", "zone");
        const auto key = resource->key;
        const auto &mesh = resource->type == "Mesh" ? key.name : key.mesh;
        if (mesh.empty() || mesh == options.mesh)
            resources.push_back(
                {file.type, key.name, std::make_shared<const xds::MeshResource>(std::move(*resource))});
    }
    addInitialPolicies(options.mesh, resources);
    return xds::MeshView(options.mesh).withResources(resources)->with(dataplanes);
}

int printXds(const Options &options)
{
    const auto mesh = meshFrom(options);
    if (!mesh)
        return complain(kUsage, mesh.error());
    const auto dataplane = (*mesh)->dataplane(options.dataplane);
    if (!dataplane)
        return complain(kFindings, "there is no Dataplane " + options.mesh + "/" + options.dataplane,
                        options.folder);
    // What the proxy would say of itself when the launcher started it.
    xds::ProxyMetadata metadata;
    metadata.key = dataplane->key;
    metadata.proxyType = "dataplane";
    metadata.adminAddress = "127.0.0.1";
    metadata.adminPort = dataplane->adminPort != 0 ? dataplane->adminPort : 9901;
    metadata.versionJson = "{}";
    const xds::ProxyIdentity hidden{"CERT", "KEY",
                                    "CA"};  // words in the place of secrets, as Kuma shows them
    const auto made = xds::generate({*dataplane, **mesh, metadata, false, &hidden});
    if (!made)
        return complain(kRefused, made.error());
    const auto &snapshot = *made;
    if (const auto consistent = xds::checkConsistency(*snapshot); !consistent)
        return complain(kRefused, consistent.error());

    struct Entry {
        std::string name;
        JsonValue resource;
    };
    std::vector<Entry> entries;
    for (const auto type : xds::kAllResourceTypes) {
        if (!options.type.empty() && kTypes.at(options.type) != type)
            continue;
        for (const auto &resource : snapshot->of(type)) {
            auto json = jsonOf(type, *resource);
            if (!json)
                return complain(kRefused, json.error());
            entries.push_back({resource->name, std::move(*json)});
        }
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto &a, const auto &b) { return a.name < b.name; });
    JsonValue list = JsonValue::array();
    for (auto &entry : entries)
        list.push_back({{"name", entry.name}, {"resource", std::move(entry.resource)}});
    const JsonValue document{{"resources", std::move(list)}};
    std::cout << (options.format == Format::Json ? document.dump(2) + '\n' : yamlText(document));
    return entries.empty() ? kFindings : kDone;
}

}  // namespace

void addXds(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *command = app.add_subcommand("xds", "Envoy resources that are made for a Dataplane");
    command->add_option("--dir", options->folder, "Folder of resource YAML: the mesh")->required();
    command->add_option("--dataplane", options->dataplane, "Name of the Dataplane")->required();
    command->add_option("--mesh", options->mesh, "Its mesh")->capture_default_str();
    command->add_option("--type", options->type, "Only these")->check(CLI::IsMember(kTypes));
    addFormat(*command, options->format, {Format::Yaml, Format::Json});
    command->callback([options, &run] { run = [options] { return printXds(*options); }; });
}

}  // namespace meshscope::ctl
