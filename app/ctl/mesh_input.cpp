#include "app/ctl/mesh_input.h"

#include "app/ctl/command.h"
#include "app/ctl/resource_files.h"
#include "backend/client/remote_control_plane.h"
#include "backend/codec/dataplane_codec.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <set>

namespace meshscope::ctl {

namespace {

Result<SnapshotPtr> fromFolder(const std::string &folder)
{
    const auto resources = loadFolder(folder);
    if (!resources)
        return fail(resources.error());
    auto snapshot = std::make_shared<Snapshot>();
    std::map<ResourceKey, DataplanePtr> rows;
    std::set<std::string> meshes;
    for (const auto &resource : *resources) {
        if (resource.type != "Dataplane")
            continue;
        auto dataplane = dataplaneFromJson(resource.json);
        if (!dataplane)
            return fail(dataplane.error().code, resource.where + ": " + dataplane.error().what,
                        dataplane.error().where);
        auto row = std::make_shared<DataplaneOverview>();
        row->status = statusOf(*dataplane, row->insight);
        meshes.insert(dataplane->key.mesh);
        const ResourceKey key = dataplane->key;
        row->dataplane = std::make_shared<const Dataplane>(std::move(*dataplane));
        rows[key] = std::move(row);
    }
    for (auto &[key, row] : rows)
        snapshot->dataplanes.push_back(std::move(row));
    for (const auto &mesh : meshes) {
        snapshot->meshes.emplace_back();
        snapshot->meshes.back().name = mesh;
    }
    return snapshot;
}

Result<SnapshotPtr> fromControlPlane(const MeshInput &input)
{
    ConnectionOptions options;
    options.baseUrl = QUrl(QString::fromStdString(input.controlPlane), QUrl::StrictMode);
    const QString scheme = options.baseUrl.scheme();
    if (!options.baseUrl.isValid() || options.baseUrl.host().isEmpty()
        || (scheme != QStringLiteral("http") && scheme != QStringLiteral("https")))
        return fail(Error::Code::Invalid,
                    "\"" + input.controlPlane + "\" is no URL of a control plane like http://127.0.0.1:5681");
    options.intervalMilliseconds = 0;
    options.skipVerify = input.skipVerify;
    if (!input.caFile.empty()) {
        const auto pem = readFile(input.caFile);
        if (!pem)
            return fail(pem.error());
        options.caCertificate = *pem;
    }
    if (!input.tokenFile.empty()) {
        const auto token = readFile(input.tokenFile);
        if (!token)
            return fail(token.error());
        options.bearerToken = token->substr(0, token->find_last_not_of(" \r\n\t") + 1);
    }
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    const RemoteControlPlane controlPlane(options);
    MeshSource *source = controlPlane.source();
    // Queued: an end that comes before exec() would be lost.
    QObject::connect(
        source, &MeshSource::stateChanged, source,
        [source] {
            const SourceState state = source->state();
            if (!state.refreshing && state.phase != SourceState::Phase::Connecting)
                QCoreApplication::exit();
        },
        Qt::QueuedConnection);
    source->refresh();
    QCoreApplication::exec();
    if (const auto error = source->state().error)
        return fail(*error);
    return source->snapshot();
}

}  // namespace

void addMeshInput(CLI::App &command, MeshInput &input)
{
    auto *from = command.add_option_group("input", "Where the mesh is taken from");
    from->add_option("--cp", input.controlPlane, "URL of a control plane's API, http://127.0.0.1:5681");
    from->add_option("--dir", input.folder, "Folder of resource YAML");
    from->require_option(1);
    command.add_option("--mesh,-m", input.mesh, "Only this mesh");
    command.add_option("--token-file", input.tokenFile, "File with the user token for --cp");
    command.add_option("--ca-cert-file", input.caFile,
                       "PEM file of the CA that signed the certificate of --cp");
    command.add_flag("--skip-verify", input.skipVerify, "Do not verify the certificate of --cp");
}

Result<SnapshotPtr> loadMesh(const MeshInput &input)
{
    auto snapshot = input.folder.empty() ? fromControlPlane(input) : fromFolder(input.folder);
    if (!snapshot || input.mesh.empty())
        return snapshot;
    auto one = std::make_shared<Snapshot>(**snapshot);
    std::erase_if(one->dataplanes, [&input](const auto &row) { return row->key().mesh != input.mesh; });
    std::erase_if(one->meshes, [&input](const auto &mesh) { return mesh.name != input.mesh; });
    if (one->meshes.empty() && one->dataplanes.empty())
        return fail(Error::Code::NotFound, "there is no mesh " + input.mesh);
    return one;
}

int complainOfInput(const MeshInput &input, const Error &error)
{
    const bool isTheirs = input.folder.empty() && error.code != Error::Code::Invalid;
    return complain(isTheirs ? kRefused : kUsage, error);
}

}  // namespace meshscope::ctl
